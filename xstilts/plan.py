"""A plan: a study as a graph of distinct stages, parents before children, and the cells of its results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from xstilts.stage import DataRef, PredictSpec, Stage, TrainSpec, TranslateSpec, key_of


@dataclass(frozen=True)
class Cell:
    """One scored combination: the left part of rows of the results, and the stage that holds the right part."""

    encoder: str
    recipe: str
    target: str
    task: str
    language: str
    split: str
    seed: int
    zero_shot: bool
    selection: str
    layer: int | None
    pooling: str | None
    similarity: str | None
    score: str


@dataclass(frozen=True)
class Absence:
    """Something that a study needs and that is not there.

    Attributes:
        what: An encoder, a translator, or a split of a task.
        why: Where it was expected, or that a run fetches it.
        is_fetched: A run gets it by itself.
        languages: The languages that lack it, of a split.
    """

    what: str
    why: str
    is_fetched: bool
    languages: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """The graph and the cells.

    Attributes:
        stages: Key -> stage; parents come before children.
        cells: The rows that the results will have.
        encoders: Digest -> directory.
        translators: Digest -> directory.
        notes: What is partial or missing in the data, for the user's eyes.
        absences: What of a draft is not there.
        goals: Keys of the stages that are asked for; None asks for the scores of all cells.
    """

    stages: dict[str, Stage] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    encoders: dict[str, Path] = field(default_factory=dict)
    translators: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    absences: dict[str, Absence] = field(default_factory=dict)
    goals: list[str] | None = None
    _noted: set[str] = field(default_factory=set)

    def add(self, stage: Stage) -> Stage:
        """Adds a stage, or returns the equal one that is there; titles of the first stay."""
        return self.stages.setdefault(stage.key, stage)

    def note(self, text: str) -> None:
        """Adds a note once."""
        if text not in self._noted:
            self._noted.add(text)
            self.notes.append(text)

    def absent(self, what: str, why: str, is_fetched: bool, language: str | None = None) -> None:
        """Adds something that is not there; of data that several languages lack, the reason of the first stays."""
        absence = self.absences.setdefault(what, Absence(what, why, is_fetched))
        if language is not None and language not in absence.languages:
            absence.languages.append(language)

    def data(self) -> list[tuple[DataRef, bool]]:
        """Every distinct piece of data that the plan needs of files that are there, and whether with its labels."""
        found: dict[str, tuple[DataRef, bool]] = {}

        def need(ref: DataRef | None, labels: bool) -> None:
            if ref is not None and ref.translation is None and not ref.is_absent:
                key = key_of(asdict(ref))
                found[key] = (ref, labels or (key in found and found[key][1]))

        for stage in self.stages.values():
            spec = stage.spec
            if isinstance(spec, TrainSpec):
                for ref in (ref for task in spec.tasks for ref in (*task.train, task.dev)):
                    need(ref, labels=True)
            elif isinstance(spec, TranslateSpec):
                for ref in (spec.data, spec.given):
                    need(ref, labels=True)
            elif isinstance(spec, PredictSpec):
                need(spec.data, labels=False)
                need(spec.tune, labels=True)
        return list(found.values())

    def needed(self, is_finished: Callable[[Stage], bool]) -> list[Stage]:
        """The stages that are not finished and that some goal needs, parents first.

        A finished score needs nothing, so weights that were deleted after it are not trained again.
        """
        wanted: set[str] = set()
        asked: set[str] = set()
        waiting = [cell.score for cell in self.cells] if self.goals is None else list(self.goals)
        while waiting:
            key = waiting.pop()
            if key in asked:
                continue
            asked.add(key)
            if not is_finished(self.stages[key]):
                wanted.add(key)
                waiting += self.stages[key].parents
        return [stage for key, stage in self.stages.items() if key in wanted]

    def up_to(self, goals: Iterable[str]) -> Plan:
        """A plan of some stages and all that they hang on; it has no cells."""
        asked = list(dict.fromkeys(goals))
        wanted = {key for goal in asked for key in self.ancestors(goal)}
        stages = {key: stage for key, stage in self.stages.items() if key in wanted}
        return Plan(stages, [], self.encoders, self.translators, self.notes, self.absences, asked)

    def recipes_of_stages(self) -> list[list[str]]:
        """For each stage, in order, the recipes whose results hang on it."""
        return self._hanging(lambda cell: cell.recipe)

    def targets_of_stages(self) -> list[list[str]]:
        """For each stage, in order, the targets whose results hang on it."""
        return self._hanging(lambda cell: cell.target)

    def _hanging(self, name: Callable[[Cell], str]) -> list[list[str]]:
        """For each stage, in order, the names of the cells that hang on it, in the order of the cells."""
        order = {text: at for at, text in enumerate(dict.fromkeys(map(name, self.cells)))}
        found: dict[str, set[str]] = {key: set() for key in self.stages}
        for cell in self.cells:
            found[cell.score].add(name(cell))
        for key, stage in reversed(self.stages.items()):  # children before parents
            for parent in stage.parents:
                found[parent] |= found[key]
        return [sorted(names, key=order.__getitem__) for names in found.values()]

    def chains(self) -> dict[tuple[str, str, str, int], list[Stage]]:
        """The training stages of each (encoder, recipe, target, seed), as they would run if nothing were shared."""
        scores = {(cell.encoder, cell.recipe, cell.target, cell.seed): cell.score for cell in self.cells}
        return {
            place: [stage for key in self.ancestors(score) if (stage := self.stages[key]).kind == TrainSpec.kind]
            for place, score in scores.items()
        }

    def ancestors(self, key: str) -> list[str]:
        """The stage and all that it hangs on, each once, itself first."""
        found = [key]
        for current in found:
            found += [parent for parent in self.stages[current].parents if parent not in found]
        return found
