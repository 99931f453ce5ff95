"""What questions are answered from: language scores with their differences, the recipes' make-up, costs, dev scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl

from xstilts.analysis.intervals import Estimate, average
from xstilts.analysis.summary import LanguageScore, language_scores
from xstilts.errors import InputError, nearest
from xstilts.records import Records
from xstilts.results import Results

Arrangement = Literal["none", "single", "joint", "sequence", "mixed"]


@dataclass(frozen=True)
class Answer:
    """What a study says to one question.

    Attributes:
        question: The question.
        sentence: The answer in words, every number with its interval.
        tables: Name -> the numbers behind it.
        notes: What must be known to read it.
    """

    question: str
    sentence: str
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageShape:
    """One training stage of a recipe.

    Attributes:
        tasks: Its tasks.
        languages: Languages that are trained on, as far as the study names them; empty is the tasks' own.
        text: The task whose text is read by masked language modeling beside them.
        translated: Whether some of the languages are translations.
    """

    tasks: tuple[str, ...]
    languages: tuple[str, ...] = ()
    text: str | None = None
    translated: bool = False


@dataclass(frozen=True)
class Recipe:
    """The make-up of a recipe."""

    stages: tuple[StageShape, ...]

    @property
    def tasks(self) -> tuple[str, ...]:
        """The distinct tasks, in the order of training."""
        return tuple(dict.fromkeys(task for stage in self.stages for task in stage.tasks))

    @property
    def arrangement(self) -> Arrangement:
        """How the tasks follow each other."""
        if not self.stages:
            return "none"
        if len(self.stages) == 1:
            return "single" if len(self.stages[0].tasks) == 1 else "joint"
        return "sequence" if all(len(stage.tasks) == 1 for stage in self.stages) else "mixed"

    @property
    def languages(self) -> frozenset[str]:
        """Languages that some stage names."""
        return frozenset(code for stage in self.stages for code in stage.languages)

    @property
    def has_text(self) -> bool:
        """Whether masked language modeling is mixed in."""
        return any(stage.text for stage in self.stages)

    @property
    def is_plain(self) -> bool:
        """Whether it trains in one language only, with nothing mixed in."""
        return len(self.languages) <= 1 and not self.has_text and not self.is_translated

    @property
    def is_translated(self) -> bool:
        """Whether some rows are translations."""
        return any(stage.translated for stage in self.stages)


def recipes_of(study: Mapping[str, Any]) -> dict[str, Recipe]:
    """The make-up of every recipe of an effective study file."""
    defaults = study.get("task_defaults") or {}
    return {
        name: Recipe(tuple(_shape(stage, defaults) for stage in stages))
        for name, stages in (study.get("recipes") or {}).items()
    }


def _shape(stage: str | Mapping[str, Any], defaults: Mapping[str, Any]) -> StageShape:
    said: Mapping[str, Any] = {"task": stage} if isinstance(stage, str) else stage
    tasks = tuple(said.get("tasks") or [said["task"]])
    rows = [said, *((defaults.get(task) or {}) for task in tasks)]
    languages = next((row["languages"] for row in rows if row.get("languages") is not None), ())
    translated = next((row["translated"] for row in rows if row.get("translated") is not None), ())
    text = (said.get("mlm") or {}).get("task")
    return StageShape(tasks, (*languages, *translated), text, bool(translated))


@dataclass(frozen=True)
class Evidence:
    """Everything that answers are made from.

    Attributes:
        scores: What each recipe scores on each target and language, with its difference from the baseline.
        recipes: Name -> make-up.
        records: Costs and dev scores.
        baseline: The recipe that differences are taken from.
        table: The long table without its statistics.
        own_kinds: Kinds of the study's own tasks.
    """

    scores: Sequence[LanguageScore]
    recipes: Mapping[str, Recipe]
    records: Records
    baseline: str
    table: pl.DataFrame
    own_kinds: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, out: Path, draws: int = 1000) -> Evidence:
        """Reads the folder of a study.

        Raises:
            InputError: If it holds no results.
        """
        import yaml

        table = Results.read(out).table
        path = out / "study.yaml"
        study = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return cls.of(table, study, Records.read(out), draws)

    @classmethod
    def of(cls, table: pl.DataFrame, study: Mapping[str, Any], records: Records, draws: int = 1000) -> Evidence:
        """Scores a long table against the study's baseline."""
        baseline = str(study.get("baseline", "direct"))
        scores = language_scores(table, baseline, draws)
        kinds = {name: str(task.get("kind")) for name, task in (study.get("tasks") or {}).items()}
        return cls(scores, recipes_of(study), records, baseline, table.drop("statistics", "width"), kinds)

    @cached_property
    def encoders(self) -> list[str]:
        """Encoders, in the order of the table."""
        return self._distinct("encoder")

    @cached_property
    def targets(self) -> list[str]:
        """Targets, in the order of the table."""
        return self._distinct("target")

    @cached_property
    def all_recipes(self) -> list[str]:
        """Recipes, in the order of the table."""
        return self._distinct("recipe")

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Target -> the kind of its task, of tasks that are the package's or the study's own."""
        from xstilts.catalogue import Tasks

        tasks = Tasks()
        known = {**dict.fromkeys(tasks.names(), ""), **self.own_kinds}
        return {
            score.fields["target"]: known[score.fields["task"]] or tasks[score.fields["task"]].kind.name
            for score in self.scores
            if score.fields["task"] in known
        }

    def targets_named(self, names: Sequence[str]) -> list[str]:
        """Targets by name, by kind (`retrieval` for bitexts), or `all`.

        Raises:
            InputError: If a name is none of these.
        """
        found: list[str] = []
        for name in names:
            kind = {"retrieval": "bitext"}.get(name, name)
            of_kind = [target for target in self.targets if name == "all" or self.kinds.get(target) == kind]
            if name not in self.targets and not of_kind:
                known = [*self.targets, "all", "retrieval", *dict.fromkeys(self.kinds.values())]
                raise InputError(
                    f"there is no target {name!r}", expected=f"one of {', '.join(known)}", fix=nearest(name, known)
                )
            found += [name] if name in self.targets else of_kind
        return found

    @cached_property
    def compared(self) -> list[str]:
        """Recipes that have a difference from the baseline, in the order of the table."""
        found = (score.fields["recipe"] for score in self.scores if score.delta is not None)
        return list(dict.fromkeys(found))

    def _distinct(self, name: str) -> list[str]:
        return list(dict.fromkeys(score.fields[name] for score in self.scores))

    def chosen(self, wanted: Callable[[LanguageScore], bool] | None = None, **fields: str) -> list[LanguageScore]:
        """Zero-shot scores with these fields; all of them in a study without zero-shot languages.

        Args:
            wanted: A further condition.
            fields: Such as `encoder`, `recipe`, `target` and `language`, with their values.
        """
        return [
            score
            for score in self._by_recipe.get((fields.get("encoder"), fields.get("recipe")), ())
            if all(score.fields[name] == value for name, value in fields.items()) and (wanted is None or wanted(score))
        ]

    @cached_property
    def _by_recipe(self) -> dict[tuple[str | None, str | None], list[LanguageScore]]:
        """Evaluated scores by encoder and recipe; None stands for all."""
        found: dict[tuple[str | None, str | None], list[LanguageScore]] = {}
        for score in self._evaluated:
            encoder, recipe = score.fields["encoder"], score.fields["recipe"]
            for key in ((encoder, recipe), (encoder, None), (None, recipe), (None, None)):
                found.setdefault(key, []).append(score)
        return found

    @cached_property
    def _evaluated(self) -> list[LanguageScore]:
        zero_shot = [score for score in self.scores if score.fields["zero_shot"]]
        return zero_shot or list(self.scores)


def gain(scores: Iterable[LanguageScore]) -> Estimate | None:
    """The mean difference from the baseline: over languages within a target, then over targets."""
    return _over_targets((score, score.delta) for score in scores)


def mean_score(scores: Iterable[LanguageScore]) -> Estimate | None:
    """The mean score: over languages within a target, then over targets."""
    return _over_targets((score, score.estimate) for score in scores)


def _over_targets(parts: Iterable[tuple[LanguageScore, Estimate | None]]) -> Estimate | None:
    targets: dict[str, list[Estimate]] = {}
    for score, estimate in parts:
        if estimate is not None:
            targets.setdefault(score.fields["target"], []).append(estimate)
    means = [average(estimates) for estimates in targets.values()]
    return average([mean for mean in means if mean])
