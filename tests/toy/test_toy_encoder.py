from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from xstilts.toy.encoder import write_encoder

TEXT = ["Anna found the red lamp in Port Lorne.", "somebody sold the bell?", "Zoto xuxo quzuwi qotu."] * 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("encoder") / "tiny"
    write_encoder(path, TEXT, seed=5, hidden=32)
    return path


def test_a_pair_is_marked_as_xlm_r_marks_it(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    pieces = tokenizer.convert_ids_to_tokens(tokenizer("Anna sold", "the bell.")["input_ids"])
    assert pieces == ["<s>", "▁Anna", "▁sold", "</s>", "</s>", "▁the", "▁bell", ".", "</s>"]
    assert tokenizer.convert_ids_to_tokens([0, 1, 2, 3, 4]) == ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    assert (tokenizer.pad_token, tokenizer.cls_token, tokenizer.sep_token) == ("<pad>", "<s>", "</s>")
    assert tokenizer.mask_token_id == 4


def test_offsets_lead_back_to_the_text(folder):
    text = "somebody found Port Lorne."
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoded = tokenizer(text, return_offsets_mapping=True, add_special_tokens=False)
    words = [text[start:end].strip() for start, end in encoded["offset_mapping"]]
    assert words == ["somebody", "found", "Port", "Lorne", "."]


def test_the_encoder_loads_without_missing_or_left_over_weights(folder):
    model, report = AutoModel.from_pretrained(folder, add_pooling_layer=False, output_loading_info=True)
    assert not any(report.values()), report
    assert model.config.model_type == "xlm-roberta"
    assert (model.config.num_hidden_layers, model.config.hidden_size) == (2, 32)
    assert model.config.hidden_dropout_prob == model.config.attention_probs_dropout_prob == 0.0
    assert model.config.pad_token_id == 1


def test_it_takes_256_pieces(folder):
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    with torch.no_grad():
        states = model(input_ids=torch.full((1, 256), 5)).last_hidden_state
    assert states.shape == (1, 256, 32)
    assert torch.isfinite(states).all()


def test_a_seed_gives_the_same_bytes_and_another_seed_other_weights(folder, tmp_path):
    write_encoder(tmp_path / "same", TEXT, seed=5, hidden=32)
    write_encoder(tmp_path / "other", TEXT, seed=6, hidden=32)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
    assert all((tmp_path / "same" / name).read_bytes() == (folder / name).read_bytes() for name in names)
    assert (tmp_path / "other" / "tokenizer.json").read_bytes() == (folder / "tokenizer.json").read_bytes()
    assert (tmp_path / "other" / "model.safetensors").read_bytes() != (folder / "model.safetensors").read_bytes()


def test_the_callers_random_numbers_are_not_disturbed(tmp_path):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    write_encoder(tmp_path / "tiny", TEXT, hidden=32, layers=1)
    assert torch.equal(torch.rand(3), expected)


def test_an_older_encoder_is_replaced_and_no_draft_is_left(tmp_path):
    old = tmp_path / "tiny"
    old.mkdir()
    (old / "left-over").touch()
    write_encoder(old, TEXT, hidden=32, layers=1)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]
    assert not (old / "left-over").exists()


def test_a_failure_leaves_the_older_encoder_alone(tmp_path):
    old = tmp_path / "tiny"
    old.mkdir()
    (old / "kept").touch()

    def broken():
        yield "Anna"
        raise OSError("the text ended early")

    with pytest.raises(OSError, match="ended early"):
        write_encoder(old, broken(), hidden=32)
    assert [path.name for path in tmp_path.rglob("*")] == ["tiny", "kept"]
