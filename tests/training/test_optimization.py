"""The optimizer: what torch's own parts give, one after the other."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from xstilts.settings import TrainingSettings
from xstilts.training.optimization import adamw, clipped_step


@pytest.mark.parametrize("max_norm", [0.01, 1.0, 1e6])
def test_a_clipped_step_is_clipping_and_a_step(max_norm):
    torch.manual_seed(0)
    ours = nn.Sequential(nn.Linear(7, 5), nn.Linear(5, 3), nn.Linear(3, 2))
    theirs = copy.deepcopy(ours)
    settings = TrainingSettings(learning_rate=0.1, weight_decay=0.1)
    optimizer, other = adamw(ours, settings), adamw(theirs, settings)
    for step in range(4):
        inputs = (
            torch.randn(9, 7) * 10**step
        )  # Adam forgets the scale of gradients, but not how scales follow each other
        for learner in (ours, theirs):
            learner.zero_grad()
            learner[:2](inputs).square().sum().backward()  # the last layer has no gradient
        clipped_step(optimizer, max_norm)
        nn.utils.clip_grad_norm_(theirs.parameters(), max_norm)
        other.step()
    for found, expected in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


def test_the_next_step_is_not_clipped_by_the_last_ones_norm():
    weight = nn.Parameter(torch.ones(1, 2))
    optimizer = adamw(nn.ParameterList([weight]), TrainingSettings(learning_rate=0.1))
    weight.grad = torch.full((1, 2), 100.0)
    clipped_step(optimizer, 1.0)
    weight.grad = torch.full((1, 2), 0.5)
    clipped_step(optimizer, 1.0)
    # After gradients of 1/sqrt(2) and 0.5: 0.1 * (0.9 / sqrt(2) + 0.5), where beta_1 is 0.9.
    moment = optimizer.state[weight]["exp_avg"]
    torch.testing.assert_close(moment, torch.full((1, 2), 0.1 * (0.9 / 2**0.5 + 0.5)), rtol=1e-5, atol=0.0)
