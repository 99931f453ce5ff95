"""What a metric is: statistics of each example, and a value of their sum.

Accuracy sums (right, 1), F1 over spans sums (true positives, predicted, gold). Because every metric here is a
function of summed statistics, one bootstrap serves them all: resample rows, sum, take the value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xstilts.data.examples import Example

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """A named score, higher is better, in points from 0 to 100.

    Attributes:
        name: The name in the `metric` column of the results.
        statistics: (examples, predictions, language) -> array of shape [examples, k]. Predictions are aligned
            with the examples; every example has gold.
        value: Array of shape [..., k], sums over examples -> array of shape [...], in points.
    """

    name: str
    statistics: Callable[[Sequence[Example], Sequence[Any], str], FloatArray]
    value: Callable[[FloatArray], FloatArray]

    def score(self, examples: Sequence[Example], predictions: Sequence[Any], language: str) -> float:
        """The metric of all examples together, in points."""
        return float(self.value(self.statistics(examples, predictions, language).sum(axis=0)))


def mean_value(sums: FloatArray) -> FloatArray:
    """100 times the mean, from sums of (score, 1)."""
    return 100.0 * _ratio(sums[..., 0], sums[..., 1])


def f1_value(sums: FloatArray) -> FloatArray:
    """100 times F1, from sums of (true positives, predicted, gold); 0 where nothing was predicted nor gold."""
    return 100.0 * _ratio(2.0 * sums[..., 0], sums[..., 1] + sums[..., 2])


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator != 0)


def per_example(scores: Sequence[float]) -> FloatArray:
    """Statistics [examples, 2] of a metric that is the mean of a score per example (score in 0..1)."""
    values = np.asarray(scores, dtype=np.float64)
    return np.stack([values, np.ones_like(values)], axis=1)
