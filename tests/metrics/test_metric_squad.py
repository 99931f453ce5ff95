from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.examples import Answer, QuestionExample
from xstilts.metrics import metric
from xstilts.metrics.squad import normalized

UNANSWERABLE = QuestionExample("none", "", "", ())


def question(*answers: str) -> QuestionExample:
    return QuestionExample("q", "", "", tuple(Answer(text, 0) for text in answers))


def scores(row: QuestionExample, prediction: str, *, second_release: bool = False) -> tuple[float, float]:
    """EM and F1 of the row, scored alone (v1.1) or beside an unanswerable question (v2.0)."""
    rows, predictions = ([row, UNANSWERABLE], [prediction, ""]) if second_release else ([row], [prediction])
    exact, f1 = (metric(name).statistics(rows, predictions, "en")[0] for name in ("exact_match", "f1"))
    assert exact[1] == f1[1] == 1
    return float(exact[0]), float(f1[0])


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("The  Cat's\tmat.", "cats mat"),
        ("an apple, a pear; THE plum", "apple pear plum"),
        ("A-level", "alevel"),  # punctuation goes first, so there is no article left
        ("theater anthem", "theater anthem"),  # articles are whole words
        ("$5 «ok»", "5 «ok»"),  # only ASCII punctuation
        ("a", ""),
        ("¿?", "¿"),
        ("東京、です", "東京、です"),
    ],
)
def test_normalization(answer: str, wanted: str) -> None:
    assert normalized(answer) == wanted


@pytest.mark.parametrize("second_release", [False, True], ids=["v1.1", "v2.0"])
@pytest.mark.parametrize(
    ("answers", "prediction", "exact", "f1"),
    [
        (["Denver Broncos"], "the denver broncos!", 1.0, 1.0),
        # Shared: denver, broncos. Precision 2/4, recall 2/2: F1 = 2 * 2 / (4 + 2).
        (["Denver Broncos"], "Denver Broncos of 2015", 0.0, 2 / 3),
        # Bags: "to be or not to be" (6) and "to be to" (3) share to, to, be: 2 * 3 / 9.
        (["to be or not to be"], "to be to", 0.0, 2 / 3),
        # The best reference counts, for each score by itself.
        (["1963", "in 1963"], "in 1963", 1.0, 1.0),
        (["June 1963", "summer"], "1963", 0.0, 2 / 3),
        (["cat"], "dog", 0.0, 0.0),
        (["cat"], "", 0.0, 0.0),
    ],
)
def test_scores_where_both_releases_agree(
    answers: list[str], prediction: str, exact: float, f1: float, second_release: bool
) -> None:
    assert scores(question(*answers), prediction, second_release=second_release) == pytest.approx((exact, f1))


def test_only_an_empty_answer_is_right_for_an_unanswerable_question() -> None:
    assert scores(UNANSWERABLE, "") == (1.0, 1.0)
    assert scores(UNANSWERABLE, "the") == (1.0, 1.0)  # normalizes to nothing
    assert scores(UNANSWERABLE, "cat") == (0.0, 0.0)


def test_a_reference_that_normalizes_to_nothing_counts_in_v1_and_not_in_v2() -> None:
    # v1.1: "a" equals "the" once both are gone, yet they share no token. v2.0: only "cat" is a reference.
    assert scores(question("the", "cat"), "a") == (1.0, 0.0)
    assert scores(question("the", "cat"), "a", second_release=True) == (0.0, 0.0)


def test_if_no_reference_remains_v2_wants_the_empty_answer() -> None:
    assert scores(question("the"), "?") == (1.0, 0.0)
    assert scores(question("the"), "?", second_release=True) == (1.0, 1.0)


def test_scores_are_means_in_points() -> None:
    rows = [question("cat"), question("red cat"), question("dog")]
    # EM 1, 0, 0; F1 1, 2/3, 0.
    assert metric("exact_match").score(rows, ["cat", "cat", "cat"], "en") == pytest.approx(100 / 3)
    assert metric("f1").score(rows, ["cat", "cat", "cat"], "en") == pytest.approx(500 / 9)


@given(st.text(), st.lists(st.text(), min_size=1, max_size=3), st.booleans())
def test_f1_is_between_exact_match_and_one_unless_the_match_is_empty(
    prediction: str, answers: list[str], second_release: bool
) -> None:
    exact, f1 = scores(question(*answers), prediction, second_release=second_release)
    assert 0.0 <= f1 <= 1.0
    assert f1 >= exact or not normalized(prediction)


@given(st.text())
def test_normalized_answers_have_single_spaces_and_no_ascii_punctuation(text: str) -> None:
    answer = normalized(text)
    assert " ".join(answer.split()) == answer
    assert not set(answer) & set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
