"""Which units make a step, how a step is cut into micro-batches, and how those become tensors.

The order of the data is a function of (seed, position): nothing needs to be remembered to resume. A step is a fixed
number of units in random order; inside a step, rows are sorted by length and cut by a budget of padded pieces, which
changes what is computed together but not the step's gradient, since losses are summed and divided by the step's total.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xstilts.features import Features

UnitArray = NDArray[np.int64]


class Stream:
    """The endless, shuffled stream of a task's units; epoch e is a permutation drawn from (seed, e).

    Args:
        units: Number of units of the task.
        seed: Seed of the stage.
        task: Index of the task in the stage, so that tasks of equal size are shuffled differently.
    """

    def __init__(self, units: int, seed: int, task: int) -> None:
        self._units = units
        self._seed = (seed, task)
        self._epoch = -1
        self._order: UnitArray = np.empty(0, dtype=np.int64)

    def take(self, start: int, count: int) -> UnitArray:
        """Units at positions start up to start + count of the stream."""
        positions = np.arange(start, start + count)
        return np.asarray([self._permutation(int(p) // self._units)[int(p) % self._units] for p in positions])

    def _permutation(self, epoch: int) -> UnitArray:
        if epoch != self._epoch:
            self._order = np.random.default_rng([*self._seed, epoch]).permutation(self._units)
            self._epoch = epoch
        return self._order


def micro_batches(features: Features, units: UnitArray, budget: int) -> Iterator[NDArray[np.int64]]:
    """Cuts units, longest first, into arrays of feature rows whose padded size stays within the budget.

    Args:
        features: The features of all units.
        units: Indices of units.
        budget: Pieces, padding included; a single unit may exceed it.
    """
    bounds = features.unit_bounds
    longest = np.maximum.reduceat(features.lengths, bounds[:-1])[units] if len(units) else units
    batch: list[int] = []
    rows = width = 0
    for unit in units[np.argsort(-longest, kind="stable")]:
        size = int(bounds[unit + 1] - bounds[unit])
        width = width or int(features.lengths[bounds[unit] : bounds[unit + 1]].max())
        if batch and (rows + size) * width > budget:
            yield _rows(batch, bounds)
            batch, rows = [], 0
            width = int(features.lengths[bounds[unit] : bounds[unit + 1]].max())
        batch.append(int(unit))
        rows += size
    if batch:
        yield _rows(batch, bounds)


def _rows(units: list[int], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.arange(bounds[unit], bounds[unit + 1]) for unit in units])


def input_tensors(features: Features, rows: NDArray[np.int64], pad_id: int) -> dict[str, Tensor]:
    """The encoder's inputs for some rows, padded to the longest: `input_ids`, `attention_mask`, maybe `token_type_ids`.

    Shapes are [rows, longest]; int64.
    """
    lengths = features.lengths[rows]
    width = int(lengths.max())
    tensors = {
        "input_ids": torch.from_numpy(features.ragged("input_ids").padded(rows, width, pad_id)),
        "attention_mask": torch.from_numpy((np.arange(width)[None, :] < lengths[:, None]).astype(np.int64)),
    }
    if "segments" in features:
        tensors["token_type_ids"] = torch.from_numpy(features.ragged("segments").padded(rows, width, 0))
    return tensors
