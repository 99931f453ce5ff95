"""Encoder and head over features: head outputs row by row, pooled representations of sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xstilts.data.features import Features
from xstilts.encoders.encoder import Encoder
from xstilts.kinds.base import TrainableKind
from xstilts.training.batching import ENCODER_INPUTS, input_tensors, micro_batches
from xstilts.training.compute import Compute
from xstilts.training.heads import Head

Progress = Callable[[int, int, str], None]
_KEPT_SENTENCES = 4096


@dataclass(frozen=True)
class HeadOutputs:
    """What a head said of every feature row.

    Attributes:
        rows: One float32 array per feature row; per piece for heads that are (padding cut off).
        loss: Mean loss, where targets were known; otherwise NaN.
    """

    rows: list[NDArray[np.float32]]
    loss: float


def head_outputs(
    encoder: Encoder,
    head: Head,
    kind: TrainableKind,
    features: Features,
    compute: Compute,
    *,
    pad_id: int,
    precision: str,
    with_loss: bool = False,
    progress: Progress | None = None,
) -> HeadOutputs:
    """Runs encoder and head over all features, longest rows first, and restores the order.

    Args:
        encoder: The encoder, on the device.
        head: The head, on the device.
        kind: Gives the targets, if the loss is wanted or the kind supervises itself.
        features: The features.
        compute: The device.
        pad_id: Piece id of padding.
        precision: As in the training settings.
        with_loss: Also computes the mean loss; every row must have its target.
        progress: Called with rows done and rows in all.
    """
    encoder.model.eval()
    head.eval()
    rows_out: list[NDArray[np.float32]] = [np.empty(0, dtype=np.float32)] * len(features)
    loss_sum, items, done = 0.0, 0, 0
    with torch.inference_mode():
        for rows in micro_batches(
            features, np.arange(features.units), compute.prediction_pieces, padded=not encoder.packs
        ):
            batch = {k: v.to(compute.device) for k, v in input_tensors(features, rows, pad_id).items()}
            if with_loss or kind.self_supervised:
                targets = kind.targets(features, rows, batch["input_ids"].shape[1], seed=0)
                batch |= {name: torch.from_numpy(array).to(compute.device) for name, array in targets.items()}
            outputs = apply(encoder, head, batch, compute, precision)
            if with_loss:
                items += kind.loss_items(targets)
                loss_sum += float(head.loss(outputs, batch))
            for row, array in zip(rows, outputs.cpu().numpy(), strict=True):
                rows_out[row] = array[: features.lengths[row]].copy() if head.per_piece else array
            done += len(rows)
            if progress is not None:
                progress(done, len(features), "")
    return HeadOutputs(rows_out, loss_sum / items if items else float("nan"))


def apply(encoder: Encoder, head: Head, batch: dict[str, Tensor], compute: Compute, precision: str) -> Tensor:
    """Encoder and head on one batch: inputs, and targets where they are known, to the head's outputs."""
    inputs = {name: batch[name] for name in ENCODER_INPUTS if name in batch}
    with compute.autocast(precision):
        hidden = encoder.hidden_states(inputs)
        if head.in_half:
            return head(hidden, batch)  # type: ignore[no-any-return]
    return head(hidden.float(), batch)  # type: ignore[no-any-return]


class Pooled:
    """Sentences that an encoder has pooled lately: the English side of a bitext comes again with every language.

    It belongs to one encoder and keeps the sentences of the last split, unless there are very many.
    """

    def __init__(self) -> None:
        self._vectors: dict[tuple[object, ...], NDArray[np.float32]] = {}

    def find(self, key: tuple[object, ...]) -> NDArray[np.float32] | None:
        """The vectors of a sentence, [poolings, layers + 1, hidden]."""
        return self._vectors.get(key)

    def keep(self, keys: Sequence[tuple[object, ...]], vectors: NDArray[np.float32]) -> None:
        """Puts sentences, vectors [poolings, layers + 1, sentences, hidden], in the place of those that were kept."""
        few = len(keys) <= _KEPT_SENTENCES
        self._vectors = {key: vectors[:, :, at] for at, key in enumerate(keys)} if few else {}


def pooled_representations(
    encoder: Encoder,
    features: Features,
    compute: Compute,
    *,
    poolings: tuple[str, ...],
    pad_id: int,
    precision: str,
    pooled: Pooled | None = None,
    progress: Progress | None = None,
) -> dict[str, NDArray[np.float32]]:
    """Every sentence at every layer: pooling -> float32 array [layers + 1, rows, hidden], in the order of the rows.

    Args:
        encoder: The encoder, on the device.
        features: The features; each unit is one sentence.
        compute: The device.
        poolings: `mean`, `cls`.
        pad_id: Piece id of padding.
        precision: As in the training settings.
        pooled: What the encoder has pooled before is taken from here.
        progress: Called with sentences done and in all.
    """
    pooled = pooled or Pooled()
    ids = features.ragged("input_ids")
    keys: list[tuple[object, ...]] = [(ids[row].tobytes(), poolings, precision) for row in range(len(features))]
    whole = np.empty((len(poolings), encoder.layers + 1, len(features), encoder.hidden_size), dtype=np.float32)
    new = []
    for row, key in enumerate(keys):
        if (known := pooled.find(key)) is None:
            new.append(row)
        else:
            whole[:, :, row] = known
    encoder.model.eval()
    done = len(features) - len(new)
    budget, packs = compute.prediction_pieces, encoder.packs
    with torch.inference_mode(), compute.autocast(precision):
        for rows in micro_batches(features, np.asarray(new, dtype=np.int64), budget, padded=not packs):
            batch = {k: v.to(compute.device) for k, v in input_tensors(features, rows, pad_id).items()}
            layers = encoder.pooled_layers(batch, poolings)
            whole[:, :, rows] = torch.stack([layers[pooling] for pooling in poolings]).cpu().numpy()
            done += len(rows)
            if progress is not None:
                progress(done, len(features), "")
    pooled.keep(keys, whole)
    return dict(zip(poolings, whole, strict=True))
