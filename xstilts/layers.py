"""Layers that stand in for torch's own on a CPU: the same results in less time.

`HalfLinear` multiplies in bfloat16 as autocast does, and keeps the rounded weights until it is told that they were
changed. `Dropout` draws fifteen random bits for each number, where torch draws a float.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

_RANGE = 1 << 15  # values of fifteen random bits
_IN_CACHE = 1 << 19  # probabilities of attention that are computed together


class HalfLinear(nn.Linear):
    """A linear layer whose products are in bfloat16 and whose weights and gradients are in float32.

    It shares its parameters with the layer that it stands in for, so checkpoints and optimizers see no difference.
    """

    def __init__(self, linear: nn.Linear) -> None:
        nn.Module.__init__(self)
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.weight, self.bias = linear.weight, linear.bias
        self._half: Tensor | None = None

    def forward(self, input: Tensor) -> Tensor:
        """[..., inputs] of any precision -> [..., outputs] in bfloat16."""
        if self._half is None or (self._half.is_inference() and not torch.is_inference_mode_enabled()):
            self._half = self.weight.detach().to(torch.bfloat16)
        return _HalfProduct.apply(_rounded(input), self.weight, self.bias, self._half)  # type: ignore[no-any-return,no-untyped-call]

    def renew(self) -> None:
        """The weights were changed: they are rounded anew. Fused optimizers do not say when they change a tensor."""
        self._half = None


def _rounded(states: Tensor) -> Tensor:
    """States in bfloat16; layers that take the same states, such as those of queries, keys and values, share them."""
    if states.dtype == torch.bfloat16:
        return states
    version = None if states.is_inference() else states._version
    known: tuple[int | None, bool, Tensor] | None = getattr(states, "_in_half", None)
    if known is None or known[:2] != (version, torch.is_grad_enabled()):
        known = (version, torch.is_grad_enabled(), states.to(torch.bfloat16))
        states._in_half = known  # type: ignore[attr-defined]
    return known[2]


class _HalfProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor | None, half: Tensor) -> Tensor:
        ctx.save_for_backward(inputs, half)
        ctx.has_bias = bias is not None
        return functional.linear(inputs, half, None if bias is None else bias.to(torch.bfloat16))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None]:
        inputs, half = ctx.saved_tensors
        flat = gradient.reshape(-1, gradient.shape[-1])
        of_inputs = (gradient @ half) if ctx.needs_input_grad[0] else None
        of_weight = (flat.T @ inputs.reshape(-1, inputs.shape[-1])).float() if ctx.needs_input_grad[1] else None
        # Sums of bfloat16 are accumulated in float32; asking for the sum in float32 takes ten times as long.
        of_bias = flat.sum(dim=0).float() if ctx.has_bias and ctx.needs_input_grad[2] else None
        return of_inputs, of_weight, of_bias, None


class Dropout(nn.Module):
    """Drops numbers with probability p while training, and enlarges the others."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, input: Tensor) -> Tensor:
        """The input, or part of it."""
        return drop_out(input, self.p if self.training else 0.0)


def drop_out(values: Tensor, probability: float) -> Tensor:
    """Dropout with the nearest probability that is a multiple of 1/32,768."""
    if probability == 0.0:
        return values
    return _Dropped.apply(values, round(probability * _RANGE))  # type: ignore[no-any-return,no-untyped-call]


class _Dropped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, dropped: int) -> Tensor:
        kept = _below_zero((dropped - 1) - _draws(values.shape), values.dtype)
        ctx.save_for_backward(kept)
        ctx.scale = _RANGE / (_RANGE - dropped)
        return _only(values, kept).mul_(ctx.scale)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (kept,) = ctx.saved_tensors
        return _only(gradient, kept).mul_(ctx.scale), None


