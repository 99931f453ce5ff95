"""Sources that are put together: files whose names only the folder knows, and the files of several data sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xstilts.data.download import FetchError
from xstilts.data.examples import Example
from xstilts.data.sources import Drops, Files, Origin, Reader
from xstilts.errors import InputError


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
    """Several data sets as one; of each, what the data folder has goes before what can be obtained.

    A part that is not there and cannot be obtained is left out, and a note names it.

    Attributes:
        parts: Name of each part -> its sources, tried in order.
    """

    parts: Mapping[str, tuple[Files, ...]] = field(default_factory=dict)

    def paths(self, language: str, split: str) -> list[str] | None:
        """The relative paths that the first source of each part names; None if no part holds the split."""
        named = [sources[0].paths(language, split) for sources in self._holding(language, split).values()]
        return [path for paths in named for path in paths or []] or None

    def in_folder(self) -> Files | None:
        """The parts as far as they are looked for in the data folder."""
        local = {
            name: tuple(kept for source in sources if (kept := source.in_folder()) is not None)
            for name, sources in self.parts.items()
        }
        return replace(self, parts=local) if any(local.values()) else None

    def locate(self, folder: Path | None, language: str, split: str) -> list[Path] | None:
        """The files of all parts that are there; None if none is."""
        return _joined_paths({name: part for name, _, part in self._looked_for(folder, language, split)})

    def is_whole(self, paths: Sequence[Path]) -> bool:
        """Whether no part is missing."""
        return isinstance(paths, PartPaths) and not paths.missing

    def can_obtain(self, language: str, split: str, *, offline: bool, folder: Path | None = None) -> bool:
        """Whether some part that is not there can be obtained."""
        return any(
            part is None and any(source.can_obtain(language, split, offline=offline) for source in sources)
            for _, sources, part in self._looked_for(folder, language, split)
        )

    def obtain(self, language: str, split: str, *, offline: bool = False, folder: Path | None = None) -> list[Path]:
        """The files of all parts: those that are there, and those that can be obtained.

        Raises:
            FetchError: If no part is had, or one that can be obtained fails: rows do not silently become fewer.
            InputError: If the cache cannot be written.
        """
        found = _joined_paths(
            {
                name: part or _obtained_part(name, sources, language, split, offline)
                for name, sources, part in self._looked_for(folder, language, split)
            }
        )
        if found is None:
            raise FetchError("obtains nothing")
        return found

    def discard(self, language: str, split: str) -> None:
        """Removes the files of all parts from the cache."""
        for sources in self._holding(language, split).values():
            for source in sources:
                source.discard(language, split)

    def is_verified(self, language: str, split: str) -> bool:
        """Whether the files of every part that can be obtained are compared with checksums."""
        return all(
            source.is_verified(language, split)
            for sources in self._holding(language, split).values()
            for source in sources
            if source.can_obtain(language, split, offline=False)
        )

    def places(self, language: str, split: str) -> list[str]:
        """Where the files of all parts are looked for."""
        return [
            place
            for sources in self._holding(language, split).values()
            for source in sources
            for place in source.places(language, split)
        ]

    def fetched_from(self, language: str, split: str, folder: Path | None) -> list[str]:
        """The first places over the network of each part that is not there and is not made."""
        places: list[str] = []
        for _, sources, part in self._looked_for(folder, language, split):
            able = [source for source in sources if source.can_obtain(language, split, offline=False)]
            if part is None and able:
                places += able[0].fetched_from(language, split, folder)
        return places

    def origins(self) -> list[Origin]:
        """Those of each part, under its name, as far as they hold splits that are joined."""
        return [
            replace(origin, what=f"{name}, {origin.what}", splits=splits)
            for name, sources in self.parts.items()
            for source in sources
            for origin in source.origins()
            if (splits := tuple(split for split in origin.splits if split in self.splits))
        ]

    def _holding(self, language: str, split: str) -> dict[str, list[Files]]:
        """The sources that hold the split, of the parts that have it at all; none of a split that is not joined."""
        if split not in self.splits:
            return {}
        held = {
            name: [source for source in sources if source.paths(language, split) is not None]
            for name, sources in self.parts.items()
        }
        return {name: sources for name, sources in held.items() if sources}

    def _looked_for(
        self, folder: Path | None, language: str, split: str
    ) -> Iterator[tuple[str, list[Files], FoundPart | None]]:
        """Name, sources and files of each part that has the split; no files where none are there."""
        for name, sources in self._holding(language, split).items():
            located = ((source, source.locate(folder, language, split)) for source in sources)
            yield (
                name,
                sources,
                next((FoundPart(name, source.read, paths) for source, paths in located if paths is not None), None),
            )


def _obtained_part(name: str, sources: Sequence[Files], language: str, split: str, offline: bool) -> FoundPart | None:
    """A part from the first of its sources that gives it; None if none can."""
    failures: list[str] = []
    for source in sources:
        if source.can_obtain(language, split, offline=offline):
            try:
                return FoundPart(name, source.read, source.obtain(language, split, offline=offline))
            except FetchError as error:
                failures.append(f"{'; '.join(source.places(language, split))}: {error}")
    if failures:
        raise FetchError(f"{name} cannot be had: {'; '.join(failures)}")
    return None


def _joined_paths(parts: Mapping[str, FoundPart | None]) -> PartPaths | None:
    found = [part for part in parts.values() if part is not None]
    return PartPaths(found, [name for name, part in parts.items() if part is None]) if found else None


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
