from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xstilts.inference.mining import MinedPair, best_threshold, margin_neighbors, mine, normalized
from xstilts.inference.neighbors import nearest


def unit_rows(seed, rows, width=6):
    """Random unit vectors in the positive cone, so that cosines are well away from 0."""
    return normalized(np.random.default_rng(seed).random((rows, width)).astype(np.float32) + 0.05)


def slow_margins(source, target, k):
    """The ratio margin of every pair, written out from the formula of Artetxe and Schwenk (2019)."""

    def cosine(x, y):
        return float(np.dot(x.astype(np.float64), y.astype(np.float64)))

    def mean_to_neighbors(x, others):
        near = sorted((cosine(x, other) for other in others), reverse=True)[:k]
        return sum(near) / len(near)

    return [
        [cosine(x, y) / (mean_to_neighbors(x, target) / 2 + mean_to_neighbors(y, source) / 2) for y in target]
        for x in source
    ]


def slow_mining(source, target, k):
    """Greedy matching over the best candidate of each row in both directions."""
    margins = np.asarray(slow_margins(source, target, k))
    cosines = source.astype(np.float64) @ target.T.astype(np.float64)
    proposals = set()
    for s in range(len(source)):
        near = sorted(range(len(target)), key=lambda t: -cosines[s, t])[:k]
        proposals.add((s, max(near, key=lambda t: margins[s, t])))
    for t in range(len(target)):
        near = sorted(range(len(source)), key=lambda s: -cosines[s, t])[:k]
        proposals.add((max(near, key=lambda s: margins[s, t]), t))
    taken = []
    for s, t in sorted(proposals, key=lambda pair: -margins[pair]):
        if all(s != a and t != b for a, b, _ in taken):
            taken.append((s, t, margins[s, t]))
    return taken


def test_rows_get_length_one_and_zero_rows_stay_zero():
    rows = normalized(np.asarray([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32))
    assert rows == pytest.approx(np.asarray([[0.6, 0.8], [0.0, 0.0]]))
    assert rows.dtype == np.float32


@settings(deadline=None, max_examples=40)
@given(sources=st.integers(1, 9), targets=st.integers(1, 9), k=st.integers(1, 5), seed=st.integers(0, 99))
def test_margins_are_those_of_the_formula(sources, targets, k, seed):
    source, target = unit_rows(seed, sources), unit_rows(seed + 1000, targets)
    forward, backward = margin_neighbors(source, target, k)
    expected = np.asarray(slow_margins(source, target, k))
    assert forward.scores == pytest.approx(np.take_along_axis(expected, forward.indices, axis=1), rel=1e-4)
    assert backward.scores == pytest.approx(np.take_along_axis(expected.T, backward.indices, axis=1), rel=1e-4)


def test_a_margin_worked_out_by_hand():
    source = np.asarray([[1.0, 0.0]], dtype=np.float32)
    target = np.asarray([[1.0, 0.0], [0.6, 0.8]], dtype=np.float32)
    forward, _ = margin_neighbors(source, target, 2)
    # the source's mean is (1 + 0.6) / 2 = 0.8, the targets' are 1 and 0.6
    assert forward.scores == pytest.approx(np.asarray([[1 / 0.9, 0.6 / 0.7]]), rel=1e-6)


def test_mining_takes_the_margin_over_the_cosine():
    # Target 0 is near to everything; target 1 is a little farther from source 0, and nobody else's neighbor.
    angles = np.radians([0, 14, 22, 30])
    source = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    towards = np.radians([10, -12])
    target = np.stack([np.cos(towards), np.sin(towards)], axis=1).astype(np.float32)
    assert nearest(source, target, 1).indices[0, 0] == 0
    assert {(pair.source, pair.target) for pair in mine(source, target, k=2)} >= {(0, 1)}


@settings(deadline=None, max_examples=60)
# With one neighbor, every pair that is mutually nearest has the margin 1, and rounding decides which comes first.
@given(sources=st.integers(3, 9), targets=st.integers(3, 9), k=st.integers(2, 5), seed=st.integers(0, 99))
def test_mining_equals_a_slow_greedy_matching(sources, targets, k, seed):
    source, target = unit_rows(seed, sources), unit_rows(seed + 1000, targets)
    pairs = mine(source, target, k)
    expected = slow_mining(source, target, k)
    assert [(pair.source, pair.target) for pair in pairs] == [(s, t) for s, t, _ in expected]
    assert [pair.score for pair in pairs] == pytest.approx([score for *_, score in expected], rel=1e-4)
    assert len({pair.source for pair in pairs}) == len({pair.target for pair in pairs}) == len(pairs)


def f1_at(pairs, gold, threshold):
    kept = [pair for pair in pairs if pair.score >= threshold]
    right = sum((pair.source, pair.target) in gold for pair in kept)
    precision = right / len(kept) if kept else 0.0
    recall = right / len(gold) if gold else 0.0
    return 2 * precision * recall / (precision + recall) if right else 0.0


@settings(deadline=None, max_examples=200)
@given(
    scores=st.lists(st.sampled_from([0.5, 0.75, 0.8, 1.0, 1.1, 1.25]) | st.floats(0.5, 2, width=32), max_size=9),
    right=st.sets(st.integers(0, 8)),
    missed=st.integers(0, 4),
)
def test_the_threshold_is_the_best_of_all(scores, right, missed):
    pairs = [MinedPair(at, at, score) for at, score in enumerate(sorted(scores, reverse=True))]
    gold = {(at, at) for at in right if at < len(pairs)} | {(100 + at, 0) for at in range(missed)}
    best = max((f1_at(pairs, gold, threshold) for threshold in [*scores, math.inf]), default=0.0)
    assert f1_at(pairs, gold, best_threshold(pairs, gold)) == pytest.approx(best)


def test_the_threshold_lies_halfway_between_neighbors():
    pairs = [MinedPair(0, 0, 1.5), MinedPair(1, 1, 1.25), MinedPair(2, 2, 0.75)]
    assert best_threshold(pairs, {(0, 0), (1, 1)}) == 1.0
    assert best_threshold(pairs, {(0, 0), (1, 1), (2, 2)}) == 0.75


def test_equal_scores_are_kept_or_dropped_together():
    # Cut between the first two, F1 would be 2/3; but they cannot be parted, and three of them have 2/5.
    pairs = [MinedPair(0, 0, 1.0), MinedPair(1, 9, 1.0), MinedPair(2, 8, 1.0), MinedPair(3, 3, 0.5)]
    assert best_threshold(pairs, {(0, 0), (3, 3)}) == 0.5


def test_nothing_right_means_nothing_is_mined():
    assert best_threshold([MinedPair(0, 0, 1.5)], {(0, 1)}) == math.inf
    assert best_threshold([], {(0, 1)}) == math.inf
