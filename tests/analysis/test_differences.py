"""Paired tests of every recipe, and the sentence about them."""

import pytest
from simulated import empty_columns, only, scored, table

from xstilts.analysis.differences import difference_table, randomization_table, recipe_differences
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
    assert empty_columns(rows) == ["effect_size"]  # seeds that agree have none
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


def test_a_recipe_that_is_better_in_every_seed_is_stochastically_larger(records):
    rows = difference_table(study(records))
    assert only(rows, recipe="good", target="all targets")["order"] == 0.0
    assert only(rows, recipe="good", target="xnli", language="sw")["order"] is None


def test_means_of_an_encoder_are_of_its_own_scores(records):
    """One encoder gains 10 points with the recipe, the other loses 5."""
    rows = [
        scored(
            [1] * (100 + more) + [0] * (100 - more), recipe, target=target, language=code, seed=seed, encoder=encoder
        )
        for encoder, gained in (("small", 20), ("large", -10))
        for recipe, more in (("direct", 0), ("nli", gained))
        for target in ("xnli", "panx")
        for code in ("de", "sw")
        for seed in range(3)
    ]
    both = Evidence.of(table(*rows), {"recipes": {"direct": [], "nli": ["a"]}}, records, draws=50)
    found = difference_table(both)
    for encoder, delta, order in (("small", 10.0, 0.0), ("large", -5.0, 1.0)):
        for target in ("xnli", "panx", "all targets"):
            row = only(found, encoder=encoder, target=target, language="zero-shot languages")
            assert (row["recipe"], row["order"]) == ("nli", order)
            assert row["delta"] == pytest.approx(delta)
    said = [line.partition(" direct")[0] for line in recipe_differences(both).sentence.split("\n")]
    assert said == ["small: The largest gain over", "large: The smallest loss against"]


def test_randomization_is_of_every_headline_metric():
    # of the 200 answers 20 differ, all for the better: of 2^20 arrangements only two are as far apart
    rows = [
        scored([1] * (100 + more) + [0] * (100 - more), recipe, language=code, seed=seed)
        for recipe, more in (("direct", 0), ("good", 20), ("same", 0))
        for code in ("de", "sw")
        for seed in (1, 2)
    ]
    found = randomization_table(table(*rows, scored([1] * 200, headline=False, metric="f1")), "direct", rounds=499)
    assert len(found) == 4
    assert only(found, recipe="good", language="sw") == {
        **{"encoder": "xlmr", "recipe": "good", "target": "panx", "language": "sw", "baseline": "direct"},
        "metric": "accuracy",
        **{"seeds": 2, "p_randomization": 1 / 500},
    }
    assert only(found, recipe="same", language="de")["p_randomization"] == 1.0


def test_the_answer_in_words(records):
    sentence = recipe_differences(study(records)).sentence
    assert sentence.startswith("The largest gain over direct zero-shot is that of good, +10.0 [")
    assert "of 2 recipes: 1 better, 0 worse, 1 within 1.0 points of direct, 0 undecided" in sentence


def test_few_seeds_are_said(records):
    assert recipe_differences(study(records)).notes == ()
    assert recipe_differences(study(records, seeds=1)).notes[0].startswith("Some differences rest on 1 seed;")


def test_a_baseline_alone_gives_no_answer(records):
    alone = Evidence.of(table(scored([1, 0])), {"recipes": {"direct": []}}, records, draws=10)
    assert recipe_differences(alone) is None
