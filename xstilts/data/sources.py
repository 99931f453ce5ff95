"""Where the rows of a task come from: original files, in a folder or fetched, read by a small function.

`Files` are in a folder and nowhere else. Other sources can also obtain them: `Hub` fetches files of a data set of the
Hugging Face hub at a pinned commit, `Url` fetches files or members of an archive, and the embedded suite makes its own.
What was obtained stays in a cache and is found there the next time.

A reader is a function `(paths, drops) -> examples`. It raises `InputError` at a row it cannot read; a row that the
data set itself is known to have broken it may leave out, and then it says so in `drops`, which every command shows.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import ClassVar
from urllib.parse import urlsplit

from xstilts.data.download import PATIENCE, FetchError, Patience, extract, fetch
from xstilts.data.examples import Example
from xstilts.data.hub import fetch_from_hub, fetch_listing, hub_file
from xstilts.durable import cache_folder, read_json
from xstilts.errors import InputError, XstiltsError
from xstilts.wording import counted


class Drops:
    """What a reader tells beside the rows: which it left out or repaired, by reason, and where the last one stands."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()
        self.remarks: dict[str, None] = {}
        self._last: tuple[str, Sequence[str]] = ("", ())

    def add(self, reason: str) -> None:
        """Counts one row."""
        self.reasons[reason] += 1

    def repaired(self, how: str) -> None:
        """Counts a row that was kept, but not as it stands in the file."""
        self.repairs[how] += 1

    def remark(self, what: str) -> None:
        """Notes something that bears on the whole split."""
        self.remarks[what] = None

    def stands(self, row: str, *places: str) -> None:
        """Says where the row that is given next stands.

        Args:
            row: Its id.
            places: File and line, or one for each token.
        """
        self._last = (row, places)

    def place_of(self, row: str, part: int = 0) -> str | None:
        """File and line of the row that was given last, or of one of its tokens; None where no reader said it."""
        last, places = self._last
        return places[min(part, len(places) - 1)] if row == last and places else None

    def notes(self) -> list[str]:
        """One sentence per reason, then the remarks."""
        left_out = [f"{counted(count, 'row')} left out: {reason}" for reason, count in sorted(self.reasons.items())]
        repaired = [f"{counted(count, 'row')} repaired: {how}" for how, count in sorted(self.repairs.items())]
        return [*left_out, *repaired, *self.remarks]


def readable(rows: Iterable[Example]) -> Iterator[Example]:
    """The rows up to one that cannot be read."""
    with suppress(XstiltsError):
        yield from rows


Reader = Callable[[Sequence[Path], Drops], Iterable[Example]]

_SHOWN_PATTERNS = 3


