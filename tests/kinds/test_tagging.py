from __future__ import annotations

import re
from itertools import pairwise, product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xstilts.data.examples import TokenExample
from xstilts.data.features import Features, Limits
from xstilts.data.pieces import Pieces
from xstilts.errors import InputError
from xstilts.kinds.base import LabelError
from xstilts.kinds.tagging import Tagging, best_bio_sequence, word_windows

KIND = Tagging(tags=("O", "B-PER", "I-PER", "B-LOC"))


@settings(deadline=None, max_examples=300)
@given(data=st.data(), room=st.integers(1, 40))
def test_every_word_belongs_to_one_window_and_every_window_fits(data, room):
    lengths = np.asarray(data.draw(st.lists(st.integers(1, room), min_size=1, max_size=60)))
    overlap = data.draw(st.integers(0, room // 2))
    windows = word_windows(lengths, room, overlap)
    owned = [word for window in windows for word in range(window.owned_from, window.owned_to)]
    assert owned == list(range(len(lengths)))
    for window in windows:
        assert window.start <= window.owned_from <= window.owned_to <= window.stop
        assert lengths[window.start : window.stop].sum() <= room
    for window, following in pairwise(windows):
        assert window.start < following.start <= window.stop < following.stop
        assert lengths[following.start : window.stop].sum() <= overlap


@pytest.mark.parametrize(("words", "expected"), [(1, [(0, 1, 0, 1)]), (10, [(0, 10, 0, 10)])])
def test_a_sentence_that_fits_is_one_window(words, expected):
    windows = word_windows(np.ones(words, dtype=int), 10, 4)
    assert [(w.start, w.stop, w.owned_from, w.owned_to) for w in windows] == expected


def test_neighbors_share_words_half_and_half():
    windows = word_windows(np.ones(16, dtype=int), 10, 4)
    assert [(w.start, w.stop, w.owned_from, w.owned_to) for w in windows] == [(0, 10, 0, 8), (6, 16, 8, 16)]


def oracle(features, tags):
    """Logits that say the gold tag at every owned word, and nonsense at every other piece."""
    outputs = []
    for row in range(len(features)):
        logits = np.full((features.lengths[row], tags), 0.0, dtype=np.float32)
        logits[:, -1] = 5.0
        target = KIND.targets(features, np.asarray([row]), int(features.lengths[row]), seed=0)["tags"][0]
        for at in np.flatnonzero(target >= 0):
            logits[at, -1] = 0.0
            logits[at, target[at]] = 1.0
        outputs.append(logits)
    return outputs


WORDS = st.sampled_from(["the", "cat", "Lorne", "中国", "\u200b", "aliuza", "x" * 50, "кот", "."])


@settings(deadline=None, max_examples=60)
@given(data=st.data(), limits=st.builds(Limits, st.integers(9, 30), st.integers(0, 130)))
def test_an_oracle_gives_the_gold_tags_exactly(xlmr_tokenizer, data, limits):
    pieces = Pieces(xlmr_tokenizer)
    examples = []
    for name in ("a", "b"):
        tokens = data.draw(st.lists(WORDS, min_size=1, max_size=40))
        tags = data.draw(st.lists(st.sampled_from(KIND.tags), min_size=len(tokens), max_size=len(tokens)))
        examples.append(TokenExample(name, tuple(tokens), tuple(tags)))
    features = Features(KIND.encode(examples, pieces, limits))
    assert features.lengths.max() <= limits.max_length
    table = KIND.decode(examples, features, oracle(features, len(KIND.tags)))
    assert table["id"].to_pylist() == ["a", "b"]
    assert [tuple(tags) for tags in table["prediction"].to_pylist()] == [example.tags for example in examples]
    targets = KIND.targets(features, np.arange(len(features)), limits.max_length, seed=0)
    assert KIND.loss_items(targets) == sum(len(example.tokens) for example in examples)


def test_a_tag_stands_at_the_first_piece_of_its_word(xlmr_tokenizer):
    pieces = Pieces(xlmr_tokenizer)
    example = TokenExample("a", ("the", "xyz", "cat"), ("O", "B-PER", "B-LOC"))
    features = Features(KIND.encode([example], pieces, Limits(16)))
    names = xlmr_tokenizer.convert_ids_to_tokens(features.ragged("input_ids")[0].tolist())
    assert names == ["<s>", "▁the", "▁", "x", "y", "z", "▁cat", "</s>"]
    assert KIND.targets(features, np.asarray([0]), 10, seed=0)["tags"].tolist() == [
        [-100, 0, 1, -100, -100, -100, 3, -100, -100, -100]
    ]


def test_columns_are_lists_of_32_bits(tiny_pieces):
    schema = KIND.encode([TokenExample("a", ("Anna",), None)], tiny_pieces, Limits(16)).schema
    assert {schema.field(name).type.value_type for name in ("words", "positions", "tags")} == {pa.int32()}


def test_a_sentence_of_two_thousand_tokens_and_words_longer_than_a_window_get_every_tag(tiny_pieces):
    tokens = tuple("z" * 300 if at % 97 == 5 else f"lamp{at}" for at in range(2000))
    example = TokenExample("long", tokens, tuple(KIND.tags[at * at % 4] for at in range(2000)))
    features = Features(KIND.encode([example], tiny_pieces, Limits(128)))
    assert len(features) > 20
    (predicted,) = KIND.decode([example], features, oracle(features, 4))["prediction"].to_pylist()
    assert tuple(predicted) == example.tags


def test_hidden_tags_are_predicted_all_the_same(tiny_pieces):
    example = TokenExample("a", ("Anna", "found"), None)
    features = Features(KIND.encode([example], tiny_pieces, Limits(128)))
    targets = KIND.targets(features, np.asarray([0]), int(features.lengths[0]), seed=0)
    assert KIND.loss_items(targets) == 0
    logits = np.zeros((int(features.lengths[0]), 4), dtype=np.float32)
    logits[features.ragged("positions")[0], [1, 3]] = 1.0
    assert KIND.decode([example], features, [logits])["prediction"].to_pylist() == [["B-PER", "B-LOC"]]


@pytest.mark.parametrize(
    ("tokens", "tags", "message"),
    [
        ((), (), "a sentence has no tokens\n  expected: at least one"),
        (
            ("a", "b"),
            ("O",),
            "tags and tokens do not match\n  found:    1 tags\n  expected: 2 tags, one per token",
        ),
        (
            ("a", "b"),
            ("O", "B-ORG"),
            "a label is not in the task's set\n  found:    'B-ORG'\n  expected: one of O, B-PER, I-PER, B-LOC\n"
            "  to fix:   correct the row, or the task's labels",
        ),
    ],
)
def test_sentences_that_contradict_the_kind_are_refused(tokens, tags, message):
    with pytest.raises(InputError) as raised:
        KIND.check(TokenExample("s5", tokens, tags))
    assert str(raised.value) == f"row s5: {message}"


def test_a_wrong_tag_is_told_with_the_place_of_its_token():
    with pytest.raises(LabelError) as raised:
        KIND.check(TokenExample("s5", ("a", "b", "c"), ("O", "B-ORG", "O")))
    assert raised.value.token == 1


def test_the_best_constant_tag_is_nothing_for_entities_and_the_most_frequent_for_bare_tags():
    assert KIND.constant_predictions([TokenExample("a", ("x", "y"), ("B-PER", "B-PER"))]) == [("O", "O")]
    bare = Tagging(tags=("NOUN", "VERB"))
    examples = [TokenExample("a", ("x", "y"), ("NOUN", "VERB")), TokenExample("b", ("x", "y"), ("NOUN", "NOUN"))]
    assert bare.constant_predictions(examples) == [("NOUN", "NOUN"), ("NOUN", "NOUN")]


def test_a_probe_sees_the_first_piece_of_every_token_with_its_tag(tiny_pieces):
    examples = [
        TokenExample("a", ("Anna", "found", "Lorne"), ("B-PER", "O", "B-LOC")),
        TokenExample("b", ("Juma",), ("B-PER",)),
    ]
    features = Features(KIND.encode(examples, tiny_pieces, Limits(32)))
    points = KIND.labeled_points(features, np.random.default_rng(0))
    assert points.rows.tolist() == [0, 0, 0, 1]
    assert points.labels.tolist() == [1, 0, 3, 1]
    firsts = [features.ragged("input_ids")[row][at] for row, at in zip(points.rows, points.positions, strict=True)]
    words = [word[0] for sentence in tiny_pieces.words([e.tokens for e in examples]) for word in sentence]
    assert firsts == words


BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def is_valid(tags):
    """Written as a pattern over one letter per tag: a run of I of a type stands behind the B or I of that type."""
    letters = "".join({"O": "o", "B-PER": "P", "I-PER": "p", "B-LOC": "L", "I-LOC": "l"}[tag] for tag in tags)
    return re.fullmatch("(o|Pp*|Ll*)*", letters) is not None


def test_a_tag_that_continues_nothing_gives_way_to_the_best_whole_sequence():
    # Token by token it is O I-LOC O; B-LOC for the second loses 1, an open span before it would lose 4.
    scores = np.asarray([[4.0, 0, 0, 0, 0], [0, 0, 0, 2, 3], [1, 0, 0, 0, 0]])
    assert [BIO[tag] for tag in best_bio_sequence(scores, BIO)] == ["O", "B-LOC", "O"]
    # The type of the span is settled by all its tokens: 3 + 0 for a person, 2 + 2 for a place.
    scores = np.asarray([[0.0, 3, 0, 2, 0], [0, 0, 0, 0, 2]])
    assert [BIO[tag] for tag in best_bio_sequence(scores, BIO)] == ["B-LOC", "I-LOC"]


@settings(deadline=None, max_examples=60)
@given(data=st.data(), tokens=st.integers(1, 4))
def test_constrained_decoding_finds_the_best_of_all_valid_sequences(data, tokens):
    values = st.lists(st.integers(-20, 20), min_size=len(BIO), max_size=len(BIO))
    scores = np.asarray(data.draw(st.lists(values, min_size=tokens, max_size=tokens)), dtype=np.float32)
    total = {
        sequence: sum(float(scores[at, tag]) for at, tag in enumerate(sequence))
        for sequence in product(range(len(BIO)), repeat=tokens)
        if is_valid([BIO[tag] for tag in sequence])
    }
    assert total[tuple(best_bio_sequence(scores, BIO))] == max(total.values())


def test_constrained_decoding_looks_at_the_whole_sentence_across_windows(tiny_pieces):
    tokens = tuple(f"lamp{at}" for at in range(60))
    example = TokenExample("a", tokens, ("B-PER",) + ("I-PER",) * 59)
    plain, constrained = Tagging(BIO), Tagging(BIO, constrained_decoding=True)
    features = Features(plain.encode([example], tiny_pieces, Limits(32)))
    assert len(features) > 2
    outputs = oracle(features, len(BIO))
    for logits in outputs:
        # For each token a little better than the right tag; but no place ever begins.
        logits[:, BIO.index("I-LOC")], logits[:, BIO.index("B-LOC")] = 1.5, -1000.0
    assert plain.decode([example], features, outputs)["prediction"].to_pylist() == [["I-LOC"] * 60]
    assert constrained.decode([example], features, outputs)["prediction"].to_pylist() == [list(example.tags)]


@pytest.mark.parametrize("tags", [("NOUN", "VERB"), ("O", "I-PER"), ("O", "B-PER", "I-LOC")])
def test_constrained_decoding_of_other_than_bio_tags_is_refused(tags):
    with pytest.raises(InputError) as raised:
        Tagging(tags, constrained_decoding=True)
    assert str(raised.value) == (
        f"constrained decoding needs BIO tags\n  found:    {tags[-1] if tags[0] == 'O' else tags[0]}\n"
        "  expected: O, B-X, and I-X beside B-X\n  to fix:   leave out constrained_decoding"
    )


def test_plain_decoding_goes_without_saying_in_keys():
    assert Tagging(BIO).identity() == {"kind": "tagging", "tags": BIO}
    assert Tagging(BIO, constrained_decoding=True).identity()["constrained_decoding"] is True
