"""Gain and cost against the number of tasks, on tables whose numbers are worked out by hand."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated import empty_columns, only, scored, table

from xstilts.analysis.evidence import Evidence
from xstilts.analysis.task_count import efficient, intermediate_costs, task_count
from xstilts.records import Records, costs_schema, dev_schema

RECIPES: Mapping[str, Any] = {
    "direct": [],
    "a": ["a"],
    "b": ["b"],
    "joint": [{"tasks": ["a", "b"]}],
    "a-b": ["a", "b"],
    "b-a": ["b", "a"],
    "joint-3": [{"tasks": ["a", "b", "c"]}],
}
GAINS = {"a": 2, "b": 4, "joint": 8, "a-b": 6, "b-a": 1, "joint-3": 12}
STEPS = {"a": [10], "b": [10], "joint": [15], "a-b": [10, 10], "b-a": [10, 10], "joint-3": [40]}


def records(steps: Mapping[str, list[int]] = STEPS, scores: list[dict[str, Any]] | None = None) -> Records:
    costs = [
        {"stage": f"{recipe}/{place}/{seed}", "encoder": "xlmr", "recipe": recipe, "seed": seed, "place": place}
        | {"role": "intermediate", "steps": count, "pieces": 100 * count, "seconds": float(count)}
        | {"tasks": recipe.split("-")[place] if "joint" not in recipe else "a+b"}
        for recipe, counts in steps.items()
        for place, count in enumerate(counts)
        for seed in (1, 2, 3)
    ]
    return Records(pl.DataFrame(costs, schema=costs_schema()), pl.DataFrame(scores or [], schema=dev_schema()))


def study(gains: Mapping[str, int] = GAINS, kept: Records | None = None) -> Evidence:
    """Recipes that have so many more of 100 right than direct, in every seed."""
    rows = [
        scored([1] * (50 + more) + [0] * (50 - more), recipe, language="sw", seed=seed)
        for recipe, more in {"direct": 0, **gains}.items()
        for seed in (1, 2, 3)
    ]
    return Evidence.of(table(*rows), {"recipes": RECIPES}, kept or records(), draws=200)


def test_costs_are_summed_over_the_stages_and_averaged_over_seeds():
    assert intermediate_costs(study())["xlmr", "a-b"] == {"steps": 20.0, "pieces": 2000.0, "seconds": 20.0}


def test_a_cost_that_one_stage_does_not_say_is_unknown():
    kept = records()
    costs = kept.costs.with_columns(
        pieces=pl.when((pl.col("recipe") == "a-b") & (pl.col("place") == 1)).then(None).otherwise(pl.col("pieces"))
    )
    found = intermediate_costs(study(kept=Records(costs, kept.dev)))
    assert found["xlmr", "a-b"]["pieces"] is None
    assert found["xlmr", "a-b"]["steps"] == 20.0


def test_the_front_by_hand():
    # direct (0, 0); b gains more than a for as much; the sequence costs more than joint and gains less
    assert efficient([0, 2, 4, 8, 6], [0, 10, 10, 15, 20]) == [True, False, True, True, False]
    assert efficient([1, 1], [5, 5]) == [True, True]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_what_is_not_on_the_front_is_beaten_by_something_on_it(choices):
    front = efficient([gain for gain, _ in choices], [cost for _, cost in choices])
    kept = [choice for choice, on in zip(choices, front, strict=True) if on]
    for (gained, cost), on in zip(choices, front, strict=True):
        beaten = any(g >= gained and c <= cost and (g, c) != (gained, cost) for g, c in kept)
        assert on != beaten


def test_recipes_say_gain_cost_and_whether_they_are_efficient():
    rows = task_count(study()).tables["recipes"]
    row = only(rows, recipe="joint")
    assert (row["arrangement"], row["count"], row["steps"]) == ("joint", 2, 15.0)
    assert row["delta"] == pytest.approx(8.0)
    assert rows.filter("efficient")["recipe"].to_list() == ["b", "joint", "joint-3"]


def test_groups_of_equally_many_tasks_are_averaged():
    counts = task_count(study()).tables["counts"]
    single = only(counts, arrangement="single", count=1)
    assert (single["recipes"], single["steps"]) == (2, 10.0)
    assert single["delta"] == pytest.approx(3.0)
    assert single["spread"] == pytest.approx(2**0.5)  # standard deviation of 2 and 4
    assert only(counts, arrangement="sequence", count=2)["delta"] == pytest.approx(3.5)
    alone = only(counts, arrangement="joint", count=3)
    assert (alone["recipes"], alone["spread"]) == (1, None)


def test_slopes_are_points_per_further_task():
    # joint: counts 1, 1, 2, 3 with gains 2, 4, 8, 12: mean 1.75 and 6.5, slope 12.5 / 2.75
    trends = task_count(study()).tables["trends"]
    assert only(trends, arrangement="joint")["slope"] == pytest.approx(12.5 / 2.75)
    assert only(trends, arrangement="sequence")["slope"] == pytest.approx(0.5)  # 3 with one task, 3.5 with two


def test_recipes_of_the_same_tasks_are_compared_in_order_and_arrangement():
    pairs = task_count(study()).tables["pairs"]
    assert only(pairs, compares="order")["delta"] == pytest.approx(5.0)
    assert pairs.filter(pl.col("compares") == "arrangement")["delta"].to_list() == pytest.approx([2.0, 7.0])


def test_forgetting_is_the_score_before_minus_the_score_after():
    def dev(stage: str, head: str, value: float) -> dict[str, Any]:
        return {"stage": stage, "head": head, "step": 10, "selected": True, "task": "a", "metric": "score"} | {
            "value": value
        }

    scores = [dev(f"a-b/0/{seed}", f"a-b/0/{seed}", 80.0 + seed) for seed in (1, 2)]
    scores += [dev(f"a-b/1/{seed}", f"a-b/0/{seed}", 60.0) for seed in (1, 2)]
    row = only(task_count(study(kept=records(scores=scores))).tables["forgetting"], recipe="a-b")
    assert (row["task"], row["after_task"], row["place"], row["after_place"], row["seeds"]) == ("a", "b", 0, 1, 2)
    assert (row["before"], row["after"], row["forgotten"]) == (81.5, 60.0, 21.5)
    # 21 and 22: a standard error of 0.5, and Student's t of one degree of freedom is 12.706
    assert (row["forgotten_low"], row["forgotten_high"]) == pytest.approx((21.5 - 6.353, 21.5 + 6.353), abs=1e-3)
    tables = task_count(study(kept=records(scores=scores))).tables
    assert {name: empty_columns(found) for name, found in tables.items()} == {name: [] for name in tables}
    said = task_count(study(kept=records(scores=scores))).sentence
    assert said.endswith("Forgetting is largest in a-b: the dev score of a changes by −21.5 [−27.9, −15.1] points.")


def test_the_answer_in_words():
    answer = task_count(study())
    assert answer.sentence.startswith("Each further task changes the zero-shot gain by +4.5 [")  # 12.5 / 2.75
    assert "points in joint training and by +0.5 [" in answer.sentence
    assert "the largest gain over direct is that of joint-3, +12.0 [" in answer.sentence
    assert "gains are had at the least cost by b (+4.0 for " in answer.sentence
    assert "Order matters most in a-b against b-a: +5.0 [" in answer.sentence
    assert answer.notes == ()


def test_where_nothing_gains_nothing_is_worth_its_cost():
    losing = {name: -gained for name, gained in GAINS.items()}
    said = task_count(study(losing)).sentence
    assert "Judged by means, no recipe gains anything over direct." in said
    assert "the smallest loss against direct is that of b-a, −1.0 [" in said


def test_recipes_without_results_or_costs_are_named():
    answer = task_count(study({"a": 2, "joint": 8}, records({"a": [10]})))
    assert answer.notes == (
        "Without results, or collapsed with every seed: b, a-b, b-a and joint-3.",
        "The cost of 1 recipe is not in the records.",
    )


def test_one_number_of_tasks_gives_no_answer():
    assert task_count(study({"a": 2, "b": 4})) is None
