"""Exact match and token F1 of answers, as the official SQuAD scripts v1.1 and v2.0 compute them.

Both scripts lowercase, delete ASCII punctuation and the English articles, and squeeze white space; the score is the
best over the references. They differ where a text normalizes to nothing ("the", "?"):

| | v1.1 | v2.0 |
|---|---|---|
| a reference that normalizes to nothing | is like any other | is left out; if none remains, "" is the gold |
| F1 of two empty answers | 0 (no shared token) | 1 |
| no references (unanswerable) | does not occur | "" is the gold |

Rows do not say which release they are from, but the releases differ visibly: only v2.0 has unanswerable questions. So
the rules of v2.0 hold if any of the rows that are scored together is unanswerable, and those of v1.1 otherwise.
XTREME scores XQuAD and TyDiQA by the v1.1 script in every language.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from xstilts.data.examples import Example, QuestionExample
from xstilts.metrics.base import FloatArray, Metric, mean_value, per_example

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalized(answer: str) -> str:
    """The answer in lower case, without ASCII punctuation and English articles, words separated by one space."""
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_NO_PUNCTUATION)).split())


def overlap_f1(prediction: str, reference: str) -> float:
    """F1 (0 to 1) of the bags of words of two normalized answers; 0 if they share none."""
    predicted, wanted = prediction.split(), reference.split()
    shared = (Counter(predicted) & Counter(wanted)).total()
    return 2 * shared / (len(predicted) + len(wanted)) if shared else 0.0


def reference_texts(example: Example) -> tuple[str, ...]:
    """The texts of the reference answers; empty for an unanswerable question."""
    assert isinstance(example, QuestionExample), "answer metrics score questions"
    assert example.answers is not None, "answer metrics score questions with gold"
    return tuple(answer.text for answer in example.answers)


def same(prediction: str, reference: str) -> float:
    """1 if two normalized answers are equal, else 0."""
    return float(prediction == reference)


def _scores(
    examples: Sequence[Example], predictions: Sequence[Any], compare: Callable[[str, str], float]
) -> FloatArray:
    references = [[normalized(text) for text in reference_texts(example)] for example in examples]
    second_release = not all(references)
    scores = []
    for texts, prediction in zip(references, predictions, strict=True):
        wanted = ([text for text in texts if text] or [""]) if second_release else texts
        answer = normalized(prediction)
        both_empty = second_release and not answer and "" in wanted
        scores.append(1.0 if both_empty else max(compare(answer, text) for text in wanted))
    return per_example(scores)


def _exact_match(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    return _scores(examples, predictions, same)


def _f1(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    return _scores(examples, predictions, overlap_f1)


EXACT_MATCH = Metric("exact_match", _exact_match, mean_value)
F1 = Metric("f1", _f1, mean_value)
