"""Multi-task mixtures: the probability of each task, and the task of each step, fixed in advance by the seed."""

from __future__ import annotations

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
        InputError: If explicit weights do not name exactly the tasks.
    """
    capped = {name: min(size, sampling.cap or size) for name, size in sizes.items()}
    if sampling.method == "uniform":
        weights = dict.fromkeys(sizes, 1.0)
    elif sampling.method == "explicit":
        weights = _explicit(sizes, sampling.weights or {})
    elif sampling.method == "temperature":
        weights = {name: size ** (1.0 / sampling.temperature) for name, size in capped.items()}
    else:
        weights = {name: float(size) for name, size in capped.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


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
