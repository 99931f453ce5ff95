"""How probable a language model finds what was hidden: the inverse of pseudo-perplexity, so that higher is better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xstilts.data.examples import Example
from xstilts.metrics.base import FloatArray, Metric


def _log_probabilities(examples: Sequence[Example], predictions: Sequence[Any], _language: str) -> FloatArray:
    """Statistics (sum of log-probabilities, hidden pieces); predictions are lists of log-probabilities."""
    return np.asarray([(sum(found), len(found)) for found in predictions], dtype=np.float64).reshape(-1, 2)


def _geometric_mean(sums: FloatArray) -> FloatArray:
    """100 times the geometric mean of the probabilities: 100 / exp(mean cross-entropy in nats)."""
    pieces = sums[..., 1]
    mean = np.divide(sums[..., 0], pieces, out=np.full_like(pieces, -np.inf), where=pieces > 0)
    return np.asarray(100.0 * np.exp(mean))


MASKED_PROBABILITY = Metric("masked_probability", _log_probabilities, _geometric_mean)
