"""Summaries of small tables whose numbers were worked out by hand."""

import polars as pl
import pytest
from simulated import empty_columns, only, scored, table

from xstilts.analysis.summary import (
    OVERALL,
    group_scores,
    language_scores,
    layer_scores,
    overall_scores,
    summarize,
    target_scores,
)
from xstilts.errors import InputError

HALF, ALL_RIGHT, THREE_QUARTERS = [1, 1, 0, 0] * 25, [1] * 100, [1, 1, 1, 0] * 25


def test_mean_over_seeds_and_difference_from_the_baseline():
    rows = summarize(
        table(
            scored(HALF, seed=1),
            scored(THREE_QUARTERS, seed=2),
            scored(THREE_QUARTERS, "nli", seed=1),
            scored(ALL_RIGHT, "nli", seed=2),
        )
    )
    direct, nli = only(rows, recipe="direct"), only(rows, recipe="nli")
    assert (direct["mean"], direct["seeds"], direct["examples"]) == (62.5, 2, 100)  # (50 + 75) / 2
    assert (nli["mean"], nli["delta"]) == (87.5, 25.0)
    assert nli["delta_low"] < 25.0 < nli["delta_high"]
    assert direct["low"] < 62.5 < direct["high"]
    assert direct["delta"] is direct["delta_low"] is direct["delta_high"] is None


def test_collapsed_seeds_are_counted_and_never_averaged():
    rows = summarize(
        table(
            scored(HALF, seed=1),
            scored(HALF, seed=2),
            scored(ALL_RIGHT, "nli", seed=1),
            scored([0] * 100, "nli", seed=2, collapsed=True),
        )
    )
    nli = only(rows, recipe="nli")
    assert (nli["mean"], nli["seeds"], nli["collapsed"], nli["delta"]) == (100.0, 1, 1, 50.0)


def test_a_recipe_that_only_collapsed_has_no_mean():
    nli = only(summarize(table(scored(HALF), scored(HALF, "nli", collapsed=True))), recipe="nli")
    assert (nli["mean"], nli["low"], nli["delta"], nli["seeds"], nli["collapsed"]) == (None, None, None, 0, 1)


def test_hidden_gold_is_null_and_counted_apart():
    data = table(
        scored(HALF, language="de"),
        scored(HALF, language="th", gold="hidden", value=None, statistics=[]),
    )
    assert only(summarize(data), language="th") | {"mean": None, "gold": "hidden"} == only(
        summarize(data), language="th"
    )
    scores = target_scores(data)
    assert only(scores, group="zero-shot languages")["languages"] == 1
    assert only(scores, group="zero-shot languages")["hidden"] == 1
    assert only(scores, group="zero-shot languages")["mean"] == 50.0
    assert only(target_scores(data, by="language"), group="th")["gold"] == "hidden"


def test_an_absent_baseline_gives_no_difference():
    assert only(summarize(table(scored(HALF, "nli"))), recipe="nli")["delta"] is None


def test_baseline_is_that_of_the_same_encoder_layer_and_metric():
    layered = {"pooling": "mean", "similarity": "cosine"}
    rows = summarize(
        table(
            scored(HALF, layer=1, **layered),
            scored(ALL_RIGHT, layer=2, **layered),
            scored(ALL_RIGHT, layer=1, encoder="other", **layered),
            scored(THREE_QUARTERS, "nli", layer=1, **layered),
        )
    )
    assert only(rows, recipe="nli")["delta"] == 25.0


def test_target_score_is_the_mean_of_headline_metrics_then_of_languages():
    # German: (50 + 100) / 2 = 75; Swahili: (75 + 75) / 2 = 75; English: 100; the other metric does not count
    data = table(
        scored(HALF, metric="exact_match"),
        scored(ALL_RIGHT, metric="f1"),
        scored([0] * 100, metric="token_accuracy", headline=False),
        scored(THREE_QUARTERS, language="sw", metric="exact_match"),
        scored(THREE_QUARTERS, language="sw", metric="f1"),
        scored(ALL_RIGHT, language="en", metric="exact_match"),
        scored(ALL_RIGHT, language="en", metric="f1"),
    )
    scores = target_scores(data)
    assert only(scores, group="zero-shot languages")["mean"] == 75.0
    assert only(scores, group="source language")["mean"] == 100.0
    assert only(scores, group="all languages")["mean"] == pytest.approx(250 / 3)


