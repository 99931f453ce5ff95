"""The optimizer of every training stage, and the schedule of its learning rate."""

from __future__ import annotations

import math

import torch
from torch import nn

from xstilts.settings import TrainingSettings
from xstilts.training.sharding import gathered, is_part

_TINY = 1e-6  # what `clip_grad_norm_` adds to the norm


def adamw(learner: nn.Module, settings: TrainingSettings) -> torch.optim.AdamW:
    """AdamW that lets biases and normalization weights, all that have one dimension, not decay.

    Args:
        learner: What is trained; weights that ask for no gradient are left alone.
        settings: Hyperparameters.
    """
    trained = [parameter for parameter in learner.parameters() if parameter.requires_grad]
    groups = [
        {"params": parameters, "weight_decay": settings.weight_decay if decays else 0.0}
        for decays in (True, False)
        for in_parts in (False, True)  # one call of the optimizer takes weights of one sort
        if (parameters := [p for p in trained if (p.ndim > 1, is_part(p)) == (decays, in_parts)])
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, fused=True)


def clipped_step(optimizer: torch.optim.AdamW, max_norm: float) -> None:
    """A step with gradients whose norm over all weights, wherever their parts are, is at most a number.

    What `clip_grad_norm_` and a step do, with one pass less over memory: the fused optimizer divides the gradients when
    it reads them anyway, as it does for those that a scaler of losses has enlarged. Parts of weights it would not take
    with such a number, so their gradients are scaled before.
    """
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
    sorts = [[gradient for gradient in gradients if is_part(gradient) == in_parts] for in_parts in (False, True)]
    norms = [gathered(nn.utils.get_total_norm(sort)) for sort in sorts if sort]
    excess = (torch.stack(norms).norm() + _TINY) / max_norm
    if sorts[1]:
        for gradient in gradients:
            gradient.div_(max(excess.item(), 1.0))
        excess = torch.ones_like(excess)
    optimizer.grad_scale = excess if excess > 1.0 else None  # type: ignore[attr-defined]
    try:
        optimizer.step()
    finally:
        optimizer.grad_scale = None  # type: ignore[attr-defined]


def linear_schedule(step: int, steps: int, warmup: float) -> float:
    """The learning rate's factor at a step (from 0): up to 1 over the warm-up, then down to 0 after the last step."""
    rising = math.ceil(steps * warmup)
    if step < rising:
        return (step + 1) / rising
    return (steps - step) / max(steps - rising, 1)
