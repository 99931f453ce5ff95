from __future__ import annotations

import numpy as np
import pytest

from xstilts.data.examples import Answer, ChoiceExample, QuestionExample, SentenceExample, TextExample
from xstilts.errors import InputError
from xstilts.metrics import METRICS, metric


def test_accuracy_counts_equal_labels() -> None:
    rows = [TextExample(str(at), "text", None, label) for at, label in enumerate(["yes", "no", "no", "yes"])]
    # Right: rows 0 and 2 and 3, three of four.
    assert metric("accuracy").score(rows, ["yes", "yes", "no", "yes"], "en") == 75.0


def test_accuracy_of_choices_compares_indices_of_any_integer_type() -> None:
    rows = [ChoiceExample(str(at), "context", ("a", "b", "c"), label) for at, label in enumerate([0, 2])]
    statistics = metric("accuracy").statistics(rows, np.array([1, 2]), "en")
    assert statistics.tolist() == [[0.0, 1.0], [1.0, 1.0]]


def test_retrieval_is_right_if_any_of_the_translations_is_found() -> None:
    rows = [
        SentenceExample("s0", "", "source", ("t0", "t4")),
        SentenceExample("s1", "", "source", ("t1",)),
        SentenceExample("s2", "", "source", ("t2",)),
    ]
    # s0 by its second translation, s1 not, s2 yes.
    assert metric("retrieval_accuracy").score(rows, ["t4", "t0", "t2"], "de") == pytest.approx(200 / 3)


def test_a_label_is_not_right_because_it_is_contained_in_the_gold_id() -> None:
    rows = [SentenceExample("s0", "", "source", ("t12",))]
    assert metric("retrieval_accuracy").score(rows, ["t1"], "de") == 0.0


def test_metrics_are_found_under_their_own_names() -> None:
    assert all(metric(name).name == name for name in METRICS)


def test_an_unknown_metric_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'accuracy'"):
        metric("accurac")


def test_statistics_of_no_rows_keep_their_shape() -> None:
    for chosen in METRICS.values():
        assert chosen.statistics([], [], "en").shape in {(0, 2), (0, 3)}, chosen.name


def test_every_row_has_its_prediction() -> None:
    sentences = [SentenceExample("s", "", "source", ("t",)), SentenceExample("r", "", "source", ("t",))]
    questions = [QuestionExample(name, "", "", (Answer("a", 0),)) for name in "qr"]
    names = [name for name in METRICS if name != "masked_probability"]
    for name in names:
        rows = questions if name in ("exact_match", "f1", "mlqa_exact_match", "mlqa_f1") else sentences
        with pytest.raises(ValueError, match="zip"):
            metric(name).statistics(
                rows, [["O"] if name in ("tag_f1", "token_accuracy") else "t" if rows is questions else ("t",)], "en"
            )
