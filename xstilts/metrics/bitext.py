"""F1 of mined sentence pairs, as BUCC 2018 and XTREME define it: over the set of all proposed pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xstilts.data.examples import Example, SentenceExample
from xstilts.errors import InputError
from xstilts.metrics.base import FloatArray, Metric, f1_value


def translations(example: Example) -> set[str]:
    """Ids of the target sentences that translate a source sentence; its gold must not be hidden."""
    assert isinstance(example, SentenceExample), "bitext metrics score sentences"
    assert example.matches is not None, "bitext metrics score sentences with gold"
    return set(example.matches)


def _pair_counts(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    """Statistics (right pairs, proposed pairs, gold pairs) of each source sentence.

    Every pair has one source sentence, so the sums over source sentences are the counts of the set of pairs.
    Predictions are collections of target ids; a target proposed twice for one source counts once.
    """
    counts = np.zeros((len(examples), 3))
    for row, (example, prediction) in enumerate(zip(examples, predictions, strict=True)):
        if isinstance(prediction, str):
            # Iterating over it would take every character for an id.
            raise InputError(
                "a mined prediction is one text",
                where=f"row {example.id}",
                found=repr(prediction),
                expected="a list of target ids, possibly empty",
            )
        proposed, gold = set(prediction), translations(example)
        counts[row] = len(proposed & gold), len(proposed), len(gold)
    return counts


MINING_F1 = Metric("mining_f1", _pair_counts, f1_value)
