"""How a study was done, as plain facts from the study itself: encoders, recipes, data, training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from xstilts.analysis.model_size import parameters_of
from xstilts.analysis.summary import one_split_per_target
from xstilts.catalogue import Tasks
from xstilts.report.contents import Contents
from xstilts.settings import TrainingSettings
from xstilts.task import Task
from xstilts.wording import listed, number

ENCODER_PAPERS = {
    "xlm-roberta-xl": "goyal-etal-2021-larger",
    "xlm-roberta-xxl": "goyal-etal-2021-larger",
    "xlm-roberta": "conneau-etal-2020-unsupervised",
    "bert-base-multilingual": "devlin-etal-2019-bert",
    "afro-xlmr": "alabi-etal-2022-adapting",
    "mmbert": "marone-etal-2025-mmbert",
}
"""Part of a hub name, in lower case -> the encoder's paper; the first that fits counts."""
_SYNTHETIC = "mini-"


@dataclass(frozen=True)
class EncoderFacts:
    """An encoder.

    Attributes:
        name: Its name in the study.
        source: Where it comes from, in words.
        parameters: Its parameters; None if no record says.
        cite: Key of its paper; empty if it is not known.
    """

    name: str
    source: str
    parameters: int | None
    cite: str


@dataclass(frozen=True)
class TaskFacts:
    """A task that is trained on or evaluated.

    Attributes:
        name: Its name.
        kind: How it meets the encoder; empty if nobody here knows the task.
        uses: What for: "intermediate", "target training", "evaluation", "text".
        trained_rows: Rows of its training sets, each number once; where no run noted them, rows or windows of the
            stages that train on it alone.
        evaluated_rows: Rows of its test sets, each number once.
        languages: Languages that it is evaluated in.
        license: License of the data.
        cite: Key of its paper.
        synthetic: Whether its rows were made by rules.
    """

    name: str
    kind: str
    uses: tuple[str, ...]
    trained_rows: tuple[int, ...]
    evaluated_rows: tuple[int, ...]
    languages: int
    license: str
    cite: str
    synthetic: bool


@dataclass(frozen=True)
class TargetFacts:
    """A target as it was evaluated.

    Attributes:
        name: Its name.
        task: The task.
        kind: How it meets the encoder.
        trained_on: The task that trained it; empty for none.
        split: The split, or slice, that was evaluated.
        metrics: The metrics whose mean is its score.
        languages: Codes of the languages.
        zero_shot: How many of them nothing was trained on.
        selection: What chose the checkpoint.
        layer: The layer that counts, of retrieval.
    """

    name: str
    task: str
    kind: str
    trained_on: str
    split: str
    metrics: tuple[str, ...]
    languages: tuple[str, ...]
    zero_shot: int
    selection: str
    layer: int | None


@dataclass(frozen=True)
class Method:
    """How a study was done.

    Attributes:
        encoders: The encoders.
        recipes: Name -> its stages in words; empty for direct fine-tuning.
        tasks: Every task that was trained on or evaluated.
        targets: Every target.
        training: The hyperparameters of all stages.
        exceptions: Where, and what is different there.
        seeds: The seeds.
        translators: Name -> model.
    """

    encoders: tuple[EncoderFacts, ...]
    recipes: Mapping[str, tuple[str, ...]]
    tasks: tuple[TaskFacts, ...]
    targets: tuple[TargetFacts, ...]
    training: TrainingSettings
    exceptions: tuple[tuple[str, str], ...]
    seeds: tuple[int, ...]
    translators: Mapping[str, str]

    @property
    def synthetic(self) -> list[str]:
        """Tasks whose rows were made by rules."""
        return [task.name for task in self.tasks if task.synthetic]


def method_of(contents: Contents) -> Method:
    """The facts of a study, those that its file, its results and its records have."""
    study = contents.study
    targets = _targets(contents)
    return Method(
        tuple(_encoder(contents, name) for name in contents.evidence.encoders),
        recipes_in_words(study),
        _tasks(contents, targets),
        targets,
        TrainingSettings(**(study.get("training") or {})),
        tuple(_exceptions(study)),
        tuple(study.get("seeds") or sorted(contents.table["seed"].unique())),
        {name: _place(source) for name, source in (study.get("translators") or {}).items()},
    )


