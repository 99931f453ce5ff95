from __future__ import annotations

import subprocess
import sys
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import accuracy_score, f1_score

from xstilts.data.examples import TokenExample
from xstilts.errors import InputError
from xstilts.metrics import metric

BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
# X is one letter, CCONJ and SCONJ share what seqeval takes for a type, SYM and SCONJ begin with S, INTJ with I.
UPOS = ("NOUN", "VERB", "ADJ", "ADP", "X", "CCONJ", "SCONJ", "SYM", "INTJ", "PUNCT", "_")


def rows(gold: list[list[str]]) -> list[TokenExample]:
    return [TokenExample(str(at), ("w",) * len(tags), tuple(tags)) for at, tags in enumerate(gold)]


def seqeval_f1(gold: list[list[str]], predicted: list[list[str]]) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return 100.0 * float(f1_score(gold, predicted))


def corpora(tags: tuple[str, ...]) -> st.SearchStrategy[list[list[tuple[str, str]]]]:
    pair = st.tuples(st.sampled_from(tags), st.sampled_from(tags))
    equal = st.sampled_from(tags).map(lambda tag: (tag, tag))
    return st.lists(st.lists(pair | equal, min_size=1, max_size=8), min_size=1, max_size=6)


@pytest.mark.parametrize("tags", [BIO, UPOS], ids=["bio", "bare"])
def test_f1_of_summed_sentences_is_seqeval_f1_of_the_corpus(tags: tuple[str, ...]) -> None:
    @given(corpora(tags))
    @settings(max_examples=300, deadline=None)
    def holds(corpus: list[list[tuple[str, str]]]) -> None:
        gold = [[pair[0] for pair in sentence] for sentence in corpus]
        predicted = [[pair[1] for pair in sentence] for sentence in corpus]
        assert metric("tag_f1").score(rows(gold), predicted, "en") == pytest.approx(seqeval_f1(gold, predicted))
        accuracy = 100.0 * accuracy_score(gold, predicted)
        assert metric("token_accuracy").score(rows(gold), predicted, "en") == pytest.approx(accuracy)

    holds()


def test_spans_are_right_only_with_their_type_and_both_ends() -> None:
    gold = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "I-LOC", "O"]]
    predicted = [["B-PER", "I-PER", "O", "B-PER"], ["B-LOC", "O", "O"]]
    # Sentence 0: PER 0-1 right; LOC 3 was called PER: 1 of 2 predicted, 2 gold. Sentence 1: LOC 0-1 cut short.
    assert metric("tag_f1").statistics(rows(gold), predicted, "en").tolist() == [[1, 2, 2], [0, 1, 1]]
    # F1 = 2 * 1 / (3 + 3)
    assert metric("tag_f1").score(rows(gold), predicted, "en") == pytest.approx(100 / 3)


def test_an_inside_tag_without_a_begin_opens_a_span() -> None:
    # seqeval's default mode is lenient, as conlleval is: I-LOC after O is a span.
    assert metric("tag_f1").statistics(rows([["O", "B-LOC"]]), [["O", "I-LOC"]], "en").tolist() == [[1, 1, 1]]


def test_a_run_of_equal_bare_tags_is_one_span() -> None:
    gold, predicted = [["NOUN", "NOUN", "VERB"]], [["NOUN", "VERB", "VERB"]]
    # Gold: NOUN 0-1, VERB 2. Predicted: NOUN 0, VERB 1-2. No span agrees, two of three tokens do.
    assert metric("tag_f1").statistics(rows(gold), predicted, "en").tolist() == [[0, 2, 2]]
    assert metric("token_accuracy").score(rows(gold), predicted, "en") == pytest.approx(200 / 3)


def test_a_bare_x_at_the_start_of_a_sentence_reaches_back_into_the_one_before() -> None:
    gold = [["NOUN", "NOUN"], ["X", "VERB"]]
    predicted = [["ADJ", "NOUN"], ["X", "VERB"]]
    # The corpus is NOUN NOUN O X VERB O. X has no type and so does not open a span after O; when VERB closes it, it
    # begins where the last span did: at 0 in gold (NOUN 0-1), at 1 in the prediction (NOUN 1). Only VERB agrees.
    statistics = metric("tag_f1").statistics(rows(gold), predicted, "en")
    assert statistics.tolist() == [[0, 2, 1], [1, 2, 2]]
    assert seqeval_f1(gold, predicted) == pytest.approx(100 * 2 / 7)


def test_no_span_anywhere_scores_zero() -> None:
    assert metric("tag_f1").score(rows([["O", "O"]]), [["O", "O"]], "en") == 0.0


def test_a_sentence_with_too_few_tags_is_named() -> None:
    for name in ("tag_f1", "token_accuracy"):
        with pytest.raises(InputError) as raised:
            metric(name).statistics(rows([["O"], ["O", "O"]]), [["O"], ["O"]], "en")
        assert str(raised.value) == (
            "row 1: a sentence has another number of predicted tags than of tokens\n"
            "  found:    1 tags\n  expected: 2 tags"
        )


def test_scoring_bare_tags_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        metric("tag_f1").statistics(rows([["NOUN"]]), [["VERB"]], "en")


def test_listing_metrics_does_not_import_seqeval() -> None:
    code = "import sys, xstilts.metrics; sys.exit('seqeval' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
