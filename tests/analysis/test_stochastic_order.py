"""Almost stochastic order against quantile functions worked out by hand."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.analysis.stochastic_order import almost_stochastic_order, violation

SCORES = st.lists(st.floats(0, 100), min_size=2, max_size=8)


def test_violation_by_hand():
    assert violation([2, 4], [1, 3]) == 0.0
    assert violation([1, 3], [2, 4]) == 1.0
    assert violation([0, 3], [1, 2]) == 0.5  # quantiles differ by -1 and +1
    # quantiles of (1, 5) and (2, 3, 4) on sixths: 1, 1, 1, 5, 5, 5 and 2, 2, 3, 3, 4, 4: squares 1, 1, 4 | 4, 1, 1
    assert violation([1, 5], [2, 3, 4]) == pytest.approx(0.5)
    assert violation([5, 5], [5, 5]) == 0.5


@given(SCORES, SCORES)
def test_violations_of_both_orders_add_up_to_one(scores, others):
    assert violation(scores, others) + violation(others, scores) == pytest.approx(1.0)


def test_runs_far_apart_are_ordered_and_alike_runs_are_not():
    generator = np.random.default_rng(0)
    low, high = generator.normal(50, 1, 10), generator.normal(60, 1, 10)
    assert almost_stochastic_order(high.tolist(), low.tolist()) == 0.0
    assert almost_stochastic_order(low.tolist(), high.tolist()) == 1.0
    alike = generator.normal(50, 1, (2, 10))
    assert almost_stochastic_order(alike[0].tolist(), alike[1].tolist()) > 0.2


def test_the_bound_is_not_below_the_violation():
    scores, others = [1.0, 5.0, 6.0], [2.0, 3.0, 4.0]
    assert almost_stochastic_order(scores, others) >= violation(scores, others)


def test_the_bound_lies_as_far_above_as_resampled_violations_spread():
    scores, others = [0.0, 4.0], [1.0, 2.0]
    # quantiles differ by -1 and +2; of two runs with two others there are 16 resamples, all equally probable
    resampled = [violation(mine, theirs) for mine in product(scores, repeat=2) for theirs in product(others, repeat=2)]
    for confidence, errors in ((0.95, 1.64485), (0.8, 0.84162)):
        bound = almost_stochastic_order(scores, others, confidence, draws=20_000)
        assert bound == pytest.approx(1 / 5 + errors * np.std(resampled), abs=0.02)


def test_one_run_is_refused():
    with pytest.raises(ValueError, match="two runs"):
        almost_stochastic_order([1.0], [1.0, 2.0])
