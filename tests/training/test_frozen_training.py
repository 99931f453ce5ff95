"""Frozen layers: they keep every bit, and the others learn what they learn without the others' gradients."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_encoder import write_encoder
from torch import Tensor

from xstilts.catalogue import Tasks
from xstilts.data.features import Features, Limits
from xstilts.encoders.encoder import Encoder, load_pieces
from xstilts.settings import Sampling, TrainingSettings
from xstilts.training.compute import Compute
from xstilts.training.loop import TrainingRun
from xstilts.training.training_task import TrainingTask

STEPS = 4
EMBEDDINGS = "embeddings."
LAYERS = [f"encoder.layer.{number}." for number in range(2)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("freezing") / "encoder"
    lines = [row.text for row in Tasks()["mini-text"].load(None, "en", "train").examples[:500]]
    write_encoder(place, lines, pieces=1500)
    return place


def run_of(folder: Path, place: Path, frozen: int | None, name: str = "mini-pos") -> TrainingRun:
    task, pieces = Tasks()[name], load_pieces(folder)
    features = Features(task.kind.encode(task.load(None, "en", "train[:40]").examples, pieces, Limits(64)))
    compute = Compute(torch.device("cpu"), 2048, 8192)
    encoder = Encoder.load(folder)
    torch.manual_seed(0)
    head = task.kind.head(encoder, 0.0)
    encoder.suit(compute.device, half=False, heads=[head])
    return TrainingRun(
        encoder,
        {name: head},
        [TrainingTask(task, task.kind, features, (features.units,), None)],
        TrainingSettings(max_steps=STEPS, batch_size=8, learning_rate=1e-3, weight_decay=0.5, frozen_layers=frozen),
        Sampling.model_validate({}),
        1,
        compute,
        pieces.pad_id,
        place,
        1e9,
        lambda done, total, note: None,
    )


def weights(run: TrainingRun) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in run.encoder.model.state_dict().items()}


@pytest.mark.parametrize("frozen", [0, 1, 2])
def test_frozen_weights_keep_every_bit_and_all_others_are_trained(folder, tmp_path, frozen):
    run = run_of(folder, tmp_path, frozen)
    assert run.encoder.model.get_input_embeddings().weight.shape[0] < 1500, "the case of trimmed embeddings"
    run.run()
    pretrained = load_file(folder / "model.safetensors")
    kept = (EMBEDDINGS, *LAYERS[:frozen])
    for name, tensor in weights(run).items():
        assert tensor.equal(pretrained[name]) == name.startswith(kept), name


@pytest.mark.parametrize("frozen", [0, 1])
def test_others_learn_what_they_learn_where_gradients_of_the_frozen_are_thrown_away(
    folder, tmp_path, frozen, monkeypatch
):
    ours = run_of(folder, tmp_path / "ours", frozen)
    ours.run()
    kept = (EMBEDDINGS, *LAYERS[:frozen])
    plain = run_of(folder, tmp_path / "plain", None)
    gradient = plain._gradient

    def thrown_away(*arguments):
        found = gradient(*arguments)
        for name, parameter in plain.encoder.model.named_parameters():
            if name.startswith(kept):
                parameter.grad = None
        return found

    monkeypatch.setattr(plain, "_gradient", thrown_away)
    plain.run()
    expected = weights(plain)
    for name, tensor in weights(ours).items():
        if not name.startswith(kept):
            torch.testing.assert_close(tensor, expected[name], rtol=1e-5, atol=1e-6, msg=name)


def test_nothing_frozen_has_moments_or_gradients(folder, tmp_path):
    run = run_of(folder, tmp_path, 1)
    run.run()
    trained = {id(p) for group in run.optimizer.param_groups for p in group["params"]}
    for name, parameter in run.encoder.model.named_parameters():
        if name.startswith(LAYERS[0]):
            assert id(parameter) not in trained
            assert parameter.grad is None


def test_masked_language_modeling_trains_above_frozen_embeddings_that_its_head_shares(folder, tmp_path):
    run = run_of(folder, tmp_path, 0, "mini-text")
    run.run()
    pretrained = load_file(folder / "model.safetensors")
    after = weights(run)
    assert after["embeddings.word_embeddings.weight"].equal(pretrained["embeddings.word_embeddings.weight"])
    assert not after[f"{LAYERS[0]}output.dense.weight"].equal(pretrained[f"{LAYERS[0]}output.dense.weight"])


def test_a_killed_run_goes_on_with_the_same_weights(folder, tmp_path, monkeypatch):
    whole = run_of(folder, tmp_path / "whole", 1)
    whole.run()
    killed = run_of(folder, tmp_path / "killed", 1)
    killed.checkpoint_seconds = 0.0

    def stop(done, total, note):
        if done == 3:
            raise KeyboardInterrupt

    killed.progress = stop
    with pytest.raises(KeyboardInterrupt):
        killed.run()
    again = run_of(folder, tmp_path / "killed", 1)
    again.run()
    assert again.course.step == STEPS
    expected = weights(whole)
    assert all(tensor.equal(expected[name]) for name, tensor in weights(again).items())
