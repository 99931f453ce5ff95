from __future__ import annotations

import pytest

from xstilts.data.examples import Answer, QuestionExample
from xstilts.metrics import metric
from xstilts.metrics.mlqa import normalized


def question(*answers: str) -> QuestionExample:
    return QuestionExample("q", "", "", tuple(Answer(text, 0) for text in answers))


@pytest.mark.parametrize(
    ("language", "answer", "wanted"),
    [
        ("en", "The “Cat”, an animal", "cat animal"),  # curly quotes are punctuation here, unlike in SQuAD's script
        ("en", "$5 + €3", "5 €3"),  # $ and + are ASCII's, € is a symbol and stays
        ("es", "¿Los gatos y unas casas?", "gatos y casas"),
        ("de", "Der Hund des Mannes, einer der besten", "hund mannes besten"),
        ("vi", "Những chiếc xe của tôi", "xe tôi"),
        ("hi", "एक घर।", "एक घर"),  # the danda is punctuation; no articles
        # "ال" is replaced by a space wherever it stands, also in the middle of a word.
        ("ar", "الكتاب، سالم", "كتاب س م"),
        ("zh", "東京2020年 Olympic Games。", "東 京 2020 年 olympic games"),
        ("zh", "\u9fa5\u9fa6\u9fa7", "\u9fa5 \u9fa6\u9fa7"),  # the official range ends at U+9FA5
        ("ja", "東京タワー、です。", "東 京 タ ワ ー で す"),
        ("th", "กรุงเทพ 10", "ก ร ุ ง เ ท พ 10"),
        ("my", "မြန်", "မ ြ န ်"),
        ("fr", "la Tour, le Louvre", "la tour le louvre"),  # no articles beyond the seven languages
        ("sw", "Mji wa Nairobi.", "mji wa nairobi"),
    ],
)
def test_normalization_of_a_language(language: str, answer: str, wanted: str) -> None:
    assert normalized(answer, language) == wanted


@pytest.mark.parametrize("pair", ["de-en", "de-zh", "de"])
def test_the_language_of_a_pair_is_the_one_of_the_context(pair: str) -> None:
    assert normalized("der the Hund", pair) == "the hund"


def test_chinese_f1_counts_characters() -> None:
    # Reference 北 京 大 学, prediction 北 京: 2 shared, 2 * 2 / (2 + 4).
    assert metric("mlqa_f1").score([question("北京大学")], ["北京"], "zh") == pytest.approx(200 / 3)
    # By white space the same two texts are one token each, and differ.
    assert metric("mlqa_f1").score([question("北京大学")], ["北京"], "en") == 0.0


def test_articles_do_not_cost_the_exact_match() -> None:
    rows, predictions = [question("der Rhein", "Rheins")], ["Rhein."]
    assert metric("mlqa_exact_match").score(rows, predictions, "de-en") == 100.0
    assert metric("mlqa_exact_match").score(rows, predictions, "en-de") == 0.0
    # en: "der rhein" against "rhein": 1 shared, 2 * 1 / (1 + 2); "rheins" shares nothing.
    assert metric("mlqa_f1").score(rows, predictions, "en-de") == pytest.approx(200 / 3)


def test_f1_of_two_answers_of_articles_only_is_zero_as_in_the_official_script() -> None:
    rows = [question("the")]
    assert metric("mlqa_exact_match").score(rows, ["a"], "en") == 100.0
    assert metric("mlqa_f1").score(rows, ["a"], "en") == 0.0


def test_an_unanswerable_question_wants_the_empty_answer() -> None:
    rows = [question(), question()]
    for name in ("mlqa_exact_match", "mlqa_f1"):
        assert metric(name).statistics(rows, ["।", "घर"], "hi")[:, 0].tolist() == [1.0, 0.0]
