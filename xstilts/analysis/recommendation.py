"""From estimates to a recommendation: ranks, and how far they agree with what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import polars as pl

COMBINED = "mean_rank"
AT_RANDOM = "at_random"
"""The regret of a recipe that is drawn blindly: what any estimator has to beat."""
REGRETS = (1, 3)
FEWEST = 4
"""Recipes from which on an order is compared with another: three are in the right one by chance one time in six."""

Values = Mapping[str, float | None]


def mean_ranks(estimates: Mapping[str, Values]) -> dict[str, float | None]:
    """The mean over the estimators of each recipe's rank; 1 is the best, and equal values share their ranks' mean.

    Args:
        estimates: Recipe -> estimator -> value. An estimator that lacks a value of any recipe does not count.

    Returns:
        Recipe -> mean rank; None where no estimator is complete.
    """
    from scipy.stats import rankdata

    names = dict.fromkeys(name for values in estimates.values() for name in values)
    columns = {name: [values.get(name) for values in estimates.values()] for name in names}
    ranks = [rankdata([-value for value in column]) for column in map(_complete, columns.values()) if column]
    if not ranks:
        return dict.fromkeys(estimates)
    return {recipe: float(mean) for recipe, mean in zip(estimates, np.mean(ranks, axis=0), strict=True)}


def _complete(column: Sequence[float | None]) -> list[float]:
    known = [value for value in column if value is not None]
    return known if len(known) == len(column) else []


def regret(values: Sequence[float], gains: Sequence[float], k: int) -> float:
    """Regret at k (Renggli et al., 2022), in points: the best gain less the best among the k that look best.

    Args:
        values: What an estimator says of each recipe; of equal values the first comes first.
        gains: What each recipe gained.
        k: How many are tried.
    """
    first = np.argsort(-np.asarray(values), kind="stable")[:k]
    return float(max(gains) - np.asarray(gains)[first].max())


def blind_regret(gains: Sequence[float], k: int) -> float:
    """The expected regret of k recipes that are drawn without looking, each set of k equally likely."""
    ordered, k = sorted(gains), min(k, len(gains))
    sets = [math.comb(below, k - 1) for below in range(len(ordered))]  # in which the gain is the best
    best = sum(count * gain for count, gain in zip(sets, ordered, strict=True)) / math.comb(len(ordered), k)
    return float(ordered[-1] - best)


def agreement(
    estimates: Mapping[str, Values], ranks: Values, gains: Mapping[str, float]
) -> dict[str, dict[str, float | None]] | None:
    """How well each estimator, and the mean rank, orders the recipes of one target.

    Args:
        estimates: Recipe -> estimator -> value.
        ranks: Recipe -> mean rank.
        gains: Recipe -> measured gain; recipes without one do not count.

    Returns:
        Estimator -> `kendall` (tau-b; None of fewer than four recipes, and where all values or gains are equal),
        `regret_at_1`, `regret_at_3`;
        None if fewer than two recipes have gains.
    """
    from scipy.stats import kendalltau

    recipes = [recipe for recipe in estimates if recipe in gains]
    if len(recipes) < 2:
        return None
    measured = [gains[recipe] for recipe in recipes]
    names = dict.fromkeys(name for recipe in recipes for name in estimates[recipe])
    columns = {name: _complete([estimates[recipe].get(name) for recipe in recipes]) for name in names}
    columns[COMBINED] = [-rank for rank in _complete([ranks[recipe] for recipe in recipes])]
    found: dict[str, dict[str, float | None]] = {}
    for name, column in columns.items():
        if column:
            varies = len(recipes) >= FEWEST and len(set(column)) > 1 and len(set(measured)) > 1
            tau = float(kendalltau(column, measured).statistic) if varies else None
            found[name] = {"kendall": tau, **{f"regret_at_{k}": regret(column, measured, k) for k in REGRETS}}
    found[AT_RANDOM] = {"kendall": None, **{f"regret_at_{k}": blind_regret(measured, k) for k in REGRETS}}
    return found


def mean_agreement(parts: Sequence[Mapping[str, Values]]) -> dict[str, dict[str, float | None]]:
    """The mean over targets of what `agreement` says, where it says something."""
    names = dict.fromkeys(name for part in parts for name in part)
    numbers = ("kendall", *(f"regret_at_{k}" for k in REGRETS))
    return {name: {number: _mean([part[name][number] for part in parts if name in part]) for number in numbers}
            for name in names}  # fmt: skip


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def mean_estimates(by_seed: Sequence[Values]) -> dict[str, float | None]:
    """The mean over seeds of each estimator; None where a seed has no value."""
    return {name: _mean(_complete([values[name] for values in by_seed])) for name in by_seed[0]}


def measured_gains(table: pl.DataFrame, baseline: str) -> dict[tuple[str, str], dict[str, float]]:
    """What each recipe gained over the baseline in the zero-shot languages, in points.

    Args:
        table: The long table.
        baseline: The recipe that gains are measured from.

    Returns:
        (encoder, target) -> recipe -> gain; of a target with several splits, the mean over them.
    """
    import polars as pl

    from xstilts.analysis.summary import OVERALL, ZERO_SHOT, target_scores

    scores = target_scores(table, baseline, draws=1).filter(  # intervals are not asked for
        (pl.col("group") == ZERO_SHOT) & pl.col("delta").is_not_null() & (pl.col("target") != OVERALL)
    )
    means = scores.group_by("encoder", "target", "recipe", maintain_order=True).agg(pl.col("delta").mean())
    gains: dict[tuple[str, str], dict[str, float]] = {}
    for encoder, target, recipe, gain in means.iter_rows():
        gains.setdefault((encoder, target), {})[recipe] = gain
    return gains