def test_difference_of_targets_covers_the_languages_that_both_have():
    # the baseline lacks Swahili: the difference is German's alone
    scores = target_scores(table(scored(HALF), scored(THREE_QUARTERS, "nli"), scored([0] * 100, "nli", language="sw")))
    nli = only(scores, recipe="nli", group="zero-shot languages")
    assert (nli["mean"], nli["delta"]) == (37.5, 25.0)


def test_overall_is_the_plain_mean_over_targets_however_many_languages_they_have():
    # panx: (50 + 100) / 2 = 75 in two languages; xnli: 50 in one; overall (75 + 50) / 2 = 62.5
    scores = target_scores(
        table(scored(HALF), scored(ALL_RIGHT, language="sw"), scored(HALF, target="xnli", language="hi"))
    )
    overall = only(scores, target=OVERALL, group="zero-shot languages")
    assert overall["mean"] == 62.5
    assert overall["low"] < 62.5 < overall["high"]


def test_means_over_targets_alone_are_those_of_the_whole_table_and_of_one_target_its_own():
    targets = {"panx": HALF, "xquad": ALL_RIGHT}
    scores = language_scores(
        table(
            *(scored(right, language=code, target=target) for target, right in targets.items() for code in ("de", "sw"))
        )
    )
    whole = group_scores(scores, "family").filter(pl.col("target") == OVERALL)
    alone = overall_scores(scores, "family")
    assert alone.sort("group").equals(whole.sort("group"))
    assert dict(alone.select("group", "mean").iter_rows()) == {"Indo-European": 75.0, "Niger-Congo": 75.0}
    one = overall_scores([score for score in scores if score.fields["target"] == "panx"], "family")
    assert one["mean"].to_list() == [50.0, 50.0]


def test_one_target_has_no_overall_row():
    assert OVERALL not in target_scores(table(scored(HALF)))["target"].to_list()
    assert target_scores(table(scored(HALF)), by="recipe")["target"].unique().to_list() == [OVERALL]


def test_families_and_scripts_leave_out_the_source_language():
    data = table(scored(ALL_RIGHT, language="en"), scored(HALF, language="de"), scored(THREE_QUARTERS, language="ru"))
    families = target_scores(data, by="family")
    assert only(families, group="Indo-European")["mean"] == 62.5
    scripts = target_scores(data, by="script")
    assert sorted(scripts["mean"].to_list()) == [50.0, 75.0]


def test_unknown_grouping_is_an_input_error_that_names_the_nearest():
    with pytest.raises(InputError, match="did you mean 'family'"):
        group_scores([], "famil")  # type: ignore[arg-type]


def test_parallel_test_sets_are_resampled_together():
    # the same rows are right in both languages: the mean over languages varies as much as one language.
    # Independent resamples would give 1 / sqrt(2) of that width.
    one = target_scores(table(scored(HALF, language="de")), draws=2000)
    two = target_scores(table(scored(HALF, language="de"), scored(HALF, language="sw")), draws=2000)
    widths = [only(frame, group="zero-shot languages") for frame in (one, two)]
    assert widths[1]["high"] - widths[1]["low"] == widths[0]["high"] - widths[0]["low"]


def test_intervals_do_not_depend_on_what_else_is_in_the_table():
    alone = summarize(table(scored(HALF)))
    among = summarize(table(scored(ALL_RIGHT, "nli"), scored(HALF), scored(HALF, target="xnli")))
    assert only(alone, recipe="direct") == only(among, recipe="direct", target="panx")


def test_an_untrained_baseline_with_one_row_is_compared_with_every_seed():
    data = table(
        scored(HALF, seed=0, selection="untrained"),
        scored(ALL_RIGHT, "nli", seed=1),
        scored(THREE_QUARTERS, "nli", seed=2),
    )
    nli = only(summarize(data), recipe="nli")
    assert (nli["delta"], nli["seeds"]) == (37.5, 2)


