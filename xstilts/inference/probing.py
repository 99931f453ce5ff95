"""What a probe sees: bounded samples of rows, and the vectors that an encoder gives to their labeled points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from xstilts.data.examples import Example, SentenceExample
from xstilts.data.features import Features
from xstilts.encoders.encoder import Encoder
from xstilts.inference.prediction import Progress
from xstilts.kinds.base import LabeledPoints, TrainableKind
from xstilts.training.batching import input_tensors, micro_batches
from xstilts.training.compute import Compute
from xstilts.training.heads import pool_pieces

POINTS_PER_ROW = 4
"""How many points a sample may have for each of its rows; sentences have many more tokens."""


def sampled_rows(examples: Sequence[Example], rows: int, seed: int) -> list[Example]:
    """So many rows, or all if there are fewer, in the order of the file; of two sides, queries and their matches."""
    queries = [at for at, example in enumerate(examples) if getattr(example, "side", "source") == "source"]
    drawn = np.random.default_rng([seed, len(queries)]).permutation(len(queries))[:rows]
    chosen = [examples[queries[at]] for at in np.sort(drawn)]
    matches = {match for example in chosen if isinstance(example, SentenceExample) for match in example.matches or ()}
    if matches:
        chosen += [e for e in examples if isinstance(e, SentenceExample) and e.side == "target" and e.id in matches]
    return chosen


def drawn_points(kind: TrainableKind, features: Features, most: int, seed: int) -> LabeledPoints | None:
    """At most so many labeled points of some features; None if the kind has none. Points of a unit stay together."""
    generator = np.random.default_rng([seed, 0x9052])
    points = kind.labeled_points(features, generator)
    if points is None or len(points.rows) <= most:
        return points
    if points.relative:
        units = features.column("unit")[points.rows]
        order = generator.permutation(np.unique(units))
        sizes = np.bincount(units)[order]
        kept = np.isin(units, order[np.cumsum(sizes) <= most])
    else:
        kept = np.zeros(len(points.rows), dtype=bool)
        kept[generator.permutation(len(points.rows))[:most]] = True
    return LabeledPoints(points.rows[kept], points.positions[kept], points.labels[kept], points.relative)


def whole_rows(features: Features) -> LabeledPoints:
    """Every row pooled, all of one class: the points of text without labels."""
    rows = np.arange(len(features))
    return LabeledPoints(rows, np.full(len(rows), -1), np.zeros(len(rows), dtype=np.int64))


def point_vectors(
    encoder: Encoder,
    features: Features,
    points: LabeledPoints,
    compute: Compute,
    *,
    pad_id: int,
    precision: str,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """The last hidden state at every point, shape [points, hidden]; of whole rows the mean over their pieces.

    Args:
        encoder: The encoder, on the device.
        features: The features.
        points: Places in them.
        compute: The device.
        pad_id: Piece id of padding.
        precision: As in the training settings.
        progress: Called with rows done and rows in all.
    """
    encoder.model.eval()
    vectors = np.empty((len(points.rows), encoder.hidden_size), dtype=np.float32)
    units = np.unique(features.column("unit")[points.rows])
    done = 0
    with torch.inference_mode(), compute.autocast(precision):
        for rows in micro_batches(features, units, compute.prediction_pieces, padded=not encoder.packs):
            batch = {k: v.to(compute.device) for k, v in input_tensors(features, rows, pad_id).items()}
            hidden = encoder.hidden_states(batch).float()
            pooled = pool_pieces(hidden, batch, "mean")
            at = np.flatnonzero(np.isin(points.rows, rows))
            order = np.argsort(rows)
            owners = order[np.searchsorted(rows, points.rows[at], sorter=order)]
            positions = points.positions[at]
            states = hidden[torch.from_numpy(owners), torch.from_numpy(np.maximum(positions, 0))]
            states[torch.from_numpy(positions < 0)] = pooled[torch.from_numpy(owners[positions < 0])]
            vectors[at] = states.cpu().numpy()
            done += len(rows)
            if progress is not None:
                progress(done, len(features), "")
    return _relative(vectors, features.column("unit")[points.rows]) if points.relative else vectors


def _relative(vectors: NDArray[np.float32], units: NDArray[np.int64]) -> NDArray[np.float32]:
    """Each vector less the mean of its unit."""
    _, numbers, counts = np.unique(units, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), vectors.shape[1]), dtype=np.float64)
    np.add.at(sums, numbers, vectors)
    return np.asarray(vectors - (sums / counts[:, None])[numbers], dtype=np.float32)
