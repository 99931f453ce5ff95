"""Multiple choice: the encoder reads the context with each choice, the head scores them against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from xstilts.data.examples import ChoiceExample
from xstilts.errors import InputError
from xstilts.kinds.base import LabeledPoints, LabelError, TrainableKind, most_frequent

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from xstilts.data.features import Features, Limits
    from xstilts.data.pieces import Pieces
    from xstilts.encoders.encoder import Encoder
    from xstilts.training.heads import Head


@dataclass(frozen=True)
class MultipleChoice(TrainableKind):
    """One of several choices; questions of one task may have different numbers of them."""

    name: ClassVar[str] = "multiple_choice"
    example: ClassVar[type] = ChoiceExample

    @property
    def default_metrics(self) -> tuple[str, ...]:
        """Accuracy."""
        return ("accuracy",)

    def check(self, example: ChoiceExample) -> None:
        """There are at least two choices, and the label is one of them."""
        if len(example.choices) < 2:
            raise InputError(
                "too few choices", where=f"row {example.id}", found=len(example.choices), expected="at least 2"
            )
        if example.label is not None and not 0 <= example.label < len(example.choices):
            raise LabelError(example.id, example.label, range(len(example.choices)))

    def encode(self, examples: Sequence[ChoiceExample], pieces: Pieces, limits: Limits) -> pa.Table:
        """One row per choice, one unit per example; column `label` int32: the right choice, -1 where hidden."""
        import pyarrow as pa

        from xstilts.data.features import features_table

        owner = [at for at, example in enumerate(examples) for _ in example.choices]
        contexts = pieces.texts([example.context for example in examples])
        choices = pieces.texts([choice for example in examples for choice in example.choices])
        sequences = [
            pieces.shortened(contexts[at].ids, choice.ids, limits.max_length)
            for at, choice in zip(owner, choices, strict=True)
        ]
        labels = [-1 if (label := examples[at].label) is None else label for at in owner]
        columns = {"label": pa.array(labels, type=pa.int32())}
        return features_table(sequences, owner, pieces, unit=owner, columns=columns)

    def targets(self, features: Features, rows: np.ndarray, width: int, seed: int) -> dict[str, np.ndarray]:
        """`labels`, shape [units]; `choices`, shape [units]: rows of each unit."""
        import numpy as np

        _, first, counts = np.unique(features.column("unit")[rows], return_index=True, return_counts=True)
        order = np.argsort(first)
        return {
            "labels": features.column("label")[rows[first[order]]].astype("int64"),
            "choices": counts[order].astype("int64"),
        }

    def loss_items(self, targets: dict[str, np.ndarray]) -> int:
        """One per question."""
        return len(targets["labels"])

    def head(self, encoder: Encoder, dropout: float) -> Head:
        """A score per choice."""
        from xstilts.training.heads import ChoiceHead

        return ChoiceHead(encoder.hidden_size, dropout, encoder.pooling, encoder.normed_classifier)

    def decode(self, examples: Sequence[ChoiceExample], features: Features, outputs: Sequence[np.ndarray]) -> pa.Table:
        """Columns `id`, `prediction` (index of the choice), `probabilities` (list, one per choice)."""
        import numpy as np
        import pyarrow as pa

        from xstilts.kinds.base import softmax

        spans = pairwise(features.unit_bounds)
        scores = [np.asarray(outputs[start:stop], dtype=np.float64).ravel() for start, stop in spans]
        probabilities = [softmax(row) for row in scores]
        return pa.table(
            {
                "id": [example.id for example in examples],
                "prediction": pa.array([int(row.argmax()) for row in scores], type=pa.int64()),
                "probabilities": pa.array(probabilities, type=pa.list_(pa.float32())),
            }
        )

    def confidence(self, examples: Sequence[ChoiceExample], predictions: pa.Table) -> dict[str, float]:
        """`calibration_error`; see `xstilts.metrics.confidence`."""
        import numpy as np

        from xstilts.metrics.confidence import calibration_error

        highest = np.asarray([max(row) for row in predictions["probabilities"].to_pylist()])
        chosen = predictions["prediction"].to_pylist()
        right = np.asarray([answer == example.label for answer, example in zip(chosen, examples, strict=True)])
        return {"calibration_error": calibration_error(highest, right)}

    def labeled_points(self, features: Features, generator: np.random.Generator) -> LabeledPoints:
        """Each choice with its context, pooled: the right one or a wrong one, relative to the mean of its question."""
        import numpy as np

        rows = np.arange(len(features))
        place = rows - np.repeat(features.unit_bounds[:-1], np.diff(features.unit_bounds))
        right = (place == features.column("label")).astype("int64")
        return LabeledPoints(rows, np.full(len(rows), -1), right, relative=True)

    def constant_predictions(self, examples: Sequence[ChoiceExample]) -> list[int | None]:
        """Always the position where the right choice is most often."""
        return [most_frequent(example.label for example in examples)] * len(examples)
