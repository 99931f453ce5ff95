"""Attention within the rows of a pack on a CPU: plain matrix products, of as much at a time as the cache holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from xstilts.encoders.layers import draws, only_above, threshold

_IN_CACHE = 1 << 19  # probabilities that are computed together


@dataclass(frozen=True)
class Group:
    """Rows of about the same length, whose attention is computed together.

    Attributes:
        start: Their first piece in the pack.
        stop: The piece after their last.
        rows: How many rows.
        width: Pieces of the longest.
        places: Where the pieces are among the padded rows; None where all rows are equally long.
        padding: True where a place is padding, [rows, width]; None likewise.
    """

    start: int
    stop: int
    rows: int
    width: int
    places: Places | None
    padding: Tensor | None


class Places:
    """Where pieces, one after another, are among the places of padded rows.

    Args:
        places: The place of every piece, [pieces].
        count: The number of places.
    """

    def __init__(self, places: Tensor, count: int) -> None:
        empty = torch.ones(count, dtype=torch.bool, device=places.device)
        empty[places] = False
        self.places, self.empty = places, empty.nonzero().squeeze(1)
        self.pieces = torch.zeros(count, dtype=torch.int64, device=places.device)
        self.pieces[places] = torch.arange(len(places), device=places.device)

    def spread(self, pieces: Tensor) -> Tensor:
        """[pieces, ...] -> [places, ...], 0 at places that have no piece."""
        return _Spread.apply(pieces, self)  # type: ignore[no-any-return,no-untyped-call]

    def gather(self, padded: Tensor) -> Tensor:
        """[places, ...] -> [pieces, ...]."""
        return _Gathered.apply(padded, self)  # type: ignore[no-any-return,no-untyped-call]


class _Spread(torch.autograd.Function):
    """The gradient is gathered: no place has two pieces, so nothing has to be added up."""

    @staticmethod
    def forward(ctx: Any, pieces: Tensor, places: Places) -> Tensor:
        ctx.places = places
        return _spread(pieces, places)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient.index_select(0, ctx.places.places), None


class _Gathered(torch.autograd.Function):
    """The inverse of `_Spread`."""

    @staticmethod
    def forward(ctx: Any, padded: Tensor, places: Places) -> Tensor:
        ctx.places = places
        return padded.index_select(0, places.places)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return _spread(gradient, ctx.places), None


def _spread(pieces: Tensor, places: Places) -> Tensor:
    return pieces.index_select(0, places.pieces).index_fill_(0, places.empty, 0.0)


def attend(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    groups: Sequence[tuple[Group, Tensor | None]],
    scale: float,
    dropout: float,
) -> Tensor:
    """Attention of pieces within their rows.

    Args:
        queries: [pieces, heads, size]; keys and values have the same shape.
        keys: As queries.
        values: As queries.
        groups: The rows of the pack, and what is added to their scores: -inf where a piece may not look, 0 elsewhere,
            [rows, 1, 1 or width, width]; None if they may look everywhere.
        scale: What products of queries and keys are multiplied by.
        dropout: Share of the probabilities that are dropped.

    Returns:
        The mixed values, [pieces, heads, size].
    """
    return _Attention.apply(queries, keys, values, groups, scale, dropout)  # type: ignore[no-any-return,no-untyped-call]


class _Attention(torch.autograd.Function):
    """Probabilities are never negative, so the sign of each that is kept for the gradient says that it was dropped."""

    @staticmethod
    def forward(
        ctx: Any,
        queries: Tensor,
        keys: Tensor,
        values: Tensor,
        groups: Sequence[tuple[Group, Tensor | None]],
        scale: float,
        dropout: float,
    ) -> Tensor:
        mixed = queries.new_empty(queries.shape)
        learns, signed = any(ctx.needs_input_grad), []
        for group, hidden, heads in _parts(groups, queries.shape[1]):
            of_queries = _taken(queries, group, heads).mul_(scale)
            scores = torch.bmm(of_queries, _taken(keys, group, heads).transpose(1, 2)).float()
            if hidden is not None:
                scores.view(group.rows, -1, group.width, group.width).add_(hidden)
            kept = probabilities = torch.softmax(scores, dim=-1).to(queries.dtype)
            if dropout:
                kept = only_above(threshold(dropout, kept.dtype), draws(kept.shape, kept.dtype), kept)
            _put(torch.bmm(kept, _taken(values, group, heads).mul_(1 / (1 - dropout))), mixed, group, heads)
            if learns:
                signed.append(probabilities.lerp_(kept, 2.0) if dropout else probabilities)  # 2 * kept - probabilities
        ctx.groups, ctx.scale, ctx.dropout = groups, scale, dropout
        if learns:
            ctx.save_for_backward(queries, keys, values, *signed)
        return mixed

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None, None]:
        queries, keys, values, *signed = ctx.saved_tensors
        enlarged = 1 / (1 - ctx.dropout)
        of_queries, of_keys, of_values = (states.new_empty(states.shape) for states in (queries, keys, values))
        parts = _parts(ctx.groups, queries.shape[1])
        for (group, _, heads), signs in zip(parts, signed, strict=True):
            of_mixed = _taken(gradient, group, heads, padded_by_zero=True).mul_(enlarged)
            of_probabilities = torch.bmm(of_mixed, _taken(values, group, heads).transpose(1, 2))
            kept = whole = signs
            if ctx.dropout:
                of_probabilities = only_above(0.0, signs, of_probabilities)
                kept, whole = signs.relu(), signs.abs()
            _put(torch.bmm(kept.transpose(1, 2), of_mixed), of_values, group, heads)
            of_scores = torch._softmax_backward_data(of_probabilities, whole, -1, queries.dtype)
            _put(torch.bmm(of_scores, _taken(keys, group, heads).mul_(ctx.scale)), of_queries, group, heads)
            scaled = _taken(queries, group, heads).mul_(ctx.scale)
            _put(torch.bmm(of_scores.transpose(1, 2), scaled), of_keys, group, heads)
        return of_queries, of_keys, of_values, None, None, None


def _parts(groups: Sequence[tuple[Group, Tensor | None]], heads: int) -> Iterator[tuple[Group, Tensor | None, slice]]:
    """Groups, and heads of them, that are computed together."""
    for group, hidden in groups:
        together = max(_IN_CACHE // (group.rows * group.width**2), 1)
        for start in range(0, heads, together):
            yield group, hidden, slice(start, start + together)


def _taken(states: Tensor, group: Group, heads: slice, padded_by_zero: bool = False) -> Tensor:
    """[pieces, heads, size] -> a copy of some, [rows * heads, width, size]; padding is any piece, or else 0."""
    pieces = states[group.start : group.stop, heads]
    if group.places is not None:
        pieces = pieces.index_select(0, group.places.pieces)
        if padded_by_zero:
            pieces.index_fill_(0, group.places.empty, 0.0)
    rows = pieces.view(group.rows, group.width, *pieces.shape[1:]).transpose(1, 2)
    return rows.clone(memory_format=torch.contiguous_format).view(-1, group.width, states.shape[2])


def _put(rows: Tensor, states: Tensor, group: Group, heads: slice) -> None:
    """The inverse of `_taken`: writes into the states."""
    pieces = rows.view(group.rows, -1, *rows.shape[1:]).transpose(1, 2)
    if group.places is not None:
        pieces = pieces.flatten(0, 1).index_select(0, group.places.places)
        states[group.start : group.stop, heads] = pieces
    else:
        states[group.start : group.stop, heads].view(pieces.shape).copy_(pieces)
