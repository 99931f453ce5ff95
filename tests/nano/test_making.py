"""What nano's pretraining starts from: a vocabulary that knows every text, and random weights of its architecture."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

from xstilts.nano.blank import LONGEST, Size, write_blank
from xstilts.nano.tokenizer import SPECIAL_TOKENS, train_tokenizer

WORDS = ("paka", "mtoto", "analala", "кошка", "спит", "дети", "the", "cat", "sleeps")
CHINESE = "猫睡觉孩子看书"
PIECES = 340


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    random = Random(1)
    lines = [" ".join(random.choices(WORDS, k=6)) + "." for _ in range(300)]
    lines += ["".join(random.choices(CHINESE, k=8)) + "。" for _ in range(100)]
    return train_tokenizer(lines, PIECES, LONGEST)


def test_special_tokens_and_bytes_come_first(tokenizer):
    assert tokenizer.convert_ids_to_tokens(range(5)) == list(SPECIAL_TOKENS)
    assert tokenizer.convert_ids_to_tokens([5, 5 + 255]) == ["<0x00>", "<0xFF>"]
    assert len(tokenizer) <= PIECES
    assert tokenizer("paka", "cat").input_ids[0] == tokenizer.bos_token_id == 0
    pair = tokenizer.convert_ids_to_tokens(tokenizer("paka", "cat").input_ids)
    assert [piece for piece in pair if piece in SPECIAL_TOKENS] == ["<s>", "</s>", "</s>", "</s>"]


def test_a_sign_of_a_space_stands_before_words_but_not_where_a_script_has_no_spaces(tokenizer):
    assert "".join(tokenizer.tokenize("mtoto спит")) == "▁mtoto▁спит"
    assert "".join(tokenizer.tokenize("猫")) == "猫"
    assert "".join(tokenizer.tokenize("mtoto 猫。")) == "▁mtoto猫。"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_text_is_unknown(tokenizer, text):
    assert tokenizer.unk_token_id not in tokenizer(text).input_ids


def test_a_character_without_a_piece_is_its_bytes(tokenizer):
    assert tokenizer.tokenize("ꆈ")[-3:] == ["<0xEA>", "<0x86>", "<0x88>"]
    assert tokenizer.decode(tokenizer("ꆈ").input_ids, skip_special_tokens=True) == "ꆈ"


def test_a_blank_encoder_is_loaded_by_transformers_and_depends_on_its_seed_alone(tokenizer, tmp_path):
    size = Size(layers=2, hidden=64, inner=96)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    for name, seed in (("a", 0), ("again", 0), ("other", 1)):
        write_blank(tmp_path / name, size, tokenizer, seed)
    assert torch.equal(torch.get_rng_state(), before)
    first, again, other = (load_file(tmp_path / name / "model.safetensors") for name in ("a", "again", "other"))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)

    model = AutoModel.from_pretrained(tmp_path / "a")
    config = model.config
    assert (config.num_hidden_layers, config.hidden_size, config.intermediate_size) == (2, 64, 96)
    assert config.max_position_embeddings == LONGEST
    assert set(config.layer_types) == {"full_attention"}
    read = AutoTokenizer.from_pretrained(tmp_path / "a")
    features = read("mtoto analala", return_tensors="pt")
    assert features.input_ids.tolist() == [tokenizer("mtoto analala").input_ids]
    assert model(**features).last_hidden_state.shape == (*features.input_ids.shape, 64)
