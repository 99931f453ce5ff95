from __future__ import annotations

import copy
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.examples import RawTextExample
from xstilts.data.features import Features, Limits, joined
from xstilts.data.pieces import Pieces
from xstilts.errors import InputError
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.metrics import metric

TEXTS = [
    "Anna found the red lamp in Port Lorne, not the bell.",
    "Juma aliuza kengele kuukuu kwa mwokaji.",
    "安娜在港口找到了灯。",
    "Анна нашла красную лампу.",
]
EXAMPLES = [RawTextExample(str(at), text) for at, text in enumerate(TEXTS)]


def encoded(kind, examples, pieces, length=64):
    return Features(kind.encode(examples, pieces, Limits(length)))


@pytest.fixture(scope="module")
def plain(tiny_pieces):
    return encoded(MaskedLM(rate=0.5), EXAMPLES, tiny_pieces)


def test_every_piece_is_its_own_word_and_special_tokens_are_none(plain, tiny_pieces):
    for row in range(len(plain)):
        ids, words = plain.ragged("input_ids")[row], plain.ragged("words")[row]
        assert words.tolist() == [-1, *range(len(ids) - 2), -1]
        assert ids[0] == 0
        assert ids[-1] == 2
    assert plain.ragged("words").values.dtype == np.int32
    assert plain.constants == {"mask_id": 4, "pad_id": 1, "vocabulary": tiny_pieces.vocabulary}


def test_the_wanted_share_is_hidden_and_the_rest_is_seen(plain):
    rows = np.arange(len(plain))
    targets = MaskedLM(rate=0.5).targets(plain, rows, 64, seed=5)
    for row in rows:
        ids = plain.ragged("input_ids")[row]
        hidden = targets["masked"][row] >= 0
        assert hidden.sum() == round(0.5 * (len(ids) - 2))
        assert not hidden[0]
        assert not hidden[len(ids) - 1 :].any()
        assert (targets["masked"][row][hidden] == ids[hidden[: len(ids)]]).all()
        seen = targets["input_ids"][row]
        assert (seen[: len(ids)][~hidden[: len(ids)]] == ids[~hidden[: len(ids)]]).all()
        assert (seen[len(ids) :] == 1).all()


def test_of_the_hidden_pieces_most_are_masked_some_replaced_some_kept(tiny_pieces):
    kind = MaskedLM(rate=1.0)
    features = encoded(kind, [RawTextExample("long", "lamp bell " * 900)], tiny_pieces, 20_000)
    targets = kind.targets(features, np.asarray([0]), int(features.lengths[0]), seed=1)
    seen, hidden = targets["input_ids"][0][1:-1], targets["masked"][0][1:-1]
    assert (hidden >= 0).all()
    assert (seen == 4).mean() == pytest.approx(0.8, abs=0.03)
    replaced = (seen != 4) & (seen != hidden)
    assert replaced.mean() == pytest.approx(0.1, abs=0.03)
    assert len(set(seen[replaced].tolist())) > replaced.sum() / 2, "each by another piece"


def test_what_is_hidden_depends_on_seed_and_row_alone(plain):
    kind = MaskedLM(rate=0.3)
    together = kind.targets(plain, np.arange(4), 64, seed=9)
    alone = kind.targets(plain, np.asarray([2]), 64, seed=9)
    other = kind.targets(plain, np.asarray([2]), 64, seed=10)
    assert (together["input_ids"][2] == alone["input_ids"][0]).all()
    assert (together["masked"][2] != other["masked"][0]).any()


@given(seed=st.integers(0, 10_000), rate=st.sampled_from([0.1, 0.15, 0.4, 0.8]))
def test_whole_words_are_hidden_whole(tiny_pieces, seed, rate):
    kind = MaskedLM(rate=rate, whole_words=True)
    features = encoded(kind, EXAMPLES, tiny_pieces)
    targets = kind.targets(features, np.arange(4), 64, seed=seed)
    for row in range(4):
        words = features.ragged("words")[row]
        hidden = targets["masked"][row][: len(words)] >= 0
        assert not hidden[words < 0].any()
        for word in range(words.max() + 1):
            assert len(set(hidden[words == word].tolist())) == 1
        assert hidden.sum() >= max(round(rate * (len(words) - 2)), 1)


def test_words_end_at_spaces_and_punctuation_and_chinese_pieces_stand_alone(tiny_pieces):
    features = encoded(MaskedLM(whole_words=True), EXAMPLES, tiny_pieces)
    counts = [features.ragged("words")[row].max() + 1 for row in range(4)]
    assert counts[0] == 13  # eleven words, comma, full stop
    assert counts[1] == 7
    assert counts[2] == len(features.ragged("input_ids")[2]) - 2
    assert counts[3] == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [("(lamp) bell", 4), ("old-red", 3), ("lamp安娜lamp", 4), ("lamp", 1)],
    ids=["bracket", "hyphen", "Chinese inside", "one word"],
)
def test_punctuation_and_chinese_end_a_word_on_both_sides(tiny_pieces, text, words):
    features = encoded(MaskedLM(whole_words=True), [RawTextExample("1", text)], tiny_pieces)
    assert features.ragged("words")[0].max() + 1 == words


