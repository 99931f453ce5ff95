"""Paired tests of every recipe, and the sentence about them."""

import pytest
from simulated import only, scored, table

from xstilts.analysis.differences import difference_table, recipe_differences
from xstilts.analysis.evidence import Evidence
from xstilts.analysis.significance import holm
from xstilts.records import Records


@pytest.fixture
def records(tmp_path) -> Records:
    return Records.read(tmp_path)


def study(records: Records, seeds: int = 3) -> Evidence:
    """`good` has 20 of 200 more right than direct, `same` has as many, on two targets and two languages."""
    rows = [
        scored([1] * (100 + more) + [0] * (100 - more), recipe, target=target, language=code, seed=seed)
        for recipe, more in (("direct", 0), ("good", 20), ("same", 0))
        for target in ("xnli", "panx")
        for code in ("de", "sw", "en")
        for seed in range(seeds)
    ]
    return Evidence.of(table(*rows), {"recipes": {"direct": [], "good": ["a"], "same": ["b"]}}, records, draws=300)


def test_differences_are_given_by_language_by_target_and_overall(records):
    rows = difference_table(study(records))
    assert len(rows) == 2 * (2 * 3 + 2 + 1)  # recipes x (targets x languages + targets + overall)
    row = only(rows, recipe="good", target="xnli", language="sw")
    assert row["delta"] == pytest.approx(10.0)
    assert row["verdict"] == "better"
    assert (row["seeds"], row["examples"]) == (3, 200)
    assert row["detectable"] > 0
    overall = only(rows, recipe="same", target="all targets")
    assert (overall["delta"], overall["p"], overall["verdict"]) == (0.0, 1.0, "no difference")


def test_p_is_adjusted_over_the_languages_of_a_target(records):
    rows = difference_table(study(records)).filter(recipe="good", target="xnli")
    languages = rows.filter(rows["language"].is_in(["de", "sw", "en"]))
    assert languages["p_holm"].to_list() == pytest.approx(holm(languages["p"].to_list()))
    assert (languages["p_holm"] > languages["p"]).all()


def test_the_answer_in_words(records):
    sentence = recipe_differences(study(records)).sentence
    assert sentence.startswith("The largest zero-shot difference from direct is that of good, +10.0 [")
    assert "Of 2 recipes: 1 better, 0 worse, 1 no different by more than 1.0 points, 0 undecided" in sentence


def test_few_seeds_are_said(records):
    assert recipe_differences(study(records)).notes == ()
    assert recipe_differences(study(records, seeds=1)).notes[0].startswith("Some differences rest on 1 seed;")


def test_a_baseline_alone_gives_no_answer(records):
    alone = Evidence.of(table(scored([1, 0])), {"recipes": {"direct": []}}, records, draws=10)
    assert recipe_differences(alone) is None