@dataclass(frozen=True)
class Origin:
    """What a source is, in words for a person.

    Attributes:
        what: `folder`, `hub data set`, `URL` or `rules`.
        place: Where in it the files are, with the placeholders of the source.
        splits: The splits that it holds.
        languages: The languages that it holds; empty for all of the task.
        how: `fetched when needed` or `made when needed`; empty for what must be there.
    """

    what: str
    place: str
    splits: tuple[str, ...]
    languages: tuple[str, ...] = ()
    how: str = ""


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
        split_names: Split -> what stands for `{split}`, where that is not its own name.
    """

    patterns: str | tuple[str, ...]
    read: Reader
    splits: tuple[str, ...]
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    languages: str = ""
    split_names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = ("language", "split", *self.fields)
        for pattern in (self.patterns,) if isinstance(self.patterns, str) else self.patterns:
            for _, name, _, _ in string.Formatter().parse(pattern):
                if name is not None and name not in known:
                    raise InputError(
                        f"a pattern has an unknown field {{{name}}}",
                        where=pattern,
                        expected=f"one of {', '.join(f'{{{field}}}' for field in known)}",
                    )

    folder_may_be_collection: ClassVar[bool] = True
    in_cache: ClassVar[bool] = False

    def paths(self, language: str, split: str) -> list[str] | None:
        """Relative paths of one language and split; None if these files do not hold it."""
        values = self._values(language, split)
        patterns = (self.patterns,) if isinstance(self.patterns, str) else self.patterns
        return None if values is None else [pattern.format(**values) for pattern in patterns]

    def _values(self, language: str, split: str) -> dict[str, str] | None:
        """Placeholder -> value; None if these files do not hold the language and split."""
        if split not in self.splits or (self.languages and language not in self.languages.split()):
            return None
        values = {"language": language, "split": self.split_names.get(split, split)}
        for name, by_language in self.fields.items():
            if language not in by_language:
                return None
            values[name] = by_language[language]
        return values

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

    def in_folder(self) -> Files | None:
        """These files as far as they are looked for in the data folder; None if they never are."""
        return None if self.in_cache else self

    def is_whole(self, paths: Sequence[Path]) -> bool:
        """Whether files that `locate` found are all that belong together; else `obtain` may find the others."""
        return True

    def can_obtain(self, language: str, split: str, *, offline: bool, folder: Path | None = None) -> bool:
        """Whether `obtain` can get files that `locate` does not find in the folder; offline, without the network."""
        return False

    def obtain(self, language: str, split: str, *, offline: bool = False, folder: Path | None = None) -> list[Path]:
        """The files of one language and split, made or fetched into a cache if they are not there yet.

        Args:
            language: The language.
            split: The split.
            offline: Whether the network must be left alone.
            folder: The data folder, for a source of which a part may be there.

        Raises:
            FetchError: If they cannot be had.
            InputError: If the cache cannot be written.
        """
        raise FetchError("obtains nothing")

    def discard(self, language: str, split: str) -> None:
        """Removes from the cache what `obtain` put there and turned out to be wrong."""

    def is_verified(self, language: str, split: str) -> bool:
        """Whether `obtain` compares the files with checksums; where it does not, the number of rows must be right."""
        return True

    def places(self, language: str, split: str) -> list[str]:
        """Where the files of one language and split are looked for, in words for a person."""
        return self.paths(language, split) or []

    def origins(self) -> list[Origin]:
        """What these files are, in words for a person."""
        return [Origin("folder", self._shown_patterns, self.splits, self._languages)]

    @property
    def _shown_patterns(self) -> str:
        patterns = (self.patterns,) if isinstance(self.patterns, str) else self.patterns
        if len(patterns) <= _SHOWN_PATTERNS:
            return ", ".join(patterns)
        return f"{patterns[0]} and {len(patterns) - 1} more files"

    @property
    def _languages(self) -> tuple[str, ...]:
        """Those that are named, or that every field has; empty for all of the task."""
        named = [self.languages.split()] if self.languages else []
        first, *others = [*named, *map(list, self.fields.values())] or [[]]
        return tuple(code for code in first if all(code in other for other in others))

    def fetched_from(self, language: str, split: str, folder: Path | None) -> list[str]:
        """Those of the places that `obtain` asks first over the network, for what is neither in the folder nor kept."""
        return []


@dataclass(frozen=True)
class Fetched(Files):
    """Files that come from the network into a cache; the data folder is not looked at.

    Attributes:
        patience: How long a server is borne with.
    """

    patience: Patience = PATIENCE

    in_cache: ClassVar[bool] = True

    def can_obtain(self, language: str, split: str, *, offline: bool, folder: Path | None = None) -> bool:
        """All of them can be fetched."""
        return not offline and self.paths(language, split) is not None

    def fetched_from(self, language: str, split: str, folder: Path | None) -> list[str]:
        """All places, unless no network is needed."""
        return [] if self.can_obtain(language, split, offline=True) else self.places(language, split)


@dataclass(frozen=True)
class Hub(Fetched):
    """Files of a data set of the Hugging Face hub at one commit, verified by the checksums of that commit.

    `patterns` are paths in the repository; `*` in the last part stands for any letters, as in the numbers of shards.

    Attributes:
        repository: `owner/name`.
        revision: The full hash of the commit.
    """

    repository: str = ""
    revision: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not re.fullmatch("[0-9a-f]{40}", self.revision):
            raise InputError(
                "a source on the hub is not pinned",
                where=self.repository,
                found=repr(self.revision),
                expected="the full hash of a commit, 40 hexadecimal digits",
            )

    def locate(self, folder: Path | None, language: str, split: str) -> list[Path] | None:
        """The files, if all of them are in the hub's cache."""
        names = self._names(language, split)
        paths = [hub_file(self.repository, self.revision, name) for name in names or ()]
        return paths if paths and all(path.is_file() for path in paths) else None

    def obtain(self, language: str, split: str, *, offline: bool = False, folder: Path | None = None) -> list[Path]:
        """The files, fetched into the hub's cache."""
        fetch_listing(self.repository, self.revision, self._listing_path, self.patience)
        listing = read_json(self._listing_path)
        names = self._names(language, split) or []
        absent = [name for name in names if name not in listing]
        if absent or not names:
            wanted = absent or self.paths(language, split) or []
            raise FetchError(f"has no file {' or '.join(wanted)} at this commit")
        return [fetch_from_hub(self.repository, self.revision, name, listing[name], self.patience) for name in names]

    def discard(self, language: str, split: str) -> None:
        """Removes the files from the hub's cache."""
        for path in self.locate(None, language, split) or ():
            path.resolve().unlink(missing_ok=True)
            path.unlink(missing_ok=True)

    def places(self, language: str, split: str) -> list[str]:
        """The data set, its commit and the files."""
        return [
            f"hub dataset {self.repository}@{self.revision[:12]}: {path}" for path in self.paths(language, split) or ()
        ]

    def origins(self) -> list[Origin]:
        """The data set, its commit and the files."""
        place = f"{self.repository} at commit {self.revision}: {self._shown_patterns}"
        return [Origin("hub data set", place, self.splits, self._languages, "fetched when needed")]

    @property
    def _listing_path(self) -> Path:
        return cache_folder() / "hub" / f"{self.repository.replace('/', '--')}@{self.revision}.json"

    def _names(self, language: str, split: str) -> list[str] | None:
        """Paths in the repository; None where a pattern needs the list of files and it was not fetched yet."""
        wanted = self.paths(language, split)
        if wanted is None or not any("*" in path for path in wanted):
            return wanted
        if not self._listing_path.is_file():
            return None
        listing = sorted(read_json(self._listing_path))
        found = [[name for name in listing if fnmatchcase(name, path)] for path in wanted]
        return [name for names in found for name in names] if all(found) else None


