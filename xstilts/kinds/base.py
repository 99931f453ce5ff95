"""What a kind of task owns: how rows become features, what the head puts out, and how that becomes predictions.

Kinds are data (they stand in task files), so this package imports neither torch nor transformers; heads live in
`xstilts.training.heads` and are made by `Kind.head`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from xstilts.data.examples import Example
from xstilts.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from xstilts.data.features import Features, Limits
    from xstilts.data.pieces import Pieces
    from xstilts.encoders.encoder import Encoder
    from xstilts.training.heads import Head

_Answer = TypeVar("_Answer")
_ENOUGH_LABELS = 4  # of fewer, half says nothing


@dataclass(frozen=True)
class LabeledPoints:
    """Places in features of which each has a class: what a probe may look at.

    Attributes:
        rows: Feature row of each, shape [points].
        positions: Its piece in that row, -1 for the whole row pooled; shape [points].
        labels: Its class, shape [points].
        relative: Whether only differences within a unit count, as they do to a softmax over its rows.
    """

    rows: np.ndarray
    positions: np.ndarray
    labels: np.ndarray
    relative: bool = False


class Kind(ABC):
    """How a task meets the encoder. Concrete kinds are frozen dataclasses.

    Attributes:
        name: Name in task files and YAML.
        example: The class of the rows.
        max_length: Default length of a sequence in pieces, special tokens included.
        choices: Attributes of which a study may say another value than the task.
    """

    name: ClassVar[str]
    example: ClassVar[type]
    max_length: ClassVar[int] = 256
    choices: ClassVar[tuple[str, ...]] = ()

    def identity(self) -> dict[str, Any]:
        """Everything about the kind that can change a result, as JSON."""
        return {"kind": self.name, **asdict(self)}  # type: ignore[call-overload]

    def as_in(self, identity: Mapping[str, Any]) -> Self:
        """This kind with the choices of an identity; one that is not in it has its default."""
        chosen = {
            field.name: identity.get(field.name, field.default)
            for field in fields(self)  # type: ignore[arg-type]
            if field.name in self.choices
        }
        return replace(self, **chosen)  # type: ignore[type-var]

    @property
    @abstractmethod
    def default_metrics(self) -> tuple[str, ...]:
        """Metrics of a task that names none; the first one is the headline."""

    @abstractmethod
    def encode(self, examples: Sequence[Any], pieces: Pieces, limits: Limits) -> pa.Table:
        """Rows -> features: one table row per sequence, with the columns that `xstilts.data.features` documents."""

    @abstractmethod
    def check(self, example: Any) -> None:
        """Raises InputError, with the row's id, where a row contradicts the kind (label not in the set, ...)."""

    def count(self, examples: Sequence[Example]) -> int:
        """The number that official sizes count; rows, except for bitexts, which count source sentences."""
        return len(examples)

    def slice(self, examples: Sequence[Example], start: int, stop: int) -> Sequence[Example]:
        """Rows from start up to stop, in the order of the file."""
        return examples[start:stop]


class TrainableKind(Kind):
    """A kind with a head and a loss; every kind but retrieval.

    Attributes:
        self_supervised: Whether the targets come from the text itself and are known, and needed, in prediction too.
        whole_steps: Whether the rows of a step bear on each other's losses, so that they must be computed together.
    """

    self_supervised: ClassVar[bool] = False
    whole_steps: ClassVar[bool] = False

    @abstractmethod
    def targets(self, features: Features, rows: np.ndarray, width: int, seed: int) -> dict[str, np.ndarray]:
        """Training targets of some feature rows, padded to `width` pieces where they are per piece.

        A kind that disturbs its inputs also gives `input_ids`, which then replace those of the features; what it
        draws depends on the seed and the row alone.
        """

    @abstractmethod
    def loss_items(self, targets: dict[str, np.ndarray]) -> int:
        """How many losses the targets add up to; a step's loss is their mean."""

    @abstractmethod
    def head(self, encoder: Encoder, dropout: float) -> Head:
        """A new head with fresh random weights, for this encoder."""

    @abstractmethod
    def decode(self, examples: Sequence[Any], features: Features, outputs: Sequence[np.ndarray]) -> pa.Table:
        """Head outputs, one array per feature row -> table with columns `id`, `prediction` and the kind's own."""

    def confidence(self, examples: Sequence[Any], predictions: pa.Table) -> dict[str, float]:
        """What the probabilities of decoded predictions say beside the metrics, in points; nothing for most kinds."""
        return {}

    def labeled_points(self, features: Features, generator: np.random.Generator) -> LabeledPoints | None:
        """What of some features, all with known labels, stands for a class; None for kinds that have no classes.

        Args:
            features: The features.
            generator: Draws where there are more places than are wanted.
        """
        return None

    @abstractmethod
    def constant_predictions(self, examples: Sequence[Any]) -> Sequence[Any]:
        """What a model that ignores its input would best predict, for each row that is scored.

        Training that ends no better has collapsed.
        """


class LabelError(InputError):
    """A label that is not in the task's set.

    Args:
        example_id: Id of the row.
        label: The label.
        labels: The set.
        token: Which token of the row has it, from 0.
    """

    def __init__(self, example_id: str, label: object, labels: Sequence[object], token: int = 0) -> None:
        super().__init__(
            "a label is not in the task's set",
            where=f"row {example_id}",
            found=repr(label),
            expected=f"one of {', '.join(map(str, labels))}",
            fix="correct the row, or the task's labels",
        )
        self.token = token
        self._labels = labels

    def among(self, examples: Iterable[Example]) -> InputError:
        """The same error; where most labels of the rows are unknown, its advice is to look at the columns."""
        golds = [example.gold for example in examples if example.gold is not None]
        found = [label for gold in golds for label in (gold if isinstance(gold, tuple) else (gold,))]
        unknown = sum(label not in self._labels for label in found)
        if len(found) < _ENOUGH_LABELS or 2 * unknown <= len(found):
            return self
        return self.advised(
            f"{unknown:,} of {len(found):,} labels are unknown: look at the task's `columns`, whether the labels stand"
            " there, and at its `labels`"
        )


def most_frequent(answers: Iterable[_Answer]) -> _Answer | None:
    """The most frequent answer, the first of several; None if there is no answer at all."""
    counts = Counter(answers)
    return max(counts, key=counts.__getitem__) if counts else None


def softmax(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis, in double precision."""
    import numpy as np

    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