def _draws(shape: torch.Size) -> Tensor:
    """Random numbers from 0 to 32,767, int16."""
    numbers = math.prod(shape)
    seed = int(torch.empty((), dtype=torch.int64).random_())  # torch's generator stays what everything depends on
    generator = np.random.Generator(np.random.SFC64(seed))  # takes two thirds of the time of torch's
    words = generator.integers(0, 1 << 64, size=-(-numbers // 4), dtype=np.uint64)
    return torch.from_numpy(words.view(np.int16))[:numbers].bitwise_and_(_RANGE - 1).view(shape)


def _bits(values: Tensor) -> Tensor:
    """The bits of numbers, as integers of their width."""
    return values.view(torch.int16 if values.element_size() == 2 else torch.int32)


def _below_zero(numbers: Tensor, dtype: torch.dtype) -> Tensor:
    """All bits set where an int16 is below zero, and none elsewhere, in the width of a type of floating point."""
    mask = numbers.bitwise_right_shift_(15)
    return mask if dtype.itemsize == 2 else mask.to(torch.int32)


def _only(values: Tensor, kept: Tensor) -> Tensor:
    """A copy of the values with 0 where no bit of `kept` is set."""
    return (_bits(values) & kept).view(values.dtype)


def attend(queries: Tensor, keys: Tensor, values: Tensor, hidden: Tensor | None, dropout: float) -> Tensor:
    """Attention as matrix products, some heads at a time, so that their probabilities stay in the cache.

    Args:
        queries: [rows, heads, width, size], scaled; keys and values have the same shape.
        keys: As queries.
        values: As queries.
        hidden: True where a piece may not look, [rows, 1, 1 or width, width].
        dropout: Share of the probabilities that are dropped.

    Returns:
        The mixed values, [rows, heads, width, size].
    """
    bias = None if hidden is None else torch.zeros(hidden.shape).masked_fill_(hidden, -torch.inf)
    return _Attention.apply(queries, keys, values, bias, round(dropout * _RANGE))  # type: ignore[no-any-return,no-untyped-call]


class _Attention(torch.autograd.Function):
    """Probabilities are never negative, so the sign of each that is kept for the gradient says that it was dropped."""

    @staticmethod
    def forward(ctx: Any, queries: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None, dropped: int) -> Tensor:
        queries, keys = queries.contiguous(), keys.contiguous()
        scaled = (values * (_RANGE / (_RANGE - dropped))).contiguous()  # for the probabilities that are kept
        mixed = torch.empty_like(scaled)
        learns, signed = any(ctx.needs_input_grad), []
        for part in _parts(queries.shape):
            scores = torch.bmm(_flat(queries[part]), _flat(keys[part]).transpose(1, 2)).float()
            if bias is not None:
                rows, heads, width, _ = queries[part].shape
                scores.view(rows, heads, width, width).add_(bias[part[0]])
            probabilities = torch.softmax(scores, dim=-1).to(queries.dtype)
            if dropped:
                sign = (_draws(probabilities.shape) - dropped).bitwise_and_(-_RANGE)
                bits = _bits(probabilities)
                bits |= sign if bits.dtype == torch.int16 else sign.to(torch.int32) << 16
            torch.bmm(
                probabilities.clamp(min=0.0) if dropped else probabilities, _flat(scaled[part]), out=_flat(mixed[part])
            )
            if learns:
                signed.append(probabilities)
        ctx.dropped = dropped
        if learns:
            ctx.save_for_backward(queries, keys, scaled, *signed)
        return mixed

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        queries, keys, scaled, *signed = ctx.saved_tensors
        gradient = gradient.contiguous()
        of_queries, of_keys, of_values = (torch.empty_like(states) for states in (queries, keys, scaled))
        for part, probabilities in zip(_parts(queries.shape), signed, strict=True):
            of_mixed, whole, kept = _flat(gradient[part]), probabilities, probabilities
            of_probabilities = torch.bmm(of_mixed, _flat(scaled[part]).transpose(1, 2))
            if ctx.dropped:
                dropped = _bits(probabilities) >> (probabilities.element_size() * 8 - 1)
                of_probabilities = _only(of_probabilities, dropped.bitwise_not_())
                whole, kept = probabilities.abs(), probabilities.clamp(min=0.0)
            torch.bmm(kept.transpose(1, 2), of_mixed, out=_flat(of_values[part]))
            of_scores = torch._softmax_backward_data(of_probabilities, whole, -1, queries.dtype)
            torch.bmm(of_scores, _flat(keys[part]), out=_flat(of_queries[part]))
            torch.bmm(of_scores.transpose(1, 2), _flat(queries[part]), out=_flat(of_keys[part]))
        return of_queries, of_keys, of_values.mul_(_RANGE / (_RANGE - ctx.dropped)), None, None


def _parts(shape: torch.Size) -> list[tuple[slice, slice]]:
    """Rows and heads that are computed together: whole rows if they fit into the cache, else some heads of one row."""
    rows, heads, width, _ = shape
    count = max(_IN_CACHE // (width * width), 1)
    if count >= heads:
        some = count // heads
        return [(slice(start, start + some), slice(None)) for start in range(0, rows, some)]
    return [
        (slice(row, row + 1), slice(start, start + count)) for row in range(rows) for start in range(0, heads, count)
    ]


def _flat(states: Tensor) -> Tensor:
    """[rows, heads, width, size] -> [rows * heads, width, size], a view: of whole rows, or of one row."""
    return states.view(-1, *states.shape[2:]) if len(states) > 1 else states[0]


def stand_in(model: nn.Module, *, half: bool) -> None:
    """Replaces a model's layers: every dropout, and, for products in bfloat16, every linear layer."""
    for name, layer in list(model.named_children()):
        if type(layer) is nn.Dropout:
            setattr(model, name, Dropout(layer.p))
        elif half and type(layer) is nn.Linear:
            setattr(model, name, HalfLinear(layer))
        else:
            stand_in(layer, half=half)


def renew(model: nn.Module) -> None:
    """Tells a model's layers that weights were changed."""
    for layer in model.modules():
        if isinstance(layer, HalfLinear):
            layer.renew()
