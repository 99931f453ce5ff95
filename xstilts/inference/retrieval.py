"""Bitext retrieval with an encoder: every layer, pooling and similarity from one pass over the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xstilts.data.examples import Example, SentenceExample
from xstilts.data.features import Features
from xstilts.encoders.encoder import Encoder
from xstilts.errors import InputError
from xstilts.inference.mining import MinedPair, best_threshold, margin_neighbors, mine, normalized
from xstilts.inference.neighbors import nearest
from xstilts.inference.prediction import Pooled, Progress, pooled_representations
from xstilts.kinds.bitext import Bitext
from xstilts.training.compute import Compute

Split = tuple[Sequence[Example], Features]
_NEIGHBORS = 4
_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("prediction", pa.string()),
        ("score", pa.float64()),
        ("layer", pa.int64()),
        ("pooling", pa.string()),
        ("similarity", pa.string()),
    ]
)


def retrieve(
    encoder: Encoder,
    kind: Bitext,
    evaluated: Split,
    tuning: Split | None,
    compute: Compute,
    *,
    poolings: tuple[str, ...],
    similarities: tuple[str, ...],
    pad_id: int,
    precision: str,
    pooled: Pooled | None = None,
    progress: Progress | None = None,
) -> pa.Table:
    """The target sentence of every source sentence, at every layer.

    Args:
        encoder: The encoder, on the device.
        kind: Nearest neighbors, or mining with a threshold.
        evaluated: The rows to predict and their features.
        tuning: Mining: rows with gold on which the threshold of each layer and pooling is chosen.
        compute: The device.
        poolings: `mean`, `cls`.
        similarities: `cosine`, `margin`; mining always takes the margin.
        pad_id: Piece id of padding.
        precision: As in the training settings.
        pooled: What the encoder has pooled before.
        progress: Called with sentences done and in all.

    Returns:
        Columns id (source), prediction (id of the target sentence; null where mining found none), score, layer,
        pooling, similarity.
    """

    def represent(split: Split) -> dict[str, NDArray[np.float32]]:
        return pooled_representations(
            encoder,
            split[1],
            compute,
            poolings=poolings,
            pad_id=pad_id,
            precision=precision,
            pooled=pooled,
            progress=progress,
        )

    representations = represent(evaluated)
    tuned = represent(tuning) if tuning is not None else {}
    tables = []
    for pooling in poolings:
        for layer in range(encoder.layers + 1):
            source, target = _sides(evaluated[0], representations[pooling][layer])
            for similarity in similarities:
                if kind.mining:
                    assert tuning is not None
                    threshold = _threshold(tuning[0], tuned[pooling][layer])
                    columns = _mined(evaluated[0], source, target, threshold)
                else:
                    columns = _nearest(evaluated[0], source, target, similarity)
                rows = len(columns["id"])
                variant = {"layer": [layer] * rows, "pooling": [pooling] * rows, "similarity": [similarity] * rows}
                tables.append(pa.table({**columns, **variant}, schema=_SCHEMA))
    return pa.concat_tables(tables).combine_chunks()


def _sentences(examples: Sequence[Example], side: str) -> list[SentenceExample]:
    return [example for example in examples if isinstance(example, SentenceExample) and example.side == side]


def _sides(
    examples: Sequence[Example], vectors: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    sources = len(_sentences(examples, "source"))
    if sources in (0, len(examples)):
        raise InputError("one side of a bitext is empty", found=f"{sources} source sentences of {len(examples)}")
    return normalized(vectors[:sources]), normalized(vectors[sources:])


def _nearest(
    examples: Sequence[Example], source: NDArray[np.float32], target: NDArray[np.float32], similarity: str
) -> dict[str, list[Any]]:
    if similarity == "margin":
        found, _ = margin_neighbors(source, target, _NEIGHBORS)
        best = found.scores.argmax(axis=1)
    else:
        found = nearest(source, target, 1)
        best = np.zeros(len(source), dtype=np.int64)
    rows = np.arange(len(source))
    ids = [sentence.id for sentence in _sentences(examples, "target")]
    return {
        "id": [sentence.id for sentence in _sentences(examples, "source")],
        "prediction": [ids[at] for at in found.indices[rows, best]],
        "score": found.scores[rows, best].astype(np.float64).tolist(),
    }


def _threshold(examples: Sequence[Example], vectors: NDArray[np.float32]) -> float:
    sources, targets = _sentences(examples, "source"), _sentences(examples, "target")
    number = {sentence.id: at for at, sentence in enumerate(targets)}
    gold = {(at, number[match]) for at, sentence in enumerate(sources) for match in sentence.matches or ()}
    return best_threshold(mine(*_sides(examples, vectors), k=_NEIGHBORS), gold)


def _mined(
    examples: Sequence[Example], source: NDArray[np.float32], target: NDArray[np.float32], threshold: float
) -> dict[str, list[Any]]:
    pairs: dict[int, MinedPair] = {
        pair.source: pair for pair in mine(source, target, k=_NEIGHBORS) if pair.score >= threshold
    }
    ids = [sentence.id for sentence in _sentences(examples, "target")]
    sources = _sentences(examples, "source")
    return {
        "id": [sentence.id for sentence in sources],
        "prediction": [ids[pairs[at].target] if at in pairs else None for at in range(len(sources))],
        "score": [pairs[at].score if at in pairs else None for at in range(len(sources))],
    }
