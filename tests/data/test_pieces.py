from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xstilts.data.pieces import Pieces
from xstilts.errors import InputError

TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="the cat 中国 ไทย кот e\u0301½\u200b😀.", max_size=30),
)


@pytest.fixture(params=["xlmr_tokenizer", "bert_tokenizer"], scope="module")
def style(request):
    tokenizer = request.getfixturevalue(request.param)
    return tokenizer, Pieces(tokenizer)


def without_marks(tokenizer, *texts):
    """`transformers` takes marks that a text spells out for real ones; here they stay text, so they are left out."""
    assume(not any(mark in text for mark in tokenizer.all_special_tokens for text in texts))


def as_pair(tokenizer, text, other, **options):
    """A batch of one pair; `transformers` takes a lone pair whose second text is empty for a single text."""
    return tokenizer([text], [other], return_token_type_ids=True, **options)


def assert_equal(sequence, encoded):
    assert sequence.ids.tolist() == encoded.ids
    assert sequence.segments.tolist() == encoded.type_ids


@settings(deadline=None, max_examples=60)
@given(text=TEXTS)
def test_one_text_is_put_together_as_transformers_does(style, text):
    tokenizer, pieces = style
    without_marks(tokenizer, text)
    (pieced,) = pieces.texts([text])
    assert_equal(pieces.single(pieced.ids), tokenizer(text)[0])


@settings(deadline=None, max_examples=60)
@given(text=TEXTS, other=TEXTS)
def test_a_pair_is_put_together_as_transformers_does(style, text, other):
    tokenizer, pieces = style
    without_marks(tokenizer, text, other)
    first, second = pieces.texts([text, other])
    sequence = pieces.pair(first.ids, second.ids)
    assert_equal(sequence, as_pair(tokenizer, text, other)[0])
    assert sequence.ids[sequence.first :][: len(first)].tolist() == first.ids.tolist()
    assert sequence.ids[sequence.second :][: len(second)].tolist() == second.ids.tolist()


@settings(deadline=None, max_examples=60)
@given(text=TEXTS)
def test_offsets_are_those_of_transformers(style, text):
    tokenizer, pieces = style
    without_marks(tokenizer, text)
    (pieced,) = pieces.texts([text])
    expected = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    assert list(zip(pieced.starts.tolist(), pieced.ends.tolist(), strict=True)) == [tuple(pair) for pair in expected]


@settings(deadline=None, max_examples=60)
@given(text=TEXTS, max_length=st.integers(6, 20))
def test_one_long_text_is_cut_at_its_end(style, text, max_length):
    tokenizer, pieces = style
    without_marks(tokenizer, text)
    (pieced,) = pieces.texts([text])
    expected = tokenizer(text, truncation=True, max_length=max_length)
    assert_equal(pieces.shortened(pieced.ids, None, max_length), expected[0])


@settings(deadline=None, max_examples=150)
@given(lengths=st.tuples(st.integers(0, 30), st.integers(0, 30)), max_length=st.integers(6, 40))
def test_of_a_long_pair_the_longer_text_is_cut_first(style, lengths, max_length):
    tokenizer, pieces = style
    text, other = "a " * lengths[0], "b " * lengths[1]
    first, second = pieces.texts([text, other])
    sequence = pieces.shortened(first.ids, second.ids, max_length)
    expected = as_pair(tokenizer, text, other, truncation="longest_first", max_length=max_length)
    assert len(sequence.ids) == len(expected["input_ids"][0]) <= max_length
    room = max_length - pieces.specials(pair=True)
    kept = [expected.sequence_ids(0).count(0), expected.sequence_ids(0).count(1)]
    ours = [sequence.second - sequence.first - gap(pieces), len(sequence.ids) - sequence.second - 1]
    if room % 2 and len(first) > room // 2 and len(second) > room // 2:
        assert abs(ours[0] - kept[0]) <= 1  # which text keeps the odd piece is a tie
        assert sum(ours) == sum(kept)
    else:
        assert ours == kept
        assert_equal(sequence, expected[0])


