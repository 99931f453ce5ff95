"""Encoders too large for one GPU: each process holds a part of weights, gradients and moments (FSDP).

A layer's weights are gathered when it computes, and forgotten after it. What is written is always whole, so that a
checkpoint can be gone on from by any number of processes, sharded or not. Heads are small, and whole in every process.

This is torch's `fully_shard` itself, and not what Accelerate makes of it: that gives the embeddings a group of their
own, and the head of masked language modeling needs them after the encoder has ended.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from xstilts.data.features import Features
from xstilts.encoders.encoder import Encoder
from xstilts.encoders.layers import layers_of
from xstilts.training.batching import ENCODER_INPUTS, input_tensors, micro_batches
from xstilts.training.compute import Compute


def shard(model: Any, device: torch.device, *, half: bool) -> Any:
    """Deals a model's weights out to all processes; they move to the device part by part.

    Args:
        model: The model of `transformers`, the same in every process; it is changed.
        device: Where parts are kept and computed.
        half: Weights are gathered in bfloat16; parts, gradients' sums and moments stay in float32.

    Returns:
        A model of the same shape without weights, for `filled`.
    """
    without = {id(weight): nn.Parameter(torch.empty_like(weight, device="meta")) for weight in model.parameters()}
    shape = copy.deepcopy(model, memo=dict(without))
    options: dict[str, Any] = {"mesh": init_device_mesh(device.type, (torch.distributed.get_world_size(),))}
    if half:
        options["mp_policy"] = MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32)
    for layer in layers_of(model):
        fully_shard(layer, **options)
    # What is in no layer, mostly the embeddings, stays gathered between the two passes: a head may need it.
    fully_shard(model, reshard_after_forward=False, **options)
    return shape


def is_part(tensor: Tensor) -> bool:
    """Whether this process holds only a part of a tensor."""
    return isinstance(tensor, DTensor)


def gathered(tensor: Tensor) -> Tensor:
    """A tensor, whole; if processes have parts of it, all must ask together."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def whole(tensors: Mapping[str, Tensor], *, kept: bool) -> dict[str, Tensor]:
    """Tensors of which processes have parts, whole, in main memory. All processes must ask together.

    Args:
        tensors: The same names in every process.
        kept: Whether this process wants them; others get nothing.
    """
    found = {}
    for name, tensor in tensors.items():  # one at a time, so that no GPU has all of it
        all_of_it = gathered(tensor)
        if kept:
            found[name] = all_of_it.detach().to("cpu", copy=all_of_it is tensor)
    return found


def part_of(tensor: Tensor, like: Tensor) -> Tensor:
    """The part of a whole tensor that this process holds of another of the same shape, on its device."""
    moved = tensor.to(like.device, like.dtype)
    if not isinstance(like, DTensor):
        return moved
    return distribute_tensor(moved, like.device_mesh, like.placements, src_data_rank=None)


def load_parts(module: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Gives a module whole weights, of which it takes its parts.

    Args:
        module: Some of its weights are parts.
        weights: Whole, by the names of the module's.
    """
    with torch.no_grad():
        for name, weight in module.state_dict().items():
            weight.copy_(part_of(weights[name], weight))


def filled(shape: Any, weights: Mapping[str, Tensor], device: torch.device) -> Any:
    """The ordinary model that `shard` took apart.

    Args:
        shape: What `shard` returned.
        weights: Whole.
        device: Where the model goes.
    """
    shape.load_state_dict(weights, assign=True)
    return shape.to(device)


def join_rounds(
    encoder: Encoder, features: Features, rounds: int, compute: Compute, precision: str, pad_id: int
) -> None:
    """Computes with others that need the weights held here, where this process has no rows left.

    Args:
        encoder: The encoder.
        features: A unit of these is taken; its gradient is zero.
        rounds: How often.
        compute: The device.
        precision: As in the training settings.
        pad_id: Piece id of padding.
    """
    if not rounds:
        return
    rows = next(iter(micro_batches(features, np.asarray([0]), math.inf, padded=not encoder.packs)))
    inputs = input_tensors(features, rows, pad_id)
    batch = {name: tensor.to(compute.device) for name, tensor in inputs.items() if name in ENCODER_INPUTS}
    for _ in range(rounds):
        with compute.autocast(precision):
            states = encoder.hidden_states(batch)
        if states.requires_grad:  # or all of the encoder is frozen
            (states.float().sum() * 0.0).backward()  # type: ignore[no-untyped-call]