def test_two_rows_of_one_run_are_an_input_error():
    with pytest.raises(InputError, match="two scores of one run"):
        summarize(table(scored(HALF), scored(HALF)))


def test_statistics_that_do_not_fit_are_an_input_error():
    with pytest.raises(InputError, match="damaged"):
        summarize(table(scored(HALF, examples=99)))


def test_layer_scores_average_over_zero_shot_languages():
    layered = {"layer": 3, "pooling": "mean", "similarity": "cosine"}
    rows = layer_scores(
        table(
            scored(HALF, **layered),
            scored(ALL_RIGHT, language="sw", **layered),
            scored(ALL_RIGHT, "nli", **layered),
            scored(ALL_RIGHT, "nli", language="sw", **layered),
        )
    )
    assert only(rows, recipe="direct")["mean"] == 75.0
    assert only(rows, recipe="nli")["delta"] == 25.0


def test_tables_have_the_documented_columns_whether_or_not_there_are_results():
    numbers = ["mean", "low", "high", "seeds", "collapsed"]
    deltas = ["baseline", "delta", "delta_low", "delta_high"]
    measure = ["metric", "layer", "pooling", "similarity", "headline"]
    names = ["encoder", "target", "split", "recipe"]
    full = table(scored(HALF, layer=3, pooling="mean", similarity="cosine"))
    for results in (full, full.clear()):
        assert summarize(results).columns == [
            *("encoder", "recipe", "target", "task", "language", "split", *measure, "zero_shot", "selection"),
            *(*numbers, "examples", *deltas, "gold"),
        ]
        assert target_scores(results).columns == [
            *(*names, "group", "languages", "hidden", *numbers, *deltas, "gold", "selection")
        ]
        assert layer_scores(results).columns == [*names, *measure, "languages", *numbers, *deltas]
    for made in (summarize, target_scores, layer_scores):
        assert made(full).schema == made(full.clear()).schema


def test_every_column_says_something():
    layered = {"layer": 3, "pooling": "mean", "similarity": "cosine"}
    full = table(scored(HALF, **layered), scored(ALL_RIGHT, "nli", **layered))
    assert [empty_columns(made(full)) for made in (summarize, target_scores, layer_scores)] == [[], [], []]


def test_a_mean_says_how_all_its_languages_were_selected():
    data = table(
        scored(HALF, language="sw"),
        scored(HALF, language="de", selection="oracle"),
        scored(HALF, language="fi"),
        scored(HALF, target="xnli", language="hi", selection="untrained"),
    )
    scores = target_scores(data)
    assert only(scores, target="panx", group="zero-shot languages")["selection"] == "oracle, source dev"
    assert only(scores, target=OVERALL, group="zero-shot languages")["selection"] == "oracle, source dev, untrained"
    assert only(target_scores(data, by="language"), target="panx", group="de")["selection"] == "oracle"


def test_an_empty_table_gives_empty_frames():
    empty = table(scored(HALF)).clear()
    assert summarize(empty).is_empty()
    assert target_scores(empty).is_empty()
    assert layer_scores(empty).is_empty()
    assert language_scores(empty) == []


def test_recipes_keep_the_order_of_the_study():
    scores = target_scores(table(scored(HALF, "zeta"), scored(HALF, "alpha"), scored(HALF, "direct", language="sw")))
    assert scores["recipe"].unique(maintain_order=True).to_list() == ["zeta", "alpha", "direct"]


def test_a_target_on_different_splits_of_its_languages_is_one_target():
    from xstilts.analysis.summary import one_split_per_target

    rows = [("a", "en", "train[90%:]"), ("a", "sw", "train"), ("b", "en", "dev"), ("b", "en", "test")]
    table = pl.DataFrame(rows, schema=["target", "language", "split"], orient="row")
    assert one_split_per_target(table)["split"].to_list() == [*["train[90%:], train"] * 2, "dev", "test"]
