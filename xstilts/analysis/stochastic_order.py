"""Almost stochastic order: does one set of runs beat another in distribution, not only on average?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from xstilts.analysis.intervals import FloatArray


def violation(scores: Sequence[float] | FloatArray, others: Sequence[float] | FloatArray) -> FloatArray:
    """How far `scores` is from stochastic dominance over `others`, from 0 (dominates) to 1 (is dominated).

    The share of the squared distance between the two quantile functions that lies where `others` is higher
    (del Barrio, Cuesta-Albertos and Matran 2018); 0.5 where the two are the same.

    Args:
        scores: Scores of runs, shape [..., runs].
        others: The same of what it is compared with, shape [..., other runs].

    Returns:
        Shape [...].
    """
    mine, theirs, widths = _quantiles(np.asarray(scores, dtype=np.float64), np.asarray(others, dtype=np.float64))
    squared = (mine - theirs) ** 2 * widths
    whole = squared.sum(axis=-1)
    violated = np.where(mine < theirs, squared, 0.0).sum(axis=-1)
    return np.asarray(np.divide(violated, whole, out=np.full_like(whole, 0.5), where=whole > 0))


def almost_stochastic_order(
    scores: Sequence[float], others: Sequence[float], confidence: float = 0.95, draws: int = 1000, seed: int = 0
) -> float:
    """An upper bound of the violation (Dror, Shlomov and Reichart 2019; Ulmer, Hardmeier and Frellsen 2022).

    `scores` is almost stochastically larger where the bound is below 0.5; Ulmer et al. advise 0.2. Runs of very few
    seeds have few quantiles: with three, take it as a description.

    Args:
        scores: One score per run.
        others: The same of what it is compared with; numbers of runs may differ.
        confidence: Of the bound.
        draws: Bootstrap draws, from which the bound's variance comes.
        seed: Seed of the draws.

    Returns:
        The bound, from 0 to 1.

    Raises:
        ValueError: If either has fewer than two runs.
    """
    if min(len(scores), len(others)) < 2:
        raise ValueError(f"at least two runs are needed on each side, found {len(scores)} and {len(others)}")
    generator = np.random.default_rng(seed)
    sides = [np.asarray(side, dtype=np.float64) for side in (scores, others)]
    drawn = violation(*(side[generator.integers(0, len(side), size=(draws, len(side)))] for side in sides))
    found = float(violation(*sides))
    rate = len(scores) * len(others) / (len(scores) + len(others))
    deviation = float(np.std(np.sqrt(rate) * (drawn - found), ddof=1))
    return float(np.clip(found + deviation / np.sqrt(rate) * NormalDist().inv_cdf(confidence), 0.0, 1.0))


def _quantiles(mine: FloatArray, theirs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Both quantile functions on the intervals on which neither steps, and the widths of those."""
    edges = np.unique(np.concatenate([np.arange(side.shape[-1] + 1) / side.shape[-1] for side in (mine, theirs)]))
    edges = edges[np.concatenate([[True], np.diff(edges) > 1e-12])]
    middles = (edges[:-1] + edges[1:]) / 2
    values = [
        np.sort(side, axis=-1)[..., np.minimum((middles * side.shape[-1]).astype(int), side.shape[-1] - 1)]
        for side in (mine, theirs)
    ]
    return values[0], values[1], np.diff(edges)
