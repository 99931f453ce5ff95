"""Charts as SVG: axes with round numbers, lines with bands, points with intervals. Colors are the style sheet's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from markupsafe import Markup, escape

WIDTH, HEIGHT = 520, 306
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 50
COLORS = 8
Point = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """Points of one color.

    Attributes:
        name: What they are; names the color in the legend.
        points: Positions.
        tips: What each point says when it is pointed at.
        bounds: The interval of each point in y; empty where there are none.
        color: Number of the color, and of the dashes or the shape.
        joined: Whether a line goes through the points.
        band: Whether intervals are drawn as a band and not as bars.
        dots: Whether the points themselves are drawn.
        faint: Whether it is drawn as a part of another, without its own entry in the legend.
    """

    name: str
    points: Sequence[Point]
    tips: Sequence[str] = ()
    bounds: Sequence[Point] = ()
    color: int = 0
    joined: bool = True
    band: bool = True
    dots: bool = True
    faint: bool = False


@dataclass(frozen=True)
class Figure:
    """A chart with its caption.

    Attributes:
        caption: What it shows.
        svg: The drawing.
        legend: Color and name of each series.
        text: The same in words, for readers who do not see it.
    """

    kind: ClassVar[str] = "figure"

    caption: str
    svg: Markup
    legend: list[tuple[int, str]] = field(default_factory=list)
    text: str = ""


def chart(
    series: Sequence[Series],
    caption: str,
    x_label: str,
    y_label: str,
    *,
    log_x: bool = False,
    zero: bool = False,
    marked: float | None = None,
    whole_x: bool = False,
) -> Figure:
    """Draws series on common axes.

    Args:
        series: What is drawn.
        caption: What the chart shows.
        x_label: Beside the horizontal axis.
        y_label: Above the vertical axis.
        log_x: Whether equal distances in x are equal ratios.
        zero: Whether y = 0 is drawn and always in sight.
        marked: A place in x that is marked.
        whole_x: Whether x is counted in whole numbers.
    """
    xs = [x for one in series for x, _ in one.points]
    ys = [y for one in series for y in [*(y for _, y in one.points), *(end for pair in one.bounds for end in pair)]]
    x_ticks = _log_ticks(min(xs), max(xs)) if log_x else nice_ticks(min(xs), max(xs), 6)
    if whole_x:
        x_ticks = [tick for tick in x_ticks if tick == int(tick)]
    y_ticks = nice_ticks(min([*ys, *([0.0] if zero else [])]), max([*ys, *([0.0] if zero else [])]))
    x = _scale(x_ticks[0] if log_x else min(xs), x_ticks[-1] if log_x else max(xs), LEFT + 8, WIDTH - RIGHT - 8, log_x)
    y = _scale(y_ticks[0], y_ticks[-1], HEIGHT - BOTTOM, TOP)
    parts = [_axes(x_ticks, y_ticks, x, y, x_label, zero, [min(xs), max(xs)])]
    if marked is not None:
        parts.append(_line("marked", x(marked), TOP, x(marked), HEIGHT - BOTTOM))
    parts += [_drawn(one, x, y) for one in series]
    legend = {one.color: one.name for one in series if not one.faint and one.name}
    label = f"{caption}. Vertical: {y_label}. Horizontal: {x_label}."
    svg = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, label, Markup("").join(parts)
    )
    return Figure(f"{caption} ({y_label})", svg, sorted(legend.items()) if len(legend) > 1 else [], label)


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About `count` round numbers that enclose an interval."""
    width = max(high - low, 1e-9)
    raw = width / (count - 1)
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(position * step, 10) for position in range(first, max(last, first + 1) + 1)]


