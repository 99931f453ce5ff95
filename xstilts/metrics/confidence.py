"""What probabilities say beside the answers: is confidence earned, are entailment and contradiction held apart?

These are no scores of predictions, so they stand on dev sets only, where probabilities are at hand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xstilts.metrics.base import FloatArray

_BINS = 15


def calibration_error(confidence: FloatArray, right: NDArray[np.bool_]) -> float:
    """Expected calibration error (Guo et al. 2017): how far confidence is from accuracy, over 15 bins of equal width.

    Args:
        confidence: Probability of each answer that was given, shape [examples].
        right: Whether it is right, shape [examples].

    Returns:
        Points from 0 to 100; lower is better.
    """
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [abs(float((confidence[bins == at] - right[bins == at]).sum())) for at in np.unique(bins)]
    return 100.0 * sum(gaps) / len(confidence)


def entailment_contrast(probabilities: FloatArray, gold: Sequence[str | None], labels: Sequence[str]) -> float | None:
    """The margin of entailment over contradiction, in entailed pairs and, with the other sign, in contradicted ones.

    Args:
        probabilities: Shape [examples, labels].
        gold: The label of each pair.
        labels: The labels, in the order of the probabilities.

    Returns:
        The mean of both margins: 100 where the two are told apart with certainty, 0 where they are not, less where they
        are confused. None if the labels, or the pairs, do not have both.
    """
    if not {"entailment", "contradiction"} <= set(labels) or not {"entailment", "contradiction"} <= set(gold):
        return None
    margins = probabilities[:, list(labels).index("entailment")] - probabilities[:, list(labels).index("contradiction")]
    label = np.asarray(gold)
    return 50.0 * float(margins[label == "entailment"].mean() - margins[label == "contradiction"].mean())
