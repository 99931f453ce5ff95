"""Bootstrap intervals against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xstilts.analysis.intervals import (
    Estimate,
    SeedScores,
    average,
    bootstrap_draws,
    example_sums,
    interval,
    paired_draws,
    seed_weights,
    stable_seed,
)
from xstilts.metrics.base import f1_value, mean_value


def accuracy_statistics(right: np.ndarray) -> np.ndarray:
    return np.stack([right, np.ones_like(right)], axis=-1).astype(float)


def bernoulli(seeds: int, examples: int, p: float, seed: int = 0) -> np.ndarray:
    return accuracy_statistics(np.random.default_rng(seed).random((seeds, examples)) < p)


def test_spread_of_accuracy_is_the_binomial_standard_error():
    # 700 of 1000 right: the standard error is 100 * sqrt(0.7 * 0.3 / 1000) = 1.449 points
    right = np.arange(1000) < 700
    draws = bootstrap_draws(accuracy_statistics(right[None]), mean_value, draws=4000)
    assert draws.mean() == pytest.approx(70.0, abs=0.1)
    assert draws.std() == pytest.approx(1.449, rel=0.05)
    low, high = interval(draws)
    assert low == pytest.approx(70 - 1.96 * 1.449, abs=0.2)
    assert high == pytest.approx(70 + 1.96 * 1.449, abs=0.2)


def test_spread_over_seeds_is_that_of_a_mean_of_resampled_seeds():
    # each seed is wholly right or wholly wrong, so examples do not vary: 4 seeds, 2 of them at 100.
    # The mean of 4 draws from {0, 100} has standard deviation 50 / sqrt(4) = 25.
    right = np.repeat(np.array([[1.0], [1.0], [0.0], [0.0]]), 30, axis=1)
    draws = bootstrap_draws(accuracy_statistics(right), mean_value, draws=4000)
    assert draws.mean() == pytest.approx(50, abs=1.5)
    assert draws.std() == pytest.approx(25, rel=0.05)


def test_with_one_seed_only_examples_vary():
    statistics = bernoulli(1, 400, 0.5)
    assert np.array_equal(
        bootstrap_draws(statistics, mean_value, 50, seed=3), mean_value(example_sums(statistics[0], 50, seed=3))
    )


def test_seeds_share_the_resample_of_examples():
    # two seeds that are right on complementary halves: their mean is 50 in every resample, only if it is shared
    half = np.arange(100) < 50
    draws = bootstrap_draws(accuracy_statistics(np.stack([half, ~half])), mean_value, 200)
    weights = seed_weights(2, 200, 0)
    assert np.allclose(draws[weights[:, 0] == 0.5], 50.0)


def test_f1_interval_follows_the_delta_method():
    # F1 = 2 tp / (predicted + gold); delta method for a ratio of means R = a / b:
    # var = mean((a_i - R b_i)^2) / (n * mean(b)^2)
    generator = np.random.default_rng(1)
    gold = generator.integers(1, 4, 2000)
    found = generator.binomial(gold, 0.6)
    statistics = np.stack([found, gold, gold], axis=1).astype(float)
    a, b = 2.0 * statistics[:, 0], statistics[:, 1] + statistics[:, 2]
    ratio = a.mean() / b.mean()
    error = 100 * np.sqrt(np.mean((a - ratio * b) ** 2) / 2000) / b.mean()
    assert bootstrap_draws(statistics[None], f1_value, 3000).std() == pytest.approx(error, rel=0.05)


def test_one_example_gives_an_interval_without_width():
    assert interval(bootstrap_draws(accuracy_statistics(np.ones((1, 1))), mean_value, 20)) == (100.0, 100.0)


def test_no_examples_is_refused():
    with pytest.raises(ValueError, match="no examples"):
        example_sums(np.zeros((0, 2)), 10, 0)


@pytest.mark.parametrize("value", [mean_value, f1_value])
def test_identical_arms_differ_by_exactly_zero(value):
    width = 2 if value is mean_value else 3
    statistics = np.random.default_rng(5).random((3, 777, width))
    assert not paired_draws(statistics, statistics.copy(), value, 200).any()


def test_a_planted_difference_is_found_where_unpaired_intervals_overlap():
    generator = np.random.default_rng(2)
    right = generator.random((2, 1000)) < 0.6
    better = right | (generator.random((2, 1000)) < 0.05)  # 5 % of all, of which 40 % were wrong: 2 points
    arms = accuracy_statistics(better), accuracy_statistics(right)
    low, high = interval(paired_draws(*arms, mean_value))
    assert 0 < low < 100 * (better.mean() - right.mean()) < high < 4
    assert interval(bootstrap_draws(arms[0], mean_value))[0] < interval(bootstrap_draws(arms[1], mean_value))[1]


def test_paired_arms_of_different_shape_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        paired_draws(np.ones((1, 5, 2)), np.ones((1, 6, 2)), mean_value)


def test_95_percent_intervals_cover_the_truth_about_95_percent_of_the_time():
    # 200 experiments: the count of covers has standard error 3.1, so 177..200 is within 4 of 190
    covers = 0
    for seed in range(200):
        low, high = interval(bootstrap_draws(bernoulli(1, 300, 0.7, seed), mean_value, 300, seed))
        covers += low <= 70 <= high
    assert 177 <= covers <= 200


def test_blocks_do_not_change_the_resample(monkeypatch):
    statistics = np.random.default_rng(0).random((50, 2))
    whole = example_sums(statistics, 40, 9)
    monkeypatch.setattr("xstilts.analysis.intervals._BLOCK", 120)
    assert np.allclose(example_sums(statistics, 40, 9), whole)


def test_columns_do_not_change_the_resample():
    statistics = np.random.default_rng(0).random((50, 4))
    assert np.allclose(example_sums(statistics, 40, 9)[:, :2], example_sums(statistics[:, :2], 40, 9))


def test_stable_seed_is_the_same_in_every_process():
    # the first 8 bytes of SHA-256 of "a" U+001F "1", from `printf 'a\0371' | sha256sum`
    assert stable_seed("a", 1) == 0x839E11A421D370BE
    assert stable_seed("a", 1) != stable_seed("a1")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=60), st.integers(1, 3), st.integers(0, 2**32))
def test_draws_are_deterministic_bounded_and_blind_to_the_order_of_examples(right, seeds, seed):
    statistics = np.repeat(accuracy_statistics(np.array(right))[None], seeds, axis=0)
    draws = bootstrap_draws(statistics, mean_value, 400, seed)
    assert np.array_equal(draws, bootstrap_draws(statistics, mean_value, 400, seed))
    assert draws.min() >= 0
    assert draws.max() <= 100
    shuffled = bootstrap_draws(statistics[:, ::-1], mean_value, 400, seed)
    # means of 400 draws, each with a standard error of at most 50 / sqrt(400 n); six of them
    assert abs(draws.mean() - shuffled.mean()) <= 6 * np.sqrt(2) * 50 / np.sqrt(400 * len(right)) + 1e-9


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=50), st.floats(0.05, 0.5), st.floats(0.5, 0.99))
def test_a_higher_level_gives_a_wider_interval_that_contains_the_narrower(draws, lower, higher):
    narrow, wide = interval(np.array(draws), lower), interval(np.array(draws), higher)
    assert wide[0] <= narrow[0] + 1e-9
    assert narrow[1] <= wide[1] + 1e-9


def scores(seeds: tuple[int, ...], values: list[float], examples: int = 10, untrained: bool = False) -> SeedScores:
    return SeedScores(seeds, np.array(values), np.tile(values, (4, 1)), examples, untrained)


def test_difference_is_taken_over_common_seeds():
    # seeds 2 and 3 are common: (70 - 61 + 80 - 75) / 2 = 7
    difference = scores((1, 2, 3), [10.0, 70.0, 80.0]).minus(scores((2, 3, 4), [61.0, 75.0, 0.0]))
    assert difference.value == 7.0
    assert difference.seeds == 2


def test_difference_is_none_without_common_seeds_or_with_other_test_sets():
    assert scores((1,), [1.0]).minus(scores((2,), [1.0])) is None
    assert scores((1,), [1.0], examples=10).minus(scores((1,), [1.0], examples=11)) is None


def test_an_untrained_baseline_is_compared_with_every_seed():
    difference = scores((1, 2), [50.0, 60.0]).minus(scores((0,), [40.0], untrained=True))
    assert (difference.value, difference.seeds) == (15.0, 2)


def test_average_is_the_plain_mean_of_values_and_of_draws():
    mean = average([Estimate(1.0, np.array([0.0, 2.0]), 3), Estimate(3.0, np.array([4.0, 4.0]), 2)])
    assert (mean.value, mean.draws.tolist(), mean.seeds) == (2.0, [2.0, 3.0], 2)
    assert average([]) is None
