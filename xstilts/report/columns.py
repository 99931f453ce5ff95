"""Columns of a table for people to read: numbers to one decimal, with the 95 % interval in brackets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from xstilts.analysis.summary import ALL, SOURCE, ZERO_SHOT
from xstilts.wording import MINUS, number, with_interval

NO_GOLD = "no gold"
ABSENT = "–"
_SIGNED = ("delta", "slope", "estimate", "pearson", "spearman", "kendall", "partial")
_TWO_DECIMALS = ("pearson", "spearman", "kendall", "partial", "order", "explained", "power")
_SHORT = {ALL: "all", ZERO_SHOT: "zero-shot", SOURCE: "source"}


def direction(low: float | None, high: float | None) -> int:
    """1 where an interval lies above zero, -1 where it lies below, 0 where it includes zero or is absent."""
    if low is None or high is None:
        return 0
    return 1 if low > 0 else -1 if high < 0 else 0


@dataclass(frozen=True)
class Column:
    """A column for reading.

    Attributes:
        title: Heading.
        cells: Text of every row.
        numeric: Whether it is aligned to the right.
        directions: 1, 0 or -1 for every row: a gain, nothing certain, a loss; None where no difference stands.
    """

    title: str
    cells: list[str]
    numeric: bool
    directions: list[int | None]


def readable(frame: pl.DataFrame, shown: Collection[str] = ()) -> list[Column]:
    """Columns for reading: intervals beside their numbers, without columns that say the same in every row.

    Args:
        frame: Any frame; a baseline stands in the heading of differences, where there are some.
        shown: Columns that stay even if they say the same in every row.
    """
    hidden = frame["gold"] == "hidden" if "gold" in frame.columns else None
    bounds = {name: found for name in frame.columns if (found := _bounds(frame, name)) is not None}
    inner = {bound for found in bounds.values() for bound in found}
    columns = []
    for name in frame.columns:
        if name in inner or (name not in shown and _says_nothing(frame, name)):
            continue
        values = frame[name].to_list()
        if name in bounds:
            low, high = (frame[bound].to_list() for bound in bounds[name])
            cells, directions = merged(values, low, high, name in _SIGNED, 2 if name in _TWO_DECIMALS else 1)
            if name == "mean" and hidden is not None:
                cells = [NO_GOLD if is_hidden else cell for cell, is_hidden in zip(cells, hidden, strict=True)]
            columns.append(Column(_title(frame, name), cells, True, directions))
        else:
            cells = [p_cell(value) if name.split("_")[0] == "p" else _plain(value, name) for value in values]
            if name == "group":
                cells = [_SHORT.get(cell, cell) for cell in cells]
            if name == "seeds" and "collapsed" in frame.columns:
                cells = [seeds_text(*pair) for pair in zip(values, frame["collapsed"], strict=True)]
            columns.append(Column(_title(frame, name), cells, frame[name].dtype.is_numeric(), [None] * len(cells)))
    return columns


def seeds_text(used: int, collapsed: int) -> str:
    """Seeds in a mean, and how many were left out because they collapsed."""
    return f"{used} ({MINUS}{collapsed})" if collapsed else str(used)


def _says_nothing(frame: pl.DataFrame, name: str) -> bool:
    values = frame[name].drop_nulls()
    if name in ("gold", "examples"):
        return True
    if name == "collapsed" and "seeds" in frame.columns:
        return True  # stands beside the seeds
    if name == "baseline" and "delta" in frame.columns:
        return True  # stands in the heading of the differences
    if name == "hidden":
        return not (values > 0).any()
    if name == "selection":
        return not values.str.contains("oracle").any()
    optional = ("encoder", "split", "layer", "pooling", "similarity", "headline", "zero_shot", "task")
    return name in optional and values.n_unique() < 2


def _title(frame: pl.DataFrame, name: str) -> str:
    if name == "mean":
        return "score [95 %]"
    if name == "delta":
        baselines = frame["baseline"].drop_nulls().unique().to_list() if "baseline" in frame.columns else []
        return f"Δ to {baselines[0]} [95 %]" if len(baselines) == 1 else "Δ [95 %]"
    text = {"hidden": NO_GOLD, "languages": "langs", "p_holm": "p (Holm)", "p_bh": "p (BH)"}.get(
        name, name.replace("_", " ")
    )
    return text if _bounds(frame, name) is None else f"{text} [95 %]"


def _bounds(frame: pl.DataFrame, name: str) -> tuple[str, str] | None:
    """The columns with the ends of a number's interval."""
    bounds = ("low", "high") if name == "mean" else (f"{name}_low", f"{name}_high")
    return bounds if set(bounds) <= set(frame.columns) else None


def merged(
    values: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
    signed: bool,
    decimals: int = 1,
) -> tuple[list[str], list[int | None]]:
    """Numbers with their intervals as text; of signed ones also their directions."""
    cells = [
        ABSENT if value is None or a is None or b is None else with_interval(value, a, b, signed, decimals)
        for value, a, b in zip(values, low, high, strict=True)
    ]
    return cells, [
        direction(a, b) if signed and cell != ABSENT else None for cell, a, b in zip(cells, low, high, strict=True)
    ]


def p_cell(value: float | None) -> str:
    """A p value as a cell shows it: without `p =`, which its column says."""
    return ABSENT if value is None else "<0.001" if value < 0.001 else f"{value:.3f}"


def _plain(value: object, name: str) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value, decimals=2 if name in _TWO_DECIMALS else 1) if isinstance(value, float) else str(value)


def score_text(row: Mapping[str, Any] | None, interval: bool) -> str:
    """A summary's score as text, with its interval or without; in words where there is none."""
    if row is None:
        return ABSENT
    if row["gold"] == "hidden":
        return NO_GOLD
    if row["mean"] is None:
        return "collapsed"
    return with_interval(row["mean"], row["low"], row["high"]) if interval else number(row["mean"])
