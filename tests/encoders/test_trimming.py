"""Trimmed embeddings: training with them is training with all."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from xstilts.encoders.encoder import Encoder
from xstilts.encoders.trimming import TrimmedEmbedding
from xstilts.errors import RunError


def rows_of(seed, pieces):
    generator = torch.Generator().manual_seed(seed)
    ids = torch.tensor(pieces)[torch.randint(len(pieces), (3, 6), generator=generator)]
    mask = (torch.arange(6) < torch.tensor([6, 4, 2])[:, None]).long()
    return {"input_ids": torch.where(mask.bool(), ids, 1), "attention_mask": mask}


def trained(folder, trim, packs):
    """An encoder after five steps of AdamW on pieces 5 to 14."""
    encoder = Encoder.load(folder)
    encoder.model.train()
    if packs:
        encoder.suit(torch.device("cpu"), half=False)
    if trim:
        encoder.trim(np.asarray([1, *range(5, 15)]))
    optimizer = torch.optim.AdamW(encoder.model.parameters(), lr=0.01, weight_decay=0.1, fused=True)
    for step in range(5):
        inputs = rows_of(step, list(range(5, 15)))
        states = encoder.hidden_states(inputs) * inputs["attention_mask"].unsqueeze(-1)
        states.square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    encoder.make_whole((1 - 0.01 * 0.1) ** 5)
    return encoder


@pytest.mark.parametrize("packs", [True, False])
def test_training_with_few_embeddings_is_training_with_all(tiny_encoder, packs, tmp_path):
    whole, trimmed = trained(tiny_encoder, False, packs), trained(tiny_encoder, True, packs)
    for name, weight in whole.model.state_dict().items():
        torch.testing.assert_close(trimmed.model.state_dict()[name], weight, atol=1e-6, rtol=1e-5)
    inputs = rows_of(9, list(range(2, 60)))
    with torch.no_grad():
        whole.model.eval(), trimmed.model.eval()
        torch.testing.assert_close(trimmed.hidden_states(inputs), whole.hidden_states(inputs), atol=1e-5, rtol=1e-5)
    trimmed.save(tmp_path)
    assert load_file(tmp_path / "model.safetensors").keys() == load_file(tiny_encoder / "model.safetensors").keys()
    again = Encoder.load(tmp_path, config_from=tiny_encoder).model.get_input_embeddings()
    assert torch.equal(again.weight, trimmed.model.get_input_embeddings().weight)
    assert again.padding_idx == 1


def test_a_trimmed_table_is_asked_by_the_ids_of_the_whole_one():
    whole = torch.nn.Embedding(6, 2, padding_idx=1)
    few = TrimmedEmbedding(whole, torch.tensor([1, 3, 4]))
    ids = torch.tensor([[4, 3], [1, 4]])
    assert few(ids).tolist() == whole(ids).tolist()
    few(ids).sum().backward()
    assert few.weight.grad.tolist() == [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]  # padding has none
    assert list(few.state_dict()) == ["weight"]


def test_only_what_is_looked_up_has_memory(tiny_encoder):
    encoder = Encoder.load(tiny_encoder)
    encoder.trim(np.asarray([1, 7, 8]))
    assert encoder.model.get_input_embeddings().weight.shape == (3, encoder.hidden_size)


def test_files_that_no_longer_hold_the_table_are_an_error(tiny_encoder, tmp_path):
    for path in tiny_encoder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    encoder = Encoder.load(tmp_path)
    encoder.trim(np.asarray([1, 7, 8]))
    save_file({"other": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(RunError, match="are no longer in"):
        encoder.make_whole(1.0)
