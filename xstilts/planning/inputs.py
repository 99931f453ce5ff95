"""What a plan stands on: encoders, translation models and rows, each found and known by its content.

In the draft of a plan, what is not there becomes one of the plan's absences and gets a digest that stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xstilts.data.sources import content_digest
from xstilts.data.splits import SplitSlice
from xstilts.encoders.encoder import (
    classifier_of,
    dropped_head,
    encoder_architecture,
    encoder_digest,
    encoder_layers,
    find_encoder,
    freezable_layers,
)
from xstilts.errors import InputError, nearest
from xstilts.model_sources import EncoderSource, TranslatorSource
from xstilts.plan import Plan
from xstilts.planning.chain import Chain
from xstilts.stage import ABSENT, DataRef, TranslationModel, key_of
from xstilts.study import Study
from xstilts.task import Announce, Task
from xstilts.translation.models import find_translator

_FETCHED = "a run fetches it"
_UNKNOWN_ROWS = 10_000  # of a split that is not there and has no official number


class Inputs:
    """Finds what the stages of a study start from.

    Args:
        study: The study.
        data_dir: The folder with the original data files.
        offline: Models of the hub are only taken from the local cache.
        announce: Is told which data files are fetched; without it none is.
        plan: Gets the folders of the models, the notes and the absences.
        draft: Nothing is fetched, and what is not there is an absence, not an error.
    """

    def __init__(
        self,
        study: Study,
        data_dir: Path | None,
        offline: bool,
        announce: Announce | None,
        plan: Plan,
        *,
        draft: bool,
    ) -> None:
        self._study, self._data_dir, self._offline, self._plan, self._draft = study, data_dir, offline, plan, draft
        self._announce = None if draft else announce
        self._fetching = not offline and (draft or announce is not None)
        self._counts: dict[tuple[str, str, str], int] = {}
        self._digests: dict[tuple[str, str, str], str] = {}
        self._present: dict[tuple[str, str], list[str]] = {}
        self._models: dict[tuple[str, str, str], TranslationModel] = {}

    def encoder(self, name: str) -> Chain:
        """The beginning of all chains of an encoder of the study."""
        source = self._study.encoders[name]
        try:
            folder = find_encoder(source, self._study.folder, self._offline or self._draft)
        except InputError:
            if source.hub is None or not self._draft:
                raise
            return Chain(name, self._absent_model(f"encoder {name}", source), None)
        digest = encoder_digest(folder)
        self._plan.encoders[digest] = folder
        if (head := dropped_head(folder)) is not None:
            self._plan.note(f"encoder {name}: the checkpoint is a {head}; its encoder is taken, its head is not")
        classifier = classifier_of(encoder_architecture(folder))
        layers, freezable = encoder_layers(folder), freezable_layers(folder)
        return Chain(name, digest, layers, classifier=classifier, freezable=freezable)

    def _absent_model(self, what: str, source: EncoderSource | TranslatorSource) -> str:
        """The digest that stands for a model of the hub that is not in the cache."""
        there = "not in the cache" if self._offline else _FETCHED
        self._plan.absent(what, f"{source.hub} of the hub, {there}", is_fetched=not self._offline)
        return ABSENT + key_of(source.model_dump())

    def translator(self, name: str, source: str, target: str) -> TranslationModel:
        """A translation model of the study, as it is used from one language into another."""
        if name not in self._study.translators:
            known = list(self._study.translators)
            raise InputError(
                f"there is no translator {name!r}",
                expected=f"one of {', '.join(known)}" if known else "a model under `translators`",
                fix=nearest(name, known),
            )
        if (name, source, target) not in self._models:
            with self._study.at("translators", name):
                self._models[name, source, target] = self._translation_model(name, source, target)
        return self._models[name, source, target]

    def _translation_model(self, name: str, source: str, target: str) -> TranslationModel:
        settings = self._study.translators[name]
        try:
            offline = self._offline or self._draft
            folder, model = find_translator(settings, self._study.folder, source, target, offline)
        except InputError:
            if settings.hub is None or not self._draft:
                raise
            digest = self._absent_model(f"translator {name}", settings)
            return TranslationModel(digest, source, target, "", settings.beams, settings.max_length, settings.precision)
        self._plan.translators[model.digest] = folder
        return model

    def rows(self, task: Task, code: str, split: str) -> DataRef:
        """The rows of one language and split or slice of a task."""
        wanted = SplitSlice.parse(split)
        place = (task.name, code, wanted.name)
        if place not in self._digests:  # many recipes, targets and seeds ask for the same rows
            self._digests[place] = self._digest(task, code, wanted.name)
        return DataRef(task.name, task.version, task.kind.identity(), code, str(wanted), self._digests[place])

    def _digest(self, task: Task, code: str, split: str) -> str:
        if self._draft and task.is_absent(self._data_dir, code, split):
            return self._absent_files(task, code, split)
        _, paths = task.find(self._data_dir, code, split, self._announce)
        return content_digest(paths)

    def _absent_files(self, task: Task, code: str, split: str) -> str:
        """The digest that stands for files that are not there; tasks that read the same files have the same one."""
        fetched = self._fetching and task.holds(self._data_dir, code, split, fetching=True)
        places = task.places(code, split)[0]
        why = _FETCHED if fetched else self._expected(task, places.split("; "))
        self._plan.absent(f"{task.name} {split}", why, fetched, code)
        return ABSENT + places

    def _expected(self, task: Task, places: Sequence[str]) -> str:
        """Where files were expected, and what may have been meant."""
        first, *more = places
        expected = f"expected as {first}" + (f" and {len(more)} more" if more else "")
        guess = task.guess(self._data_dir, places)
        return expected if guess is None else f"{expected}; {guess}"

    def share_rows(self, ref: DataRef, other: DataRef) -> bool:
        """Whether two slices, of one task or of two that read the same files, have a row in common."""
        if (ref.language, ref.digest) != (other.language, other.digest):
            return False
        mine, theirs = SplitSlice.parse(ref.split), SplitSlice.parse(other.split)
        place = (ref.task, ref.language, mine.name)
        if place not in self._counts:
            task = self._study.known_tasks[ref.task]
            self._counts[place] = (
                task.official_size(ref.language, mine.name) or _UNKNOWN_ROWS
                if ref.is_absent
                else task.load(self._data_dir, ref.language, mine.name).found
            )
        return replace(mine, name="rows").overlaps(replace(theirs, name="rows"), self._counts[place])

    def present(self, task: Task, split: str) -> list[str]:
        """The languages of a task that are evaluated unless the study names some: those whose files can be had.

        Of the others there is a note.
        """
        name = SplitSlice.parse(split).name
        if (task.name, name) not in self._present:
            self._present[task.name, name] = self._look_for(task, name, split)
        return self._present[task.name, name]

    def _look_for(self, task: Task, name: str, split: str) -> list[str]:
        found = self._can_be_had(task, name, self._fetching)
        if not found and self._draft:
            found = [code for code in task.evaluated_codes if task.is_absent(self._data_dir, code, name)]
        if not found:
            self.rows(task, task.evaluated_codes[0], split)  # raises, naming every place that was tried
        absent = [code for code in task.evaluated_codes if code not in found]
        if absent:
            self._plan.note(f"{task.name} {name}: no files for {', '.join(absent)}; not evaluated")
        fetchable = [code for code in self._can_be_had(task, name, fetching=True) if code in absent]
        if fetchable:
            self._plan.note(f"{task.name} {name}: a run without --offline fetches {', '.join(fetchable)}")
        return found

    def _can_be_had(self, task: Task, split: str, fetching: bool) -> list[str]:
        return [code for code in task.evaluated_codes if task.holds(self._data_dir, code, split, fetching=fetching)]
