from __future__ import annotations

import pytest

from xstilts.data.examples import Answer, Example, QuestionExample, SentenceExample, TextExample
from xstilts.errors import InputError
from xstilts.kinds.bitext import Bitext
from xstilts.kinds.classification import Classification
from xstilts.kinds.span_qa import SpanQA
from xstilts.scoring import check_ids, score_bitext_pairs, score_examples
from xstilts.task import Task

NLI = Task("nli", Classification(("yes", "no")), "en de", ())
QA = Task("qa", SpanQA(), "en", (), headline=("f1", "exact_match"))
MINING = Task("mining", Bitext(mining=True), "de", ())
NEAREST = Task("nearest", Bitext(), "de", ())


def texts(**labels: str | None) -> list[Example]:
    return [TextExample(id_, "text", None, label) for id_, label in labels.items()]


def test_predictions_are_aligned_by_id_and_not_by_order() -> None:
    (scored,) = score_examples(NLI, texts(a="yes", b="no", c="no"), {"c": "no", "b": "yes", "a": "yes"}, "en")
    assert (scored.metric, scored.examples, scored.gold, scored.headline) == ("accuracy", 3, "gold", True)
    assert scored.value == pytest.approx(200 / 3)
    assert scored.statistics is not None
    assert scored.statistics.tolist() == [[1, 1], [0, 1], [1, 1]]


def test_every_metric_of_the_task_is_given_and_headlines_are_marked() -> None:
    rows = [QuestionExample("q", "", "red cat", (Answer("red cat", 0),))]
    scored = score_examples(QA, rows, {"q": "cat"}, "en")
    # F1: 1 shared word, 2 * 1 / (1 + 2).
    assert [(row.metric, row.value) for row in scored] == [("f1", pytest.approx(200 / 3)), ("exact_match", 0.0)]
    assert all(row.headline for row in scored)
    only_first = Task("qa", SpanQA(), "en", ())
    assert [row.headline for row in score_examples(only_first, rows, {"q": "cat"}, "en")] == [True, False]


def test_hidden_gold_is_never_scored() -> None:
    (scored,) = score_examples(NLI, texts(a=None, b=None), {"a": "yes", "b": "no"}, "en")
    assert (scored.value, scored.gold, scored.statistics, scored.examples) == (None, "hidden", None, 2)


def test_gold_in_only_some_rows_is_an_error_that_names_the_others() -> None:
    with pytest.raises(InputError, match=r"no gold: 'b' \(1 in all\) of 2"):
        score_examples(NLI, texts(a="yes", b=None), {"a": "yes", "b": "no"}, "en")


def test_missing_and_unknown_ids_are_named_with_their_number() -> None:
    rows = texts(**{f"r{at}": "yes" for at in range(9)})
    with pytest.raises(InputError) as error:
        score_examples(NLI, rows, {"r0": "yes", "other": "no"}, "en")
    assert "missing: 'r1', 'r2', 'r3', 'r4', 'r5', ... (8 in all)" in str(error.value)
    assert "unknown: 'other' (1 in all)" in str(error.value)


def test_ids_of_hidden_rows_are_checked_too() -> None:
    with pytest.raises(InputError, match="missing: 'b'"):
        score_examples(NLI, texts(a=None, b=None), {"a": "yes"}, "en")


def test_rows_that_share_an_id_are_an_error() -> None:
    rows = [*texts(a="yes"), *texts(a="no")]
    with pytest.raises(InputError, match=r"not unique\n  found:    'a' \(1 in all\)"):
        score_examples(NLI, rows, {"a": "yes"}, "en")


def test_no_rows_are_an_error() -> None:
    with pytest.raises(InputError, match="no rows"):
        score_examples(NLI, [], {}, "en")


def test_equal_ids_pass() -> None:
    check_ids(["a", "b"], ["b", "a"], where="here")


def test_of_a_bitext_only_source_sentences_are_scored() -> None:
    rows: list[Example] = [
        SentenceExample("s0", "", "source", ("t0",)),
        SentenceExample("s1", "", "source", ("t1",)),
        SentenceExample("t0", "", "target", ()),
        SentenceExample("t1", "", "target", ()),
        SentenceExample("t2", "", "target", ()),
    ]
    (nearest,) = score_examples(NEAREST, rows, {"s0": "t0", "s1": "t2"}, "de")
    assert (nearest.value, nearest.examples) == (50.0, 2)
    (mining,) = score_examples(MINING, rows, {"s0": ("t0", "t1"), "s1": ()}, "de")
    # 1 right of 2 proposed, 2 gold: 2 * 1 / 4.
    assert (mining.value, mining.examples) == (50.0, 2)


def test_bitext_sources_without_known_matches_are_hidden() -> None:
    rows: list[Example] = [SentenceExample("s0", "", "source", None), SentenceExample("t0", "", "target", ())]
    (scored,) = score_examples(MINING, rows, {"s0": ()}, "de")
    assert (scored.value, scored.gold) == (None, "hidden")


def test_a_mined_pair_of_unlisted_sentences_is_a_false_positive() -> None:
    gold = [("s1", "t1"), ("s2", "t2"), ("s3", "t3")]
    predicted = [("s1", "t1"), ("s2", "t9"), ("s8", "t8"), ("s8", "t3"), ("s1", "t1")]
    (scored,) = score_bitext_pairs(MINING, "de", gold, predicted)
    # The set of predictions has 4 pairs, of which (s1, t1) is right; 3 are gold: 2 * 1 / (4 + 3).
    assert scored.value == pytest.approx(200 / 7)
    assert scored.examples == 4  # s1, s2, s3, s8
    assert scored.statistics is not None
    assert scored.statistics.sum(axis=0).tolist() == [1, 4, 3]


def test_nearest_neighbor_pairs_need_one_prediction_per_gold_source() -> None:
    gold = [("s1", "t1"), ("s2", "t2")]
    assert score_bitext_pairs(NEAREST, "de", gold, [("s2", "t9"), ("s1", "t1")])[0].value == 50.0
    with pytest.raises(InputError, match="missing: 's2'"):
        score_bitext_pairs(NEAREST, "de", gold, [("s1", "t1")])
    with pytest.raises(InputError, match="two predictions"):
        score_bitext_pairs(NEAREST, "de", gold, [("s1", "t1"), ("s1", "t2"), ("s2", "t2")])
