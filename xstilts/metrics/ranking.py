"""Mean average precision of ranked candidates, as LAReQA and Mewsli-X report it in XTREME-R."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xstilts.data.examples import Example
from xstilts.errors import InputError
from xstilts.metrics.base import FloatArray, Metric, mean_value, per_example
from xstilts.metrics.bitext import translations

_CUT = 20


def _average_precisions(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    """Statistics (average precision at 20, 1) of each query; predictions are lists of ids, best first.

    The precision at the place of each match that was found, summed, over the number of matches that could be found.
    """
    scores = []
    for example, prediction in zip(examples, predictions, strict=True):
        if isinstance(prediction, str):
            raise InputError("a ranking is one text", where=f"row {example.id}", expected="a list of ids, best first")
        gold, found, precision = translations(example), 0, 0.0
        for place, candidate in enumerate(dict.fromkeys(prediction[:_CUT]), start=1):
            if candidate in gold:
                found += 1
                precision += found / place
        scores.append(precision / min(len(gold), _CUT) if gold else 0.0)
    return per_example(scores)


MAP_AT_20 = Metric("map_at_20", _average_precisions, mean_value)
