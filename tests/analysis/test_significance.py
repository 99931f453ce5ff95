"""Tests, corrections and power against hand-worked examples, scipy, and simulations."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from simulated import accuracy_statistics, crossed, seed_scores

from xstilts.analysis.intervals import Estimate, SeedScores
from xstilts.analysis.significance import (
    benjamini_hochberg,
    cohens_d,
    holm,
    minimum_detectable_difference,
    p_value,
    power_at,
    randomization_test,
    sign_flip_test,
    verdict,
)
from xstilts.metrics.base import f1_value, mean_value


def over_seeds(*values: float) -> Estimate:
    """Differences that vary over seeds alone."""
    zeros = SeedScores(tuple(range(len(values))), np.zeros(len(values)), np.zeros((5, len(values))), 100)
    mine = SeedScores(zeros.seeds, np.array(values), np.tile(values, (5, 1)), 100)
    return mine.minus(zeros)


def over_examples(value: float, error: float) -> Estimate:
    """A difference of one seed, with this standard error over very many examples."""
    draws = value + error * np.array([-1.0, 1.0]) / np.sqrt(2)
    return Estimate(value, draws, np.zeros(2), {}, 1, 10**7, (-100.0, 100.0))


def test_p_over_seeds_is_that_of_the_paired_t_test():
    values = [2.0, 3.5, 1.0, 2.5]
    assert p_value(over_seeds(*values)) == pytest.approx(stats.ttest_1samp(values, 0).pvalue)
    assert p_value(over_seeds(*values), 2.0) == pytest.approx(stats.ttest_1samp(values, 2).pvalue)


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=6), st.floats(0.1, 5))
def test_p_is_below_5_percent_exactly_where_the_interval_excludes_zero(values, error):
    found = over_seeds(*values)
    found = Estimate(found.value, over_examples(0, error).draws, np.zeros(2), found.effects, 2, 50, (-100.0, 100.0))
    p, (low, high) = p_value(found), found.interval
    if abs(p - 0.05) > 1e-6:
        assert (p < 0.05) == (low > 0 or high < 0)


def test_a_difference_without_any_spread_is_certain():
    assert p_value(over_seeds(1.0, 1.0)) == 0.0
    assert p_value(over_seeds(0.0, 0.0)) == 1.0


def test_randomization_of_five_answers_is_exact():
    # the first system has five more right; the other ten are alike. Of the 32 arrangements only all and none
    # exchanged differ by five: p = 2 / 32
    treatment = accuracy_statistics(np.ones((1, 15)))
    baseline = accuracy_statistics((np.arange(15) >= 5)[None])
    assert randomization_test(treatment, baseline, mean_value) == 2 / 32


def test_randomization_agrees_with_scipy():
    generator = np.random.default_rng(0)
    right = generator.random((2, 200)) < [[0.6], [0.5]]
    expected = stats.permutation_test(
        (right[0].astype(float), right[1].astype(float)),
        lambda x, y, axis: (x - y).mean(axis=axis),
        permutation_type="samples",
        n_resamples=9999,
        rng=1,
    )
    arms = [accuracy_statistics(arm[None]) for arm in right]
    assert randomization_test(*arms, mean_value) == pytest.approx(expected.pvalue, abs=0.02)


def test_randomization_of_f1_goes_through_the_sums():
    # per example (true positives, predicted, gold): all 8 arrangements of three examples, by hand
    treatment = np.array([[[2.0, 2, 2], [1, 1, 1], [0, 3, 2]]])
    baseline = np.array([[[1.0, 2, 2], [1, 2, 1], [1, 1, 2]]])
    differences = []
    for exchanged in itertools.product([False, True], repeat=3):
        sides = [
            f1_value(sum(b[i] if x != side else t[i] for i, x in enumerate(exchanged)))
            for side, (t, b) in enumerate([(treatment[0], baseline[0])] * 2)
        ]
        differences.append(abs(sides[0] - sides[1]))
    expected = np.mean([difference >= differences[0] - 1e-9 for difference in differences])
    assert randomization_test(treatment, baseline, f1_value) == expected


def test_arms_of_different_shape_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        randomization_test(np.ones((1, 5, 2)), np.ones((1, 6, 2)), mean_value)


def test_flipping_signs_of_seeds_is_exact():
    # of 8 arrangements of (1, 2, 4) only all the same sign reach the sum of 7; of (-1, 2, 4), sums 5, 7: 4 of 8
    assert sign_flip_test([1.0, 2.0, 4.0]) == 2 / 8
    assert sign_flip_test([-1.0, 2.0, 4.0]) == 4 / 8
    assert sign_flip_test([1.0] * 6) == 2 / 64


def test_flipping_nothing_is_refused():
    with pytest.raises(ValueError, match="found 0"):
        sign_flip_test([])


def test_holm_by_hand():
    # sorted 0.01, 0.02, 0.04 times 3, 2, 1: 0.03, 0.04, 0.04
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_benjamini_hochberg_agrees_with_scipy_and_holm_is_stricter(p):
    found = benjamini_hochberg(p)
    assert found == pytest.approx(stats.false_discovery_control(p).tolist())
    assert all(strict >= weak - 1e-12 for strict, weak in zip(holm(p), found, strict=True))


def test_cohens_d_by_hand():
    # mean 2, standard deviation over seeds of (1, 2, 3) is 1
    assert cohens_d(over_seeds(1.0, 2.0, 3.0)) == pytest.approx(2.0)
    assert cohens_d(over_seeds(1.0, 1.0, 1.0)) is None
    assert cohens_d(over_seeds(1.0, 3.0)) is None, "of two seeds the spread is a guess"
    assert cohens_d(over_examples(1.0, 1.0)) is None


def test_minimum_detectable_difference_of_a_large_sample_is_2_8_standard_errors():
    assert minimum_detectable_difference(over_examples(0.0, 0.5)) == pytest.approx((1.95996 + 0.84162) * 0.5, rel=1e-3)


def test_minimum_detectable_difference_over_seeds_follows_the_noncentral_t():
    found = over_seeds(1.0, 2.0, 3.0)
    detectable = minimum_detectable_difference(found)
    shift = detectable / found.standard_error
    critical = stats.t.ppf(0.975, 2)
    assert stats.nct.sf(critical, 2, shift) == pytest.approx(0.8, abs=1e-3)
    assert power_at(found, detectable) == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize(("seeds", "effect"), [(2, 3.0), (3, 1.0), (6, 0.5)])
def test_power_follows_the_noncentral_t(seeds, effect):
    found = over_seeds(*range(seeds))
    critical, shift = stats.t.ppf(0.975, seeds - 1), effect / found.standard_error
    expected = stats.nct.sf(critical, seeds - 1, shift) + stats.nct.cdf(-critical, seeds - 1, shift)
    assert power_at(found, effect) == pytest.approx(expected, abs=1e-3)


def test_power_at_no_effect_is_the_level_and_certain_far_away():
    assert power_at(over_examples(0.0, 1.0), 0.0) == pytest.approx(0.05, abs=1e-3)
    assert power_at(over_examples(0.0, 1.0), 1e6) == 1.0
    assert power_at(over_seeds(1.0, 1.0), 1.0) == 1.0


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [(3.0, 1.0, "better"), (-3.0, 1.0, "worse"), (0.2, 0.3, "no difference"), (0.2, 0.8, "undecided")],
)
def test_no_difference_is_said_only_where_the_margin_is_excluded(value, error, expected):
    # 0.2 +- 1.645 * 0.3 stays within one point, 0.2 +- 1.645 * 0.8 does not
    assert verdict(over_examples(value, error)) == expected


def test_a_wider_margin_decides_more():
    assert verdict(over_examples(0.2, 0.8), margin=2.0) == "no difference"


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_tests_keep_their_size_and_find_planted_effects_at_the_computed_power(count):
    # 5 seeds, 150 examples, per-example differences with effects of seeds 0.02, examples 0.2, both 0.1. The variance
    # of the mean is 100^2 (0.02^2 / 5 + 0.2^2 / 150 + 0.1^2 / 750) = 0.8 + 2.667 + 0.133 = 3.6 points^2
    rejected = {0.0: 0, 6.0: 0}
    for experiment in range(count):
        noise = crossed(np.random.default_rng([experiment, 7]), 5, (0.02, 0.2, 0.1))
        for effect in rejected:
            scores = seed_scores(accuracy_statistics(noise + effect / 100), draws=300, seed=experiment)
            rejected[effect] += p_value(scores.estimate()) < 0.05
    size, found = (hits / count for hits in rejected.values())
    power = power_at(over_examples(0.0, np.sqrt(3.6)), 6.0)
    print(f"size {size:.4f}; power {found:.4f}, computed {power:.4f}")
    assert abs(size - 0.05) <= (0.015 if count == 2000 else 4 * np.sqrt(0.05 * 0.95 / count))
    assert found == pytest.approx(power, abs=0.06 if count == 2000 else 0.12)
