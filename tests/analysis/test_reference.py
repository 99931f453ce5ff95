"""Published numbers: what they are, and that they stand beside results of the same thing only."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from xstilts.analysis.reference import comparisons, references
from xstilts.catalogue import Tasks
from xstilts.results import schema

PAWSX = ("de", "en", "es", "fr", "ja", "ko", "zh")


def results(right: float = 0.8, examples: int = 2000, **changes: Any) -> pl.DataFrame:
    """Results of one recipe on the test set of PAWS-X, in all of its languages, with some fields changed."""
    languages = changes.pop("languages", PAWSX)
    rows = []
    for language in languages:
        statistics = np.ones((examples, 2))
        statistics[round(right * examples) :, 0] = 0
        rows.append(
            {
                **{"study": "s", "encoder": "xlmr", "recipe": "direct", "target": "pawsx", "task": "pawsx"},
                **{"language": language, "split": "test", "seed": 1, "metric": "accuracy", "value": 100 * right},
                **{"examples": examples, "gold": "gold", "headline": True, "zero_shot": language != "en"},
                **{"selection": "source dev", "collapsed": False, "layer": None, "pooling": None, "similarity": None},
                **{"stage": "k", "width": 2, "statistics": statistics.ravel().tolist()},
                **changes,
            }
        )
    return pl.DataFrame(rows, schema=schema())


def test_the_published_numbers_are_those_of_their_sources() -> None:
    value = {(one.model, one.task, one.language): one.value for one in references()}
    assert [value["X-STILTs", task, "mean"] for task in ("xnli", "pawsx", "panx", "xquad", "mlqa", "tydiqa")] == [
        *(80.4, 87.7, 64.7, 77.2, 72.3, 76.0)
    ]
    assert [value["mT5-XXL", task, "mean"] for task in ("xnli", "pawsx", "panx", "xquad", "mlqa", "tydiqa")] == [
        *(85.0, 90.0, 69.2, 82.5, 76.0, 82.0)
    ]
    assert [value["XLM-R Large", "bucc2018", code] for code in ("de", "fr", "ru", "zh")] == [77.7, 62.7, 79.2, 66.5]
    assert value["XLM-R Large", "bucc2018", "mean"] == 71.5
    assert value["XLM-R Large", "tatoeba", "mean"] == 31.0
    assert value["XLM-R Large", "tatoeba", "sw"] == 7.9


def test_every_reference_is_of_a_task_split_metric_and_language_that_there_is() -> None:
    known = Tasks()
    counts = {"xnli": 15, "pawsx": 7, "panx": 40, "xquad": 11, "mlqa": 7, "tydiqa": 9, "bucc2018": 4, "tatoeba": 36}
    for reference in references():
        task = known[reference.task]
        assert reference.source
        assert reference.metric in task.headline_names
        assert reference.split in task.splits
        assert set(reference.languages) <= set(task.language_codes)
        assert len(set(reference.languages)) == len(reference.languages)
        if reference.language == "mean":
            assert len(reference.languages) == counts[reference.task]
        else:
            assert reference.languages == (reference.language,)
    assert len({(one.model, one.task, one.language, one.metric) for one in references()}) == len(references())


def test_means_of_single_languages_are_the_published_means() -> None:
    for task in ("bucc2018", "tatoeba"):
        mine = [one for one in references() if one.task == task]
        (mean,) = [one.value for one in mine if one.language == "mean"]
        assert np.mean([one.value for one in mine if one.language != "mean"]) == pytest.approx(mean, abs=0.06)


def test_a_result_of_the_same_thing_stands_beside_the_published_ones() -> None:
    (found,) = comparisons(results(), draws=50)
    assert (found.target, found.split, found.metric) == ("pawsx", "test", "accuracy")
    assert found.languages == PAWSX
    assert found.recipes["direct"].value == pytest.approx(80.0)
    published = {one.model: one.value for one in found.published}
    assert published["X-STILTs"] == 87.7
    assert published["mBERT"] == 81.9
    assert "InfoXLM" not in published  # its source has no number for PAWS-X


@pytest.mark.parametrize(
    "changes",
    [
        {"split": "dev"},
        {"split": "test[:100]"},
        {"metric": "token_accuracy"},
        {"task": "xnli"},
        {"languages": PAWSX[:-1]},
        {"examples": 1999},
        {"zero_shot": False},
        {"selection": "oracle"},
        {"headline": False},
        {"gold": "hidden", "value": None},
        {"collapsed": True},
    ],
    ids=" ".join,
)
def test_a_result_of_another_thing_stands_alone(changes: dict[str, Any]) -> None:
    assert comparisons(results(**changes), draws=10) == []


def test_a_study_with_more_languages_is_compared_on_the_published_ones() -> None:
    table = pl.concat([results(0.8), results(0.2, languages=["sw"])])
    assert comparisons(table, draws=10)[0].recipes["direct"].value == pytest.approx(80.0)


def test_a_recipe_that_trained_on_another_language_is_left_out_and_the_others_stay() -> None:
    trained = results(0.9, recipe="german").with_columns(zero_shot=pl.col("zero_shot") & (pl.col("language") != "de"))
    (found,) = comparisons(pl.concat([results(), trained]), draws=10)
    assert list(found.recipes) == ["direct"]


def test_single_languages_are_compared_where_asked() -> None:
    fields = {"target": "tatoeba", "task": "tatoeba", "metric": "retrieval_accuracy", "layer": 14, "zero_shot": True}
    table = results(0.1, 390, languages=["sw"], selection="untrained", pooling="mean", similarity="cosine", **fields)
    assert comparisons(table, draws=10) == []
    (found,) = comparisons(table, draws=10, single=True)
    assert (found.languages, found.recipes["direct"].value) == (("sw",), pytest.approx(10.0))
    assert [one.value for one in found.published] == [7.9]


def test_comparisons_keep_the_order_of_the_targets() -> None:
    fields = {"task": "tatoeba", "metric": "retrieval_accuracy", "layer": 14, "zero_shot": True}
    names = ["walnut", "elm", "oak", "birch", "yew", "ash"]
    retrieval = [
        results(0.1, 390, languages=["sw"], target=name, selection="untrained", pooling="mean", **fields)
        for name in names
    ]
    table = pl.concat([*retrieval[:3], results(), *retrieval[3:]])
    found = comparisons(table, draws=10, single=True)
    assert [one.target for one in found] == [*names[:3], "pawsx", *names[3:]]
