"""Span F1 of tag sequences, exactly as seqeval computes it by default, and accuracy of tokens.

XTREME scores UDPOS with seqeval on bare UPOS tags. seqeval then takes the first letter for a prefix and the rest for a
type: runs of `NOUN` are one span of type `OUN`, every `SCONJ` is a span of its own (S is "single"), `CCONJ` and `SCONJ`
share a type, and `X`, which has no rest, gets the type that seqeval gives to O. We reproduce this, because published
numbers contain it; `token_accuracy` is the plain figure beside it.
"""

from __future__ import annotations

import bisect
import itertools
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from xstilts.data.examples import Example
from xstilts.errors import InputError
from xstilts.metrics.base import FloatArray, Metric, f1_value, mean_value

_Span = tuple[str, int, int]


def _span_counts(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    """Statistics (right spans, predicted spans, gold spans); a span counts for the sentence in which it ends.

    seqeval reads a corpus as one sequence with an O after every sentence. A sentence that begins with the one-letter
    tag `X` opens no span there (its type equals that of the O before it), so the span that `X` later closes starts
    where the span before it started, in an earlier sentence. Spans of single sentences would therefore not sum to
    seqeval's figure; spans of the whole corpus, each given to one sentence, do.
    """
    gold = [list(_gold_tags(example)) for example in examples]
    predicted = [_checked(example, tags) for example, tags in zip(examples, predictions, strict=True)]
    starts = list(itertools.accumulate((len(tags) + 1 for tags in gold), initial=0))[:-1]
    gold_spans, predicted_spans = _spans(gold), _spans(predicted)
    counts = np.zeros((len(examples), 3))
    for column, spans in enumerate((gold_spans & predicted_spans, predicted_spans, gold_spans)):
        for _, _, end in spans:
            counts[bisect.bisect_right(starts, end) - 1, column] += 1
    return counts


def _spans(sentences: Sequence[list[str]]) -> set[_Span]:
    """All spans (type, first, last) of a corpus; positions count an O after every sentence."""
    from seqeval.metrics.sequence_labeling import get_entities

    with warnings.catch_warnings():
        # One warning per token would say that NOUN is not the tag of a named entity.
        warnings.simplefilter("ignore")
        return set(get_entities([tag for tags in sentences for tag in [*tags, "O"]]))


def _right_tokens(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    """Statistics (right tokens, tokens) of each sentence."""
    counts = np.zeros((len(examples), 2))
    for row, (example, tags) in enumerate(zip(examples, predictions, strict=True)):
        gold = _gold_tags(example)
        counts[row] = sum(map(str.__eq__, gold, _checked(example, tags))), len(gold)
    return counts


def _gold_tags(example: Example) -> tuple[str, ...]:
    gold = example.gold
    assert isinstance(gold, tuple), "tag metrics score sentences with gold tags"
    return tuple(map(str, gold))


def _checked(example: Example, tags: Sequence[Any]) -> list[str]:
    """The predicted tags of a sentence as a list, one for every token."""
    wanted = len(_gold_tags(example))
    if len(tags) != wanted:
        raise InputError(
            "a sentence has another number of predicted tags than of tokens",
            where=f"row {example.id}",
            found=f"{len(tags)} tags",
            expected=f"{wanted} tags",
        )
    return [str(tag) for tag in tags]


TAG_F1 = Metric("tag_f1", _span_counts, f1_value)
TOKEN_ACCURACY = Metric("token_accuracy", _right_tokens, mean_value)
