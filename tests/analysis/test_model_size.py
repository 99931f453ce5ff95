"""Gain against size: lines by hand and by scipy, planted slopes, and the answer."""

from collections.abc import Mapping
from itertools import permutations

import numpy as np
import polars as pl
import pytest
from scipy import stats
from simulated import accuracy_statistics, crossed, empty_columns, only, scored, seed_scores, table

from xstilts.analysis.evidence import Evidence
from xstilts.analysis.intervals import Estimate
from xstilts.analysis.model_size import EVERY, fit_trend, model_size, trend_at
from xstilts.records import Records, costs_schema, dev_schema

SIZES = {"small": 10**6, "middle": 10**7, "large": 10**8}


def exactly(*values: float) -> list[Estimate]:
    return [Estimate(value, np.full(4, value), np.zeros(4), {}, 1, 100, (-100.0, 100.0)) for value in values]


def records(sizes: Mapping[str, int]) -> Records:
    costs = [{"encoder": name, "parameters": size, "stage": "key"} for name, size in sizes.items()]
    return Records(pl.DataFrame(costs, schema=costs_schema()), pl.DataFrame(schema=dev_schema()))


def study_with(gains: Mapping[str, int]) -> Evidence:
    """Encoders whose recipe has so many more of 100 right than direct, in German and in Japanese."""
    rows = [
        scored([1] * (50 + more) + [0] * (50 - more), recipe, language=code, seed=seed, encoder=encoder)
        for encoder, gained in gains.items()
        for recipe, more in (("direct", 0), ("nli", gained))
        for code in ("de", "ja")
        for seed in (1, 2)
    ]
    return Evidence.of(table(*rows), {"recipes": {"direct": [], "nli": ["nli"]}}, records(SIZES), draws=200)


def test_slope_agrees_with_scipy():
    sizes, values = [1e6, 3e6, 1e8, 2e9], [1.0, 2.5, 2.0, 4.0]
    trend = fit_trend(sizes, exactly(*values))
    line = stats.linregress(np.log10(sizes), values)
    assert trend.slope.value == pytest.approx(line.slope)
    assert trend.explained == pytest.approx(line.rvalue**2)
    assert trend.median_slope == pytest.approx(stats.theilslopes(values, np.log10(sizes)).slope)


def test_permutation_of_the_gains_is_exact():
    sizes, values = [1e6, 1e7, 1e8, 1e9], [0.0, 1.0, 3.0, 2.0]
    slopes = [abs(np.polyfit([0, 1, 2, 3], order, 1)[0]) for order in permutations(values)]
    expected = np.mean([slope >= slopes[0] - 1e-9 for slope in slopes])
    assert fit_trend(sizes, exactly(*values)).p_permutation == pytest.approx(expected)


@pytest.mark.parametrize(("place", "expected"), [(8, 2 / 9), (6, 6 / 9), (4, 1.0)])
def test_many_gains_are_permuted_at_random(place, expected):
    # one encoder of nine gains: as steep a line comes of the places that are as far from the middle
    gains = [float(at == place) for at in range(9)]
    found = fit_trend([10.0**at for at in range(1, 10)], exactly(*gains)).p_permutation
    assert found == pytest.approx(expected, abs=0.02)  # five standard errors of 9,999 rounds


def test_three_sizes_in_order_reach_one_third():
    assert fit_trend([1e6, 1e7, 1e8], exactly(0, 1, 2)).p_permutation == pytest.approx(2 / 6)


def test_a_line_explains_nothing_of_gains_that_are_all_the_same():
    trend = fit_trend([1e6, 1e7, 1e8], exactly(2, 2, 2))
    assert (trend.explained, trend.median_slope, trend.p_permutation) == (0.0, 0.0, 1.0)
    assert trend.slope.value == pytest.approx(0)


def test_one_size_has_no_trend():
    assert fit_trend([1e6, 1e6], exactly(0, 1)) is None


def test_the_line_is_that_of_least_squares_at_other_sizes_too():
    # gains 0, 1 and 3: mean 4 / 3 in the middle, 1.5 points per tenfold
    found = trend_at([1e6, 1e7, 1e8], exactly(0, 1, 3), [1e6, 1e7, 1e9])
    assert [one.value for one in found] == pytest.approx([-1 / 6, 4 / 3, 13 / 3])
    for one in found:
        assert one.draws.tolist() == pytest.approx([one.value] * 4)


def test_an_odd_encoder_moves_the_median_slope_less():
    trend = fit_trend([1e5, 1e6, 1e7, 1e8, 1e9], exactly(0, 1, 2, 3, 30))
    assert trend.median_slope == pytest.approx(1.0)
    assert trend.slope.value > 5


@pytest.mark.parametrize("count", [80, pytest.param(2000, marks=pytest.mark.slow)])
def test_planted_slopes_are_recovered_and_covered(count):
    # gains of 1, 3 and 5 points at 10^6, 10^7 and 10^8 parameters: 2 points per tenfold
    covered, slopes = 0, []
    for experiment in range(count):
        generator = np.random.default_rng([experiment, 3])
        gains = [
            seed_scores(accuracy_statistics(planted + crossed(generator, 5, (0.02, 0.1, 0.1))), draws=200).estimate()
            for planted in (0.01, 0.03, 0.05)
        ]
        slope = fit_trend([1e6, 1e7, 1e8], gains).slope
        slopes.append(slope.value)
        covered += slope.interval[0] <= 2.0 <= slope.interval[1]
    print(f"slope {np.mean(slopes):.3f}; coverage {covered / count:.4f}")
    assert np.mean(slopes) == pytest.approx(2.0, abs=5 * np.std(slopes) / np.sqrt(count))
    assert 0.935 <= covered / count <= 0.965 if count == 2000 else covered / count > 0.85


def test_the_answer_names_the_slope_and_what_so_few_encoders_can_show():
    answer = model_size(study_with({"small": 4, "middle": 10, "large": 16}))
    assert answer.sentence.startswith("The zero-shot gain, on average over recipes and targets, grows")
    assert ": +6.0 [" in answer.sentence
    assert "3 encoders cannot bring below 0.33" in answer.sentence
    trends = answer.tables["trends"]
    assert only(trends, recipe="nli", target="panx", feature="all")["slope"] == pytest.approx(6.0)
    assert only(trends, recipe=EVERY, feature="script", cluster="Japanese")["encoders"] == 3
    assert {name: empty_columns(found) for name, found in answer.tables.items()} == {"trends": [], "gains": []}
    gains = answer.tables["gains"]
    assert only(gains, recipe="nli", target="panx", feature="all", encoder="large")["delta"] == pytest.approx(16.0)


def test_an_encoder_of_unknown_size_is_named_and_left_out():
    answer = model_size(study_with({"small": 4, "middle": 10, "other": 16}))
    assert answer.notes == ("Of unknown size, left out: other.",)


def test_one_encoder_gives_no_answer():
    assert model_size(study_with({"small": 4})) is None
