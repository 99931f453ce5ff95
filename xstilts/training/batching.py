"""Which units make a step, how a step is cut into micro-batches, and how those become tensors.

The order of the data is a function of (seed, position): nothing needs to be remembered to resume. A step is a fixed
number of units in random order; inside a step, rows are sorted by length and cut by a budget of padded pieces, which
changes what is computed together but not the step's gradient, since losses are summed and divided by the step's total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xstilts.data.features import Features

UnitArray = NDArray[np.int64]

_BLOCK = 1 << 14  # positions whose groups are drawn together

ENCODER_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Stream:
    """The endless, shuffled stream of a task's units.

    Units come in groups, one per language. Without an exponent all are shuffled together; with one, each position
    draws its group, and the units of a group follow each other in shuffled order. Epoch e of a group is a
    permutation drawn from (seed, e).

    Args:
        sizes: Number of units of each group; the units are numbered through.
        seed: Seed of the stage.
        task: Index of the task in the stage, so that tasks of equal size are shuffled differently.
        exponent: A group is drawn with probability proportional to its size ** exponent.
    """

    def __init__(self, sizes: Sequence[int], seed: int, task: int, exponent: float | None = None) -> None:
        self._sizes = list(sizes) if exponent is not None and len(sizes) > 1 else [sum(sizes)]
        self._firsts = np.cumsum([0, *self._sizes[:-1]])
        self._seed = (seed, task)
        self._orders: dict[int, tuple[int, UnitArray]] = {}
        chances = np.asarray(self._sizes, dtype=np.float64) ** (exponent or 0.0)
        self._edges = np.cumsum(chances / chances.sum())
        self._before = [np.zeros(len(self._sizes), dtype=np.int64)]  # of each block: what was drawn before it

    def take(self, start: int, count: int) -> UnitArray:
        """Units at positions start up to start + count of the stream."""
        if len(self._sizes) == 1:
            return np.asarray([self._unit(0, position) for position in range(start, start + count)])
        units = []
        for number in range(start // _BLOCK, (start + count - 1) // _BLOCK + 1):
            groups, before = self._block(number), self._counts(number)
            inside = slice(max(start - number * _BLOCK, 0), min(start + count - number * _BLOCK, _BLOCK))
            before = before + np.bincount(groups[: inside.start], minlength=len(before))
            for group in groups[inside].tolist():
                units.append(self._unit(group, int(before[group])))
                before[group] += 1
        return np.asarray(units)

    def _block(self, number: int) -> UnitArray:
        """The groups that the positions of a block draw."""
        drawn = np.random.default_rng([*self._seed, number, 0x9200]).random(_BLOCK)
        return np.minimum(np.searchsorted(self._edges, drawn, side="right"), len(self._sizes) - 1)

    def _counts(self, number: int) -> UnitArray:
        """How often each group is drawn before a block."""
        while len(self._before) <= number:
            drawn = np.bincount(self._block(len(self._before) - 1), minlength=len(self._sizes))
            self._before.append(self._before[-1] + drawn)
        return self._before[number]

    def _unit(self, group: int, position: int) -> int:
        epoch, place = divmod(position, self._sizes[group])
        known, order = self._orders.get(group, (-1, np.empty(0, dtype=np.int64)))
        if epoch != known:
            seed = [*self._seed, epoch] if len(self._sizes) == 1 else [*self._seed, epoch, group]
            order = np.random.default_rng(seed).permutation(self._sizes[group])
            self._orders[group] = (epoch, order)
        return int(self._firsts[group] + order[place])


def micro_batches(
    features: Features, units: UnitArray, budget: float, *, padded: bool = True
) -> Iterator[NDArray[np.int64]]:
    """Cuts units, longest first, into arrays of feature rows whose size stays within the budget.

    Args:
        features: The features of all units.
        units: Indices of units.
        budget: Pieces; a single unit may exceed it.
        padded: Whether padding counts.
    """
    bounds = features.unit_bounds
    longest = np.maximum.reduceat(features.lengths, bounds[:-1])[units] if len(units) else units
    batch: list[int] = []
    rows = width = real = 0
    for unit in units[np.argsort(-longest, kind="stable")]:
        lengths = features.lengths[bounds[unit] : bounds[unit + 1]]
        width = width or int(lengths.max())
        if batch and ((rows + len(lengths)) * width if padded else real + int(lengths.sum())) > budget:
            yield _rows(batch, bounds)
            batch, rows, real, width = [], 0, 0, int(lengths.max())
        batch.append(int(unit))
        rows += len(lengths)
        real += int(lengths.sum())
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
