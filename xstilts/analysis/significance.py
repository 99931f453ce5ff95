"""Tests of a difference, corrections for many tests, effect sizes and power.

The test of an `Estimate` belongs to its interval: p is below 0.05 where the 95 % interval excludes zero. It is about
models trained again and examples drawn again. `randomization_test` is about the trained models at hand, and
`sign_flip_test` about the seeds alone; both are exact where few examples or seeds leave few arrangements.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from xstilts.analysis.intervals import Estimate, FloatArray

Verdict = Literal["better", "worse", "no difference", "undecided"]

ALPHA = 0.05
POWER = 0.8
MARGIN = 1.0
"""Points below which a difference is of no account, unless said otherwise."""
_ROUNDING = 1e-9
_BLOCK = 1 << 22
_STEPS = 400


def p_value(estimate: Estimate, expected: float = 0.0) -> float:
    """Two-sided p of the hypothesis that the value is `expected`: the level at which the interval just excludes it.

    The standard error comes from the paired bootstrap over examples (Koehn 2004) and the variance over seeds.
    """
    return estimate.p_at(abs(estimate.value - expected))


def randomization_test(
    treatment: FloatArray,
    baseline: FloatArray,
    value: Callable[[FloatArray], FloatArray],
    rounds: int = 9999,
    seed: int = 0,
) -> float:
    """Approximate randomization (Noreen 1989; Yeh 2000): the two systems' answers to an example are exchanged.

    An example is exchanged for all seeds at once. Examples that both sides answer alike change nothing and are left
    out; where what remains has at most `rounds` + 1 arrangements, all of them are computed and the test is exact.

    Args:
        treatment: Statistics, shape [seeds, examples, k].
        baseline: The same shape; seeds and examples in the same order.
        value: Sums of shape [..., k] -> points of shape [...].
        rounds: Random arrangements.
        seed: Seed of the arrangements.

    Returns:
        Two-sided p of the hypothesis that it does not matter which system gave which answer.

    Raises:
        ValueError: If the shapes differ.
    """
    if treatment.shape != baseline.shape:
        raise ValueError(f"paired arms have one shape, found {treatment.shape} and {baseline.shape}")
    seeds, _, width = treatment.shape
    change = np.moveaxis(baseline - treatment, 1, 0).reshape(treatment.shape[1], seeds * width)
    change = change[np.abs(change).max(axis=1) > _ROUNDING]
    sums = treatment.sum(axis=1), baseline.sum(axis=1)
    observed = abs(float((value(sums[0]) - value(sums[1])).mean()))

    def extreme(exchanged: FloatArray) -> int:
        moved = (exchanged @ change).reshape(len(exchanged), seeds, width)
        differences = (value(sums[0] + moved) - value(sums[1] - moved)).mean(axis=1)
        return int((np.abs(differences) >= observed - _ROUNDING).sum())

    if len(change) <= math.log2(rounds + 1):
        arrangements = np.arange(2 ** len(change))[:, None] >> np.arange(len(change)) & 1
        return extreme(arrangements.astype(np.float64)) / len(arrangements)
    generator = np.random.default_rng(seed)
    count, block = 0, max(1, _BLOCK // len(change))
    for start in range(0, rounds, block):
        shape = (min(block, rounds - start), len(change))
        count += extreme(generator.integers(0, 2, size=shape).astype(np.float64))
    return (count + 1) / (rounds + 1)


def sign_flip_test(differences: Sequence[float]) -> float:
    """Fisher's exact test over seeds: under the hypothesis each seed's difference could as well have the other sign.

    Of S seeds p is at least 2 ** (1 - S), so fewer than six can never reach 0.05.

    Raises:
        ValueError: If there are no differences, or more than 20.
    """
    count = len(differences)
    if not 1 <= count <= 20:
        raise ValueError(f"from 1 to 20 differences can be flipped, found {count}")
    signs = 1 - 2 * (np.arange(2**count)[:, None] >> np.arange(count) & 1)
    means = np.abs(signs @ np.asarray(differences, dtype=np.float64))
    return float((means >= means[0] - _ROUNDING).mean())


def holm(p_values: Sequence[float]) -> list[float]:
    """P adjusted so that the chance of any false rejection is held (Holm 1979)."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return _put_back(adjusted, order)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """P adjusted so that the share of false ones among the rejections is held (Benjamini and Hochberg 1995)."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    return _put_back(np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0), order)


def _put_back(adjusted: FloatArray, order: np.ndarray) -> list[float]:
    found = np.empty(len(adjusted))
    found[order] = adjusted
    return found.tolist()


def cohens_d(difference: Estimate) -> float | None:
    """Cohen's d of paired differences: their mean over seeds by their standard deviation over seeds (Cohen 1988).

    None with fewer than three seeds, whose spread says nothing, or where the seeds do not vary.
    """
    if len(difference.effects) < 3:
        return None
    spread = math.sqrt(difference.seed_variance * len(difference.effects))
    return difference.value / spread if spread > 0 else None


def power_at(estimate: Estimate, effect: float, alpha: float = ALPHA) -> float:
    """The chance that the two-sided test would find a true effect, with this test set and these seeds.

    From the noncentral t distribution, with the standard error as estimated.

    Args:
        estimate: What was measured; of it only the standard error and its degrees of freedom count.
        effect: The true difference from the hypothesis, in points.
        alpha: Level of the test.
    """
    from scipy.special import chdtri, ndtr, stdtrit

    if estimate.standard_error == 0:
        return 1.0 if effect else alpha
    shift = abs(effect) / estimate.standard_error
    # The distribution function of scipy is not a number far from the middle, so it is integrated over the variance.
    shares = (np.arange(_STEPS) + 0.5) / _STEPS
    critical = stdtrit(estimate.degrees, 1 - alpha / 2) * np.sqrt(chdtri(estimate.degrees, shares) / estimate.degrees)
    return float((ndtr(shift - critical) + ndtr(-shift - critical)).mean())


def minimum_detectable_difference(estimate: Estimate, power: float = POWER, alpha: float = ALPHA) -> float:
    """The smallest true difference that the test would find with this power; in points (Cohen 1988; Card et al. 2020).

    Args:
        estimate: What was measured; of it only the standard error and its degrees of freedom count.
        power: The chance to find it.
        alpha: Level of the two-sided test.
    """
    from scipy.special import nctdtrinc, stdtrit

    critical = float(stdtrit(estimate.degrees, 1 - alpha / 2))
    shift = float(nctdtrinc(estimate.degrees, 1 - power, critical))
    return shift * estimate.standard_error


def verdict(difference: Estimate, margin: float = MARGIN) -> Verdict:
    """What may be said of a difference.

    "no difference" is said only where the 90 % interval lies within the margin on both sides, which is two one-sided
    tests at 0.05 (Schuirmann 1987). What is neither is undecided: the data could not tell.

    Args:
        difference: The difference.
        margin: Points that are of no account.
    """
    low, high = difference.interval
    if low > 0:
        return "better"
    if high < 0:
        return "worse"
    low, high = difference.interval_at(1 - 2 * ALPHA)
    return "no difference" if -margin < low and high < margin else "undecided"
