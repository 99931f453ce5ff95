"""Bootstrap intervals of scores and of paired differences between scores, over seeds and test examples.

The hierarchical percentile bootstrap (Efron and Tibshirani 1993, chapters 8 and 13): in every draw the test examples
are resampled with replacement, and so are the seeds. All seeds and both sides of a comparison see the same resample of
examples, because they were scored on the same test set; this is the paired bootstrap of Koehn (2004). A metric is
a function of statistics that are summed over examples, so a draw is a matrix product of counts with statistics.

With one seed only the examples vary, and the interval says nothing about training again. With few seeds the interval
is somewhat too narrow: resampling S seeds gives (S - 1) / S of the variance between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Value = Callable[[FloatArray], FloatArray]

LEVEL = 0.95
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


def seed_weights(seeds: int, draws: int, seed: int) -> FloatArray:
    """Weights of a mean over resampled seeds, shape [draws, seeds]; the same for every set of so many seeds."""
    generator = np.random.default_rng(stable_seed("seeds", seeds, seed))
    chosen = generator.integers(0, seeds, size=(draws, seeds))
    return np.asarray((chosen[:, :, None] == np.arange(seeds)).sum(axis=1) / seeds, dtype=np.float64)


def interval(draws: FloatArray, level: float = LEVEL) -> tuple[float, float]:
    """The percentile interval: the quantiles that leave (1 - level) / 2 of the draws on each side."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bootstrap_draws(statistics: FloatArray, value: Value, draws: int = 1000, seed: int = 0) -> FloatArray:
    """Draws of a metric's mean over seeds.

    Args:
        statistics: Shape [seeds, examples, k].
        value: Sums of shape [..., k] -> points of shape [...].
        draws: Number of draws.
        seed: Seed of the resampling.

    Returns:
        Points, shape [draws].
    """
    return _over_seeds(_per_seed(statistics, value, draws, seed), seed)


def paired_draws(
    treatment: FloatArray, baseline: FloatArray, value: Value, draws: int = 1000, seed: int = 0
) -> FloatArray:
    """Draws of the difference `treatment - baseline`, with the same examples and the same seeds on both sides.

    Args:
        treatment: Shape [seeds, examples, k].
        baseline: The same shape; seeds and examples in the same order.
        value: Sums of shape [..., k] -> points of shape [...].
        draws: Number of draws.
        seed: Seed of the resampling.

    Returns:
        Points, shape [draws].

    Raises:
        ValueError: If the shapes differ.
    """
    if treatment.shape != baseline.shape:
        raise ValueError(f"paired arms have one shape, found {treatment.shape} and {baseline.shape}")
    both = _per_seed(np.concatenate([treatment, baseline]), value, draws, seed)
    seeds = len(treatment)
    return _over_seeds(np.round(both[:, :seeds] - both[:, seeds:], _DECIMALS), seed)


def _per_seed(statistics: FloatArray, value: Value, draws: int, seed: int) -> FloatArray:
    seeds, examples, width = statistics.shape
    columns = np.moveaxis(statistics, 1, 0).reshape(examples, seeds * width)
    return value(example_sums(columns, draws, seed).reshape(draws, seeds, width))


def _over_seeds(draws: FloatArray, seed: int) -> FloatArray:
    weights = seed_weights(draws.shape[1], len(draws), seed)
    return np.asarray((draws * weights).sum(axis=1), dtype=np.float64)


@dataclass(frozen=True)
class Estimate:
    """A score, or a difference of scores, in points.

    Attributes:
        value: The point estimate.
        draws: Its bootstrap draws, shape [draws].
        seeds: Number of seeds that it is the mean of; the smallest where parts have different numbers.
    """

    value: float
    draws: FloatArray
    seeds: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval."""
        return interval(self.draws)


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
        return Estimate(float(self.values.mean()), _over_seeds(self.draws, seed), len(self.seeds))

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
        return Estimate(float(values.mean()), _over_seeds(draws, seed), len(seeds))

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


def average(parts: Sequence[Estimate]) -> Estimate | None:
    """The plain mean of estimates whose draws belong together; None if there are none."""
    if not parts:
        return None
    return Estimate(
        float(np.mean([part.value for part in parts])),
        np.mean([part.draws for part in parts], axis=0),
        min(part.seeds for part in parts),
    )