def gap(pieces):
    """Marks between two texts: those of a pair without the first one and the last one."""
    return pieces.specials(pair=True) - 2


def test_marks_around_texts_are_counted_by_hand(xlmr_tokenizer, bert_tokenizer):
    xlmr, bert = Pieces(xlmr_tokenizer), Pieces(bert_tokenizer)
    assert (xlmr.specials(pair=False), xlmr.specials(pair=True), xlmr.has_segments) == (2, 4, False)
    assert (bert.specials(pair=False), bert.specials(pair=True), bert.has_segments) == (2, 3, True)
    pair = bert.pair(np.asarray([9, 9], dtype=np.int32), np.asarray([8], dtype=np.int32))
    assert pair.ids.tolist() == [2, 9, 9, 3, 8, 3]
    assert pair.segments.tolist() == [0, 0, 0, 0, 1, 1]
    assert (pair.first, pair.second) == (1, 4)


@pytest.mark.parametrize(
    "text", ["a</s>b", "</s>", "<s> the cat </s>", "a [SEP] b", "[CLS]", "<mask>", "the [MASK]", "<unk><pad>[PAD]"]
)
def test_a_mark_that_a_text_spells_out_stays_text(style, text):
    tokenizer, pieces = style
    marks = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    assert not marks & set(pieces.texts([text])[0].ids.tolist())
    assert not marks & {piece for word in pieces.words([text.split()])[0] for piece in word.tolist()}


def test_a_spelled_out_mark_has_the_pieces_of_its_letters(xlmr_tokenizer):
    (pieced,) = Pieces(xlmr_tokenizer).texts(["a</s>b"])
    assert xlmr_tokenizer.convert_ids_to_tokens(pieced.ids.tolist()) == ["▁", "a", "<", "/", "s", ">", "b"]
    assert pieced.ends[-1] == 6


def test_words_that_vanish_become_one_unknown_piece(style):
    tokenizer, pieces = style
    zero_width = "\ufeff" if tokenizer.unk_token == "<unk>" else "\x00"
    (words,) = pieces.words([["the", zero_width, "cat", zero_width * 3]])
    unknown = tokenizer.unk_token_id
    assert [word.tolist() for word in words[1::2]] == [[unknown], [unknown]]
    expected = [tokenizer(word, add_special_tokens=False)["input_ids"] for word in ("the", "cat")]
    assert [word.tolist() for word in words[::2]] == expected


@settings(deadline=None, max_examples=40)
@given(sentence=st.lists(st.text(alphabet="thecat中国кот.", min_size=1, max_size=6), min_size=1, max_size=8))
def test_every_word_has_the_pieces_that_it_has_alone(style, sentence):
    tokenizer, pieces = style
    (words,) = pieces.words([sentence])
    assert [word.tolist() for word in words] == [
        tokenizer(word, add_special_tokens=False)["input_ids"] for word in sentence
    ]


def test_the_tokenizer_that_was_passed_in_is_not_changed(xlmr_tokenizer):
    before = xlmr_tokenizer.backend_tokenizer.to_str()
    Pieces(xlmr_tokenizer).texts(["</s>"])
    assert xlmr_tokenizer.backend_tokenizer.to_str() == before
    assert xlmr_tokenizer("</s>", add_special_tokens=False)["input_ids"] == [2]


def test_padding_and_truncation_of_the_tokenizer_do_not_count(xlmr_tokenizer):
    import copy

    changed = copy.deepcopy(xlmr_tokenizer)
    changed.backend_tokenizer.enable_truncation(4)
    changed.backend_tokenizer.enable_padding(length=12)
    short, plain = Pieces(changed), Pieces(xlmr_tokenizer)
    assert short.digest == plain.digest
    assert (
        short.texts(["the cat sat on the bell"])[0].ids.tolist()
        == plain.texts(["the cat sat on the bell"])[0].ids.tolist()
    )


def test_a_slow_tokenizer_is_refused():
    class Slow:
        is_fast = False

    with pytest.raises(InputError, match="not a fast one"):
        Pieces(Slow())
