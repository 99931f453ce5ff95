"""Sources that are put together: files whose names only the folder knows, and the files of several data sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xstilts.download import FetchError
from xstilts.errors import InputError
from xstilts.examples import Example
from xstilts.sources import Drops, Files, Reader


@dataclass(frozen=True)
class FileSets(Files):
    """Files whose names are not known beforehand: a pattern with `*` stands for all files that fit, sorted by name."""

    def locate(self, folder: Path | None, language: str, split: str) -> list[Path] | None:
        """The files, if at least one fits each pattern; the folder may hold the collection, or be it."""
        wanted = self.paths(language, split)
        if wanted is None or folder is None:
            return None
        for inside in (False, True):
            names = [path.partition("/")[2] or path if inside else path for path in wanted]
            found = [sorted(path for path in folder.glob(name) if path.is_file()) for name in names]
            if all(found):
                return [path for fitting in found for path in fitting]
        return None


@dataclass(frozen=True)
class FoundPart:
    """A data set of several: the files that were found of it.

    Attributes:
        name: Stands before the ids of its rows.
        read: How they are read.
        paths: The files.
    """

    name: str
    read: Reader
    paths: Sequence[Path]


class PartPaths(list[Path]):
    """The files of several data sets, and which of them each file belongs to."""

    def __init__(self, parts: Iterable[FoundPart], missing: Iterable[str]) -> None:
        self.parts = tuple(parts)
        self.missing = tuple(missing)
        super().__init__(path for part in self.parts for path in part.paths)


@dataclass(frozen=True)
class Joined(Files):
    """Several data sets as one. A part that is not there is left out, and a note names it.

    Attributes:
        parts: Name of each part -> its sources, tried in order.
    """

    parts: Mapping[str, tuple[Files, ...]] = field(default_factory=dict)

    def paths(self, language: str, split: str) -> list[str] | None:
        """The relative paths that the first source of each part names; None if no part holds the split."""
        named = [
            self._holding(name, language, split)[0].paths(language, split) for name in self._names(language, split)
        ]
        return [path for paths in named for path in paths or []] or None

    def locate(self, folder: Path | None, language: str, split: str) -> list[Path] | None:
        """The files of all parts that are there; None if none is."""
        return self._found(language, split, lambda source: source.locate(folder, language, split))

    def can_obtain(self, language: str, split: str, *, offline: bool) -> bool:
        """Some part can be obtained."""
        return any(self._obtainable(name, language, split, offline) for name in self._names(language, split))

    def obtain(self, language: str, split: str) -> list[Path]:
        """The files of all parts that can be obtained."""
        failures: list[str] = []

        def get(source: Files) -> list[Path] | None:
            try:
                return source.obtain(language, split) if source.can_obtain(language, split, offline=False) else None
            except FetchError as error:
                failures.append(str(error))
                return None

        found = self._found(language, split, get)
        if found is None:
            raise FetchError("; ".join(failures) or "obtains nothing")
        return found

    def discard(self, language: str, split: str) -> None:
        """Removes the files of all parts from the cache."""
        for name in self._names(language, split):
            for source in self._holding(name, language, split):
                source.discard(language, split)

    def is_verified(self, language: str, split: str) -> bool:
        """Whether the files of every part are compared with checksums."""
        return all(
            source.is_verified(language, split)
            for name in self._names(language, split)
            for source in self._obtainable(name, language, split, offline=False)
        )

    def places(self, language: str, split: str) -> list[str]:
        """Where the files of all parts are looked for."""
        return [
            place
            for name in self._names(language, split)
            for source in self._holding(name, language, split)
            for place in source.places(language, split)
        ]

    def _obtainable(self, name: str, language: str, split: str, offline: bool) -> list[Files]:
        held = self._holding(name, language, split)
        return [source for source in held if source.can_obtain(language, split, offline=offline)]

    def _names(self, language: str, split: str) -> list[str]:
        """The parts that have the split at all; none of a split that is not joined."""
        return [name for name in self.parts if split in self.splits and self._holding(name, language, split)]

    def _holding(self, name: str, language: str, split: str) -> list[Files]:
        return [source for source in self.parts[name] if source.paths(language, split) is not None]

    def _found(self, language: str, split: str, find: Callable[[Files], list[Path] | None]) -> PartPaths | None:
        parts, missing = [], []
        for name in self._names(language, split):
            found = next(
                (
                    FoundPart(name, source.read, paths)
                    for source in self._holding(name, language, split)
                    if (paths := find(source))
                ),
                None,
            )
            if found is None:
                missing.append(name)
            else:
                parts.append(found)
        return PartPaths(parts, missing) if parts else None


def joined(parts: Mapping[str, tuple[Files, ...]], splits: tuple[str, ...]) -> Joined:
    """A source of the rows of several data sets, which stand one after another; ids are `PART-ID`.

    Args:
        parts: Name of each part -> its sources, tried in order.
        splits: The splits that are joined; a part that never has one is not missing from it.
    """
    return Joined((), _read_parts, splits, parts=parts)


def _read_parts(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    if not isinstance(paths, PartPaths):
        raise InputError(
            "a file of one part says nothing of the others",
            where=paths[0] if paths else None,
            fix="read it as the data set that it belongs to",
        )
    if paths.missing:
        drops.remark(f"not there, and so not among these rows: {', '.join(paths.missing)}")
    for part in paths.parts:
        for example in part.read(part.paths, drops):
            yield replace(example, id=f"{part.name}-{example.id}")
