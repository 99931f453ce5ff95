"""Groups of languages: means by hand, planted interactions, and the size of the permutation test."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats
from simulated import empty_columns, only, scored, table

from xstilts.analysis.clusters import (
    beyond_targets,
    cluster_table,
    interaction_p,
    interaction_table,
    language_differences,
    mix_table,
    mixes,
    mixes_against_english,
    paired_differences,
)
from xstilts.analysis.evidence import Evidence, recipes_of
from xstilts.records import Records, costs_schema, dev_schema

STUDY: Mapping[str, Any] = {
    "recipes": {
        "direct": [],
        "english": ["pos"],
        "mix": [{"task": "pos", "languages": ["en", "ru"]}],
        "text": [{"task": "pos", "mlm": {"task": "corpus"}}],
        "other": [{"task": "ner", "languages": ["en", "ru"]}],
    }
}
NO_RECORDS = Records(pl.DataFrame(schema=costs_schema()), pl.DataFrame(schema=dev_schema()))


def right(percent: int) -> list[int]:
    return [1] * percent + [0] * (100 - percent)


def evidence(scores: Mapping[tuple[str, str], int], **fields: Any) -> Evidence:
    """Of (recipe, language) -> percent, for two seeds without any difference between them."""
    rows = [
        scored(right(percent), recipe, language=code, seed=seed, **fields)
        for (recipe, code), percent in scores.items()
        for seed in (1, 2)
    ]
    return Evidence.of(table(*rows), STUDY, NO_RECORDS, draws=100)


def test_means_of_groups_by_hand():
    found = cluster_table(evidence({("direct", "de"): 50, ("direct", "fr"): 60, ("direct", "ja"): 20}))
    assert only(found, feature="family", cluster="Indo-European")["mean"] == pytest.approx(55)
    assert only(found, feature="order", cluster="SOV")["mean"] == pytest.approx(20)
    assert only(found, feature="resources", cluster="high")["languages"] == 3


def test_the_source_language_is_in_no_group():
    found = cluster_table(evidence({("direct", "de"): 50, ("direct", "en"): 90}))
    assert only(found, feature="genus", cluster="Germanic")["mean"] == pytest.approx(50)


def test_a_mix_is_compared_with_the_same_tasks_in_english():
    assert mixes(recipes_of(STUDY)) == [("english", "mix"), ("english", "text")]


def test_a_mix_by_default_languages_is_a_mix():
    study = {"recipes": {"plain": [{"task": "pos", "languages": ["en"]}], "mix": [{"task": "pos", "languages": None}]}}
    defaults = {"task_defaults": {"pos": {"languages": ["en", "sw"]}}}
    assert mixes(recipes_of({**study, **defaults})) == [("plain", "mix")]


def test_a_mix_against_english_is_the_mean_over_languages():
    scores = {("direct", "de"): 50, ("direct", "ja"): 50, ("english", "de"): 60, ("english", "ja"): 40}
    found = mix_table(evidence({**scores, ("mix", "de"): 62, ("mix", "ja"): 50}))
    assert only(found, mix="mix", feature="all")["delta"] == pytest.approx((2 + 10) / 2)
    assert only(found, mix="mix", feature="script", cluster="Japanese")["delta"] == pytest.approx(10)


def test_languages_that_a_mix_was_trained_on_are_left_out():
    rows = [
        scored(right(percent), recipe, language=code, zero_shot=(recipe, code) != ("mix", "ru"))
        for recipe, percent in (("direct", 50), ("english", 50), ("mix", 60))
        for code in ("ru", "fi")
    ]
    found = Evidence.of(table(*rows), STUDY, NO_RECORDS, draws=50)
    assert set(language_differences(paired_differences(found, "xlmr", "mix", "english"))) == {"fi"}


def test_what_a_mix_changes_on_a_target_is_not_the_languages_doing():
    # the mix gains 10 on one target and nothing on the other; no language is any better than another
    rows = [
        scored(right(50 + (10 if (recipe, target) == ("mix", "a") else 0)), recipe, target=target, language=code)
        for recipe in ("direct", "english", "mix")
        for target, codes in (("a", ("de", "fi")), ("b", ("fi", "ja")))
        for code in codes
    ]
    found = paired_differences(Evidence.of(table(*rows), STUDY, NO_RECORDS, draws=50), "xlmr", "mix", "english")
    assert {code: round(part.value, 6) for code, part in language_differences(found).items()} == {
        "de": 10.0,
        "fi": 5.0,
        "ja": 0.0,
    }
    assert beyond_targets(found) == pytest.approx({"de": 0.0, "fi": 0.0, "ja": 0.0})


def test_the_answer_says_what_the_mix_did_and_for_whom():
    languages = {
        **dict.fromkeys(("de", "nl", "fr", "es", "it", "ro", "fi"), 0),
        **dict.fromkeys(("ja", "ko", "zh", "yue", "mn"), 20),
    }
    scores = {(recipe, code): 50 for recipe in ("direct", "english") for code in languages}
    answer = mixes_against_english(
        evidence({**scores, **{("mix", code): 50 + more for code, more in languages.items()}})
    )
    assert answer is not None
    assert "mix against english: +8.3 [" in answer.sentence
    assert "region" in answer.sentence
    assert "points over 12 zero-shot languages (better); the difference depends on" in answer.sentence


def test_the_mixed_model_of_a_mix_has_a_row_per_feature_that_it_can_be_fitted_for():
    # by script: Latin 0, 2 and Cyrillic 10, 12 beyond English: one-way F = 100 / 2 = 50 with 1 and 2 degrees of freedom
    languages = {"de": 0, "fr": 2, "ru": 10, "bg": 12}
    scores = {(recipe, code): 50 for recipe in ("direct", "english") for code in languages}
    found = evidence({**scores, **{("mix", code): 50 + more for code, more in languages.items()}})
    row = only(interaction_table(found), feature="script", mix="mix")
    assert (row["groups"], row["languages"], row["groups_degrees"], row["languages_degrees"]) == (2, 4, 1, 2)
    assert row["f"] == pytest.approx(50)
    assert (row["encoder"], row["english"], row["effects"]) == ("xlmr", "english", "Cyrillic +5.0, Latin −5.0")
    assert row["p"] == pytest.approx(stats.f.sf(50, 1, 2))
    assert row["p_permutation"] == pytest.approx(1 / 3, abs=0.02)
    # each language is 1 from the mean of its script: 4 in all, of 4 languages in 2 groups
    assert row["rest_deviation"] == pytest.approx(2**0.5)
    assert row["language_deviation"] is None  # of one target it cannot be told from the rest
    answer = mixes_against_english(found)
    assert "interactions" in answer.tables


def test_every_column_of_the_tables_says_something():
    languages = {"de": 0, "fr": 2, "ru": 10, "bg": 12}
    rows = [
        scored(right(50 + (more + extra if recipe == "mix" else 0)), recipe, target=target, language=code)
        for recipe in ("direct", "english", "mix")
        for target, extra in (("a", 0), ("b", 3))
        for code, more in languages.items()
    ]
    answer = mixes_against_english(Evidence.of(table(*rows), STUDY, NO_RECORDS, draws=50))
    assert answer is not None
    assert {name: empty_columns(found) for name, found in answer.tables.items()} == {
        "mixes": [],
        "interactions": [],
        "clusters": [],
    }


def test_without_a_mix_there_is_no_answer():
    assert mixes_against_english(evidence({("direct", "de"): 50, ("english", "de"): 60})) is None


def test_the_answer_has_a_sentence_for_each_mix():
    scores = {(recipe, code): 50 for recipe in ("direct", "english", "mix", "text") for code in ("de", "ja")}
    answer = mixes_against_english(evidence(scores))
    assert answer is not None
    first, second = answer.sentence.split(". ")
    assert first.startswith("mix against english: ")
    assert second.startswith("text against english: ")


def test_interactions_are_the_same_whenever_they_are_computed_and_with_other_seeds_about_the_same():
    differences = [0.3, 1.0, 0.2, 2.0, 1.5, 0.1, 0.8]
    found = [interaction_p(differences, list("aaabbbb"), seed) for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]
    assert found[0] == pytest.approx(found[2], abs=0.03)


def test_interaction_of_two_groups_by_counting():
    # of the 6 ways to call two of four languages "a", only {0, 1} and {2, 3} separate the values so well: p = 1 / 3
    assert interaction_p([0.0, 0.1, 5.0, 5.1], ["a", "a", "b", "b"]) == pytest.approx(1 / 3, abs=0.02)
    assert interaction_p([1.0, 2.0], ["a", "b"]) is None
    assert interaction_p([1.0, 2.0], ["a", "a"]) is None


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_interactions_are_found_where_they_are_planted_and_hardly_elsewhere(count):
    groups = ["a"] * 12 + ["b"] * 8 + ["c"] * 4
    shift = np.repeat([0.0, 3.0, -2.0], [12, 8, 4])
    found = {0.0: 0, 1.0: 0}
    for experiment in range(count):
        noise = np.random.default_rng(experiment).standard_t(4, 24)
        for planted in found:
            p = interaction_p((noise + planted * shift).tolist(), groups, experiment)
            found[planted] += p is not None and p < 0.05
    print({planted: hits / count for planted, hits in found.items()})
    assert found[0.0] / count <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / count)
    assert found[1.0] / count > 0.8
