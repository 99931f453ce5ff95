"""Figures as SVG, from the numbers themselves; legible in light and dark, and without color."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from html import escape

from xstilts.report.charts import nice_ticks
from xstilts.report.columns import direction
from xstilts.report.document import Forest, Interval, Scatter
from xstilts.report.figure_layout import columns_of, label_heights, range_of, x_ticks_of
from xstilts.wording import number, with_interval

_WIDTH = 860
_ROW = 19
_CLASSES = {1: "gain", -1: "loss", 0: "open"}
_STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #333; }
.title { font-weight: 600; }
.tick, .grid { stroke: #999; stroke-opacity: .3; }
.zero { stroke: #777; }
.gain { stroke: #1b6b48; fill: #1b6b48; }
.loss { stroke: #b03a2e; fill: #b03a2e; }
.open { stroke: #777; fill: #fff; }
.bar { stroke-width: 1.6; }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd; } .gain { stroke: #6fcf9f; fill: #6fcf9f; } .loss { stroke: #f08a7c; fill: #f08a7c; }
  .open { stroke: #aaa; fill: #222; }
}
</style>"""


def forest(figure: Forest) -> str:
    """A forest plot: a panel beside the other, each with its own scale."""
    columns = columns_of(len(figure.panels))
    rows = math.ceil(len(figure.panels) / columns)
    left = 14 + 7 * max(map(len, figure.names), default=0)
    width = (_WIDTH - left - 22 * (columns - 1) - 14) / columns
    height = _ROW * len(figure.names) + 8
    parts = []
    for place, (title, intervals) in enumerate(figure.panels):
        column, row = place % columns, place // columns
        x, y = left + column * (width + 22), 24 + row * (height + 58)
        if column == 0:
            parts += [_label(x - 8, y + _middle(at), name, "end") for at, name in enumerate(figure.names)]
        parts += _panel(title, intervals, figure.names, (x, y, width, height))
    return _svg(_WIDTH, 24 + rows * (height + 58) - 14, parts, "Differences with their 95 % intervals")


def _middle(row: int) -> float:
    return 4 + _ROW * (row + 0.5)


def _panel(
    title: str, intervals: Iterable[Interval | None], names: Iterable[str], box: tuple[float, float, float, float]
) -> list[str]:
    x, y, width, height = box
    intervals = list(intervals)
    low, high = range_of(intervals)
    at = _scale(low, high, x, x + width)
    parts = [f'<text class="title" x="{x:.1f}" y="{y - 7:.1f}">{escape(title)}</text>']
    for tick in (tick for tick in nice_ticks(low, high, 4) if low <= tick <= high):
        kind = "zero" if tick == 0 else "grid"
        parts.append(_line(kind, at(tick), y, at(tick), y + height))
        parts.append(_label(at(tick), y + height + 15, f"{tick:g}".replace("-", "\N{MINUS SIGN}"), "middle"))
    for row, (interval, name) in enumerate(zip(intervals, names, strict=True)):
        if interval is not None:
            middle = y + _middle(row)
            bar = (at(interval.low), middle, at(interval.high), middle)
            parts.append(_mark(interval, (at(interval.value), middle), bar, f"{name}, {title}"))
    return parts


def scatter(figure: Scatter) -> str:
    """Points with vertical intervals and their names, and a line where there is one."""
    left, top, width, height = 64.0, 14.0, 640.0, 320.0
    transform: Callable[[float], float] = math.log10 if figure.logarithmic else float
    ys = [end for point in figure.points for end in (point.y.low, point.y.high, point.y.value)]
    xs = [transform(point.x) for point in figure.points]
    y_ticks = nice_ticks(min(ys, default=0.0), max(ys, default=1.0))
    fixed = x_ticks_of(figure)
    x_ticks = nice_ticks(min(xs, default=0.0), max(xs, default=1.0))
    y_at = _scale(y_ticks[0], y_ticks[-1], top + height, top)
    x_at = _scale(x_ticks[0], x_ticks[-1], left, left + width)
    parts = []
    for tick in y_ticks:
        parts.append(_line("zero" if tick == 0 else "grid", left, y_at(tick), left + width, y_at(tick)))
        parts.append(_label(left - 8, y_at(tick) + 4, f"{tick:g}".replace("-", "\N{MINUS SIGN}"), "end"))
    for tick in x_ticks if fixed is None else map(math.log10, fixed):
        shown = f"{10**tick:,.3g}" if figure.logarithmic else f"{tick:,g}"
        parts.append(_label(x_at(tick), top + height + 18, shown, "middle"))
    parts.append(_label(left + width / 2, top + height + 40, figure.x_axis, "middle"))
    turned = f'transform="rotate(-90 16 {top + height / 2})"'
    parts.append(f'<text {turned} x="16" y="{top + height / 2}" text-anchor="middle">{escape(figure.y_axis)}</text>')
    if figure.line is not None:
        (x1, y1), (x2, y2) = figure.line
        ends = (x_at(transform(x1)), y_at(y1), x_at(transform(x2)), y_at(y2))
        parts.append(_line("zero", *ends))
    for point, x, name_y in zip(figure.points, xs, label_heights(figure.points), strict=True):
        bar = (x_at(x), y_at(point.y.low), x_at(x), y_at(point.y.high))
        parts.append(_mark(point.y, (x_at(x), y_at(point.y.value)), bar, point.name))
        parts.append(_label(x_at(x) + 7, y_at(name_y) + 4, point.name, "start"))
    return _svg(860, int(top + height + 54), parts, f"{figure.y_axis} against {figure.x_axis}")


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (value - low) / ((high - low) or 1.0) * (end - start)


def _mark(interval: Interval, place: tuple[float, float], bar: tuple[float, float, float, float], name: str) -> str:
    sign = direction(interval.low, interval.high) if interval.low < interval.high else 0
    kind, (x, y) = _CLASSES[sign], place
    shape = (
        f'<rect class="{kind}" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>'
        if sign < 0
        else f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3.4"/>'
    )
    said = with_interval(interval.value, interval.low, interval.high, signed=True)
    said = said if interval.low < interval.high else number(interval.value)
    return f"<g><title>{escape(f'{name}: {said}')}</title>{_line(f'bar {kind}', *bar)}{shape}</g>"


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" dominant-baseline="auto">{escape(text)}</text>'


def _svg(width: int, height: int, parts: Iterable[str], label: str) -> str:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    lines = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(label)}">\n{_STYLE}\n{lines}\n'
        "</svg>\n"
    )
