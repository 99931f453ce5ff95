"""Exact neighbors: whatever is rounded on the way, the result is that of a full sort in float64."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xstilts.inference import neighbors
from xstilts.inference.mining import normalized
from xstilts.inference.neighbors import Tiling, nearest, nearest_both_ways

SMALL = Tiling(rows=32, columns=64)


def unit_rows(seed, rows, width=6, cone=0.0):
    """Random unit vectors; the larger the cone's number, the more alike they are."""
    random = np.random.default_rng(seed).standard_normal((rows, width)).astype(np.float32)
    return normalized(random + np.float32(cone))


def assert_nearest(found, queries, keys, k):
    """No neighbor is farther than that of a full sort by more than float32's rounding, and none stands twice."""
    cosines = queries.astype(np.float64) @ keys.T.astype(np.float64)
    k = min(k, len(keys))
    assert found.scores.shape == found.indices.shape == (len(queries), k)
    assert found.scores == pytest.approx(-np.sort(-cosines, axis=1)[:, :k], abs=2e-6)
    assert found.scores == pytest.approx(np.take_along_axis(cosines, found.indices, axis=1), abs=2e-6)
    assert all(len(set(row)) == k for row in found.indices.tolist())


@settings(deadline=None, max_examples=60)
@given(queries=st.integers(1, 12), keys=st.integers(1, 12), k=st.integers(1, 15), seed=st.integers(0, 99))
def test_few_vectors_are_compared_at_once(queries, keys, k, seed):
    left, right = unit_rows(seed, queries), unit_rows(seed + 1000, keys)
    assert_nearest(nearest(left, right, k), left, right, k)


@settings(deadline=None, max_examples=60)
@given(
    sizes=st.tuples(st.integers(1, 200), st.integers(1, 200)),
    width=st.sampled_from([2, 28, 29, 60, 100]),
    k=st.integers(1, 6),
    cone=st.sampled_from([0.0, 0.3, 3.0, 30.0]),
    half=st.booleans(),
    seed=st.integers(0, 99),
)
def test_tiles_give_the_neighbors_of_a_full_sort_in_both_directions(sizes, width, k, cone, half, seed):
    left, right = unit_rows(seed, sizes[0], width, cone), unit_rows(seed + 1000, sizes[1], width, cone)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbors, "has_bf16", lambda device: half)
        forward, backward = nearest_both_ways(left, right, k, SMALL)
        alone = nearest(left, right, k, SMALL)
    assert_nearest(forward, left, right, k)
    assert_nearest(backward, right, left, k)
    assert_nearest(alone, left, right, k)


@pytest.mark.parametrize("half", [True, False])
def test_vectors_that_rounding_cannot_tell_apart_are_told_apart(half, monkeypatch):
    # 300 keys within 1e-4 of each other: of rounded products all are equal or in a wrong order.
    monkeypatch.setattr(neighbors, "has_bf16", lambda device: half)
    angles = np.linspace(0.5, 0.5001, 300)
    keys = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    queries = np.asarray([[1.0, 0.0], [0.0, 1.0], [np.cos(0.50005), np.sin(0.50005)]], dtype=np.float32)
    forward, backward = nearest_both_ways(queries, keys, 3, SMALL)
    assert_nearest(forward, queries, keys, 3)
    assert_nearest(backward, keys, queries, 3)


def test_equal_and_empty_vectors_have_neighbors_too():
    left = np.repeat(unit_rows(1, 1), 70, axis=0)
    right = np.concatenate([left, np.zeros((70, 6), dtype=np.float32)])
    forward, backward = nearest_both_ways(left, right, 4, SMALL)
    assert_nearest(forward, left, right, 4)
    assert_nearest(backward, right, left, 4)


def test_what_cannot_be_settled_by_candidates_is_compared_with_everything(monkeypatch):
    left, right = unit_rows(1, 100, 16), unit_rows(2, 100, 16)
    expected = nearest(left, right, 2, SMALL)
    unsure = []

    def never_sure(self, other):
        unsure.append(len(self.errors))
        return self.errors + 9.0

    monkeypatch.setattr(neighbors._Side, "rounding", never_sure)
    found = nearest(left, right, 2, SMALL)
    assert unsure == [100]
    assert found.indices.tolist() == expected.indices.tolist()
