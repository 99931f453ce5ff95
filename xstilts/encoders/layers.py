"""The layers of a model, and those that stand in for torch's own on a CPU: the same results in less time.

`HalfLinear` multiplies in bfloat16 as autocast does, and keeps the rounded weights until it is told that they were
changed. `Dropout` compares random bits with a threshold, as many as a number has, where torch draws a float.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import linear


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
        return linear(inputs, half, None if bias is None else bias.to(torch.bfloat16))

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
    """Dropout with the nearest probability that is a multiple of 1/65,536, or of less for float32."""
    if probability == 0.0:
        return values
    return _Dropped.apply(values, probability)  # type: ignore[no-any-return,no-untyped-call]


class _Dropped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, probability: float) -> Tensor:
        drawn = draws(values.shape, values.dtype)
        ctx.save_for_backward(drawn)
        ctx.threshold, ctx.scale = threshold(probability, values.dtype), 1 / (1 - probability)
        return only_above(ctx.threshold, drawn, values).mul_(ctx.scale)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (drawn,) = ctx.saved_tensors
        return only_above(ctx.threshold, drawn, gradient).mul_(ctx.scale), None


def draws(shape: torch.Size, dtype: torch.dtype) -> Tensor:
    """Random bits, read as numbers of a type of floating point; `threshold` says how they are distributed."""
    numbers = math.prod(shape)
    seed = int(torch.empty((), dtype=torch.int64).random_())  # torch's generator stays what everything depends on
    words = np.random.SFC64(seed).random_raw(-(-numbers * dtype.itemsize // 8))  # in two thirds of torch's time
    return torch.from_numpy(words).view(dtype)[:numbers].view(shape)


@functools.cache
def threshold(probability: float, dtype: torch.dtype) -> float:
    """The number that `draws` do not exceed with a probability; what is not a number exceeds all."""
    bits, integers = 8 * dtype.itemsize, torch.int16 if dtype.itemsize == 2 else torch.int32
    infinity = int(torch.tensor(torch.inf, dtype=dtype).view(integers))
    # From -inf up to -0 there are `infinity + 1` patterns of bits, then as many from 0, which equals -0, to inf.
    place = infinity + 1 - round(probability * 2**bits)
    size = float(torch.tensor(place if place >= 0 else -place - 1, dtype=integers).view(dtype))
    return -size if place >= 0 else size


def only_above(bound: float, numbers: Tensor, values: Tensor) -> Tensor:
    """A copy of the values, 0 where a number is no more than a bound: in one pass, where masks of bits take several."""
    return torch.ops.aten.threshold_backward(values, numbers, bound)  # type: ignore[no-any-return]


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
    """Tells a model's layers that weights were changed; those of frozen ones never are."""
    for layer in model.modules():
        if isinstance(layer, HalfLinear) and layer.weight.requires_grad:
            layer.renew()


def layers_of(model: Any) -> Sequence[nn.Module]:
    """The layers of a model of `transformers`, whatever it calls them, the first one first."""
    lists = (part for part in model.modules() if isinstance(part, nn.ModuleList))
    return list(next((found for found in lists if len(found) == model.config.num_hidden_layers), []))
