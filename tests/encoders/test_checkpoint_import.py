"""Checkpoints of others as encoders: with a head, with pickled weights, and converted as the docs say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import torch
from tiny_study import tiny_study, write_data, write_working_encoder

from xstilts.encoders.encoder import Encoder, dropped_head, encoder_folder
from xstilts.errors import InputError
from xstilts.planning.planner import make_plan

DOCS = Path(__file__).parents[2] / "docs" / "export.md"


def lines_of_docs(word: str) -> str:
    """The one Python example of the page that holds a word."""
    (found,) = [code for code in re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.S) if word in code]
    return found


def same_weights(folder: Path, expected: Path) -> bool:
    ours, theirs = Encoder.load(folder).model.state_dict(), Encoder.load(expected).model.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.fixture
def with_a_head(tiny_encoder, tmp_path):
    """A task model of `transformers` on the tiny encoder."""
    from transformers import AutoTokenizer, XLMRobertaForSequenceClassification

    model = XLMRobertaForSequenceClassification.from_pretrained(tiny_encoder, num_labels=5)
    model.save_pretrained(tmp_path / "task")
    AutoTokenizer.from_pretrained(tiny_encoder).save_pretrained(tmp_path / "task")
    return tmp_path / "task"


def test_a_checkpoint_with_a_head_gives_its_encoder(with_a_head, tiny_encoder):
    assert encoder_folder(with_a_head) == with_a_head
    assert dropped_head(with_a_head) == "XLMRobertaForSequenceClassification"
    assert dropped_head(tiny_encoder) is None
    assert same_weights(with_a_head, tiny_encoder)


def test_the_plan_says_that_the_head_is_left_out(tmp_path):
    from transformers import XLMRobertaForTokenClassification

    write_data(tmp_path)
    write_working_encoder(tmp_path)
    XLMRobertaForTokenClassification.from_pretrained(tmp_path / "encoder").save_pretrained(tmp_path / "encoder")
    plan = make_plan(tiny_study(tmp_path), None)
    note = "encoder tiny: the checkpoint is a XLMRobertaForTokenClassification; its encoder is taken, its head is not"
    assert note in plan.notes


def test_pickled_weights_are_not_read_and_the_docs_convert_them(tiny_encoder, tmp_path, monkeypatch):
    old = tmp_path / "old"
    shutil.copytree(tiny_encoder, old)
    torch.save(Encoder.load(tiny_encoder).model.state_dict(), old / "pytorch_model.bin")
    (old / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"(?s)no weights.*Bring your own encoder.*docs/export.md"):
        encoder_folder(old)
    monkeypatch.chdir(tmp_path)
    exec(lines_of_docs("old/pytorch_model.bin"), {})
    assert same_weights(encoder_folder(old), tiny_encoder)


def test_the_docs_convert_a_run_of_jiant(tiny_encoder, tmp_path, monkeypatch):
    encoder = Encoder.load(tiny_encoder).model.state_dict()
    other = {
        name: torch.randn_like(tensor) if tensor.is_floating_point() else tensor for name, tensor in encoder.items()
    }
    shared = {f"encoder.{name}": tensor for name, tensor in other.items()}
    heads = {f"taskmodels_dict.mnli.encoder.{name}": tensor for name, tensor in other.items()}
    heads["taskmodels_dict.mnli.head.out_proj.weight"] = torch.zeros(3, 32)
    (tmp_path / "run").mkdir()
    torch.save({**shared, **heads}, tmp_path / "run/best_model.p")
    shutil.copytree(tiny_encoder, tmp_path / "pretrained")
    with pytest.raises(InputError, match=r"(?s)no config.json.*jiant.*docs/export.md"):
        encoder_folder(tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    exec(lines_of_docs("best_model.p"), {})
    loaded = Encoder.load(encoder_folder(tmp_path / "converted")).model.state_dict()
    assert all(torch.equal(loaded[name], other[name]) for name in loaded)
