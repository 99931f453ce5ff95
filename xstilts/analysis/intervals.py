"""Intervals of scores and of paired differences between scores, over test examples and seeds: the one engine.

Two things vary: which examples were drawn for the test set, and which seed trained the model. The examples are
resampled with replacement (Efron and Tibshirani 1993, chapters 6 and 8), and all seeds and both sides of a comparison
see the same resample, because they were scored on the same test set: this is the paired bootstrap of Koehn (2004). A
metric is a function of statistics that are summed over examples, so a draw is a matrix product of counts with
statistics. The few seeds are not resampled: resampling S of them gives (S - 1) / S of the variance between them, and no
hint that so few say little about it. Seeds and examples are two crossed random effects, and the mean over S seeds has

    W, the variance of a mean of S values as the seeds show it: effects of seeds, and of seeds and examples together,
    E, its variance under resampling of the examples: effects of examples, and of seeds and examples together,
    I, the effects of seeds and examples together, which both contain,

so its variance is W + E - I. How wide an interval that deserves, when W comes from few seeds and E and I from many
examples, is in `xstilts.analysis.critical_values`. An interval ends where no score can be. With one seed only the
examples vary, and the interval says nothing about training again; with two, Student's t is 12.7, and the interval is
as wide as that deserves. How often the intervals cover the truth is in `docs/statistics.md`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from xstilts.analysis.critical_values import LEVEL, LEVELS, half_width, normal, student
from xstilts.wording import with_interval

FloatArray = NDArray[np.float64]
Draws = NDArray[np.float32]

MOST_DEGREES = 1e6
_ROUNDING = 1e-9  # points
_BLOCK = 1 << 20  # counts held at a time: 8 MB
_DECIMALS = 9  # points; a matrix product may round equal columns differently, a difference of equals must be 0


def stable_seed(*parts: object) -> int:
    """A seed that depends on the parts alone, not on the process as `hash` does."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big")


