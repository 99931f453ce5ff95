"""Accuracy of labels, of choices, and of nearest neighbors among the translations of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xstilts.data.examples import Example
from xstilts.metrics.base import FloatArray, Metric, mean_value, per_example
from xstilts.metrics.bitext import translations


def _label_is_right(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    """Statistics (right, 1); predictions are label names, or indices of choices."""
    return per_example(
        [float(prediction == example.gold) for example, prediction in zip(examples, predictions, strict=True)]
    )


def _match_is_right(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    """Statistics (right, 1); examples are source sentences, predictions the ids of target sentences."""
    return per_example(
        [float(prediction in translations(example)) for example, prediction in zip(examples, predictions, strict=True)]
    )


ACCURACY = Metric("accuracy", _label_is_right, mean_value)
RETRIEVAL_ACCURACY = Metric("retrieval_accuracy", _match_is_right, mean_value)
