"""Tables of the page as plain data: cells with their intervals, and what of the results they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import polars as pl

from xstilts.report.columns import ABSENT, NO_GOLD, direction, readable
from xstilts.wording import counted, number

Row = Mapping[str, Any]
LEVELS = 5
"""Depths of the color of a difference."""
_MOST_ROWS = 150


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: The number, or a word.
        small: Its interval.
        sign: 1 a certain gain, -1 a certain loss, 0 neither, None no difference at all.
        depth: Depth of its color, 0 to `LEVELS`.
    """

    text: str
    small: str = ""
    sign: int | None = None
    depth: int = 0

    @property
    def look(self) -> str:
        """Its class: g for a certain gain, l for a certain loss, o for neither."""
        if self.sign is None:
            return ""
        return f"{'g' if self.sign > 0 else 'l'}{self.depth}" if self.sign else "o"


@dataclass(frozen=True)
class Head:
    """A heading.

    Attributes:
        text: What it says.
        long: What it means, where that is more.
        code: What the rows of the results have there: a language, "mean", or the number of a test set.
        numeric: Whether its cells are aligned to the right.
        lead: Whether its cells stand out.
    """

    text: str
    long: str = ""
    code: str = ""
    numeric: bool = True
    lead: bool = False


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes:
        caption: What it shows.
        heads: Headings; the first is that of the rows' names.
        rows: Name of the row, and its cells.
        shows: "score" or "difference", of tables whose cells can be traced to the results.
        span: What the cells of one row are from: "test set", "targets" or "languages".
        place: The number of the test set, or the encoder.
        words: Whether cells hold sentences.
    """

    kind: ClassVar[str] = "grid"

    caption: str
    heads: Sequence[Head]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    shows: str = ""
    span: str = ""
    place: str = ""
    words: bool = False

    @property
    def cells(self) -> int:
        """How many there are."""
        return sum(len(cells) for _, cells in self.rows)


def score_cell(row: Row | None) -> Cell:
    """A score with its interval, or why there is none."""
    if row is None:
        return Cell(ABSENT)
    if row.get("gold") == "hidden":
        return Cell(NO_GOLD)
    if row["mean"] is None:
        return Cell("collapsed")
    return Cell(number(row["mean"]), interval(row["low"], row["high"]))


def difference_cell(row: Row | None, widest: float) -> Cell:
    """A difference with its interval.

    Args:
        row: Has delta, delta_low and delta_high.
        widest: The difference that has the deepest color.
    """
    if row is None or row["delta"] is None:
        return Cell(ABSENT)
    low, high = row["delta_low"], row["delta_high"]
    depth = max(1, round(LEVELS * min(1.0, abs(row["delta"]) / widest)))
    return Cell(number(row["delta"], True), interval(low, high, True), direction(low, high), depth)


def interval(low: float, high: float, signed: bool = False) -> str:
    """An interval as it stands below its number."""
    return f"[{number(low, signed)}, {number(high, signed)}]"


def frame_grid(frame: pl.DataFrame, caption: str, most: int = _MOST_ROWS) -> Grid:
    """Any frame as a table, without the columns that say the same everywhere; long ones are cut.

    Args:
        frame: The frame; bounds stand beside their numbers, as everywhere.
        caption: What it shows.
        most: Rows that are shown.
    """
    shown = frame.head(most)
    if frame.height > most:
        caption += f" (the first {most} of {counted(frame.height, 'row')})"
    columns = readable(shown)
    heads = [
        Head(column.title.removesuffix(" [95 %]"), numeric=column.numeric, lead="[95 %]" in column.title)
        for column in columns
    ]
    rows = []
    for at in range(shown.height):
        cells = [_split(column.cells[at], column.directions[at], column.title) for column in columns]
        rows.append((cells[0].text, cells[1:]))
    return Grid(caption, heads, rows)


def _split(text: str, sign: int | None, title: str) -> Cell:
    """A number and the interval that stands behind it."""
    value, bracket, bounds = text.partition(" [")
    if not title.endswith("[95 %]") or not bracket:
        return Cell(text)
    return Cell(value, f"[{bounds}", sign if sign else None, 2)