def example_sums(statistics: FloatArray, draws: int, seed: int) -> FloatArray:
    """Sums of statistics over resampled examples.

    The resample depends on the number of examples and on the seed only, so calls with other columns are paired.

    Args:
        statistics: Shape [examples, columns].
        draws: Number of resamples.
        seed: Seed of the resampling.

    Returns:
        Shape [draws, columns].

    Raises:
        ValueError: If there are no examples.
    """
    examples, columns = statistics.shape
    if examples == 0:
        raise ValueError("there are no examples to resample")
    generator = np.random.default_rng(seed)
    sums = np.empty((draws, columns))
    block = max(1, _BLOCK // examples)
    for start in range(0, draws, block):
        rows = min(block, draws - start)
        chosen = generator.integers(0, examples, size=(rows, examples))
        chosen += np.arange(rows)[:, None] * examples
        counts = np.bincount(chosen.ravel(), minlength=rows * examples).reshape(rows, examples)
        sums[start : start + rows] = counts.astype(np.float64) @ statistics
    return sums


@lru_cache(maxsize=64)
def _contrasts(runs: tuple[int, ...], draws: int, seed: int) -> FloatArray:
    """Random weights of the seeds, shape [draws, seeds], that sum to 0 and whose squares sum to 1 / seeds on average.

    A seed has the same random numbers in every cell, so the contrasts of cells belong together.
    """
    streams = [np.random.default_rng(stable_seed("seeds", run, seed)) for run in runs]
    weights = np.stack([stream.standard_normal(draws) for stream in streams], axis=1)
    return np.asarray((weights - weights.mean(axis=1, keepdims=True)) / math.sqrt(len(runs) * (len(runs) - 1)))


@lru_cache(maxsize=4)
def _ratios(lower: float, upper: float) -> tuple[FloatArray, FloatArray]:
    """Degrees of freedom, descending, and by how much Student's interval of one level is wider than of another."""
    from scipy.special import stdtrit

    degrees = np.unique(np.concatenate([np.arange(1.0, 10_001), np.geomspace(0.4, 10, 200), [1e5, MOST_DEGREES]]))[::-1]
    return degrees, stdtrit(degrees, (1 + upper) / 2) / stdtrit(degrees, (1 + lower) / 2)


def _degrees_between(lower: float, upper: float, ratio: float) -> float:
    """The degrees of freedom at which Student's intervals of two levels have this ratio."""
    degrees, ratios = _ratios(lower, upper)
    return float(np.interp(ratio, ratios, degrees))


@dataclass(frozen=True)
class Estimate:
    """A score, or a sum of multiples of scores such as a difference, in points.

    Attributes:
        value: The point estimate, a mean over seeds.
        draws: The same for resampled examples, shape [draws].
        interaction: Draws, around 0, of how much the mean varies because seeds differ by example; shape [draws].
        effects: Training seed -> its part in the deviation of the seeds from their mean; they sum to 0.
        seeds: Number of seeds that it is the mean of; the smallest where parts have different numbers.
        examples: Number of test examples; the smallest where parts have different numbers.
        limits: The least and the greatest that the value can be.
    """

    value: float
    draws: Draws
    interaction: Draws
    effects: Mapping[int, float] = field(default_factory=dict)
    seeds: int = 1
    examples: int = 2
    limits: tuple[float, float] = (0.0, 100.0)

    @cached_property
    def seed_variance(self) -> float:
        """Variance of the mean over seeds, as the seeds themselves show it; 0 where there is only one."""
        runs = len(self.effects)
        return 0.0 if runs < 2 else runs / (runs - 1) * math.fsum(part**2 for part in self.effects.values())

    @cached_property
    def example_variance(self) -> float:
        """Variance of the mean over seeds under resampling of the examples."""
        return float(self.draws.var(ddof=1, dtype=np.float64)) if len(self.draws) > 1 else 0.0

    @cached_property
    def shared_variance(self) -> float:
        """The part that the variances over seeds and over examples both contain."""
        if len(self.effects) < 2 or len(self.interaction) < 2:
            return 0.0
        return float(self.interaction.var(ddof=1, dtype=np.float64))

    @cached_property
    def standard_error(self) -> float:
        """Of the value, over examples and seeds; in points. Less than the variances say where they overstate it."""
        variance = self.example_variance + max(0.0, self.seed_variance - self.shared_variance)
        return min(math.sqrt(variance), self._half_width / normal(LEVEL))

    @cached_property
    def degrees(self) -> float:
        """Degrees of freedom at which Student's t, with the standard error, gives the 95 % interval; for power."""
        from scipy.special import stdtridf

        if self.standard_error == 0:
            return MOST_DEGREES
        ratio = self._half_width / self.standard_error
        if ratio <= student(MOST_DEGREES, LEVEL):
            return MOST_DEGREES
        return max(1.0, float(stdtridf((1 + LEVEL) / 2, ratio)))

    @cached_property
    def _half_width(self) -> float:
        """Of the 95 % interval: all that a table needs, which has tens of thousands of them."""
        return self._half_width_at(LEVEL)

    def _half_width_at(self, level: float) -> float:
        """Of one of `LEVELS`. Few examples say less of their variance: it counts as Student's t is wider."""
        of_examples = max(self.examples - 1, 1)
        if len(self.effects) < 2:
            return student(of_examples, level) * math.sqrt(self.example_variance)
        factor = (student(of_examples, level) / normal(level)) ** 2
        variances = (self.seed_variance, factor * self.example_variance, factor * self.shared_variance)
        return half_width(*variances, len(self.effects) - 1, level)

    @cached_property
    def _tails(self) -> tuple[float, float]:
        """Degrees of freedom of a t that passes through 90 and 95 % half-widths, and of one through 95 and 99 %."""
        narrow, middle, wide = (self._half_width_at(level) for level in LEVELS)
        return _degrees_between(LEVELS[0], LEVEL, middle / narrow), _degrees_between(LEVEL, LEVELS[2], wide / middle)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval."""
        return self.interval_at(LEVEL)

    def interval_at(self, level: float) -> tuple[float, float]:
        """The interval of a level, such as 0.9; never beyond what the value can be."""
        width = self._half_width
        if width > 0 and level != LEVEL:
            degrees = self._tails[level > LEVEL]
            width *= student(degrees, level) / student(degrees, LEVEL)
        least, greatest = self.limits
        return max(self.value - width, min(least, self.value)), min(self.value + width, max(greatest, self.value))

    def p_at(self, distance: float) -> float:
        """One less the level of the interval that reaches just as far from the value; 1 at no distance."""
        from scipy.special import stdtr

        width = self._half_width
        if width == 0:
            return 1.0 if distance <= _ROUNDING else 0.0
        degrees = self._tails[distance > width]
        return float(2 * stdtr(degrees, -abs(distance) / width * student(degrees, LEVEL)))

    def values_by_seed(self) -> dict[int, float]:
        """Seed -> the value of that seed alone; exact where all parts have all seeds."""
        return {run: self.value + len(self.effects) * part for run, part in self.effects.items()}


@dataclass(frozen=True)
class SeedScores:
    """A metric of one test set for each seed.

    Attributes:
        seeds: The seeds, ascending.
        values: Points, shape [seeds].
        draws: Points for resampled examples, shape [draws, seeds].
        examples: Number of examples.
        untrained: Whether nothing was trained, so that one seed stands for all.
    """

    seeds: tuple[int, ...]
    values: FloatArray
    draws: FloatArray
    examples: int
    untrained: bool = False

    def estimate(self, seed: int = 0) -> Estimate:
        """The mean over seeds."""
        return _mean_over_seeds(self.seeds, self.values, self.draws, self.examples, seed, (0.0, 100.0))

    def minus(self, baseline: SeedScores, seed: int = 0) -> Estimate | None:
        """The mean over common seeds of the difference; None if no seed is common or the test sets differ.

        A baseline without any training has no seeds of its own: its single row is compared with every seed.
        """
        if self.examples != baseline.examples:
            return None
        seeds = self._common(baseline)
        if not seeds:
            return None
        mine, theirs = self._columns(seeds), baseline._columns(seeds)
        values = np.round(self.values[mine] - baseline.values[theirs], _DECIMALS)
        draws = np.round(self.draws[:, mine] - baseline.draws[:, theirs], _DECIMALS)
        return _mean_over_seeds(seeds, values, draws, self.examples, seed, (-100.0, 100.0))

    @property
    def _stands_for_all(self) -> bool:
        return self.untrained and len(self.seeds) == 1

    def _common(self, other: SeedScores) -> tuple[int, ...]:
        if other._stands_for_all:
            return self.seeds
        if self._stands_for_all:
            return other.seeds
        return tuple(seed for seed in self.seeds if seed in other.seeds)

    def _columns(self, seeds: Sequence[int]) -> list[int]:
        return [0 if self._stands_for_all else self.seeds.index(seed) for seed in seeds]


def _mean_over_seeds(
    runs: Sequence[int],
    values: FloatArray,
    draws: FloatArray,
    examples: int,
    seed: int,
    limits: tuple[float, float],
) -> Estimate:
    """The mean of values [seeds] with draws [draws, seeds].

    The interaction is drawn by random contrasts of the seeds, which take out what all seeds share.
    """
    count, mean = len(runs), float(values.mean())
    if count < 2:
        return Estimate(mean, _kept(draws[:, 0]), _kept(np.zeros(len(draws))), {}, count, examples, limits)
    interaction = ((draws - values) * _contrasts(tuple(runs), len(draws), seed)).sum(axis=1)
    effects = {run: (float(value) - mean) / count for run, value in zip(runs, values, strict=True)}
    return Estimate(mean, _kept(draws.mean(axis=1)), _kept(interaction), effects, count, examples, limits)


def _kept(draws: FloatArray) -> Draws:
    """Draws in half the memory: only their variances are asked for."""
    return draws.astype(np.float32)


def combined(parts: Sequence[tuple[float, Estimate]]) -> Estimate | None:
    """The sum of weights times estimates whose draws and seeds belong together; None if there are none."""
    if not parts:
        return None
    effects: dict[int, float] = {}
    for weight, part in parts:
        for run, effect in part.effects.items():
            effects[run] = effects.get(run, 0.0) + weight * effect
    bounds = [sorted((weight * part.limits[0], weight * part.limits[1])) for weight, part in parts]
    return Estimate(
        math.fsum(weight * part.value for weight, part in parts),
        _kept(np.sum([weight * part.draws for weight, part in parts], axis=0)),
        _kept(np.sum([weight * part.interaction for weight, part in parts], axis=0)),
        effects,
        min(part.seeds for _, part in parts),
        min(part.examples for _, part in parts),
        (sum(low for low, _ in bounds), sum(high for _, high in bounds)),
    )


def average(parts: Sequence[Estimate]) -> Estimate | None:
    """The plain mean of estimates whose draws and seeds belong together; None if there are none."""
    if len(parts) == 1:
        return parts[0]  # with the variances that it knows already
    return combined([(1 / len(parts), part) for part in parts])


def estimated(estimate: Estimate, signed: bool = True) -> str:
    """An estimate with its 95 % interval; signed, as differences are written."""
    return with_interval(estimate.value, *estimate.interval, signed)
