"""Where the rows of a task come from: original files in a folder, read by a small function, counted and hashed.

A reader is a function `(paths, drops) -> examples`. It raises `InputError` at a row it cannot read; a row that the
data set itself is known to have broken it may leave out, and then it says so in `drops`, which every command shows.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from xstilts.examples import Example


class Drops:
    """Counts the rows that a reader left out, and those that it repaired, by reason."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()

    def add(self, reason: str) -> None:
        """Counts one row."""
        self.reasons[reason] += 1

    def repaired(self, how: str) -> None:
        """Counts a row that was kept, but not as it stands in the file."""
        self.repairs[how] += 1

    def notes(self) -> list[str]:
        """One sentence per reason."""
        left_out = [f"{_rows(count)} left out: {reason}" for reason, count in sorted(self.reasons.items())]
        return left_out + [f"{_rows(count)} repaired: {how}" for how, count in sorted(self.repairs.items())]


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


Reader = Callable[[Sequence[Path], Drops], Iterable[Example]]


@dataclass(frozen=True)
class Files:
    """Original files in a local folder.

    Attributes:
        patterns: One path, or several that are read together, relative to the data folder, with `{language}`,
            `{split}` and the names of `fields` in braces.
        read: The reader; it gets the paths in the order of `patterns`.
        splits: The splits that these files hold.
        fields: Further placeholders: name -> language -> value. A language that a field does not have is not
            in these files.
        languages: The languages that these files hold, separated by spaces; empty for all of the task.
    """

    patterns: str | tuple[str, ...]
    read: Reader
    splits: tuple[str, ...]
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    languages: str = ""

    folder_may_be_collection: ClassVar[bool] = True

    def paths(self, language: str, split: str) -> list[str] | None:
        """Relative paths of one language and split; None if these files do not hold it."""
        if split not in self.splits or (self.languages and language not in self.languages.split()):
            return None
        values = {"language": language, "split": split}
        for name, by_language in self.fields.items():
            if language not in by_language:
                return None
            values[name] = by_language[language]
        patterns = (self.patterns,) if isinstance(self.patterns, str) else self.patterns
        return [pattern.format(**values) for pattern in patterns]

    def locate(self, folder: Path | None, language: str, split: str) -> list[Path] | None:
        """The files, if all of them are in the folder; without a folder only those that are named absolutely.

        The first part of a pattern names the collection (`xtreme/panx/...`); the folder may hold the collection,
        or be it.
        """
        wanted = self.paths(language, split)
        if wanted is None or (folder is None and not all(Path(path).is_absolute() for path in wanted)):
            return None
        for inside in (False, True) if self.folder_may_be_collection else (False,):
            names = [path.partition("/")[2] or path if inside else path for path in wanted]
            found = [(folder or Path()) / name for name in names]
            if all(path.is_file() for path in found):
                return found
        return None

    def can_make(self, language: str, split: str) -> bool:
        """Whether the files need not be anywhere, since `make` makes them."""
        return False

    def make(self, language: str, split: str) -> list[Path]:
        """The files of one language and split, made if they are not there yet; none unless `can_make` says so."""
        return []


def content_digest(paths: Sequence[Path]) -> str:
    """SHA-256 over the contents of files, in order; names and places do not count."""
    digest = hashlib.sha256()
    for path in paths:
        stat = path.stat()
        digest.update(_file_digest(path, stat.st_mtime_ns, stat.st_size).encode())
    return digest.hexdigest()


@lru_cache(maxsize=4096)
def _file_digest(path: Path, _mtime_ns: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