def short_number(value: float) -> str:
    """A number as an axis has it: 2500000 is 2.5M."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}".replace("-", "−")


def _log_ticks(low: float, high: float) -> list[float]:
    """Numbers 1, 2 and 5 times powers of ten that enclose an interval."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    ticks = [factor * 10.0**power for power in range(first, last + 1) for factor in (1, 2, 5)]
    begin = max((at for at, tick in enumerate(ticks) if tick <= low * (1 + 1e-9)), default=0)
    end = min((at for at, tick in enumerate(ticks) if tick >= high * (1 - 1e-9)), default=len(ticks) - 1)
    return ticks[begin : max(end, begin + 1) + 1]


def _scale(low: float, high: float, start: float, stop: float, log: bool = False) -> Callable[[float], float]:
    position = math.log10 if log else float
    first, last = position(low), position(high)
    span = last - first

    def place(value: float) -> float:
        share = (position(value) - first) / span if span else 0.5
        return round(start + share * (stop - start), 1)

    return place


def _axes(
    x_ticks: Sequence[float],
    y_ticks: Sequence[float],
    x: Callable[[float], float],
    y: Callable[[float], float],
    x_label: str,
    zero: bool,
    ends: Sequence[float],
) -> Markup:
    parts = []
    for tick in y_ticks:
        parts.append(_line("zero" if zero and tick == 0 else "grid", LEFT, y(tick), WIDTH - RIGHT, y(tick)))
        parts.append(_text(LEFT - 6, y(tick) + 4, short_number(tick), "end"))
    for tick in x_ticks:
        if LEFT <= x(tick) <= WIDTH - RIGHT and (
            ends[0] - 1e-9 <= tick <= ends[1] + 1e-9 or x_ticks[0] >= ends[0] / 10
        ):
            parts.append(_text(x(tick), HEIGHT - BOTTOM + 18, short_number(tick), "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x_label, "middle"))
    return Markup("").join(parts)


def _drawn(one: Series, x: Callable[[float], float], y: Callable[[float], float]) -> Markup:
    places = [(x(a), y(b)) for a, b in one.points]
    ends = [(y(low), y(high)) for low, high in one.bounds]
    parts = []
    if ends and one.band:
        upper = [(place[0], high) for place, (_, high) in zip(places, ends, strict=True)]
        lower = [(place[0], low) for place, (low, _) in zip(places, ends, strict=True)]
        parts.append(Markup('<polygon points="{}"/>').format(_points([*upper, *reversed(lower)])))
    elif ends:
        parts += [
            _line("whisker", place[0], low, place[0], high) for place, (low, high) in zip(places, ends, strict=True)
        ]
    if one.joined and len(places) > 1:
        parts.append(Markup('<polyline points="{}"/>').format(_points(places)))
    if one.dots:
        tips = one.tips or [""] * len(places)
        parts += [_dot(place, tip, one.color) for place, tip in zip(places, tips, strict=True)]
    look = f"line s{one.color % COLORS}{' faint' if one.faint else ''}"
    return Markup('<g class="{}">{}</g>').format(look, Markup("").join(parts))


def _dot(place: Point, tip: str, color: int) -> Markup:
    """A circle, square, triangle or diamond: series differ without color too."""
    a, b = place
    title = Markup("<title>{}</title>").format(tip) if tip else Markup("")
    shapes = (
        f'<circle cx="{a}" cy="{b}" r="4"',
        f'<path d="M{a - 3.6:.1f} {b - 3.6:.1f}h7.2v7.2h-7.2z"',
        f'<path d="M{a} {b - 4.8:.1f}l4.6 8.2h-9.2z"',
        f'<path d="M{a} {b - 5:.1f}l5 5l-5 5l-5-5z"',
    )
    tip_attribute = Markup(' data-tip="{}"').format(tip) if tip else Markup("")
    return (
        Markup(shapes[color % len(shapes)])
        + tip_attribute
        + Markup(">")
        + title
        + (Markup("</circle>") if color % len(shapes) == 0 else Markup("</path>"))
    )


def _line(look: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(look, x1, y1, x2, y2)


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:g}" y="{:g}" text-anchor="{}">{}</text>').format(x, y, anchor, escape(text))


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
