"""Exact nearest neighbors by cosine, in both directions from one pass over the products.

The products of two sides are made tile by tile in bfloat16, where the device has it, and each row and each column keeps
its best candidates; these are compared again in float32. A bound on the rounding tells for each row whether any other
could have been nearer; where it cannot be ruled out, the row is compared with everything in float32. So the result
is that of float32 throughout, whatever made it fast.

The vectors are centered before they are rounded: encoders put all sentences into a narrow cone, and there the
differences between cosines are too small for eight bits. With means m and n of the two sides,
x.y - m.n = (x - m).(y - n) + (m.y - m.n) + (n.x - m.n), and the last two are two more dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from xstilts.training.compute import has_bf16

FloatMatrix = NDArray[np.float32]
IndexMatrix = NDArray[np.int64]

_FEW_PRODUCTS = 1 << 22  # are made at once
_MORE = 12  # candidates beside the k that are wanted
_GROUP, _PART = 32, 8  # products of which only the largest is looked at, unless it is large enough; then so many
_PADDING = -1e4  # the product of a row that is not there
_SLACK = 1e-5  # more than float32's own rounding
_EXACT_ROWS = 512


@dataclass(frozen=True)
class Neighbors:
    """The k nearest keys of each query by cosine, nearest first, and a score of each; both have shape [queries, k]."""

    scores: FloatMatrix
    indices: IndexMatrix


@dataclass(frozen=True)
class Tiling:
    """How many rows and columns of products are made at a time; multiples of 32."""

    rows: int
    columns: int

    @classmethod
    def of(cls, rows: int, columns: int) -> Tiling:
        """Tiles that the cache holds, of which the last ones are nearly as full as the others."""
        return cls(_even(rows, 2048), _even(columns, 4096))


def _even(count: int, most: int) -> int:
    """The size of equal parts of at most so many, as a multiple of a group's."""
    parts = max(-(-count // most), 1)
    return max(-(-count // (parts * _GROUP)), 1) * _GROUP


def nearest(queries: FloatMatrix, keys: FloatMatrix, k: int, tiling: Tiling | None = None) -> Neighbors:
    """Exact k nearest keys of each query.

    Args:
        queries: Unit vectors, shape [queries, hidden].
        keys: Unit vectors, shape [keys, hidden].
        k: Neighbors wanted; at most the number of keys are returned.
        tiling: How the products are cut; few are made at once unless said.
    """
    forward, _ = _neighbors(queries, keys, k, tiling, both=False)
    return forward


def nearest_both_ways(
    left: FloatMatrix, right: FloatMatrix, k: int, tiling: Tiling | None = None
) -> tuple[Neighbors, Neighbors]:
    """Exact k nearest right vectors of each left one, and k nearest left vectors of each right one.

    Arguments as of `nearest`.
    """
    forward, backward = _neighbors(left, right, k, tiling, both=True)
    assert backward is not None
    return forward, backward


def _neighbors(
    left: FloatMatrix, right: FloatMatrix, k: int, tiling: Tiling | None, both: bool
) -> tuple[Neighbors, Neighbors | None]:
    """Of left rows, and, if both are wanted, of right rows."""
    first, second = (torch.from_numpy(np.ascontiguousarray(side, dtype=np.float32)) for side in (left, right))
    if tiling is None and len(left) * len(right) <= _FEW_PRODUCTS:
        products = first @ second.T
        return _best(products, k), _best(products.T, k) if both else None
    of_left, of_right = _candidates(first, second, k + _MORE, tiling or Tiling.of(len(left), len(right)), both)
    backward = None if of_right is None else _settled(second, first, k, of_right)
    return _settled(first, second, k, of_left), backward


def _best(products: Tensor, k: int) -> Neighbors:
    top = products.topk(min(k, products.shape[1]), dim=1)
    return Neighbors(top.values.numpy(), top.indices.numpy())


@dataclass(frozen=True)
class _Candidates:
    """What may be nearest to each row: indices [rows, candidates], and an upper bound of all other cosines [rows]."""

    indices: Tensor
    others: Tensor


class _Side:
    """The vectors of one side, centered, with the two further dimensions in two parts each, and rounded."""

    def __init__(self, vectors: Tensor, own_mean: Tensor, other_mean: Tensor, is_left: bool, size: int) -> None:
        rows, hidden = vectors.shape
        dtype = torch.bfloat16 if has_bf16(vectors.device) else torch.float32
        width = -(-(hidden + 4) // 32) * 32
        self.rounded = torch.zeros(-(-rows // size) * size, width, dtype=dtype)
        self.errors, self.lengths, self.level_errors = torch.empty(rows), torch.empty(rows), torch.empty(rows)
        level = float(own_mean @ other_mean)
        ones, levels = (hidden, hidden + 2) if is_left else (hidden + 2, hidden)
        for start in range(0, rows, size):
            part = vectors[start : start + size]
            exact = torch.zeros(len(part), width)
            exact[:, :hidden] = part - own_mean
            exact[:, ones : ones + 2] = 1.0
            height = part @ other_mean - level
            exact[:, levels] = height.to(dtype).float()
            exact[:, levels + 1] = height - exact[:, levels]
            rounded = exact.to(dtype)
            self.rounded[start : start + len(part)] = rounded
            off = exact - rounded.float()
            self.errors[start : start + len(part)] = off[:, :hidden].norm(dim=1)
            self.lengths[start : start + len(part)] = exact[:, :hidden].norm(dim=1)
            self.level_errors[start : start + len(part)] = off[:, levels + 1].abs()
        self.rounded[rows:, levels] = _PADDING
        self.rounded[rows:, ones] = 1.0

    def rounding(self, other: _Side) -> Tensor:
        """The most by which a product of each row with any row of the other side is off, after Cauchy and Schwarz."""
        longest = float((other.lengths + other.errors).max())
        of_levels = self.level_errors + float(other.level_errors.max())
        return self.errors * longest + self.lengths * float(other.errors.max()) + of_levels + _SLACK


def _candidates(
    left: Tensor, right: Tensor, count: int, tiling: Tiling, both: bool
) -> tuple[_Candidates, _Candidates | None]:
    """The rows and columns of all products, each with its largest ones."""
    means = left.mean(dim=0), right.mean(dim=0)
    rows = _Side(left, means[0], means[1], True, tiling.rows)
    columns = _Side(right, means[1], means[0], False, tiling.columns)
    of_columns = [_Largest(tiling.columns, count) for _ in range(0, len(columns.rounded), tiling.columns)]
    of_rows, tile = [], torch.empty(tiling.rows, tiling.columns, dtype=rows.rounded.dtype)
    for top in range(0, len(rows.rounded), tiling.rows):
        of_row = _Largest(tiling.rows, count)
        block = rows.rounded[top : top + tiling.rows]
        for at, of_column in enumerate(of_columns):
            start = at * tiling.columns
            torch.mm(block, columns.rounded[start : start + tiling.columns].T, out=tile)
            of_row.offer(_levels(tile, 1), start)
            if both:
                of_column.offer(_levels(tile, 0), top)
        of_rows.append(of_row)
    level = float(means[0] @ means[1])

    def candidates(found: list[_Largest], side: _Side, other: _Side) -> _Candidates:
        rows = len(side.errors)
        indices = torch.cat([part.finished() for part in found])[:rows]
        smallest = torch.cat([part.threshold for part in found])[:rows]
        others = smallest + smallest.abs() / 128 + side.rounding(other) + level
        return _Candidates(indices, others)

    return candidates(of_rows, rows, columns), candidates(of_columns, columns, rows) if both else None


def _levels(tile: Tensor, along: int) -> list[Tensor]:
    """Products of rows, along dimension 1, or of columns, along 0, with the largest of groups and parts of groups.

    In the form that `_Largest.offer` takes.
    """
    parts = torch.unflatten(tile, along, (_PART, -1))
    groups = torch.unflatten(parts.amax(dim=along), along, (_GROUP // _PART, -1))
    levels = [groups.amax(dim=along, keepdim=True), groups, parts]
    return levels if along == 1 else [level.permute(2, 0, 1) for level in levels]


class _Largest:
    """The largest products of each row so far.

    Products that are larger than the smallest of these are collected, and taken in after 1, 2, 4, 8 ... tiles: ever
    fewer get through, so nearly all of the work is to look at the largest of each group.

    Attributes:
        threshold: The smallest of the largest ones of each row; no other product of the row is larger.
    """

    def __init__(self, rows: int, count: int) -> None:
        self.threshold = torch.full((rows,), -torch.inf)
        self._values = torch.full((rows, count), -torch.inf)
        self._indices = torch.full((rows, count), -1)
        self._waiting: list[tuple[Tensor, Tensor, Tensor]] = []
        self._tiles, self._due = 0, 1

    def offer(self, levels: Sequence[Tensor], start: int) -> None:
        """Looks at the products of a tile, in groups, then at parts of those where one is large enough.

        Args:
            levels: The largest product of each row and group [rows, 1, groups], of each part of a group
                [rows, parts, groups], and so on up to all products [rows, members, parts]. Part p of group g is the
                group p * groups + g of the next level.
            start: Index of the tile's first product.
        """
        largest = levels[0].squeeze(1)
        count = self._values.shape[1]
        if self._tiles == 0 and largest.shape[1] >= count:
            # So many groups have a product as large as this that the row's threshold is no smaller.
            low = largest.float().topk(count, dim=1).values[:, -1]
            self.threshold = low - low.abs() / 64 - 1e-6
        threshold = self.threshold.to(largest.dtype)
        threshold = torch.where(threshold.float() > self.threshold, threshold - threshold.abs() / 64, threshold)
        rows, groups = (largest > threshold[:, None]).nonzero(as_tuple=True)
        for level in levels[1:]:
            parts = level[rows, :, groups]
            hits, places = (parts > threshold[rows][:, None]).nonzero(as_tuple=True)
            rows, groups = rows[hits], places * level.shape[2] + groups[hits]
            products = parts[hits, places]
        self._waiting.append((rows, start + groups, products.float()))
        self._tiles += 1
        if self._tiles == self._due:
            self._take_in()
            self._due *= 2

    def finished(self) -> Tensor:
        """The indices of the largest products, [rows, count]; -1 where there are fewer."""
        self._take_in()
        return self._indices

    def _take_in(self) -> None:
        rows, indices, values = (torch.cat(parts) for parts in zip(*self._waiting, strict=True))
        self._waiting = [(rows[:0], indices[:0], values[:0])]
        order = rows.argsort(stable=True)
        rows, indices, values = rows[order], indices[order], values[order]
        counts = torch.bincount(rows, minlength=len(self._values))
        slots = self._values.shape[1] + torch.arange(len(rows)) - (counts.cumsum(0) - counts)[rows]
        width = self._values.shape[1] + int(counts.max())
        all_values = torch.full((len(self._values), width), -torch.inf)
        all_indices = torch.full((len(self._values), width), -1)
        all_values[:, : self._values.shape[1]], all_indices[:, : self._values.shape[1]] = self._values, self._indices
        all_values[rows, slots], all_indices[rows, slots] = values, indices
        top = all_values.topk(self._values.shape[1], dim=1)
        self._values, self._indices = top.values, all_indices.gather(1, top.indices)
        self.threshold = torch.maximum(self.threshold, self._values[:, -1])


def _settled(queries: Tensor, keys: Tensor, k: int, candidates: _Candidates) -> Neighbors:
    """The nearest of the candidates in float32; where another key could be nearer, of all keys."""
    k = min(k, len(keys))
    scores, indices = torch.empty(len(queries), k), torch.empty(len(queries), k, dtype=torch.int64)
    for start in range(0, len(queries), _EXACT_ROWS):
        block = slice(start, start + _EXACT_ROWS)
        found = candidates.indices[block]
        absent = (found < 0) | (found >= len(keys))
        # In these forms, gathering takes a fifth and products take a third of the time.
        near = keys.index_select(0, found.masked_fill(absent, 0).flatten()).view(*found.shape, -1)
        products = torch.bmm(queries[block].unsqueeze(1), near.transpose(1, 2)).squeeze(1)
        products.masked_fill_(absent, -torch.inf)
        top = products.topk(k, dim=1)
        scores[block], indices[block] = top.values, found.gather(1, top.indices)
    if candidates.indices.shape[1] < len(keys):
        unsure = (scores[:, -1] < candidates.others).nonzero().squeeze(1)
        for rows in torch.split(unsure, _EXACT_ROWS):
            top = (queries[rows] @ keys.T).topk(k, dim=1)
            scores[rows], indices[rows] = top.values, top.indices
    return Neighbors(scores.numpy(), indices.numpy())
