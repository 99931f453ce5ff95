"""What figures have in common in every form: how many panels stand in a row, and what range an axis shows."""

from __future__ import annotations

from collections.abc import Iterable

from xstilts.report.document import Interval


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