def test_a_tokenizer_without_a_mask_is_refused(xlmr_tokenizer):
    tokenizer = copy.deepcopy(xlmr_tokenizer)
    tokenizer.mask_token = None
    with pytest.raises(InputError) as raised:
        encoded(MaskedLM(), EXAMPLES, Pieces(tokenizer))
    assert str(raised.value) == (
        "the encoder's tokenizer has no mask\n  expected: mask_token in tokenizer_config.json\n"
        "  to fix:   choose an encoder that was pretrained with masked language modeling"
    )
    assert Pieces(tokenizer).digest != Pieces(xlmr_tokenizer).digest


def test_a_long_text_becomes_several_rows_that_lose_nothing(tiny_pieces):
    whole = encoded(MaskedLM(), EXAMPLES[:1], tiny_pieces, 200)
    cut = encoded(MaskedLM(), EXAMPLES[:1], tiny_pieces, 10)
    parts = [cut.ragged("input_ids")[row][1:-1].tolist() for row in range(len(cut))]
    assert [piece for part in parts for piece in part] == whole.ragged("input_ids")[0][1:-1].tolist()
    assert max(cut.lengths) == 10
    assert set(cut.column("example").tolist()) == {0}


def test_a_pair_is_one_row_with_words_of_both_sides(tiny_pieces):
    pair = [RawTextExample("1", TEXTS[0], TEXTS[3])]
    features = encoded(MaskedLM(whole_words=True), pair, tiny_pieces)
    words = features.ragged("words")[0]
    assert words.max() + 1 == 13 + 5
    assert (words == -1).sum() == 4  # <s> ... </s> </s> ... </s>
    assert max(encoded(MaskedLM(), pair, tiny_pieces, 16).lengths) == 16


def test_loss_is_the_cross_entropy_of_the_hidden_pieces_under_tied_embeddings(plain):
    torch.manual_seed(0)
    embeddings = torch.nn.Embedding(plain.constants["vocabulary"], 8)
    inner = SimpleNamespace(get_input_embeddings=lambda: embeddings)
    encoder = SimpleNamespace(hidden_size=8, model=inner, norm_eps=1e-5)
    kind = MaskedLM(rate=0.5)
    head = kind.head(encoder, 0.1)
    targets = kind.targets(plain, np.arange(4), 64, seed=0)
    hidden = torch.randn(4, 64, 8)
    batch = {name: torch.from_numpy(array) for name, array in targets.items()}
    outputs = head(hidden, batch)
    expected = 0.0
    found = [[] for _ in TEXTS]
    for row in range(4):
        for at in range(64):
            if targets["masked"][row, at] >= 0:
                inner = head.norm(torch.nn.functional.gelu(head.dense(hidden[row, at])))
                logits = embeddings.weight @ inner + head.bias
                log_probability = float(logits.log_softmax(0)[targets["masked"][row, at]].detach())
                expected -= log_probability
                found[row].append(log_probability)
    assert head.loss(outputs, batch).item() == pytest.approx(expected, rel=1e-5)
    assert kind.loss_items(targets) == sum(map(len, found))
    table = kind.decode(EXAMPLES, plain, [row.detach().numpy() for row in outputs])
    for mine, right in zip(table["prediction"].to_pylist(), found, strict=True):
        assert mine == pytest.approx(right, rel=1e-4)
    assert not any("embedding" in name for name in head.state_dict())


def test_score_is_the_geometric_mean_of_probabilities_over_all_pieces():
    predictions = [[math.log(0.5), math.log(0.125)], [math.log(0.25)]]
    score = metric("masked_probability").score(EXAMPLES[:2], predictions, "en")
    assert score == pytest.approx(25.0)
    assert metric("masked_probability").score(EXAMPLES[:1], MaskedLM().constant_predictions(EXAMPLES[:1]), "en") == 0


def test_languages_keep_their_constants_when_joined(plain):
    assert joined([plain, plain]).constants == plain.constants


def test_what_an_identity_does_not_say_is_as_by_default():
    assert MaskedLM(rate=0.4, whole_words=True).as_in({"rate": 0.2, "kind": "masked_lm"}) == MaskedLM(rate=0.2)
    assert MaskedLM(rate=0.4).as_in({"whole_words": True}) == MaskedLM(rate=0.15, whole_words=True)


def test_the_head_has_the_norm_and_the_embeddings_of_the_encoder():
    embeddings = torch.nn.Embedding(9, 8)
    inner = SimpleNamespace(get_input_embeddings=lambda: embeddings)
    head = MaskedLM().head(SimpleNamespace(hidden_size=8, model=inner, norm_eps=1e-3), 0.1)
    assert head.norm.eps == 1e-3
    assert tuple(head.bias.shape) == (9,)


def test_every_row_has_its_output(plain):
    with pytest.raises(ValueError, match="zip"):
        MaskedLM().decode(EXAMPLES, plain, [np.zeros((64, 2), dtype=np.float32)] * 3)


def test_an_empty_text_is_refused():
    for example in (RawTextExample("7", " "), RawTextExample("7", "text", "\t")):
        with pytest.raises(InputError) as raised:
            MaskedLM().check(example)
        assert str(raised.value) == "row 7: a line has no text\n  to fix:   remove the line"


def test_where_no_piece_was_hidden_nothing_is_probable():
    score = metric("masked_probability")
    # A mean over no piece is no probability; beside it, exp(-1) of two pieces with -2 in all.
    sums = np.asarray([[0.0, 0.0], [-2.0, 2.0]])
    assert score.value(sums).tolist() == pytest.approx([0.0, 100 / np.e])
    assert score.score(EXAMPLES[:1], [[]], "en") == 0
