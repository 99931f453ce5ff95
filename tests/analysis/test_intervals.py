"""Standard errors and intervals against closed forms, and how often they cover the truth."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from simulated import accuracy_statistics, crossed, seed_scores

from benchmarks.coverage import KINDS, SEEDS, SPREADS, covered
from xstilts.analysis.intervals import Estimate, SeedScores, average, combined, example_sums, stable_seed
from xstilts.metrics.base import f1_value, mean_value


def test_standard_error_of_accuracy_is_binomial():
    # 700 of 1000 right: the standard error is 100 * sqrt(0.7 * 0.3 / 1000) = 1.449 points
    found = seed_scores(accuracy_statistics((np.arange(1000) < 700)[None]), draws=4000).estimate()
    assert found.standard_error == pytest.approx(1.449, rel=0.05)
    low, high = found.interval
    assert low == pytest.approx(70 - 1.962 * 1.449, abs=0.2)  # t of 999 degrees of freedom: 1.962
    assert high == pytest.approx(70 + 1.962 * 1.449, abs=0.2)


def test_interval_over_seeds_alone_is_that_of_a_t_test():
    # every seed has the same share of examples right, all examples alike: only the four values vary
    values = [52.0, 55.0, 54.0, 59.0]
    found = SeedScores((1, 2, 3, 4), np.array(values), np.tile(values, (50, 1)), 100).estimate()
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.interval == pytest.approx((expected.low, expected.high))
    assert found.degrees == pytest.approx(3)


def test_example_and_seed_variance_add_up():
    # seed effects of standard deviation 2 and example effects of 20, no interaction: with 4 seeds and 500 examples
    # the variance of the mean is 2^2 / 4 + 20^2 / 500 = 1.8; averaged over repetitions of the whole experiment
    generator = np.random.default_rng(0)
    squared = []
    for repetition in range(300):
        score = 0.5 + generator.normal(0, 0.02, (4, 1)) + generator.normal(0, 0.2, 500)
        squared.append(
            seed_scores(accuracy_statistics(score), draws=300, seed=repetition).estimate().standard_error ** 2
        )
    assert np.mean(squared) == pytest.approx(1.8, rel=0.1)


def test_seeds_that_differ_only_by_example_are_not_counted_twice():
    # independent coins for each seed and example: the mean of 5 x 400 of them has variance 2500 / 2000 = 1.25, which
    # is in the variance over examples and in the variance over seeds
    generator = np.random.default_rng(1)
    coins = [accuracy_statistics(generator.random((5, 400)) < 0.5) for _ in range(200)]
    found = [seed_scores(coin, draws=300, seed=at).estimate() for at, coin in enumerate(coins)]
    assert np.mean([one.example_variance for one in found]) == pytest.approx(1.25, rel=0.1)
    assert np.mean([one.seed_variance for one in found]) == pytest.approx(1.25, rel=0.15)
    assert np.mean([one.interaction.var() for one in found]) == pytest.approx(1.25, rel=0.1)


def test_with_one_seed_only_examples_vary():
    statistics = accuracy_statistics(np.random.default_rng(0).random((1, 400)) < 0.5)
    found = seed_scores(statistics, draws=50, seed=3).estimate()
    assert np.allclose(found.draws, mean_value(example_sums(statistics[0], 50, seed=3)), atol=1e-4)
    assert found.seed_variance == 0


def test_seeds_share_the_resample_of_examples():
    # two seeds that are right on complementary halves: their mean is 50 in every resample, only if it is shared
    half = np.arange(100) < 50
    assert np.allclose(seed_scores(accuracy_statistics(np.stack([half, ~half]))).estimate().draws, 50.0)


def test_f1_standard_error_follows_the_delta_method():
    # F1 = 2 tp / (predicted + gold); delta method for a ratio of means R = a / b:
    # var = mean((a_i - R b_i)^2) / (n * mean(b)^2)
    generator = np.random.default_rng(1)
    gold = generator.integers(1, 4, 2000)
    found = generator.binomial(gold, 0.6)
    statistics = np.stack([found, gold, gold], axis=1).astype(float)
    a, b = 2.0 * statistics[:, 0], statistics[:, 1] + statistics[:, 2]
    ratio = a.mean() / b.mean()
    error = 100 * np.sqrt(np.mean((a - ratio * b) ** 2) / 2000) / b.mean()
    assert seed_scores(statistics[None], f1_value, 3000).estimate().standard_error == pytest.approx(error, rel=0.05)


@pytest.mark.filterwarnings("error")
def test_a_single_draw_leaves_the_interval_over_seeds():
    found = seed_scores(accuracy_statistics(np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]])), draws=1).estimate()
    expected = stats.ttest_1samp([50.0, 75.0, 100.0], 0).confidence_interval(0.95)
    assert found.interval[0] == pytest.approx(expected.low)


def test_one_example_gives_an_interval_without_width():
    assert seed_scores(accuracy_statistics(np.ones((1, 1))), draws=20).estimate().interval == (100.0, 100.0)


def test_no_interval_leaves_the_range_of_scores():
    scores = SeedScores((1, 2), np.array([20.0, 90.0]), np.tile([20.0, 90.0], (4, 1)), 10)
    assert scores.estimate().interval == (0.0, 100.0)
    assert scores.minus(SeedScores((1, 2), np.array([90.0, 20.0]), np.tile([90.0, 20.0], (4, 1)), 10)).interval == (
        -100.0,
        100.0,
    )


def test_no_examples_is_refused():
    with pytest.raises(ValueError, match="no examples"):
        example_sums(np.zeros((0, 2)), 10, 0)


@pytest.mark.parametrize("value", [mean_value, f1_value])
def test_identical_arms_differ_by_exactly_zero(value):
    statistics = np.random.default_rng(5).random((3, 777, 2 if value is mean_value else 3))
    found = seed_scores(statistics, value).minus(seed_scores(statistics.copy(), value))
    assert found.interval == (0.0, 0.0)
    assert not found.draws.any()


def test_a_planted_difference_is_found_where_unpaired_intervals_overlap():
    generator = np.random.default_rng(2)
    right = generator.random((5, 1000)) < 0.6
    better = right | (generator.random((5, 1000)) < 0.05)  # 5 % of all, of which 40 % were wrong: 2 points
    arms = [seed_scores(accuracy_statistics(arm)) for arm in (better, right)]
    low, high = arms[0].minus(arms[1]).interval
    assert 0 < low < 100 * (better.mean() - right.mean()) < high < 4
    assert arms[0].estimate().interval[0] < arms[1].estimate().interval[1]


@pytest.mark.parametrize("count", [100, pytest.param(2000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("kind", KINDS)
def test_95_percent_intervals_cover_the_truth_95_percent_of_the_time(kind, spread, seeds, count):
    found = covered(kind, seeds, spread, count)
    # 2,000: within 1.5 points; 100: 4 standard errors of 2.2 points
    assert abs(found - 0.95) <= (0.015 if count == 2000 else 0.088)


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_with_one_seed_intervals_cover_what_other_examples_would_say(count):
    hits = 0
    for experiment in range(count):
        scores = 0.02 + crossed(np.random.default_rng([experiment, 1]), 1, (0.0, 0.3, 0.15))
        low, high = seed_scores(accuracy_statistics(scores), draws=300, seed=experiment).estimate().interval
        hits += low <= 2.0 <= high
    assert abs(hits / count - 0.95) <= (0.015 if count == 2000 else 0.062)


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
def test_estimates_are_deterministic_and_stay_within_points(right, seeds, seed):
    statistics = np.repeat(accuracy_statistics(np.array(right))[None], seeds, axis=0)
    found, again = (seed_scores(statistics, draws=400, seed=seed).estimate() for _ in range(2))
    assert np.array_equal(found.draws, again.draws)
    assert found.interval == again.interval
    assert 0 <= found.interval[0] <= found.value <= found.interval[1] <= 100
    # a mean of 400 draws has a standard error of at most 50 / sqrt(400 n); six of them
    assert abs(found.draws.mean() - found.value) <= 6 * 50 / math.sqrt(400 * len(right)) + 1e-4


@given(st.floats(0, 30), st.floats(0, 3), st.floats(0.05, 0.5), st.floats(0.5, 0.99))
def test_a_higher_level_gives_a_wider_interval(seed_spread, example_spread, lower, higher):
    draws = 50 + example_spread * np.array([-1.0, 0.0, 1.0])
    found = Estimate(50.0, draws, np.zeros(3), {1: seed_spread / 2, 2: -seed_spread / 2}, 2)
    narrow, wide = found.interval_at(lower), found.interval_at(higher)
    assert wide[0] <= narrow[0] <= 50 <= narrow[1] <= wide[1]


def scores(seeds: tuple[int, ...], values: list[float], examples: int = 10, untrained: bool = False) -> SeedScores:
    return SeedScores(seeds, np.array(values), np.tile(values, (4, 1)), examples, untrained)


def test_difference_is_taken_over_common_seeds():
    # seeds 2 and 3 are common: (70 - 61 + 80 - 75) / 2 = 7
    difference = scores((1, 2, 3), [10.0, 70.0, 80.0]).minus(scores((2, 3, 4), [61.0, 75.0, 0.0]))
    assert difference.value == 7.0
    assert difference.seeds == 2
    assert difference.values_by_seed() == {2: 9.0, 3: 5.0}


def test_difference_is_none_without_common_seeds_or_with_other_test_sets():
    assert scores((1,), [1.0]).minus(scores((2,), [1.0])) is None
    assert scores((1,), [1.0], examples=10).minus(scores((1,), [1.0], examples=11)) is None


def test_an_untrained_baseline_is_compared_with_every_seed():
    difference = scores((1, 2), [50.0, 60.0]).minus(scores((0,), [40.0], untrained=True))
    assert (difference.value, difference.seeds) == (15.0, 2)


def test_average_is_the_plain_mean_seed_by_seed():
    # seed 1 has 10 and 30, seed 2 has 20 and 60: means 20 and 40; the variance of their mean is 200 / 2
    parts = [scores((1, 2), [10.0, 20.0]).estimate(), scores((1, 2), [30.0, 60.0], 7).estimate()]
    mean = average(parts)
    assert (mean.value, mean.seeds, mean.examples) == (30.0, 2, 7)
    assert mean.values_by_seed() == {1: 20.0, 2: 40.0}
    assert mean.seed_variance == pytest.approx(100.0)
    assert average([]) is None


def test_errors_that_go_together_cancel_in_a_difference_of_estimates():
    statistics = accuracy_statistics(np.random.default_rng(3).random((2, 200)) < 0.5)
    one = seed_scores(statistics).estimate()
    nothing = combined([(1.0, one), (-1.0, one)])
    assert nothing.value == 0
    assert nothing.standard_error == pytest.approx(0, abs=1e-6)
    assert nothing.limits == (-100.0, 100.0)
