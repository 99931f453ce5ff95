from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.splits import SplitSlice
from xstilts.errors import InputError

SLICES = st.builds(
    lambda start, stop: SplitSlice("train", start, stop),
    *[st.none() | st.integers(0, 300).map(str) | st.integers(0, 100).map("{}%".format)] * 2,
)


@pytest.mark.parametrize(
    ("text", "rows", "bounds"),
    [
        ("train", 30, (0, 30)),
        ("train[:90%]", 30, (0, 27)),
        ("train[90%:]", 30, (27, 30)),
        ("train[:8]", 30, (0, 8)),
        ("train[8:]", 30, (8, 30)),
        ("train[8:16]", 30, (8, 16)),
        ("train[:8000]", 30, (0, 30)),
        ("train[10%:200]", 1000, (100, 200)),
        ("train[:50%]", 3, (0, 2)),
        ("train[:]", 7, (0, 7)),
        (" train[:0] ", 7, (0, 0)),
        ("train[:100%]", 7, (0, 7)),
    ],
)
def test_rows_of_a_slice_by_hand(text, rows, bounds):
    assert SplitSlice.parse(text).bounds(rows) == bounds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "train[",
        "train[]",
        "train[5]",
        "train[-5:]",
        "train[:1.5%]",
        "train[a:b]",
        "tr ain",
        "train[:5]x",
        "train[:101%]",
    ],
)
def test_another_form_is_refused_and_shown(text):
    with pytest.raises(InputError) as raised:
        SplitSlice.parse(text, where="study.yaml:7")
    assert "study.yaml:7" in str(raised.value)
    assert repr(text) in str(raised.value)


@given(cut=st.integers(0, 100), rows=st.integers(0, 5000), unit=st.sampled_from(["%", ""]))
def test_two_slices_with_the_same_cut_are_disjoint_and_together_everything(cut, rows, unit):
    head, tail = SplitSlice.parse(f"train[:{cut}{unit}]"), SplitSlice.parse(f"train[{cut}{unit}:]")
    (first, end), (start, last) = head.bounds(rows), tail.bounds(rows)
    assert (first, last) == (0, rows)
    assert 0 <= end == start <= rows
    assert not head.overlaps(tail, rows)


@given(a=SLICES, b=SLICES, rows=st.integers(0, 300))
def test_slices_overlap_where_they_share_a_row(a, b, rows):
    shared = set(range(*a.bounds(rows))) & set(range(*b.bounds(rows)))
    assert a.overlaps(b, rows) == b.overlaps(a, rows) == bool(shared)


def test_slices_of_different_splits_do_not_overlap():
    assert not SplitSlice("train").overlaps(SplitSlice("test"), 10)


@given(SLICES)
def test_a_slice_reads_as_it_is_written(split):
    again = SplitSlice.parse(str(split))
    assert [again.bounds(rows) for rows in (0, 7, 100, 1000)] == [split.bounds(rows) for rows in (0, 7, 100, 1000)]
