"""Geometry of the page's charts: plain numbers, drawn by the template as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 34


@dataclass(frozen=True)
class Line:
    """One recipe's line and the band of its intervals, as SVG point lists.

    Attributes:
        name: The recipe.
        style: Number of its color and dashes.
        points: The line.
        band: The polygon of its intervals.
        marks: Position and text of every point.
    """

    name: str
    style: int
    points: str
    band: str
    marks: list[tuple[float, float, str]]


@dataclass(frozen=True)
class Chart:
    """A line chart of scores by layer.

    Attributes:
        label: What it shows, in words, for readers who do not see it.
        lines: One per recipe.
        x_ticks: Position and text.
        y_ticks: Position and text.
        marked: Position of the layer that counts as the score; None if it is not in this chart.
    """

    label: str
    lines: list[Line]
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    marked: float | None


def layer_chart(rows: Sequence[Row], styles: Mapping[str, int], label: str) -> Chart:
    """Scores by layer, one line per recipe.

    Args:
        rows: Rows of `xstilts.analysis.summary.layer_scores` with one metric, pooling and similarity.
        styles: Recipe -> number of its color.
        label: What the chart shows.
    """
    scored = [row for row in rows if row["mean"] is not None]
    layers: list[int] = sorted({row["layer"] for row in rows})
    ticks = nice_ticks(
        min((row["low"] for row in scored), default=0.0), max((row["high"] for row in scored), default=1.0)
    )
    bottom, top = ticks[0], ticks[-1]

    def x(layer: int) -> float:
        span = float(layers[-1] - layers[0]) or 1.0
        return round(LEFT + (layer - layers[0]) / span * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM), 1)

    lines = []
    for name, style in styles.items():
        mine = sorted((row for row in scored if row["recipe"] == name), key=lambda row: row["layer"])
        if mine:
            upper = [(x(row["layer"]), y(row["high"])) for row in mine]
            lower = [(x(row["layer"]), y(row["low"])) for row in reversed(mine)]
            marks = [
                (x(row["layer"]), y(row["mean"]), f"{name}, layer {row['layer']}: {row['mean']:.1f}") for row in mine
            ]
            lines.append(Line(name, style, _points([mark[:2] for mark in marks]), _points(upper + lower), marks))
    step = max(1, math.ceil(len(layers) / 13))
    headline = {row["layer"] for row in rows if row["headline"]}
    return Chart(
        label,
        lines,
        [(x(layer), str(layer)) for layer in layers[::step]],
        [(y(tick), f"{tick:g}") for tick in ticks],
        x(min(headline)) if headline else None,
    )


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About `count` round numbers that enclose an interval."""
    width = max(high - low, 1e-9)
    raw = width / (count - 1)
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(position * step, 10) for position in range(first, max(last, first + 1) + 1)]


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
