"""What figures have in common in every form: how many panels stand in a row, and what range an axis shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xstilts.report.document import Interval, Point, Scatter

_MOST_TICKS = 8


def columns_of(panels: int) -> int:
    """Panels in a row: up to four, and so that the last row is not nearly empty."""
    if panels <= 4:
        return max(1, panels)
    return 3 if panels in (5, 6, 9) else 4


def range_of(intervals: Iterable[Interval | None]) -> tuple[float, float]:
    """Ends of an axis: all intervals and zero, at least a point wide on either side, with a margin."""
    known = [one for one in intervals if one is not None]
    low, high = min([-1.0, *(one.low for one in known)]), max([1.0, *(one.high for one in known)])
    margin = 0.06 * (high - low)
    return round(low - margin, 2), round(high + margin, 2)


def label_heights(points: Sequence[Point]) -> list[float]:
    """Where the names of points stand, in units of y: beside the point, or above a name that would be hidden."""
    if not points:
        return []
    xs, ys = [point.x for point in points], [end for point in points for end in (point.y.low, point.y.high)]
    near, apart = 0.22 * (max(xs) - min(xs)), 0.055 * ((max(ys) - min(ys)) or 1.0)
    placed: dict[int, float] = {}
    for place in sorted(range(len(points)), key=lambda place: points[place].y.value):
        height = points[place].y.value
        taken = sorted(placed[other] for other in placed if abs(xs[other] - xs[place]) <= near and points[other].name)
        for other in taken:
            if abs(other - height) < apart:
                height = other + apart
        placed[place] = height
    return [placed[place] for place in range(len(points))]


def x_ticks_of(figure: Scatter) -> list[float] | None:
    """The values of x themselves on a logarithmic axis with few of them, where round numbers may be far apart."""
    values = sorted({point.x for point in figure.points})
    return values if figure.logarithmic and len(values) <= _MOST_TICKS else None
