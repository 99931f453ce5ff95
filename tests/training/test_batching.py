from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xstilts.data.features import Features, ragged_column
from xstilts.training.batching import Stream, input_tensors, micro_batches

UNITS = st.lists(st.lists(st.integers(1, 20), min_size=1, max_size=4), min_size=1, max_size=12)


def features_of(units, **columns):
    """Features whose unit u has rows of the given lengths; the pieces of a row are its number."""
    lengths = [length for unit in units for length in unit]
    owner = [at for at, unit in enumerate(units) for _ in unit]
    return Features(
        pa.table(
            {
                "input_ids": ragged_column([np.full(n, at + 10) for at, n in enumerate(lengths)], np.int32),
                "unit": pa.array(owner, type=pa.int32()),
                **columns,
            }
        )
    )


@given(units=st.integers(1, 40), seed=st.integers(0, 1000), epoch=st.integers(0, 5))
def test_each_epoch_is_a_permutation(units, seed, epoch):
    assert sorted(Stream([units], seed, 0).take(epoch * units, units).tolist()) == list(range(units))


@given(
    units=st.integers(1, 30),
    start=st.integers(0, 100),
    count=st.integers(1, 50),
    order=st.permutations(range(4)),
)
def test_what_stands_at_a_position_does_not_depend_on_what_was_taken_before(units, start, count, order):
    whole = Stream([units], 7, 1).take(0, start + 4 * count)
    stream = Stream([units], 7, 1)
    for part in order:
        at = start + part * count
        assert stream.take(at, count).tolist() == whole[at : at + count].tolist()


def test_epochs_tasks_and_seeds_are_shuffled_differently():
    first = Stream([200], 3, 0).take(0, 200).tolist()
    others = [Stream([200], 3, 0).take(200, 200), Stream([200], 3, 1).take(0, 200), Stream([200], 4, 0).take(0, 200)]
    assert all(other.tolist() != first for other in others)
    assert Stream([200], 3, 0).take(0, 200).tolist() == first


@settings(deadline=None)
@given(units=UNITS, budget=st.integers(1, 120), data=st.data())
def test_micro_batches_hold_each_unit_once_and_whole_within_the_budget(units, budget, data):
    features = features_of(units)
    chosen = data.draw(st.lists(st.integers(0, len(units) - 1), min_size=1, max_size=15))
    batches = list(micro_batches(features, np.asarray(chosen), budget))
    bounds = features.unit_bounds
    seen: list[int] = []
    for rows in batches:
        at, here = 0, []
        while at < len(rows):
            unit = int(features.column("unit")[rows[at]])
            whole = list(range(bounds[unit], bounds[unit + 1]))
            assert rows[at : at + len(whole)].tolist() == whole
            here.append(unit)
            at += len(whole)
        seen += here
        assert len(here) == 1 or len(rows) * features.lengths[rows].max() <= budget
    assert sorted(seen) == sorted(chosen)


def test_rows_of_like_length_are_computed_together():
    features = features_of([[2], [9], [3], [8]])
    batches = [rows.tolist() for rows in micro_batches(features, np.arange(4), 18)]
    assert batches == [[1, 3], [2, 0]]


def test_no_units_make_no_batch():
    assert list(micro_batches(features_of([[2]]), np.asarray([], dtype=np.int64), 10)) == []


def test_inputs_are_padded_to_the_longest_row_and_masked():
    tensors = input_tensors(features_of([[2], [1], [3]]), np.asarray([1, 2]), pad_id=1)
    assert tensors["input_ids"].tolist() == [[11, 1, 1], [12, 12, 12]]
    assert tensors["attention_mask"].tolist() == [[1, 0, 0], [1, 1, 1]]
    assert set(tensors) == {"input_ids", "attention_mask"}


def test_segments_become_token_types():
    segments = ragged_column([np.asarray([0, 1]), np.asarray([1])], np.int8)
    tensors = input_tensors(features_of([[2], [1]], segments=segments), np.asarray([0, 1]), pad_id=0)
    assert tensors["token_type_ids"].tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("budget", [1, 5, 1000])
def test_the_order_of_equal_lengths_is_that_of_the_units(budget):
    rows = np.concatenate(list(micro_batches(features_of([[3]] * 5), np.asarray([4, 0, 2]), budget)))
    assert rows.tolist() == [4, 0, 2]


def test_with_an_exponent_small_groups_are_drawn_more_often_and_each_is_seen_whole():
    sizes = [900, 90, 10]
    stream = Stream(sizes, 5, 0, exponent=0.5)
    units = stream.take(0, 40_000)
    groups = np.digitize(units, [900, 990])
    shares = np.bincount(groups) / len(units)
    weights = np.sqrt(sizes)
    assert shares == pytest.approx(weights / weights.sum(), abs=0.01)
    for group, (first, size) in enumerate(zip([0, 900, 990], sizes, strict=True)):
        own = units[groups == group]
        for epoch in range(len(own) // size):
            assert sorted(own[epoch * size : (epoch + 1) * size].tolist()) == list(range(first, first + size))


@settings(deadline=None, max_examples=20)
@given(start=st.integers(0, 40_000), count=st.integers(1, 300))
@example(start=16_383, count=2)
@example(start=32_768, count=1)
def test_a_stream_of_groups_can_be_read_from_anywhere(start, count):
    whole = Stream([70, 30, 7], 1, 2, exponent=0.3).take(0, start + count)
    part = Stream([70, 30, 7], 1, 2, exponent=0.3).take(start, count)
    assert part.tolist() == whole[start:].tolist()


def test_an_exponent_of_one_group_changes_nothing():
    assert Stream([50], 3, 0, exponent=0.3).take(0, 120).tolist() == Stream([50], 3, 0).take(0, 120).tolist()
    assert Stream([20, 30], 3, 0).take(0, 120).tolist() == Stream([50], 3, 0).take(0, 120).tolist()
