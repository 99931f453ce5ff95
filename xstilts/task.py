"""A task: one labelled data set, as frozen data."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from xstilts.data.download import FetchError
from xstilts.data.examples import Example
from xstilts.data.hub import hub_is_offline
from xstilts.data.missing import similar_file
from xstilts.data.sources import Drops, Files, content_digest, readable
from xstilts.data.splits import SplitSlice
from xstilts.errors import InputError, XstiltsError, nearest
from xstilts.kinds.base import Kind, LabelError

Announce = Callable[[str], None]
"""Is told what is being fetched, in one line, before it is."""


@dataclass(frozen=True)
class Task:
    """One data set.

    Attributes:
        name: Name in studies; that of the file under `tasks/` (`mini-nli` is in `mini_nli.py`).
        kind: How it meets the encoder.
        languages: Codes separated by spaces. A pair `en-de` has its context in `en` and its question in `de`.
        sources: Tried in order.
        sizes: Official number of rows: split -> number, or split -> language -> number.
        metrics: Names of metrics; empty for the kind's own.
        headline: The metrics whose mean is the task's score in averages (XTREME: F1 and EM for QA).
        trained_on: The task whose English training set trains this target; empty for its own.
        train_language: The language that is trained on.
        evaluated_on: The split that is evaluated unless the study names another.
        evaluated: The languages that are evaluated unless the study names others; empty for all.
        license: License of the data, SPDX where there is one.
        cite: Key of the paper.
        version: Raised when reading or scoring changes results.
        description: What it is; the docstring of the task's file.
        fit: Makes the kind from a data folder, for a task whose labels are those that its files hold.
    """

    name: str
    kind: Kind
    languages: str
    sources: tuple[Files, ...]
    sizes: Mapping[str, int | Mapping[str, int]] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    trained_on: str = ""
    train_language: str = "en"
    evaluated_on: str = "test"
    evaluated: str = ""
    license: str = ""
    cite: str = ""
    version: int = 1
    description: str = ""
    fit: Callable[[Task, Path | None], Kind] | None = None

    @cached_property
    def language_codes(self) -> tuple[str, ...]:
        """The languages, in the order of the file."""
        return tuple(self.languages.split())

    @property
    def metric_names(self) -> tuple[str, ...]:
        """All metrics that are computed."""
        return self.metrics or self.kind.default_metrics

    @property
    def headline_names(self) -> tuple[str, ...]:
        """The metrics whose mean stands for the task."""
        return self.headline or self.metric_names[:1]

    @property
    def trainer(self) -> str:
        """Name of the task whose training set trains this one."""
        return self.trained_on or self.name

    def official_size(self, language: str, split: str) -> int | None:
        """Rows that the official distribution has, where known."""
        size = self.sizes.get(split)
        return size.get(language) if isinstance(size, Mapping) else size

    @cached_property
    def splits(self) -> tuple[str, ...]:
        """All splits that some source holds, in the order in which sources name them."""
        return tuple(dict.fromkeys(split for source in self.sources for split in source.splits))

    def locate(self, folder: Path | None, language: str, split: str) -> tuple[Files, list[Path]] | None:
        """The first source whose files are all there, and the files; None if there is none."""
        for source in self.sources:
            paths = source.locate(folder, language, split)
            if paths is not None:
                return source, paths
        return None

    def holds(self, folder: Path | None, language: str, split: str, *, fetching: bool = False) -> bool:
        """Whether `find` finds the files: they are there, or some source obtains them.

        Args:
            folder: The data folder.
            language: The language.
            split: The split.
            fetching: Whether files that would have to be fetched count; never where `HF_HUB_OFFLINE` is set.
        """
        offline = not fetching or hub_is_offline()
        return language in self.language_codes and (
            any(source.can_obtain(language, split, offline=offline) for source in self.sources)
            or self.locate(folder, language, split) is not None
        )

    def is_absent(self, folder: Path | None, language: str, split: str) -> bool:
        """Whether some source names the files and none has them, nor makes them without a network."""
        named = language in self.language_codes or self._holds_translations(language, split)
        return (
            named
            and bool(self.places(language, split))
            and self.locate(folder, language, split) is None
            and not any(source.can_obtain(language, split, offline=True) for source in self.sources)
        )

    def places(self, language: str, split: str) -> list[str]:
        """Where the files of one language and split are looked for: one line per source that names them."""
        found = ("; ".join(source.places(language, split)) for source in self.sources)
        return [places for places in found if places]

    def guess(self, folder: Path | None, places: Iterable[str]) -> str | None:
        """The question whether a file beside one of these places is meant, which no other place of the task names."""
        known = (place for code in self.language_codes for split in self.splits for place in self.places(code, split))
        return similar_file(folder, places, known)

    @property
    def evaluated_codes(self) -> tuple[str, ...]:
        """The languages that are evaluated unless a study names others."""
        return tuple(self.evaluated.split()) or self.language_codes

    def _holds_translations(self, language: str, split: str) -> bool:
        """Whether the split is `translated` and a source names the language, which need not be one of the task's."""
        sources = (source for source in self.sources if split == "translated" and split in source.splits)
        return any(language in source.languages.split() for source in sources)

    def available(self, folder: Path | None, split: str) -> tuple[str, ...]:
        """The languages whose files of this split are in the folder; what is in caches does not count."""
        sources = self._in_folder()
        return tuple(
            code
            for code in self.language_codes
            if any(source.locate(folder, code, split) is not None for source in sources)
        )

    def _in_folder(self) -> list[Files]:
        return [local for source in self.sources if (local := source.in_folder()) is not None]

    def find(
        self, folder: Path | None, language: str, split: str, announce: Announce | None = None
    ) -> tuple[Files, list[Path]]:
        """Like `locate`, but what is not there is obtained, and absence is an error that names what was tried.

        Args:
            folder: The data folder.
            language: The language.
            split: The split.
            announce: Is told what is fetched; without it nothing is, as where `HF_HUB_OFFLINE` is set. What needs no
                network is made in any case.

        Raises:
            InputError: If the language is not of this task, or its files cannot be had.
        """
        if language not in self.language_codes and not self._holds_translations(language, split):
            raise InputError(
                f"{self.name} has no language {language!r}",
                expected=f"one of {self.languages}",
                fix=nearest(language, list(self.language_codes)),
            )
        located = self.locate(folder, language, split)
        if located is not None and located[0].is_whole(located[1]):
            return located
        offline = announce is None or hub_is_offline()
        failures: dict[str, str] = {}
        for source in self.sources if located is None else (located[0],):
            fetched_from = source.fetched_from(language, split, folder)
            place = "; ".join(fetched_from or source.places(language, split))
            if not source.can_obtain(language, split, offline=offline, folder=folder):
                if source.can_obtain(language, split, offline=False, folder=folder):
                    failures[place] = "not fetched" + (", HF_HUB_OFFLINE is set" if hub_is_offline() else "")
                continue
            if announce is not None and fetched_from and not offline:
                announce(f"fetching {self.name}, language {language}, split {split} from {place}")
            try:
                return source, self._obtained(source, folder, language, split, offline)
            except FetchError as error:
                failures[place] = str(error)
        if located is not None and (offline or not failures):
            return located
        raise self._absence(folder, language, split, failures, offline)

    def _obtained(self, source: Files, folder: Path | None, language: str, split: str, offline: bool) -> list[Path]:
        """The files of a source that obtains them; of those without checksum the rows are counted."""
        try:
            paths = source.obtain(language, split, offline=offline, folder=folder)
        except OSError as error:
            where = "name another folder for caches with the environment variable XDG_CACHE_HOME"
            raise FetchError(f"cannot be kept: {error}; {where}") from error
        official = self.official_size(language, split)
        if source.is_verified(language, split) or official is None:
            return paths
        try:
            found = self.kind.count(self.read(source, paths, Drops()))
        except InputError as error:
            source.discard(language, split)
            raise FetchError(f"gave files that cannot be read: {error}") from error
        if found != official:
            source.discard(language, split)
            raise FetchError(f"gave {found:,} rows; the official release has {official:,}")
        return paths

    def _absence(
        self, folder: Path | None, language: str, split: str, failures: Mapping[str, str], offline: bool
    ) -> InputError:
        """The error that names every place that was tried."""
        if split not in self.splits:
            return InputError(
                f"{self.name} has no split {split!r}",
                expected=f"one of {', '.join(self.splits)}",
                fix=nearest(split, list(self.splits)),
            )
        wanted = [place for source in self._in_folder() for place in source.places(language, split)]
        here = [name for name in self.splits if name != split and self.locate(folder, language, name)]
        fix = "put the files there, name their folder with --data-dir, or choose another split or language"
        fix = " Else ".join(filter(None, (self.guess(folder, wanted), fix)))
        amount = "" if self.locate(folder, language, split) is None else "all "
        if failures and offline:
            fix += f"; or fetch them: xstilts data download {self.name} --language {language} --split {split}"
        elif failures:
            fix += "; with --offline, a study takes what is there"
        return InputError(
            f"the files of {self.name}, language {language}, split {split} are not {amount}there",
            where=folder if folder is not None else "no data folder was named",
            found="\n            ".join(
                [
                    f"splits of {language} that are there: {', '.join(here) or 'none'}",
                    *(f"{place}: {reason}" for place, reason in failures.items()),
                ]
            ),
            expected=" or ".join(wanted) or f"a source that holds {split} of {language}; none is known",
            fix=fix,
        )

    def within(self, folder: Path | None) -> Task:
        """The task with the labels that the files of a folder hold; itself, unless only they say them."""
        return self if self.fit is None else replace(self, kind=self.fit(self, folder), fit=None)

    def load(self, folder: Path | None, language: str, split: str | SplitSlice) -> LoadedSplit:
        """Reads, checks and slices one language of a split.

        Raises:
            InputError: If files are missing, a row is broken, or nothing is left.
        """
        if self.fit is not None:
            return self.within(folder).load(folder, language, split)
        wanted = SplitSlice.parse(split) if isinstance(split, str) else split
        source, paths = self.find(folder, language, wanted.name)
        drops = Drops()
        examples = self.read(source, paths, drops)
        whole = self.kind.count(examples)
        start, stop = wanted.bounds(whole)
        rows = self.kind.slice(examples, start, stop)
        if not rows:
            raise InputError(
                f"{self.name} {wanted} of {language} is empty",
                where=paths[0],
                found=f"{whole:,} rows in {wanted.name}",
                expected="at least one row in the slice",
            )
        return LoadedSplit(rows, content_digest(paths), whole, self.official_size(language, wanted.name), drops.notes())

    def read(self, source: Files, paths: Sequence[Path], drops: Drops) -> list[Example]:
        """All rows of some files of a source, each checked against the kind."""
        examples: list[Example] = []
        seen: set[tuple[str, str]] = set()
        place = _named(paths)
        rows = self._read_safely(source, paths, drops)
        for example in rows:
            if not isinstance(example, self.kind.example):
                raise InputError(
                    f"the reader of {self.name} gives a row that is no example of the task's kind",
                    where=place,
                    found=repr(example)[:120],
                    expected=f"{self.kind.example.__name__}, for {self.kind.name}",
                )
            key = (getattr(example, "side", ""), example.id)
            if key in seen:
                raise InputError(
                    f"{self.name}: an id is not unique",
                    where=drops.place_of(example.id) or place,
                    found=repr(example.id),
                    expected="distinct ids",
                )
            seen.add(key)
            try:
                self.kind.check(example)
            except InputError as error:
                at = drops.place_of(example.id, error.token if isinstance(error, LabelError) else 0)
                if isinstance(error, LabelError):
                    error = error.among([*examples, example, *readable(rows)])
                raise InputError(f"{self.name}, {error}", where=at or place) from None
            examples.append(example)
        return examples

    def _read_safely(self, source: Files, paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        """What a reader gives; what it did not foresee is an error of the files, or of a reader of the user's own."""
        try:
            yield from source.read(paths, drops)
        except XstiltsError:
            raise
        except Exception as error:
            step = traceback.extract_tb(error.__traceback__)[-1]
            raise InputError(
                f"the reader of {self.name} cannot read this",
                where=_named(paths),
                found=f"{type(error).__name__}: {error} ({step.name}, {Path(step.filename).name}, line {step.lineno})",
                expected=f"the format of {self.name}",
                fix="compare the file with the data set's own, or mend the reader",
            ) from error


def _named(paths: Sequence[Path]) -> str:
    shown = ", ".join(map(str, paths[:3]))
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"


@dataclass(frozen=True)
class LoadedSplit:
    """Rows of one language and (slice of a) split.

    Attributes:
        examples: The rows.
        digest: SHA-256 of the files they were read from.
        found: Rows in the whole split.
        official: Rows that the official distribution has, where known.
        notes: What was left out, and why.
    """

    examples: Sequence[Example]
    digest: str
    found: int
    official: int | None
    notes: list[str]

    @property
    def is_official(self) -> bool:
        """Whether the count of rows is the official one, or no official one is known."""
        return self.official is None or self.found == self.official


def require_gold(task: Task, language: str, split: str, examples: Sequence[Example]) -> None:
    """Rows that train, select or tune must have their labels.

    Raises:
        InputError: That names the first row whose label is hidden.
    """
    hidden = next((example for example in examples if example.gold is None), None)
    if hidden is not None:
        raise InputError(
            f"{task.name} {split} of {language} has hidden labels, and is needed with them",
            where=f"row {hidden.id}",
            fix="train, select and tune on a split that has labels",
        )
