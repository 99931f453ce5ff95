"""How often 95 % intervals cover the truth, in simulated experiments with planted variances.

Every experiment draws scores of seeds on examples, takes them through the statistics as a study does, and asks whether
the interval holds the planted value. `python -m benchmarks.coverage` prints the table of docs/statistics.md.

- mean: the mean of a score per example over 150 examples
- difference: accuracies of two recipes on the same 200 examples with the same seeds
- languages: the average over four languages with 60, 60, 100 and 100 examples, whose seeds are the same; equal numbers
  are translations of the same examples
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xstilts.analysis.intervals import Estimate, SeedScores, average, example_sums
from xstilts.metrics.base import mean_value

FloatArray = NDArray[np.float64]

SEEDS = (2, 3, 5, 10)
SPREADS = {"none": 0.0, "small": 0.5, "equal": 1.0, "dominant": 4.0}
"""Name -> standard deviation of the effects of seeds on a mean of three, by that of the effects of examples."""
DRAWS = 300
_BLOCK = 50  # experiments that see the same resample


def means(generator: np.random.Generator, count: int, seeds: int, spread: float) -> Iterator[Estimate]:
    """Estimates whose truth is 50."""
    scores = 0.5 + _crossed(generator, count, seeds, 150, spread, 0.2, 0.2)
    yield from (one.estimate() for one in _scored(scores, int(generator.integers(2**31))))


def differences(generator: np.random.Generator, count: int, seeds: int, spread: float) -> Iterator[Estimate]:
    """Estimates whose truth is 0: both recipes are right with the same probability, example by example."""
    effects = _of_seeds(generator, count, seeds, spread, np.sqrt(2 * 0.2 / 200))
    chances = generator.beta(2, 1.2, (count, 1, 200))
    arms = [np.clip(chances + sign * effects / 2, 0, 1) > generator.random((count, seeds, 200)) for sign in (1, -1)]
    resample = int(generator.integers(2**31))
    pairs = zip(*(_scored(arm, resample) for arm in arms), strict=True)
    for mine, theirs in pairs:
        estimate = mine.minus(theirs)
        assert estimate is not None
        yield estimate


def languages(generator: np.random.Generator, count: int, seeds: int, spread: float) -> Iterator[Estimate]:
    """Estimates whose truth is 50."""
    shared = _of_seeds(generator, count, seeds, spread, 0.016)
    parts: list[list[SeedScores]] = []
    for examples in (60, 100):
        hard = generator.normal(0, 0.15, (count, 1, examples))
        resample = int(generator.integers(2**31))
        for _ in range(2):
            own = _crossed(generator, count, seeds, examples, spread / 2, 0.15, 0.2)
            parts.append(_scored(0.5 + shared + hard + own, resample))
    for scores in zip(*parts, strict=True):
        mean = average([one.estimate() for one in scores])
        assert mean is not None
        yield mean


KINDS: dict[str, tuple[Callable[[np.random.Generator, int, int, float], Iterator[Estimate]], float]] = {
    "mean": (means, 50.0),
    "difference": (differences, 0.0),
    "languages": (languages, 50.0),
}


def covered(kind: str, seeds: int, spread: str, count: int) -> float:
    """The share of experiments whose 95 % interval holds the truth."""
    simulate, truth = KINDS[kind]
    hits = 0
    for block in range(count // _BLOCK):
        generator = np.random.default_rng([block, seeds, list(SPREADS).index(spread), list(KINDS).index(kind)])
        for estimate in simulate(generator, _BLOCK, seeds, SPREADS[spread]):
            low, high = estimate.interval
            hits += low <= truth <= high
    return hits / (count // _BLOCK * _BLOCK)


def _of_seeds(generator: np.random.Generator, count: int, seeds: int, spread: float, unit: float) -> FloatArray:
    """Effects of seeds, [experiments, seeds, 1]; their variance is that of `unit` times three."""
    return generator.normal(0, spread * unit * np.sqrt(3), (count, seeds, 1))


def _crossed(
    generator: np.random.Generator,
    count: int,
    seeds: int,
    examples: int,
    spread: float,
    of_examples: float,
    of_both: float,
) -> FloatArray:
    """Effects of seeds, of examples, and of both together; [experiments, seeds, examples]."""
    return (
        _of_seeds(generator, count, seeds, spread, of_examples / np.sqrt(examples))
        + generator.normal(0, of_examples, (count, 1, examples))
        + generator.normal(0, of_both, (count, seeds, examples))
    )


def _scored(scores: NDArray[Any], resample: int) -> list[SeedScores]:
    """Scores of every experiment; those with the same `resample` see the same resampled examples."""
    count, seeds, examples = scores.shape
    statistics = np.stack([scores, np.ones_like(scores)], axis=-1).astype(float)
    columns = np.moveaxis(statistics, 2, 0).reshape(examples, -1)
    drawn = mean_value(example_sums(columns, DRAWS, resample).reshape(DRAWS, count, seeds, 2))
    values = mean_value(statistics.sum(axis=2))
    names = tuple(range(1, seeds + 1))
    return [SeedScores(names, values[at], drawn[:, at], examples) for at in range(count)]


def main() -> None:
    """Prints one row per kind and spread."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="experiments per cell")
    count = parser.parse_args().count
    print("| value | seeds vary | " + " | ".join(f"{seeds} seeds" for seeds in SEEDS) + " |")
    print("|---|---|" + "---:|" * len(SEEDS))
    for kind in KINDS:
        for spread in SPREADS:
            cells = [f"{100 * covered(kind, seeds, spread, count):.1f}" for seeds in SEEDS]
            print(f"| {kind} | {spread} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
