from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.errors import InputError
from xstilts.settings import Sampling
from xstilts.training.mixture import probabilities, schedule, steps

SIZES = {"nli": 900, "qa": 64, "tags": 36}


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (Sampling(), (0.9, 0.064, 0.036)),
        (Sampling(cap=100), (0.5, 0.32, 0.18)),
        (Sampling(method="uniform"), (1 / 3, 1 / 3, 1 / 3)),
        # square roots 30, 8, 6
        (Sampling(method="temperature", temperature=2), (30 / 44, 8 / 44, 6 / 44)),
        # square roots of 100, 64, 36
        (Sampling(method="temperature", temperature=2, cap=100), (10 / 24, 8 / 24, 6 / 24)),
        (Sampling(method="temperature", temperature=1), (0.9, 0.064, 0.036)),
        (Sampling(method="explicit", weights={"tags": 1, "nli": 3, "qa": 0}), (0.75, 0.0, 0.25)),
    ],
)
def test_probabilities_are_those_worked_out_by_hand(sampling, expected):
    chances = probabilities(SIZES, sampling)
    assert tuple(chances[name] for name in SIZES) == pytest.approx(expected)


def test_explicit_weights_go_to_the_tasks_that_they_name():
    """`schedule` numbers tasks in the order of the stage, not in that in which the weights are written."""
    chances = probabilities(SIZES, Sampling(method="explicit", weights={"tags": 1, "nli": 0, "qa": 0}))
    assert set(schedule(chances, 50, 0).tolist()) == {2}


@pytest.mark.parametrize(
    "weights",
    [
        {"nli": 1, "qa": 1},
        {"nli": 1, "qa": 1, "tags": 1, "more": 1},
        {"nli": 1, "qa": -1, "tags": 1},
        {"nli": 0, "qa": 0, "tags": 0},
        {},
        None,
    ],
    ids=["a task missing", "a task too many", "negative", "all zero", "empty", "none"],
)
def test_explicit_weights_that_make_no_mixture_are_refused(weights):
    with pytest.raises(InputError, match="one weight per task") as raised:
        probabilities(SIZES, Sampling(method="explicit", weights=weights))
    assert raised.value.exit_code == 2
    assert "nli, qa, tags" in str(raised.value)


def test_tasks_are_drawn_as_often_as_their_probability_says():
    drawn = schedule({"a": 0.7, "b": 0.2, "c": 0.1}, 20_000, seed=5)
    shares = np.bincount(drawn, minlength=3) / 20_000
    # five standard errors of a share of 0.7: 5 * sqrt(0.7 * 0.3 / 20000)
    assert shares == pytest.approx([0.7, 0.2, 0.1], abs=0.0163)


@given(steps=st.integers(1, 200), more=st.integers(0, 200), seed=st.integers(0, 1 << 32))
def test_a_longer_schedule_begins_with_the_shorter_one(steps, more, seed):
    chances = {"a": 0.5, "b": 0.5}
    assert schedule(chances, steps + more, seed)[:steps].tolist() == schedule(chances, steps, seed).tolist()


@given(weights=st.lists(st.floats(0, 1), min_size=1, max_size=6).filter(any), seed=st.integers(0, 100))
def test_a_task_of_probability_zero_is_never_drawn(weights, seed):
    total = sum(weights)
    drawn = schedule({str(at): weight / total for at, weight in enumerate(weights)}, 100, seed)
    assert drawn.min() >= 0
    assert all(weights[at] > 0 for at in set(drawn.tolist()))


def test_seeds_draw_different_schedules():
    chances = {"a": 0.5, "b": 0.5}
    assert schedule(chances, 100, 1).tolist() != schedule(chances, 100, 2).tolist()


def test_what_rounding_leaves_over_goes_to_the_last_task():
    """A number that is drawn above the sum of the probabilities, here in a quarter of all cases, is the last task's."""
    assert set(schedule({"a": 0.5, "b": 0.25}, 200, 0).tolist()) == {0, 1}


def test_a_temperature_counts_only_where_it_is_the_rule_and_steps_are_rounded_up():
    chances = probabilities({"text": 50, **SIZES}, Sampling(method="uniform", shares={"text": 0.4}))
    assert list(chances.items()) == [("text", 0.4), *((name, pytest.approx(0.2)) for name in SIZES)]
    # 1.5 epochs over 1,000 rows in steps of 32 are 46.9 steps; with a share of a half beside them 93.75.
    assert steps(SIZES, Sampling(), 1.5, 32) == 47
    assert steps({**SIZES, "text": 9}, Sampling(shares={"text": 0.5}), 1.5, 32) == 94


@pytest.mark.parametrize("shares", [{"other": 0.2}, {"nli": 0.2, "qa": 0.2, "tags": 0.2}, {"nli": 0.2, "other": 0.2}])
def test_wrong_shares_and_weights_name_their_field_and_what_is_there(shares):
    with pytest.raises(InputError) as raised:
        probabilities(SIZES, Sampling(shares=shares))
    assert raised.value.where == "sampling.shares"
    assert f"found:    {', '.join(shares)}" in str(raised.value)
    assert "expected: some of nli, qa, tags" in str(raised.value)
    with pytest.raises(InputError) as raised:
        probabilities(SIZES, Sampling(method="explicit", weights={"nli": 1.0}))
    assert raised.value.where == "sampling.weights"
    assert "found:    {'nli': 1.0}" in str(raised.value)
