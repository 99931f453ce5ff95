"""What a stage is: a spec that names everything that can change its result, and the key that is the spec's hash.

In a key are the content of the data, the task's version, the encoder's weights, hyperparameters, seed, parents, and
the version of the stage's own code; paths, devices and batch sizes of prediction are not.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar


@dataclass(frozen=True)
class DataRef:
    """Rows of one language and slice of a task, by content: of files, or of the stage that translates them."""

    task: str
    version: int
    kind: dict[str, Any]
    language: str
    split: str
    digest: str

    @property
    def translation(self) -> str | None:
        """Key of the stage that makes these rows by translation; None for rows of files."""
        return self.digest.removeprefix(_TRANSLATION) if self.digest.startswith(_TRANSLATION) else None

    @property
    def is_absent(self) -> bool:
        """Whether the files are not there; only a draft of a plan has such rows."""
        return self.digest.startswith(ABSENT)

    def translated(self, language: str, key: str) -> DataRef:
        """The same rows in another language, as the stage with this key makes them."""
        return replace(self, language=language, digest=_TRANSLATION + key)


_TRANSLATION = "translate/"
ABSENT = "absent/"
"""Begins the digest of what is not there, in the draft of a plan."""


@dataclass(frozen=True)
class TranslationModel:
    """A translation model, and how it is used for one pair of languages.

    Attributes:
        digest: Digest of its files.
        source: The model's code of the language that is translated from; empty for models that take none.
        target: Its code of the language that is translated into; empty for models that take none.
        prefix: Stands before every text.
        beams: Width of the beam search.
        max_length: Most pieces of a sentence and of its translation.
        precision: `auto`, `bf16` or `fp32`.
    """

    digest: str
    source: str
    target: str
    prefix: str
    beams: int
    max_length: int
    precision: str


@dataclass(frozen=True)
class TranslateSpec:
    """Puts the rows of one language into another: by a model, or from translations that files hold."""

    kind: ClassVar[str] = "translate"
    version: ClassVar[int] = 1
    parent: ClassVar[None] = None

    data: DataRef
    language: str
    model: TranslationModel | None
    given: DataRef | None


@dataclass(frozen=True)
class TrainedTask:
    """A task of a training stage: its rows, per language, and the dev rows that select the checkpoint."""

    task: str
    train: tuple[DataRef, ...]
    dev: DataRef | None


@dataclass(frozen=True)
class TrainSpec:
    """Trains encoder and heads on one or more tasks.

    `classifier` is the architecture whose hidden layer classifiers have, None for RoBERTa's.
    """

    kind: ClassVar[str] = "train"
    version: ClassVar[int] = 5

    encoder: str
    parent: str | None
    keep_head: bool
    tasks: tuple[TrainedTask, ...]
    sampling: dict[str, Any] | None
    settings: dict[str, Any]
    seed: int
    classifier: str | None


@dataclass(frozen=True)
class PredictSpec:
    """Predicts one language of a target."""

    kind: ClassVar[str] = "predict"
    version: ClassVar[int] = 3

    encoder: str
    parent: str | None
    head: str | None
    data: DataRef
    max_length: int
    doc_stride: int
    precision: str
    tune: DataRef | None = None
    pooling: tuple[str, ...] = ()
    similarity: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScoreSpec:
    """Scores the predictions of one language with the metrics of its task."""

    kind: ClassVar[str] = "score"
    version: ClassVar[int] = 1

    parent: str
    data: DataRef
    metrics: tuple[str, ...]


Spec = TranslateSpec | TrainSpec | PredictSpec | ScoreSpec


@dataclass(frozen=True)
class Stage:
    """One unit of work.

    Attributes:
        spec: What it does; everything in it can change the result.
        title: What a person calls it.
        model: Of predicting and scoring: what a person calls the model that is evaluated.
    """

    spec: Spec
    title: str = field(compare=False)
    model: str = field(default="", compare=False)

    @property
    def kind(self) -> str:
        """translate, train, predict or score."""
        return self.spec.kind

    @cached_property
    def key(self) -> str:
        """The stage's identity, 24 hexadecimal digits."""
        return key_of(self.spec.kind, self.spec.version, self.spec_json())

    @property
    def parent(self) -> str | None:
        """Key of the stage whose output this one starts from."""
        return self.spec.parent

    @property
    def parents(self) -> tuple[str, ...]:
        """Keys of all stages that must be finished first: the parent, then those that make the rows."""
        tasks = self.spec.tasks if isinstance(self.spec, TrainSpec) else ()
        rows = (ref.translation for task in tasks for ref in task.train)
        return tuple(dict.fromkeys(key for key in (self.parent, *rows) if key is not None))

    def spec_json(self) -> dict[str, Any]:
        """The spec as JSON: what the key is the hash of, and what `stage.json` says."""
        return asdict(self.spec)


def key_of(*parts: Any) -> str:
    """A hash of JSON values, 24 hexadecimal digits."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]
