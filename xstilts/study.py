"""A study: encoders x recipes x targets x seeds, as strict YAML. The docstring under each field is its help text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from xstilts.data.splits import SplitSlice
from xstilts.errors import InputError
from xstilts.model_sources import EncoderSource, TranslatorSource
from xstilts.settings import STRICT, Sampling, TrainingSettings
from xstilts.yaml_input import Document, explain, read_yaml

if TYPE_CHECKING:
    from xstilts.catalogue import Tasks
    from xstilts.results import Results
    from xstilts.task import Task


def _checked_overrides(values: dict[str, Any]) -> dict[str, Any]:
    TrainingSettings(**values)
    return values


def _checked_split(text: str) -> str:
    try:
        return text if text == "none" else str(SplitSlice.parse(text))
    except InputError as error:
        raise ValueError(f"{error.what}; expected a name, or a slice such as train[:90%]") from error


def _checked_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.+-]*", name):
        raise ValueError("this is no name; expected letters, digits and _ . + -, beginning with a letter or digit")
    return name


def _distinct_codes(codes: list[str]) -> list[str]:
    if len(set(codes)) != len(codes):
        raise ValueError("a language stands twice; expected each language once")
    return codes


def _sampling(value: Any) -> Any:
    """Accepts `proportional`, `uniform`, `{temperature: 2, cap: 1000}` and `{explicit: {a: 1, b: 2}}`."""
    if isinstance(value, str):
        return {"method": value}
    if isinstance(value, dict) and "method" not in value:
        if "explicit" in value:
            return {
                **{k: v for k, v in value.items() if k != "explicit"},
                "method": "explicit",
                "weights": value["explicit"],
            }
        if "temperature" in value:
            return {"method": "temperature", **value}
    return value


Overrides = Annotated[dict[str, Any], AfterValidator(_checked_overrides)]
SplitText = Annotated[str, AfterValidator(_checked_split)]
Name = Annotated[str, AfterValidator(_checked_name)]


class _Section(BaseModel):
    model_config = STRICT


class TaskRows(_Section):
    """The rows of a task that a stage trains on. Each field falls back on `task_defaults`, then on the task."""

    train: SplitText | None = None
    """Split or slice that is trained on; `train` unless said."""
    dev: SplitText | None = None
    """Split or slice that selects the checkpoint; `dev` unless said; `none` takes the last step."""
    languages: Annotated[list[str], AfterValidator(_distinct_codes)] | None = None
    """Languages that are trained on; the task's training language unless said."""
    translated: Annotated[list[str], AfterValidator(_distinct_codes)] | None = None
    """Languages of which translations are trained on too: of the rows that `train` names, in the training language."""
    translator: Name | None = None
    """Who makes the translations; the task's own files of split `translated` unless said."""
    rate: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Masked language modeling: share of the pieces that are hidden; the task's own unless said."""
    whole_words: bool | None = None
    """Masked language modeling: hides words with all their pieces; the task's own choice unless said."""
    constrained_decoding: bool | None = None
    """Tagging with BIO tags: predicts the best sequence in which every `I-` continues a span; unless said, each token's
    best tag."""

    @property
    def said(self) -> list[str]:
        """The fields about rows that have a value."""
        return [field for field in TaskRows.model_fields if getattr(self, field) is not None]


class TaskUse(TaskRows):
    """What a stage takes of a task it trains on."""

    training: Overrides = {}
    """Hyperparameters that differ from the study's."""


class MixedText(TaskRows):
    """Masked language modeling beside the task or tasks of a stage. `dev` is `none` unless said."""

    task: str
    """The task whose text is read, such as `corpus`."""
    weight: float = Field(gt=0, lt=1)
    """Its share of the steps."""


