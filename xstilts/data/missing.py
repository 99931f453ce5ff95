"""Which file may be meant where one is not there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from xstilts.errors import nearest


def similar_file(folder: Path | None, places: Iterable[str], known: Iterable[str]) -> str | None:
    """The question whether a file of a similar name beside one that is missing is meant, if there is one.

    Args:
        folder: What relative places start from.
        places: Where files were looked for.
        known: Places of other files, several separated by `; `.
    """
    start = folder or Path()
    taken = {start / one for place in known for one in place.split("; ")}
    for path in (start / place for place in places):
        if not path.is_file() and path.parent.is_dir():
            beside = sorted(one.name for one in path.parent.iterdir() if one.is_file() and one not in taken)
            if (guess := nearest(path.name, beside)) is not None:
                return guess
    return None
