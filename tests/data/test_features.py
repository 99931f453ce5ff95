from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from xstilts.data.examples import ChoiceExample
from xstilts.data.features import Features, Limits, features_table, joined, ragged_column, read_features, write_features
from xstilts.data.pieces import Pieces
from xstilts.kinds.multiple_choice import MultipleChoice

ROWS = st.lists(st.lists(st.integers(-5, 1000), max_size=6), min_size=1, max_size=8)


@settings(deadline=None, max_examples=40)
@given(rows=ROWS)
def test_a_list_column_gives_its_rows_back(rows):
    column = Features(pa.table({"x": ragged_column([np.asarray(row) for row in rows], np.int32)})).ragged("x")
    assert [column[at].tolist() for at in range(len(rows))] == rows


def test_no_rows_make_an_empty_column():
    assert ragged_column([], np.int32).to_pylist() == []


def test_padding_stands_at_the_end():
    table = pa.table({"x": ragged_column([np.asarray([7, 8, 9]), np.asarray([]), np.asarray([5])], np.int32)})
    padded = Features(table).ragged("x").padded(np.asarray([2, 0, 1]), 4, fill=1)
    assert padded.tolist() == [[5, 1, 1, 1], [7, 8, 9, 1], [1, 1, 1, 1]]
    assert padded.dtype == np.int64


def test_features_that_were_written_read_the_same(tmp_path, tiny_pieces):
    sequences = [tiny_pieces.single(text.ids) for text in tiny_pieces.texts(["Anna found", "", "the red lamp"])]
    table = features_table(sequences, [4, 2, 2], tiny_pieces, unit=[0, 1, 1], columns={"label": pa.array([3, 1, 1])})
    write_features(table, tmp_path / "features.arrow")
    features = read_features(tmp_path / "features.arrow")
    assert [features.ragged("input_ids")[at].tolist() for at in range(3)] == [s.ids.tolist() for s in sequences]
    assert features.lengths.tolist() == [len(sequence.ids) for sequence in sequences]
    assert (features.column("example").tolist(), features.column("label").tolist()) == ([4, 2, 2], [3, 1, 1])
    assert (features.unit_bounds.tolist(), features.units, len(features)) == ([0, 1, 3], 2, 3)
    assert "segments" not in features


def test_segments_are_kept_where_the_encoder_tells_texts_apart(bert_tokenizer):
    pieces = Pieces(bert_tokenizer)
    first, second = pieces.texts(["the", "cat"])
    table = features_table([pieces.pair(first.ids, second.ids)], [0], pieces)
    assert table["segments"].to_pylist() == [[0, 0, 0, 1, 1]]


def test_units_of_different_sizes_have_their_bounds():
    table = pa.table(
        {
            "input_ids": ragged_column([np.zeros(2)] * 6, np.int32),
            "unit": pa.array([0, 0, 1, 2, 2, 2], type=pa.int32()),
        }
    )
    assert Features(table).unit_bounds.tolist() == [0, 2, 3, 6]


def test_joined_parts_have_units_and_examples_of_their_own(tmp_path, tiny_pieces):
    kind, limits = MultipleChoice(), Limits(32)
    english = [ChoiceExample("a", "Anna", ("found", "sold"), 1), ChoiceExample("b", "Who", ("the", "red", "lamp"), 2)]
    swahili = [ChoiceExample("c", "Juma", ("kwa", "mwokaji"), 0)]
    parts = []
    for name, examples in (("en", english), ("sw", swahili), ("again", english)):
        write_features(kind.encode(examples, tiny_pieces, limits), tmp_path / name)
        parts.append(read_features(tmp_path / name))
    whole = joined(parts)
    assert whole.column("unit").tolist() == [0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 4]
    assert whole.column("example").tolist() == [0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 4]
    assert whole.unit_bounds.tolist() == [0, 2, 5, 7, 9, 12]
    assert whole.column("label").tolist() == [1, 1, 2, 2, 2, 0, 0, 1, 1, 2, 2, 2]
    rows = [part.ragged("input_ids")[at].tolist() for part in parts for at in range(len(part))]
    assert [whole.ragged("input_ids")[at].tolist() for at in range(len(whole))] == rows
    assert parts[1].column("unit").tolist() == [0, 0]