class StageSettings(TaskUse):
    """One training stage of a recipe: `task` or `tasks`, and what differs from the defaults."""

    task: str | None = None
    """The task to train on."""
    tasks: list[str] | None = None
    """Several tasks to train on jointly, each step on one of them."""
    sampling: Annotated[Sampling, BeforeValidator(_sampling)] = Sampling.model_validate({})
    """How a joint stage draws tasks: proportional, uniform, {temperature: T, cap: K} or {explicit: {task: weight}}; and
    `shares: {task: share}` beside it gives some tasks their share of the steps."""
    mlm: MixedText | None = None
    """Masked language modeling mixed in: {task: corpus, languages: [en, sw], weight: 0.2}."""
    keep_head: bool = False
    """Starts from the head of the stage before, which must be of the same kind and labels."""

    @model_validator(mode="after")
    def _one_or_more(self) -> StageSettings:
        if (self.task is None) == (self.tasks is None):
            raise ValueError("a stage needs either `task` or `tasks`; expected task: mnli, or tasks: [mnli, squad_v1]")
        if self.tasks is not None and (stray := self.said):
            raise ValueError(
                f"in a joint stage nothing says whose `{stray[0]}` this is; expected it in"
                f" task_defaults: {{{self.tasks[0] if self.tasks else 'mnli'}: {{{stray[0]}: ...}}}}"
            )
        if self.keep_head and self.tasks is not None:
            raise ValueError("a joint stage has several heads; expected `keep_head` in a stage of one task alone")
        if len(set(self.task_names)) != len(self.task_names) or not self.task_names:
            raise ValueError(
                "a task stands twice under `tasks`, or none stands there; expected at least one, and each only once"
            )
        if self.mlm is not None and self.mlm.task in self.task_names:
            raise ValueError("the task under `mlm` is one of the stage's own; expected another one, such as corpus")
        self._check_sampling()
        return self

    def _check_sampling(self) -> None:
        """Weights and shares are of the tasks of the stage."""
        names = ", ".join(self.task_names)
        weights, shares = self.sampling.weights, self.sampling.shares or {}
        if self.sampling.method == "explicit":
            values = (weights or {}).values()
            if set(weights or {}) != set(self.task_names) or min(values) < 0 or sum(values) <= 0:
                raise ValueError(f"explicit sampling needs a weight per task, none negative; expected those of {names}")
        if not set(shares) < set(self.task_names):
            raise ValueError(
                f"shares are for some tasks of a stage, not for all and no others; expected some of {names}"
            )

    @property
    def task_names(self) -> list[str]:
        """The tasks of the stage."""
        return [self.task] if self.task is not None else list(self.tasks or [])

    @property
    def mixture(self) -> Sampling | None:
        """How tasks are drawn, `mlm` among them; None if there is one task alone."""
        own = self.sampling if self.tasks is not None else Sampling.model_validate({})
        if self.mlm is None:
            return own if self.tasks is not None else None
        return own.model_copy(update={"shares": {**(own.shares or {}), self.mlm.task: self.mlm.weight}})


class Target(TaskUse):
    """A task that is evaluated in many languages, after training on its English training set where it has one.

    `train: none` trains nothing more: the head that the recipe's last stage trained predicts.
    """

    task: str | None = None
    """The task; the target's own name unless said."""
    trained_on: str | None = None
    """The task that trains it; the task's own choice unless said."""
    test: SplitText | dict[str, SplitText] | None = None
    """Split or slice that is evaluated, or one per language; the task's own choice unless said."""
    evaluate: Annotated[list[str], Field(min_length=1), AfterValidator(_distinct_codes)] | None = None
    """Languages that are evaluated; all whose files are there unless said."""
    keep_head: bool = False
    """Starts from the recipe's last head, which must be of the same kind and labels."""
    tune: SplitText | None = None
    """Mining: split or slice on which the threshold is tuned; never the one that is evaluated."""
    pooling: list[Literal["mean", "cls"]] = ["mean"]
    """Retrieval: how pieces become a sentence; the first one counts in averages."""
    similarity: list[Literal["cosine", "margin"]] = ["cosine"]
    """Retrieval by nearest neighbor: how sentences are compared; the first one counts in averages."""
    layer: int | None = Field(None, ge=0)
    """Retrieval: the layer that counts in averages (0 is the embeddings); 14 of 24, in proportion, unless said."""

    @model_validator(mode="after")
    def _nothing_beside_no_training(self) -> Target:
        beside = [field for field in self.said if field not in ("train", "constrained_decoding")]
        if self.train == "none" and (beside or self.training or self.keep_head):
            raise ValueError(
                "with `train: none` nothing is trained; expected no dev, languages, training and keep_head beside it"
            )
        return self


Stages = Annotated[
    list[StageSettings],
    BeforeValidator(
        lambda stages: (
            [{"task": stage} if isinstance(stage, str) else stage for stage in stages]
            if isinstance(stages, list)
            else stages
        )
    ),
]


