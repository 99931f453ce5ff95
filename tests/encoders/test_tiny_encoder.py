from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny_encoder import write_encoder

TEXT = ["Anna found the red lamp in Port Lorne.", "somebody sold the bell?", "Juma aliuza kengele."] * 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("encoder") / "tiny"
    write_encoder(path, TEXT, seed=5, hidden=32)
    return path


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
