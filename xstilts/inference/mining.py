"""Margin scores of nearest neighbors, and mining of translation pairs with a threshold.

Margin: Artetxe and Schwenk (2019), "Margin-based parallel corpus mining", ratio variant.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from xstilts.inference.neighbors import FloatMatrix, Neighbors, nearest_both_ways


@dataclass(frozen=True)
class MinedPair:
    """A source row, a target row, and how sure mining is of them."""

    source: int
    target: int
    score: float


def normalized(vectors: FloatMatrix) -> FloatMatrix:
    """Rows of length one; zero rows stay zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)


def margin_neighbors(source: FloatMatrix, target: FloatMatrix, k: int) -> tuple[Neighbors, Neighbors]:
    """Neighbors in both directions, scored by ratio margins instead of cosines.

    margin(x, y) = cos(x, y) / ((mean cosine of x to its k neighbors + the same of y) / 2).

    Returns:
        Source -> target and target -> source, each in the order of cosine.
    """
    forward, backward = nearest_both_ways(source, target, k)
    of_source: FloatMatrix = forward.scores.mean(axis=1)
    of_target: FloatMatrix = backward.scores.mean(axis=1)

    def margins(found: Neighbors, own: FloatMatrix, other: FloatMatrix) -> Neighbors:
        margin = found.scores / ((own[:, None] + other[found.indices]) / 2)
        return Neighbors(margin.astype(np.float32), found.indices)

    return margins(forward, of_source, of_target), margins(backward, of_target, of_source)


def mine(source: FloatMatrix, target: FloatMatrix, k: int = 4) -> list[MinedPair]:
    """Translation pairs by margin, best first; every row is in at most one pair.

    The best candidate of each row in either direction is proposed; proposals are accepted greedily.
    """
    forward, backward = margin_neighbors(source, target, k)
    best_forward, best_backward = forward.scores.argmax(axis=1), backward.scores.argmax(axis=1)
    rows, columns = np.arange(len(source)), np.arange(len(target))
    sources = np.concatenate([rows, backward.indices[columns, best_backward]])
    targets = np.concatenate([forward.indices[rows, best_forward], columns])
    scores = np.concatenate([forward.scores[rows, best_forward], backward.scores[columns, best_backward]])
    used_source, used_target = np.zeros(len(source), dtype=bool), np.zeros(len(target), dtype=bool)
    pairs = []
    for at in np.argsort(-scores, kind="stable"):
        s, t = int(sources[at]), int(targets[at])
        if not used_source[s] and not used_target[t]:
            used_source[s] = used_target[t] = True
            pairs.append(MinedPair(s, t, float(scores[at])))
    return pairs


def best_threshold(pairs: list[MinedPair], gold: Set[tuple[int, int]]) -> float:
    """The score above which mined pairs have the highest F1 against gold; halfway between neighboring scores.

    Args:
        pairs: Mined pairs, best first.
        gold: True (source row, target row) pairs.

    Returns:
        The threshold; infinity if no pair is right.
    """
    best, threshold, right = 0.0, float("inf"), 0
    for count, pair in enumerate(pairs, start=1):
        right += (pair.source, pair.target) in gold
        if count < len(pairs) and pairs[count].score == pair.score:
            continue  # no threshold parts equal scores
        f1 = 2.0 * right / (count + len(gold))
        if f1 > best:
            following = pairs[count].score if count < len(pairs) else pair.score
            best, threshold = f1, (pair.score + following) / 2
    return threshold
