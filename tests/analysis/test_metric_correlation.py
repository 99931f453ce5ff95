"""Correlations against scipy and planted values; errors of left-out recipes by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from simulated import empty_columns, only, scored, table

from xstilts.analysis.evidence import Evidence
from xstilts.analysis.metric_correlation import (
    _with_interval,
    correlate,
    kendall,
    left_out_error,
    metric_correlation,
    partial_pearson,
    pearson,
    spearman,
    target_dev,
)
from xstilts.records import Records, costs_schema, dev_schema

NUMBERS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=4, max_size=12)


@given(NUMBERS)
def test_coefficients_agree_with_scipy_ties_and_all(pairs):
    x, y = np.array(pairs, dtype=float).T
    if len(set(x)) > 1 and len(set(y)) > 1:
        assert float(pearson(x, y)) == pytest.approx(stats.pearsonr(x, y).statistic)
        assert float(spearman(x, y)) == pytest.approx(stats.spearmanr(x, y).statistic)
        assert float(kendall(x, y)) == pytest.approx(stats.kendalltau(x, y).statistic)
    else:
        assert np.isnan(pearson(x, y))


def test_rows_are_correlated_each_for_itself():
    x = np.array([[1.0, 2, 3, 4], [4.0, 1, 3, 2]])
    y = np.array([[1.0, 3, 2, 4], [1.0, 2, 3, 4]])
    for rule in (pearson, spearman, kendall):
        assert rule(x, y) == pytest.approx([float(rule(x[0], y[0])), float(rule(x[1], y[1]))])


def test_a_partial_correlation_follows_the_formula():
    # r_xy.z = (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2) (1 - r_yz^2))
    generator = np.random.default_rng(0)
    z = generator.normal(size=50)
    x, y = z + generator.normal(size=50), z + generator.normal(size=50)
    r = np.corrcoef([x, y, z])
    expected = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
    assert float(partial_pearson(x, y, z)) == pytest.approx(expected)


def test_error_of_a_left_out_recipe_by_hand():
    # without c the line through (1, 10) and (2, 20) foretells 30 at 3, where 36 is; and so on
    x, y, names = [1.0, 2.0, 3.0], [10.0, 20.0, 36.0], ["a", "b", "c"]
    line, mean = left_out_error(x, y, names)
    assert line == pytest.approx(np.sqrt(np.mean(np.square([4 - 10, 23 - 20, 30 - 36]))))
    assert mean == pytest.approx(np.sqrt(np.mean(np.square([28 - 10, 23 - 20, 15 - 36]))))


def test_seeds_of_a_recipe_are_left_out_together():
    # the one recipe apart from the others cannot be learned from its other seed
    x, y = [0.0, 0.0, 1.0, 1.0, 9.0, 9.0], [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    assert left_out_error(x, y, list("aabbcc"))[0] > left_out_error(x, y, list("abcdef"))[0]


def test_recipes_are_resampled_with_all_their_seeds():
    # five seeds of each of five recipes are no more evidence than one of each
    generator = np.random.default_rng(1)
    x, y = generator.normal(size=(2, 5))
    one = correlate(x.tolist(), y.tolist(), list("abcde"), draws=2000)["pearson"]
    five = correlate(np.repeat(x, 5).tolist(), np.repeat(y, 5).tolist(), list(np.repeat(list("abcde"), 5)), draws=2000)
    assert five["pearson"].low == pytest.approx(one.low, abs=0.02)
    assert five["pearson"].high == pytest.approx(one.high, abs=0.02)


@pytest.mark.parametrize("value", [0.0, 0.4, -0.9])
def test_an_interval_is_stretched_about_the_value_on_the_scale_of_z(value):
    # z from -1 to 1: 2.5 % of the draws are below -0.95; t of 3 degrees of freedom is 3.182, a normal 1.960, and four
    # recipes have (4 - 1) / 4 of the variance
    found = _with_interval(value, np.tanh(np.linspace(-1, 1, 4001)), 4)
    z, stretch = np.arctanh(value), 3.18245 / 1.95996 * np.sqrt(4 / 3)
    ends = (z + stretch * (-0.95 - z), z + stretch * (0.95 - z))
    assert (found.value, found.low, found.high) == pytest.approx((value, *np.tanh(ends)), abs=1e-5)


def test_draws_in_which_a_side_does_not_vary_are_left_out_and_half_of_them_are_enough():
    draws = np.tanh(np.linspace(-1, 1, 100))
    unknown = np.full(100, np.nan)
    assert _with_interval(0.3, np.append(draws, unknown), 5) == _with_interval(0.3, draws, 5)
    nothing = _with_interval(0.3, np.append(draws, [*unknown, np.nan]), 5)
    assert nothing.value == 0.3
    assert np.isnan([nothing.low, nothing.high]).all()
    assert np.isnan(_with_interval(float("nan"), draws, 5).low)


@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_planted_correlations_are_recovered_and_covered(count):
    planted, found, covered = 0.7, [], 0
    for experiment in range(count):
        generator = np.random.default_rng(experiment)
        x = generator.normal(size=40)
        y = planted * x + np.sqrt(1 - planted**2) * generator.normal(size=40)
        got = correlate(x.tolist(), y.tolist(), [str(at) for at in range(40)], draws=500)["pearson"]
        found.append(got.value)
        covered += got.low <= planted <= got.high
    print(f"pearson {np.mean(found):.3f}; coverage {covered / count:.4f}")
    assert np.mean(found) == pytest.approx(planted, abs=0.06 if count == 40 else 0.02)
    assert 0.935 <= covered / count <= 0.965 if count == 1000 else covered / count > 0.8


RECIPES: Mapping[str, Any] = {"direct": [], **{f"{task}-{size}": [task] for task in "nm" for size in (1, 2, 3)}}
ACCURACY = {"n-1": 50.0, "n-2": 60.0, "n-3": 70.0, "m-1": 80.0, "m-2": 85.0, "m-3": 90.0}
RIGHT = {"n-1": 30, "n-2": 40, "n-3": 50, "m-1": 32, "m-2": 37, "m-3": 42}


def study(targets: Sequence[str] = ("panx",), right: Mapping[str, int] = RIGHT) -> Evidence:
    """Within each task, accuracy goes with transfer point by point; the other task has 30 points more for as much."""
    seeds = (1, 2)
    rows = [
        scored([1] * count + [0] * (100 - count), recipe, language="sw", seed=seed)
        for recipe, count in {"direct": 20, **right}.items()
        for seed in seeds
    ]
    costs, dev = [], []
    for recipe, accuracy in ACCURACY.items():
        for seed in seeds:
            about = {"encoder": "xlmr", "recipe": recipe, "seed": seed}
            stage = f"{recipe}/{seed}"
            costs.append({**about, "stage": stage, "role": "intermediate", "place": 0, "tasks": recipe[0]})
            costs += [
                {**about, "stage": f"{stage}/{name}", "role": "target", "target": name, "place": 1, "tasks": name}
                for name in targets
            ]
            for metric, value in (("accuracy", accuracy), ("loss", 5 - accuracy / 20)):
                dev.append(score_row(stage, metric, value))
            dev += [score_row(f"{stage}/{name}", "score", 90.0 + seed + (recipe == "n-1")) for name in targets]
    records = Records(pl.DataFrame(costs, schema=costs_schema()), pl.DataFrame(dev, schema=dev_schema()))
    return Evidence.of(table(*rows), {"recipes": RECIPES}, records, draws=50)


def score_row(stage: str, metric: str, value: float) -> dict[str, Any]:
    return {"stage": stage, "head": stage, "step": 1, "selected": True, "task": "t", "metric": metric, "value": value}


def test_runs_are_correlated_together_and_within_tasks():
    rows = metric_correlation(study()).tables["correlations"].filter(pl.col("target") == "panx")
    rows = rows.filter(pl.col("language") == "sw")
    together = only(rows, metric="accuracy", scope="all")
    expected = stats.spearmanr(list(ACCURACY.values()) * 2, list(RIGHT.values()) * 2).statistic
    assert together["spearman"] == pytest.approx(expected)
    assert (together["recipes"], together["runs"]) == (6, 12)
    assert only(rows, metric="accuracy", scope="within")["pearson"] == pytest.approx(1.0)
    assert only(rows, metric="loss", scope="within")["pearson"] == pytest.approx(-1.0)
    assert together["partial"] is not None
    assert empty_columns(rows) == []


def test_a_run_without_one_of_the_targets_has_no_mean_over_targets():
    full = study()
    harder = full.table.with_columns(target=pl.lit("hard"), value=pl.col("value") / 10)
    collapsed = harder.with_columns(collapsed=(pl.col("recipe") == "n-1") & (pl.col("seed") == 1))
    both = Evidence(full.scores, full.recipes, full.records, "direct", pl.concat([full.table, collapsed]))
    rows = (
        metric_correlation(both)
        .tables["correlations"]
        .filter((pl.col("scope") == "all") & (pl.col("metric") == "loss"))
    )
    assert only(rows, target="panx", language="sw")["runs"] == 12
    assert only(rows, target="all targets")["runs"] == 11


def test_what_is_held_constant_over_all_targets_is_the_mean_of_their_dev_scores():
    # 90 + seed for both targets, one more for n-1
    held = target_dev(study(targets=("panx", "udpos"))).filter(pl.col("target") == "all targets")
    assert only(held, recipe="m-1", seed=1)["held"] == pytest.approx(91.0)
    assert only(held, recipe="n-1", seed=2)["held"] == pytest.approx(93.0)


def test_a_target_without_training_has_no_partial():
    rows = metric_correlation(study(targets=())).tables["correlations"]
    assert only(rows, target="all targets", metric="accuracy", scope="all")["partial"] is None


def test_the_answer_names_the_closest_measure_and_how_well_it_predicts():
    answer = metric_correlation(study())
    assert "2 measures of intermediate training that these recipes share" in answer.sentence
    assert "over 12 runs of 6 recipes; it predicts a left-out recipe to within" in answer.sentence
    # within each task accuracy and transfer rise together, point by point
    assert "Among recipes with the same tasks, accuracy goes most closely with it: Spearman +1.00 [" in answer.sentence
    assert "English dev scores held constant, Pearson's correlation is +" in answer.sentence
    assert len(answer.notes) == 2


def test_an_only_measure_is_not_called_the_closest():
    full = study()
    records = Records(full.records.costs, full.records.dev.filter(pl.col("metric") == "accuracy"))
    answer = metric_correlation(Evidence(full.scores, full.recipes, records, "direct", full.table))
    assert answer.sentence.startswith("accuracy, the only measure of intermediate training that these recipes share, ")
    assert "closest" not in answer.sentence.partition(":")[0]


@pytest.mark.parametrize(
    ("gains", "start"),
    [
        ((30, 32, 34, 36, 38, 40), "Of 2 measures of "),
        ((40, 38, 36, 34, 32, 30), "Of 2 measures of "),
        (tuple(RIGHT.values()), "None of 2 measures of "),
    ],
    ids=["rises", "falls", "uncertain"],
)
def test_a_measure_goes_with_transfer_where_its_interval_excludes_zero_on_either_side(gains, start):
    answer = metric_correlation(study(right=dict(zip(ACCURACY, gains, strict=True))))
    assert answer.sentence.startswith(start)


def test_without_records_there_is_no_answer():
    full = study()
    empty = Records(full.records.costs.clear(), full.records.dev.clear())
    assert metric_correlation(Evidence(full.scores, full.recipes, empty, "direct", full.table)) is None
