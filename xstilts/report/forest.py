"""Forest plots: differences with their intervals on one scale, a line each, drawn by the style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from xstilts.report.charts import nice_ticks, short_number
from xstilts.report.columns import direction
from xstilts.wording import number, with_interval


@dataclass(frozen=True)
class ForestLine:
    """One difference; positions are per cent of the width.

    Attributes:
        name: What differs.
        left: Where the interval begins.
        width: Its width.
        point: Where the difference is.
        text: The numbers.
        sign: 1 a certain gain, -1 a certain loss, else 0.
        note: More words, such as the adjusted p.
    """

    name: str
    left: float
    width: float
    point: float
    text: str
    sign: int
    note: str = ""


@dataclass(frozen=True)
class Forest:
    """A forest plot.

    Attributes:
        caption: What it shows.
        lines: Its lines.
        ticks: Position and text of the numbers on the axis.
        zero: Position of zero.
        unit: What the numbers are.
        noted: Heading of the notes; empty if there are none.
        named: Heading of the names.
    """

    kind: ClassVar[str] = "forest"

    caption: str
    lines: Sequence[ForestLine]
    ticks: Sequence[tuple[float, str]]
    zero: float
    unit: str = "points"
    noted: str = ""
    named: str = "recipe"


def forest(
    rows: Sequence[tuple[str, Mapping[str, Any]]],
    caption: str,
    value: str = "delta",
    decimals: int = 1,
    unit: str = "points",
    notes: Sequence[str] = (),
    noted: str = "",
    named: str = "recipe",
) -> Forest | None:
    """A forest plot of rows with a number and its bounds; None if there are none.

    Args:
        rows: Name, and a row with `value`, `value`_low and `value`_high; rows without numbers are left out.
        caption: What it shows.
        value: Name of the number.
        decimals: Of the numbers.
        unit: What the numbers are.
        notes: More words for each row.
        noted: Heading of the notes.
        named: Heading of the names.
    """
    words = notes or [""] * len(rows)
    ends = (value, f"{value}_low", f"{value}_high")
    kept = [
        (name, *(row[end] for end in ends), note)
        for (name, row), note in zip(rows, words, strict=True)
        if all(row[end] is not None for end in ends)
    ]
    if not kept:
        return None
    ticks = nice_ticks(min(0.0, *(low for _, _, low, _, _ in kept)), max(0.0, *(high for _, _, _, high, _ in kept)))
    first, span = ticks[0], ticks[-1] - ticks[0]

    def place(at: float) -> float:
        return round(100 * (at - first) / span, 2)

    lines = [
        ForestLine(
            name,
            place(low),
            round(place(high) - place(low), 2),
            place(middle),
            with_interval(middle, low, high, True, decimals),
            direction(low, high),
            note,
        )
        for name, middle, low, high, note in kept
    ]
    return Forest(caption, lines, [(place(tick), short_number(tick)) for tick in ticks], place(0.0), unit, noted, named)


def p_note(p: float | None) -> str:
    """P as a note."""
    return "" if p is None else "<0.001" if p < 0.001 else number(p, decimals=3)