@dataclass(frozen=True)
class Url(Fetched):
    """Files at a URL of their own, or members of an archive at a URL.

    Attributes:
        archive: URL of a zip or tar archive; `patterns` are then the names of its members. Empty where `patterns` are
            URLs. It may have the same placeholders.
        sha256: Checksum of the archive, or of the one file; or, of several files, name -> checksum.
    """

    archive: str = ""
    sha256: str | Mapping[str, str] = ""

    def locate(self, folder: Path | None, language: str, split: str) -> list[Path] | None:
        """The files, if all of them are in the cache."""
        paths = [path for _, _, path in self._parts(language, split)]
        return paths if paths and all(path.is_file() for path in paths) else None

    def can_obtain(self, language: str, split: str, *, offline: bool, folder: Path | None = None) -> bool:
        """Members of an archive that was fetched need no network."""
        parts = self._parts(language, split)
        return bool(parts) and (not offline or all(member and self._kept(url).is_file() for url, member, _ in parts))

    def obtain(self, language: str, split: str, *, offline: bool = False, folder: Path | None = None) -> list[Path]:
        """The files, fetched into the cache, taken out of their archive if they are in one."""
        parts = self._parts(language, split)
        for url, member, path in parts:
            fetch(url, self._kept(url), self._checksum(url), self.patience)
            if member:
                extract(self._kept(url), member, path)
        return [path for _, _, path in parts]

    def discard(self, language: str, split: str) -> None:
        """Removes the files, and the archive that they are from."""
        for url, _, path in self._parts(language, split):
            path.unlink(missing_ok=True)
            self._kept(url).unlink(missing_ok=True)

    def is_verified(self, language: str, split: str) -> bool:
        """Whether a checksum is known of every file."""
        return all(self._checksum(url) for url, _, _ in self._parts(language, split))

    def places(self, language: str, split: str) -> list[str]:
        """The URLs."""
        return [f"{url}: {member}" if member else url for url, member, _ in self._parts(language, split)]

    def origins(self) -> list[Origin]:
        """The URLs, or that of the archive and its members."""
        place = f"{self.archive}: {self._shown_patterns}" if self.archive else self._shown_patterns
        return [Origin("URL", place, self.splits, self._languages, "fetched when needed")]

    def _parts(self, language: str, split: str) -> list[tuple[str, str, Path]]:
        """(URL, member of the archive at it or "", place in the cache) of each file."""
        values, wanted = self._values(language, split), self.paths(language, split)
        if values is None or wanted is None:
            return []
        if not self.archive:
            return [(url, "", self._kept(url)) for url in wanted]
        url = self.archive.format(**values)
        for member in wanted:
            if PurePosixPath(member).is_absolute() or ".." in PurePosixPath(member).parts:
                raise InputError(
                    "a member of an archive would leave the cache",
                    where=url,
                    found=repr(member),
                    expected="a path within the archive, without ..",
                )
        return [(url, member, self._kept(url).with_name("members") / member) for member in wanted]

    def _kept(self, url: str) -> Path:
        """Where what the URL holds is kept: apart for each URL and checksum."""
        parts = urlsplit(url)
        version = hashlib.sha256(f"{url}\n{self._checksum(url)}".encode()).hexdigest()[:12]
        folder = f"{parts.netloc.replace(':', '-')}-{version}"
        return cache_folder() / "data" / folder / (PurePosixPath(parts.path).name or "file")

    def _checksum(self, url: str) -> str:
        if isinstance(self.sha256, str):
            return self.sha256
        return self.sha256.get(PurePosixPath(urlsplit(url).path).name, "")


def check_data_dir(folder: Path | None) -> None:
    """The data folder, if one was named, exists."""
    if folder is not None and not folder.is_dir():
        problem = "this is a file, no data folder" if folder.exists() else "there is no such data folder"
        raise InputError(problem, where="--data-dir", found=folder, expected="a folder with the original data files")


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
