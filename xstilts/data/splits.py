"""Names of splits and deterministic slices of them: `train`, `train[:90%]`, `train[90%:]`, `train[:8000]`.

A slice keeps the order of the file, so `train[:90%]` and `train[90%:]` are disjoint and together are `train`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xstilts.errors import InputError

_SLICE = re.compile(r"^(?P<name>\w+)(?:\[(?P<start>\d+%?)?:(?P<stop>\d+%?)?\])?$")


@dataclass(frozen=True)
class SplitSlice:
    """A split of a task, or a run of consecutive rows of it."""

    name: str
    start: str | None = None
    stop: str | None = None

    @classmethod
    def parse(cls, text: str, where: object = None) -> SplitSlice:
        """Reads `name`, `name[a:b]` with rows or per cent, either end left out.

        Raises:
            InputError: If the text has another form.
        """
        match = _SLICE.match(text.strip())
        if match is None:
            raise InputError(
                "a split is named wrongly",
                where=where,
                found=repr(text),
                expected="a name, or a slice such as train[:90%], train[90%:] or train[:8000]",
            )
        for bound in (match["start"], match["stop"]):
            if bound and bound.endswith("%") and int(bound[:-1]) > 100:
                raise InputError("a slice ends beyond 100 %", where=where, found=repr(text), expected="0% to 100%")
        return cls(match["name"], match["start"], match["stop"])

    def bounds(self, rows: int) -> tuple[int, int]:
        """The half-open range of row numbers, for a split of so many rows."""
        return _position(self.start, rows, 0), _position(self.stop, rows, rows)

    def overlaps(self, other: SplitSlice, rows: int) -> bool:
        """Whether two slices share a row, for a split of so many rows."""
        if self.name != other.name:
            return False
        (a, b), (c, d) = self.bounds(rows), other.bounds(rows)
        return max(a, c) < min(b, d)

    def __str__(self) -> str:
        if self.start is None and self.stop is None:
            return self.name
        return f"{self.name}[{self.start or ''}:{self.stop or ''}]"


def _position(bound: str | None, rows: int, default: int) -> int:
    if bound is None:
        return default
    if bound.endswith("%"):
        return (int(bound[:-1]) * rows + 50) // 100
    return min(int(bound), rows)
