"""Estimators of transferability: how well features of an encoder suit the labels of a task that it was not tuned on.

Each is a pure function of features [n, d] and labels [n]; a larger value promises more. They see single samples
and know nothing of tasks; `xstilts.inference.probing` makes samples of rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ESTIMATORS = ("logme", "h_score", "knn", "probe")
"""The estimators that `estimates` gives, in the order of their columns."""

_NEIGHBORS = 5
_FOLDS = 5
_ITERATIONS = 100
_TOLERANCE = 1e-4
_TINY = 1e-12
_BLOCK = 512  # rows whose similarities to all others are in memory at a time


def estimates(features: FloatArray, labels: IntArray, groups: IntArray | None = None) -> dict[str, float | None]:
    """All estimators.

    Args:
        features: Shape [n, d].
        labels: Class of each sample, shape [n].
        groups: Samples of one group come from one row and never vouch for each other, shape [n]; each sample is its
            own group unless said.

    Returns:
        Estimator -> value. Classes that occur in one group only are left out, since nothing can be learned of them
        and tested; if fewer than two classes are left, all values are None.
    """
    groups = np.arange(len(labels)) if groups is None else groups
    kept = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        of_class = labels == label
        kept |= of_class & (len(np.unique(groups[of_class])) > 1)
    features, labels, groups = np.asarray(features[kept], dtype=np.float64), labels[kept], groups[kept]
    if len(np.unique(labels)) < 2:
        return dict.fromkeys(ESTIMATORS)
    return {
        "logme": log_maximum_evidence(_with_constant(features), labels),
        "h_score": h_score(features, labels),
        "knn": neighbor_accuracy(features, labels, groups),
        "probe": probe_accuracy(features, labels, groups),
    }


def _with_constant(features: FloatArray) -> FloatArray:
    """One more feature, the same for all samples and about as large as a sample: LogME has no intercept of its own."""
    size = math.sqrt(float((features**2).sum()) / len(features))
    return np.hstack([features, np.full((len(features), 1), size)])


def log_maximum_evidence(features: FloatArray, labels: IntArray) -> float:
    """LogME (You et al., 2021): the log evidence of a linear model of each label, per sample, mean over the labels.

    The label, 0 or 1, is `features @ w` plus noise; w has the prior N(0, 1/alpha) and the noise N(0, 1/beta), and
    alpha and beta are those that make the labels most probable (algorithm 1 of the paper, by MacKay's fixed point).
    Rotations of the features do not change it.

    Args:
        features: Shape [n, d].
        labels: Shape [n].

    Returns:
        Nats per sample.
    """
    left, singular, _ = np.linalg.svd(features, full_matrices=False)
    evidence = [
        _log_evidence(left, singular**2, features.shape[1], (labels == label).astype(np.float64))
        for label in np.unique(labels)
    ]
    return float(np.mean(evidence))


def _log_evidence(left: FloatArray, squares: FloatArray, width: int, target: FloatArray) -> float:
    """The maximum over alpha and beta of the log evidence of one target, per sample.

    Args:
        left: Left singular vectors of the features, shape [n, r].
        squares: Squared singular values, shape [r].
        width: Number of features.
        target: Shape [n].
    """
    count = len(target)
    along = left.T @ target
    outside = max(float(target @ target - along @ along), 0.0)
    alpha = beta = 1.0
    for _ in range(_ITERATIONS):
        weights, residual = _posterior(along, squares, outside, alpha, beta)
        effective = float((beta * squares / (alpha + beta * squares)).sum())
        ratio = alpha / beta
        alpha = max(effective, _TINY) / max(weights, _TINY)
        beta = max(count - effective, _TINY) / max(residual, _TINY)
        if abs(alpha / beta - ratio) <= _TOLERANCE * ratio:
            break
    weights, residual = _posterior(along, squares, outside, alpha, beta)
    log_determinant = float(np.log(alpha + beta * squares).sum()) + (width - len(squares)) * math.log(alpha)
    evidence = count * math.log(beta) + width * math.log(alpha) - count * math.log(2 * math.pi)
    return (evidence - beta * residual - alpha * weights - log_determinant) / (2 * count)


def _posterior(
    along: FloatArray, squares: FloatArray, outside: float, alpha: float, beta: float
) -> tuple[float, float]:
    """Squared norms of the posterior mean of the weights and of its residual."""
    shrunk = alpha + beta * squares
    weights = float((beta**2 * squares * (along / shrunk) ** 2).sum())
    return weights, outside + float((alpha * along / shrunk) @ (alpha * along / shrunk))


def h_score(features: FloatArray, labels: IntArray, shrinkage: float | None = None) -> float:
    """H-score: how much of the features' variance lies between classes, tr(cov(f)^-1 cov(E[f | label])).

    Bao et al., 2019, in the form of Ibrahim et al., 2021, whose covariance is shrunk toward a multiple of the
    identity, cov = (1 - s) S + s tr(S)/d I, as Ledoit and Wolf (2004) choose s; the covariance of the class means is
    taken (1 - s) times. Without shrinkage it lies between 0 and the number of classes less one, and no linear map
    that can be undone changes it.

    Args:
        features: Shape [n, d].
        labels: Shape [n].
        shrinkage: s, from 0 (Bao et al.) to 1; that of Ledoit and Wolf unless said.
    """
    from sklearn.covariance import ledoit_wolf_shrinkage

    centered = features - features.mean(axis=0)
    s = float(ledoit_wolf_shrinkage(centered, assume_centered=True)) if shrinkage is None else shrinkage
    count, width = centered.shape
    covariance = centered.T @ centered / count
    scale = float(np.trace(covariance)) / width
    if scale <= 0:
        return 0.0
    classes, sizes = np.unique(labels, return_counts=True)
    means = np.stack([centered[labels == label].mean(axis=0) for label in classes])
    between = (means.T * sizes) @ means / count
    shrunk = (1 - s) * covariance + s * scale * np.eye(width)
    return float((1 - s) * np.trace(np.linalg.pinv(shrunk, hermitian=True) @ between))


def neighbor_accuracy(
    features: FloatArray, labels: IntArray, groups: IntArray | None = None, neighbors: int = _NEIGHBORS
) -> float:
    """The nearest neighbors, leaving one out: the share of samples for which they name the class, mean over classes.

    Neighbors are nearest by cosine; of classes that are equally frequent among them, that of the nearest one counts.

    Args:
        features: Shape [n, d].
        labels: Shape [n].
        groups: No sample is the neighbor of one of its own group, shape [n]; each its own unless said.
        neighbors: How many.

    Returns:
        Points from 0 to 100.
    """
    groups = np.arange(len(labels)) if groups is None else groups
    classes, numbers = np.unique(labels, return_inverse=True)
    directions = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), _TINY)
    said = np.empty(len(numbers), dtype=np.int64)
    for start in range(0, len(numbers), _BLOCK):
        part = slice(start, start + _BLOCK)
        similar = directions[part] @ directions.T
        similar[groups[part, None] == groups[None, :]] = -np.inf
        nearest = np.argsort(-similar, axis=1, kind="stable")[:, :neighbors]
        foreign = np.take_along_axis(similar, nearest, axis=1) > -np.inf
        named = numbers[nearest]
        votes = ((named[:, :, None] == named[:, None, :]) & foreign[:, None, :]).sum(axis=2) * foreign
        said[part] = np.take_along_axis(named, votes.argmax(axis=1)[:, None], axis=1)[:, 0]
    return _mean_recall(said, numbers, len(classes))


def probe_accuracy(
    features: FloatArray, labels: IntArray, groups: IntArray | None = None, folds: int = _FOLDS, seed: int = 0
) -> float:
    """A linear probe (Alain and Bengio, 2016), cross-validated: the share of right samples, mean over classes.

    Logistic regression with an L2 penalty of 1 on standardized features.

    Args:
        features: Shape [n, d].
        labels: Shape [n]; at least two classes.
        groups: A group is never both trained on and tested, shape [n]; each sample is its own unless said.
        folds: Number of folds; fewer if there are fewer groups.
        seed: Draws the folds.

    Returns:
        Points from 0 to 100.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    groups = np.arange(len(labels)) if groups is None else groups
    classes, numbers = np.unique(labels, return_inverse=True)
    said = np.empty(len(numbers), dtype=np.int64)
    for train, test in _folds(numbers, groups, folds, seed):
        if len(np.unique(numbers[train])) == 1:
            said[test] = numbers[train][0]
            continue
        probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200, tol=1e-3))
        said[test] = probe.fit(features[train], numbers[train]).predict(features[test])
    return _mean_recall(said, numbers, len(classes))


def _folds(numbers: IntArray, groups: IntArray, folds: int, seed: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Training and test samples of each fold, with about the same share of each class."""
    import warnings

    from sklearn.model_selection import StratifiedGroupKFold

    most = min(folds, len(np.unique(groups)), int(np.bincount(numbers).max()))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")  # of a rare class some folds have none
        yield from StratifiedGroupKFold(most, shuffle=True, random_state=seed).split(numbers, numbers, groups)


def _mean_recall(said: IntArray, numbers: IntArray, classes: int) -> float:
    """The share of right answers of each class, averaged, so that a frequent class does not drown the others."""
    return 100 * float(np.mean([(said[numbers == number] == number).mean() for number in range(classes)]))


def similarity(vector: FloatArray, other: FloatArray) -> float:
    """TextEmb (Vu et al., 2020): the cosine of two tasks' mean representations by the pretrained encoder.

    Args:
        vector: Representations of one task's texts, averaged; shape [d].
        other: Those of the other task.
    """
    norms = float(np.linalg.norm(vector) * np.linalg.norm(other))
    return float(vector @ other) / max(norms, _TINY)