class Study(_Section):
    """Everything that is to be run."""

    name: Name
    """Name of the study, and of its folder."""
    question: str = ""
    """What it asks; heads the report."""
    encoders: dict[Name, EncoderSource] = Field(min_length=1)
    """Name -> where the encoder comes from."""
    recipes: dict[Name, Stages] = Field(min_length=1)
    """Name -> training stages between the encoder and the target; `[]` is direct fine-tuning."""
    targets: dict[Name, Target] = Field(min_length=1)
    """Name -> what is trained in English and evaluated in every language."""
    seeds: list[Annotated[int, Field(ge=0, lt=2**32)]] = Field([1, 2, 3], min_length=1)
    """One whole chain of training per seed."""
    translators: dict[Name, TranslatorSource] = {}
    """Name -> a translation model, for the stages that name it."""
    baseline: str = "direct"
    """The recipe that others are compared with."""
    training: Overrides = {}
    """Hyperparameters of every stage, unless a task or a stage says otherwise."""
    task_defaults: dict[str, TaskUse] = {}
    """Task -> what any stage takes of it."""
    tasks: dict[Name, dict[str, Any]] = {}
    """Tasks of your own, from ordinary files; see docs/add-a-task.md."""
    task_files: list[str] = []
    """Python files that define a TASK, relative to the study file."""
    _document: Document | None = PrivateAttr(None)

    @classmethod
    def from_yaml(cls, path: str | Path, overrides: Sequence[str] = ()) -> Study:
        """Reads a study file.

        Args:
            path: The file.
            overrides: `a.b=c` assignments, applied before checking; values are YAML.

        Raises:
            InputError: With file, line and field of what is wrong.
        """
        path = Path(path)
        document = read_yaml(path, "a study's YAML")
        for assignment in overrides:
            document.override(assignment)
        try:
            study = cls.model_validate(document.data)
        except ValidationError as error:
            raise explain(error, document, cls, {"training": TrainingSettings}) from error
        study._document = document
        return study

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from: that of the study file."""
        return self._document.path.resolve().parent if self._document else Path.cwd()

    @contextmanager
    def at(self, *field: str | int) -> Iterator[None]:
        """Errors that are raised inside name the file and line of a field of the study."""
        try:
            yield
        except InputError as error:
            name = ".".join(map(str, field))
            place: Sequence[int | str] = field
            inner = f"{error.where}." if isinstance(error.where, str) else ""
            if inner.startswith(f"{name}."):  # it knows its place within the field
                place = [
                    *field,
                    *(int(part) if part.isdecimal() else part for part in inner[len(name) + 1 :].split(".") if part),
                ]
                name, error = inner[:-1], error.placed(None)
            raise InputError(str(error), where=self._document.place(place) if self._document else name) from error

    @field_validator("seeds")
    @classmethod
    def _distinct(cls, seeds: list[int]) -> list[int]:
        if len(set(seeds)) != len(seeds):
            raise ValueError("a seed stands twice; expected each seed once")
        return seeds

    @cached_property
    def known_tasks(self) -> Tasks:
        """The package's tasks and the study's own."""
        from xstilts.catalogue import Tasks
        from xstilts.own_tasks import task_from_mapping
        from xstilts.task_file import task_from_file

        own: list[Task] = []
        for name, data in self.tasks.items():
            with self.at("tasks", name):
                own.append(task_from_mapping(name, data, self.folder))
        for path in self.task_files:
            with self.at("task_files"):
                own.append(task_from_file(self.folder / Path(path).expanduser()))
        return Tasks(own)

    def within(self, folder: Path | None) -> Study:
        """The same study, whose tasks have the labels that the files of a data folder hold where only they say them."""
        study = self.model_copy()
        study.__dict__["known_tasks"] = self.known_tasks.within(folder)
        return study

    def settings(self, task: str, stage: Mapping[str, Any]) -> TrainingSettings:
        """Hyperparameters of a stage on a task: study, then task, then stage."""
        default = self.task_defaults.get(task, TaskUse()).training
        return TrainingSettings(**{**self.training, **default, **stage})

    def use(self, task: str, stage: TaskRows | None = None) -> TaskRows:
        """The rows that a stage takes of a task: the stage's word first, then the task's default in this study."""
        levels = [level for level in (self.task_defaults.get(task), stage) if level is not None]
        return TaskRows(**{field: getattr(level, field) for level in levels for field in level.said})

    def effective_yaml(self, folder: Path) -> str:
        """The study as YAML, every default written out, for a file in `folder`: relative paths start from there."""
        data = self.model_dump(mode="json")

        def moved(path: str) -> str:
            place = Path(path).expanduser()
            return str(place) if place.is_absolute() else os.path.relpath(self.folder / place, folder.resolve())

        for source in (*data["encoders"].values(), *data["translators"].values()):
            if source["path"] is not None:
                source["path"] = moved(source["path"])
        for task in data["tasks"].values():
            for splits in task.get("files", {}).values():
                for split, paths in splits.items():
                    splits[split] = moved(paths) if isinstance(paths, str) else [moved(path) for path in paths]
        data["task_files"] = [moved(path) for path in data["task_files"]]
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)

    def run(self, **options: Any) -> Results:
        """Runs what is missing and returns the results; options as in `xstilts.running.run_study`."""
        from xstilts.running import run_study

        return run_study(self, **options)
