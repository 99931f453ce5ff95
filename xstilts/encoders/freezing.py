"""Encoders of which the first layers, and all that these are computed from, keep their weights.

What belongs to those is not looked up in a list of architectures but seen: the states that reach the first trained
layer depend on it. So ELECTRA's projection of embeddings and DeBERTa's embeddings of distances are frozen too,
and no backward pass goes below that layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from xstilts.encoders.layers import layers_of
from xstilts.encoders.trimming import TrimmedEmbedding
from xstilts.errors import InputError

if TYPE_CHECKING:
    from xstilts.encoders.encoder import Encoder


def freeze(encoder: Encoder, layers: int) -> None:
    """Lets embeddings and some layers keep their weights: they get no gradient, and none is computed for them.

    Args:
        encoder: The encoder, in the precision that it will train in.
        layers: How many of the first layers.

    Raises:
        InputError: If it does not have so many layers of its own, as ALBERT, whose layers share their weights.
    """
    model = encoder.model
    found = layers_of(model)
    if layers > len(found):
        raise InputError(
            "the layers of this encoder cannot be frozen one by one",
            found=f"frozen_layers: {layers}, and {model.config.model_type} with {len(found)} separate layers",
            expected=f"frozen_layers: {len(found)} or fewer" if found else "frozen_layers: 0, or none",
        )
    for part in (model.get_input_embeddings(), getattr(model, "embeddings", None), *found[:layers]):
        if part is not None:
            part.requires_grad_(False)
    if found:
        states = _below(encoder, found, layers)
        trained = [weight for weight in model.parameters() if weight.requires_grad]
        if states.requires_grad:
            gradients = torch.autograd.grad(states.float().sum(), trained, allow_unused=True)
            for weight, gradient in zip(trained, gradients, strict=True):
                weight.requires_grad_(gradient is None)


def _below(encoder: Encoder, found: Sequence[nn.Module], layers: int) -> Tensor:
    """The states that reach the first layer above the frozen ones, or leave the last one; of a row of two pieces."""
    reached: list[Tensor] = []

    def before(layer: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        reached.append(next(value for value in (*inputs, *named.values()) if isinstance(value, Tensor)))

    def after(layer: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        reached.append(output if isinstance(output, Tensor) else output[0])

    if layers < len(found):
        hook = found[layers].register_forward_pre_hook(before, with_kwargs=True)
    else:
        hook = found[-1].register_forward_hook(after)
    table = encoder.model.get_input_embeddings()
    pieces = table.pieces if isinstance(table, TrimmedEmbedding) else torch.arange(table.num_embeddings)
    row = pieces[-2:].to(table.weight.device).unsqueeze(0)
    try:
        encoder.hidden_states({"input_ids": row, "attention_mask": torch.ones_like(row)})
    finally:
        hook.remove()
    return reached[0]
