"""Layers that stand in for torch's own on a CPU: the same results in less time.

`HalfLinear` multiplies in bfloat16 as autocast does, and keeps the rounded weights where they do not change. `Dropout`
draws sixteen random bits for each number, where torch draws a float.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

_RANGE = 1 << 16  # values of sixteen random bits


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
        half = self.weight.detach().to(torch.bfloat16) if self._half is None else self._half
        if not self.training:
            self._half = half
        return _HalfProduct.apply(input.to(torch.bfloat16), self.weight, self.bias, half)  # type: ignore[no-any-return,no-untyped-call]

    def train(self, mode: bool = True) -> HalfLinear:
        """Weights may have changed, and fused optimizers do not say so: they are rounded anew."""
        self._half = None
        return super().train(mode)


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
        of_bias = flat.sum(dim=0, dtype=torch.float32) if ctx.has_bias and ctx.needs_input_grad[2] else None
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
    """Dropout; on a CPU with a probability that is a multiple of 1/65,536, the nearest one."""
    if probability == 0.0:
        return values
    if values.device.type != "cpu":
        return functional.dropout(values, probability)
    return _Dropped.apply(values, round(probability * _RANGE))  # type: ignore[no-any-return,no-untyped-call]


class _Dropped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, dropped: int) -> Tensor:
        draws = torch.empty(-(-values.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
        kept = (draws.view(torch.int16)[: values.numel()] >= dropped - _RANGE // 2).view(values.shape)
        ctx.save_for_backward(kept)
        ctx.scale = _RANGE / (_RANGE - dropped)
        return (values * kept).mul_(ctx.scale)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (kept,) = ctx.saved_tensors
        return (gradient * kept).mul_(ctx.scale), None


def stand_in(model: nn.Module, *, half: bool) -> None:
    """Replaces a model's layers: every dropout, and, for products in bfloat16, every linear layer."""
    for name, layer in list(model.named_children()):
        if type(layer) is nn.Dropout:
            setattr(model, name, Dropout(layer.p))
        elif half and type(layer) is nn.Linear:
            setattr(model, name, HalfLinear(layer))
        else:
            stand_in(layer, half=half)
