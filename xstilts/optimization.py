"""The optimizer of every training stage, and the schedule of its learning rate."""

from __future__ import annotations

import math

import torch
from torch import nn

from xstilts.settings import TrainingSettings


def adamw(learner: nn.Module, settings: TrainingSettings) -> torch.optim.AdamW:
    """AdamW that lets biases and normalization weights, all that have one dimension, not decay.

    Args:
        learner: What is trained.
        settings: Hyperparameters.
    """
    decayed = [p for p in learner.parameters() if p.ndim > 1]
    plain = [p for p in learner.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, fused=True)


def linear_schedule(step: int, steps: int, warmup: float) -> float:
    """The learning rate's factor at a step (from 0): up to 1 over the warm-up, then down to 0 after the last step."""
    rising = math.ceil(steps * warmup)
    if step < rising:
        return (step + 1) / rising
    return (steps - step) / max(steps - rising, 1)
