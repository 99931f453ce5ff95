from __future__ import annotations

import pytest

from xstilts.data.examples import SentenceExample
from xstilts.data.features import Features, Limits
from xstilts.errors import InputError
from xstilts.kinds.bitext import Bitext

EXAMPLES = [SentenceExample(f"s{at}", "Anna " * (at + 1), "source", (f"t{at}",)) for at in range(4)]
EXAMPLES += [SentenceExample(f"t{at}", "Juma", "target", ()) for at in range(6)]


def test_official_sizes_count_source_sentences():
    assert Bitext().count(EXAMPLES) == 4
    assert Bitext().count(EXAMPLES[4:]) == 0


@pytest.mark.parametrize(("start", "stop", "expected"), [(0, 4, "0123"), (1, 3, "12"), (3, 9, "3"), (2, 2, None)])
def test_a_slice_keeps_the_whole_target_side(start, stop, expected):
    rows = Bitext().slice(EXAMPLES, start, stop)
    if expected is None:
        assert rows == []
    else:
        assert [row.id for row in rows] == [f"s{at}" for at in expected] + [f"t{at}" for at in range(6)]


def test_each_sentence_is_a_row_in_the_order_of_the_file_and_fits(tiny_pieces):
    features = Features(Bitext().encode(EXAMPLES, tiny_pieces, Limits(9)))
    assert features.column("example").tolist() == list(range(10))
    assert features.units == 10
    assert features.lengths.max() <= 9
    (text,) = tiny_pieces.texts(["Juma"])
    assert features.ragged("input_ids")[7].tolist() == tiny_pieces.single(text.ids).ids.tolist()


def test_a_sentence_of_no_side_is_refused():
    for side in ("source", "target"):
        Bitext().check(SentenceExample("x", "", side, ()))
    with pytest.raises(InputError) as raised:
        Bitext().check(SentenceExample("x", "", "left", ()))
    assert str(raised.value) == ("row x: a sentence is of no side\n  found:    left\n  expected: source or target")


def test_mining_and_retrieval_have_their_own_metric():
    assert Bitext(mining=True).default_metrics == ("mining_f1",)
    assert Bitext().default_metrics == ("retrieval_accuracy",)
    assert Bitext(mining=True).identity() != Bitext().identity()
