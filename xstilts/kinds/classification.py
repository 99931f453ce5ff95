"""Classification of one text or a pair: inference, paraphrase, topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from xstilts.data.examples import TextExample
from xstilts.kinds.base import LabeledPoints, LabelError, TrainableKind, most_frequent

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from xstilts.data.features import Features, Limits
    from xstilts.data.pieces import Pieces
    from xstilts.encoders.encoder import Encoder
    from xstilts.training.heads import Head


@dataclass(frozen=True)
class Classification(TrainableKind):
    """One label per text or pair of texts.

    Attributes:
        labels: The label names, in the order of the head's outputs.
    """

    labels: tuple[str, ...]

    name: ClassVar[str] = "classification"
    example: ClassVar[type] = TextExample

    @property
    def default_metrics(self) -> tuple[str, ...]:
        """Accuracy."""
        return ("accuracy",)

    def check(self, example: TextExample) -> None:
        """A label, where there is one, is in the set."""
        if example.label is not None and example.label not in self.labels:
            raise LabelError(example.id, example.label, self.labels)

    def encode(self, examples: Sequence[TextExample], pieces: Pieces, limits: Limits) -> pa.Table:
        """One row per example; column `label` int32, -1 where hidden."""
        import pyarrow as pa

        from xstilts.data.features import features_table

        texts = pieces.texts([example.text for example in examples])
        pairs = pieces.texts([example.pair or "" for example in examples])
        sequences = [
            pieces.shortened(text.ids, None if example.pair is None else pair.ids, limits.max_length)
            for example, text, pair in zip(examples, texts, pairs, strict=True)
        ]
        number = {label: at for at, label in enumerate(self.labels)}
        labels = [-1 if example.label is None else number[example.label] for example in examples]
        columns = {"label": pa.array(labels, type=pa.int32())}
        return features_table(sequences, range(len(examples)), pieces, columns=columns)

    def targets(self, features: Features, rows: np.ndarray, width: int, seed: int) -> dict[str, np.ndarray]:
        """`labels`, shape [rows]."""
        return {"labels": features.column("label")[rows].astype("int64")}

    def loss_items(self, targets: dict[str, np.ndarray]) -> int:
        """One per example."""
        return len(targets["labels"])

    def head(self, encoder: Encoder, dropout: float) -> Head:
        """A hidden layer and a projection on the pooled pieces."""
        from xstilts.training.heads import ClassificationHead

        return ClassificationHead(
            encoder.hidden_size, len(self.labels), dropout, encoder.pooling, encoder.normed_classifier
        )

    def decode(self, examples: Sequence[TextExample], features: Features, outputs: Sequence[np.ndarray]) -> pa.Table:
        """Columns `id`, `prediction` (label), `probabilities` (list, in the order of the labels)."""
        import numpy as np
        import pyarrow as pa

        from xstilts.kinds.base import softmax

        probabilities = softmax(np.stack(outputs))
        best = [self.labels[at] for at in probabilities.argmax(axis=1)]
        return pa.table(
            {
                "id": [example.id for example in examples],
                "prediction": best,
                "probabilities": pa.array(list(probabilities), type=pa.list_(pa.float32())),
            }
        )

    def confidence(self, examples: Sequence[TextExample], predictions: pa.Table) -> dict[str, float]:
        """`calibration_error`, and for inference `entailment_contrast`; see `xstilts.metrics.confidence`."""
        import numpy as np

        from xstilts.metrics.confidence import calibration_error, entailment_contrast

        probabilities = np.asarray(predictions["probabilities"].to_pylist(), dtype=np.float64)
        gold = [example.label for example in examples]
        answers = predictions["prediction"].to_pylist()
        right = np.asarray([answer == label for answer, label in zip(answers, gold, strict=True)])
        found = {"calibration_error": calibration_error(probabilities.max(axis=1), right)}
        contrast = entailment_contrast(probabilities, gold, self.labels)
        return found if contrast is None else {**found, "entailment_contrast": contrast}

    def labeled_points(self, features: Features, generator: np.random.Generator) -> LabeledPoints:
        """Each row, pooled, with its label."""
        import numpy as np

        rows = np.arange(len(features))
        return LabeledPoints(rows, np.full(len(rows), -1), features.column("label").astype("int64"))

    def constant_predictions(self, examples: Sequence[TextExample]) -> list[str | None]:
        """Always the most frequent label."""
        return [most_frequent(example.label for example in examples)] * len(examples)
