"""Multi-task mixtures: the probability of each task, and the task of each step, fixed in advance by the seed."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from xstilts.errors import InputError
from xstilts.settings import Sampling


def probabilities(sizes: Mapping[str, int], sampling: Sampling) -> dict[str, float]:
    """The probability of drawing each task.

    Proportional, uniform and explicit as in jiant (Pruksachatkun et al., 2020); temperature with an examples cap as in
    Raffel et al. (2020): p proportional to min(size, cap) ** (1 / T).

    Args:
        sizes: Units of each task.
        sampling: The rule.

    Raises:
        InputError: If explicit weights do not name exactly the tasks, or shares leave none without a share.
    """
    others = _without_share(sizes, sampling)
    capped = {name: min(size, sampling.cap or size) for name, size in others.items()}
    if sampling.method == "uniform":
        weights = dict.fromkeys(others, 1.0)
    elif sampling.method == "explicit":
        weights = _explicit(others, sampling.weights or {})
    elif sampling.method == "temperature":
        weights = {name: size ** (1.0 / sampling.temperature) for name, size in capped.items()}
    else:
        weights = {name: float(size) for name, size in capped.items()}
    total = sum(weights.values())
    shares = sampling.shares or {}
    if not shares:
        return {name: weight / total for name, weight in weights.items()}
    rest = 1.0 - sum(shares.values())
    # In the order of the stage, which `schedule` counts by.
    return {name: shares[name] if name in shares else rest * weights[name] / total for name in sizes}


def steps(sizes: Mapping[str, int], sampling: Sampling, epochs: float, batch_size: int) -> int:
    """Optimizer steps of so many epochs over the tasks that have no share of their own, and of the shares beside them.

    Args:
        sizes: Units of each task.
        sampling: The rule.
        epochs: Passes over all units together that have no share.
        batch_size: Units per step.
    """
    rest = 1.0 - sum((sampling.shares or {}).values())
    return math.ceil(epochs * sum(_without_share(sizes, sampling).values()) / batch_size / rest)


def _without_share(sizes: Mapping[str, int], sampling: Sampling) -> dict[str, int]:
    shares = sampling.shares or {}
    others = {name: size for name, size in sizes.items() if name not in shares}
    if not others or len(others) + len(shares) != len(sizes):
        raise InputError(
            "shares are for some tasks of the stage, not for all and not for others",
            where="sampling.shares",
            found=", ".join(shares),
            expected=f"some of {', '.join(sizes)}",
        )
    return others


def _explicit(sizes: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, float]:
    if set(weights) != set(sizes) or min(weights.values()) < 0 or sum(weights.values()) <= 0:
        raise InputError(
            "explicit sampling needs one weight per task of the stage, none negative",
            where="sampling.weights",
            found=dict(weights),
            expected=f"weights of {', '.join(sizes)}",
        )
    return {name: float(weights[name]) for name in sizes}  # in the order of the stage, which `schedule` counts by


def schedule(chances: Mapping[str, float], steps: int, seed: int) -> NDArray[np.int64]:
    """The index of the task of each step, shape [steps]. Any prefix is the same for any number of steps."""
    edges = np.cumsum(list(chances.values()))
    drawn = np.random.default_rng([seed, 0x5EED]).random(steps)
    return np.minimum(np.searchsorted(edges, drawn, side="right"), len(edges) - 1).astype(np.int64)
