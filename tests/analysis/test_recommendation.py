from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_summary import ALL_RIGHT, HALF, THREE_QUARTERS, scored, table

from xstilts.analysis.recommendation import (
    agreement,
    blind_regret,
    mean_agreement,
    mean_estimates,
    mean_ranks,
    measured_gains,
    regret,
)

gains = st.lists(st.floats(-20, 20), min_size=1, max_size=6)


def test_ranks_are_averaged_over_estimators_and_equal_values_share_theirs():
    ranks = mean_ranks({"a": {"x": 3.0, "y": 1.0}, "b": {"x": 2.0, "y": 5.0}, "c": {"x": 1.0, "y": 5.0}})
    assert ranks == {"a": (1 + 3) / 2, "b": (2 + 1.5) / 2, "c": (3 + 1.5) / 2}


def test_an_estimator_that_lacks_a_value_does_not_count():
    assert mean_ranks({"a": {"x": None, "y": 1.0}, "b": {"x": 2.0, "y": 0.0}}) == {"a": 1, "b": 2}
    assert mean_ranks({"a": {"x": None}, "b": {"x": None}}) == {"a": None, "b": None}


def test_regret_is_what_the_best_of_the_first_falls_short_of():
    assert regret([0.1, 0.9, 0.5], [4.0, 1.0, 3.0], k=1) == 3.0
    assert regret([0.1, 0.9, 0.5], [4.0, 1.0, 3.0], k=2) == 1.0
    assert regret([0.1, 0.9, 0.5], [4.0, 1.0, 3.0], k=5) == 0.0
    assert regret([0.5, 0.5], [1.0, 2.0], k=1) == 1.0


@given(gains, st.integers(1, 4))
def test_regret_of_a_blind_choice_is_the_mean_over_all_choices(gained, k):
    k = min(k, len(gained))
    expected = np.mean([max(gained) - max(chosen) for chosen in combinations(gained, k)])
    assert blind_regret(gained, k) == pytest.approx(expected, abs=1e-9)


def test_agreement_orders_recipes_that_were_measured():
    values = {
        "a": {"x": 1.0, "y": 0.0},
        "b": {"x": 2.0, "y": 0.0},
        "c": {"x": 3.0, "y": 0.0},
        "d": {"x": 4.0, "y": 0.0},
        "e": {"x": 9.0, "y": 0.0},
    }
    ranks = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0}
    found = agreement(values, ranks, {"a": -1.0, "b": 0.5, "c": 2.0, "d": 4.0})
    assert found is not None
    assert found["x"] == {"kendall": 1.0, "regret_at_1": 0.0, "regret_at_3": 0.0}
    assert found["y"] == {"kendall": None, "regret_at_1": 5.0, "regret_at_3": 2.0}
    assert found["mean_rank"] == {"kendall": -1.0, "regret_at_1": 5.0, "regret_at_3": 2.0}
    assert found["at_random"]["regret_at_1"] == pytest.approx(4 - (-1 + 0.5 + 2 + 4) / 4)
    assert agreement(values, dict.fromkeys(values, 1.0), {"a": 1.0}) is None


def test_three_recipes_have_no_rank_correlation():
    values = {recipe: {"x": float(at)} for at, recipe in enumerate("abc")}
    found = agreement(values, {"a": 3.0, "b": 2.0, "c": 1.0}, {"a": 0.0, "b": 1.0, "c": 2.0})
    assert found is not None
    assert found["x"] == {"kendall": None, "regret_at_1": 0.0, "regret_at_3": 0.0}


def test_means_leave_out_what_is_not_known():
    assert mean_estimates([{"x": 1.0, "y": 2.0}, {"x": 2.0, "y": None}]) == {"x": 1.5, "y": None}
    one = {"kendall": 0.5, "regret_at_1": 1.0, "regret_at_3": 0.0}
    other = {"kendall": None, "regret_at_1": 3.0, "regret_at_3": 1.0}
    found = mean_agreement([{"x": one}, {"x": other, "y": other}])
    assert found["x"] == {"kendall": 0.5, "regret_at_1": 2.0, "regret_at_3": 0.5}
    assert found["y"] == other


def test_gains_are_differences_to_the_baseline_in_zero_shot_languages():
    rows = table(
        scored(HALF),
        scored(ALL_RIGHT, "nli"),
        scored(HALF, language="sw"),
        scored(THREE_QUARTERS, "nli", language="sw"),
        scored(HALF, language="en"),
        scored(HALF, "nli", language="en"),
    )
    assert measured_gains(rows, "direct") == {("xlmr", "panx"): {"nli": pytest.approx((50 + 25) / 2)}}