def recipes_in_words(study: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Recipe -> its stages in words; empty for direct fine-tuning."""
    return {name: tuple(_stage(stage, study) for stage in stages) for name, stages in _recipes(study).items()}


def _recipes(study: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    return {
        name: [{"task": stage} if isinstance(stage, str) else stage for stage in stages]
        for name, stages in (study.get("recipes") or {}).items()
    }


def _stage_tasks(stage: Mapping[str, Any]) -> list[str]:
    return list(stage.get("tasks") or [stage["task"]])


def _encoder(contents: Contents, name: str) -> EncoderFacts:
    source = (contents.study.get("encoders") or {}).get(name) or {}
    text = _place(source)
    cite = "xstilts" if source.get("embedded") else ""
    fitting = (key for part, key in ENCODER_PAPERS.items() if part in text.lower())
    return EncoderFacts(name, text, parameters_of(contents.evidence).get(name), cite or next(fitting, ""))


def _place(source: Mapping[str, Any]) -> str:
    if source.get("embedded"):
        text = f"{source['embedded']}, embedded in xstilts"
    elif source.get("hub"):
        text = str(source["hub"]) + (f" at revision {source['revision']}" if source.get("revision") else "")
    elif source.get("path"):
        text = f"the local folder {str(source['path']).rstrip('/').rpartition('/')[2]}"
    else:
        return ""
    return text if source.get("random_weights") is None else f"{text}, with random weights"


def _stage(stage: Mapping[str, Any], study: Mapping[str, Any]) -> str:
    tasks = _stage_tasks(stage)
    text = " + ".join(tasks)
    if stage.get("train"):
        text += f" ({stage['train']})"
    if len(tasks) > 1:
        sampling = stage.get("sampling") or {}
        text += f" (jointly, {_sampling(sampling)})"
    languages, translated = (_said(stage, tasks, field, study) for field in ("languages", "translated"))
    if languages:
        text += f" in {' '.join(languages)}"
    if translated:
        text += f", translated into {' '.join(translated)}"
    mixed = stage.get("mlm")
    if mixed:
        text += f", {round(100 * mixed['weight'])} % of steps masked language modeling on {mixed['task']}"
        text += f" in {' '.join(mixed['languages'])}" if mixed.get("languages") else ""
    return text


def _sampling(sampling: Mapping[str, Any]) -> str:
    method = str(sampling.get("method", "proportional"))
    if method == "temperature":
        method = f"temperature {sampling.get('temperature'):g}"
    cap = sampling.get("cap")
    return f"{method} sampling" + (f" capped at {cap:,} rows" if cap else "")


def _said(stage: Mapping[str, Any], tasks: Sequence[str], field: str, study: Mapping[str, Any]) -> Sequence[str] | None:
    defaults = study.get("task_defaults") or {}
    levels = [stage, *((defaults.get(task) or {}) for task in tasks)]
    return next((level[field] for level in levels if level.get(field) is not None), None)


def _exceptions(study: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    defaults = {name: (use or {}).get("training") for name, use in (study.get("task_defaults") or {}).items()}
    yield from ((name, _settings(said)) for name, said in defaults.items() if said)
    for recipe, stages in _recipes(study).items():
        for place, stage in enumerate(stages, start=1):
            if stage.get("training"):
                where = recipe if len(stages) == 1 else f"{recipe}, stage {place}"
                yield where, _settings(stage["training"])
    for target, use in (study.get("targets") or {}).items():
        if (use or {}).get("training"):
            yield target, _settings(use["training"])


def _settings(said: Mapping[str, Any]) -> str:
    words = {name: "none" if value is None else value for name, value in said.items()}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in words.items())


def _targets(contents: Contents) -> tuple[TargetFacts, ...]:
    rows = one_split_per_target(contents.table).filter(pl.col("headline"))
    tasks = Tasks()
    found = []
    for (target,), part in rows.group_by("target", maintain_order=True):
        task = _known(tasks, part["task"][0])
        said = (contents.study.get("targets") or {}).get(target) or {}
        trainer = said.get("trained_on") or (task.trainer if task else part["task"][0])
        kind = contents.evidence.kinds.get(str(target), "")
        is_untrained = kind == "bitext" or said.get("train") == "none"
        layers = part["layer"].drop_nulls()
        found.append(
            TargetFacts(
                str(target),
                part["task"][0],
                kind,
                "" if is_untrained else str(trainer),
                listed(part["split"].unique(maintain_order=True).to_list()),
                tuple(part["metric"].unique(maintain_order=True)),
                tuple(part["language"].unique(maintain_order=True)),
                part.filter(pl.col("zero_shot"))["language"].n_unique(),
                listed(part["selection"].drop_nulls().unique(maintain_order=True).to_list()),
                int(layers[0]) if layers.n_unique() == 1 else None,
            )
        )
    return tuple(found)


def _known(tasks: Tasks, name: str) -> Task | None:
    return tasks[name] if name in tasks.names() else None


def _tasks(contents: Contents, targets: Sequence[TargetFacts]) -> tuple[TaskFacts, ...]:
    uses: dict[str, dict[str, None]] = {}
    for stages in _recipes(contents.study).values():
        for stage in stages:
            for task in _stage_tasks(stage):
                uses.setdefault(task, {})["intermediate"] = None
            if stage.get("mlm"):
                uses.setdefault(stage["mlm"]["task"], {})["text"] = None
    for target in targets:
        if target.trained_on:
            uses.setdefault(target.trained_on, {})["target training"] = None
        uses.setdefault(target.task, {})["evaluation"] = None
    known = Tasks()
    return tuple(_task(contents, name, tuple(used), _known(known, name)) for name, used in uses.items())


def _task(contents: Contents, name: str, uses: tuple[str, ...], task: Task | None) -> TaskFacts:
    trained = {row["rows"] for row in contents.data if row["task"] == name and row["split"].startswith("train")}
    costs = contents.records.costs.filter((pl.col("tasks") == name) & (pl.col("kind") == "train"))
    trained = trained or set(costs["units"].drop_nulls())
    evaluated = contents.table.filter(pl.col("task") == name)
    own = (contents.study.get("tasks") or {}).get(name) or {}
    return TaskFacts(
        name,
        task.kind.name if task else str(own.get("kind", "")),
        uses,
        tuple(sorted(trained)),
        tuple(sorted(evaluated["examples"].drop_nulls().unique())),
        evaluated["language"].n_unique(),
        task.license if task else str(own.get("license", "")),
        task.cite if task else str(own.get("cite", "")),
        name.startswith(_SYNTHETIC) and task is not None,
    )


def rows_text(sizes: Sequence[int]) -> str:
    """Numbers of rows: one, or the least and the most."""
    if not sizes:
        return ""
    return f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,}–{sizes[-1]:,}"


def parameters_text(parameters: int | None) -> str:
    """A number of parameters: `278 million`."""
    if parameters is None:
        return "of unknown size"
    if parameters >= 10**9:
        return f"{number(parameters / 10**9)} billion parameters"
    return f"{number(parameters / 10**6, decimals=0 if parameters >= 10**8 else 1)} million parameters"
