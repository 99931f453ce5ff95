"""Nothing but speed changes: every fast way, switched off, gives the same losses over 50 steps and the same answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.tiny_encoder import write_encoder
from xstilts.catalogue import Tasks
from xstilts.data.features import Features, Limits
from xstilts.encoders.encoder import Encoder, load_pieces
from xstilts.inference.prediction import head_outputs
from xstilts.settings import Sampling, TrainingSettings
from xstilts.training import loop
from xstilts.training.compute import Compute
from xstilts.training.loop import TrainingRun
from xstilts.training.training_task import DevSet, TrainingTask

STEPS = 50
TASKS = {"mini-nli": "test[:40]", "mini-ner": "test[:40]", "mini-qa": "test[:20]"}


@dataclass
class Fast:
    """What is switched on."""

    packs: bool = True
    trims: bool = True
    layers: bool = True
    micro_batch: int = 2048
    checkpoint_seconds: float = 1e9


@dataclass
class Trained:
    """What came of a training: the loss of every step, and outputs and answers for rows that it never saw."""

    losses: list[float] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tiny encoder that knows mini's English, and far more pieces than a stage looks up."""
    place = tmp_path_factory.mktemp("engine") / "encoder"
    lines = [row.text for row in Tasks()["mini-text"].load(None, "en", "train").examples[:2000]]
    write_encoder(place, lines, pieces=3000)
    return place


@pytest.fixture(scope="module")
def fast(folder, tmp_path_factory) -> Callable[[str], Trained]:
    """What comes of a task when everything is switched on; trained once."""

    @cache
    def found(name: str) -> Trained:
        with pytest.MonkeyPatch.context() as patch:
            return trained(folder, name, tmp_path_factory.mktemp("fast"), Fast(), patch)

    return found


def trained(encoder_folder: Path, name: str, place: Path, fast: Fast, monkeypatch: pytest.MonkeyPatch) -> Trained:
    if not fast.packs:
        monkeypatch.setattr("xstilts.encoders.packing.can_pack", lambda model, half: False)
    if not fast.layers:
        monkeypatch.setattr("xstilts.encoders.layers.stand_in", lambda model, half: None)
    if not fast.trims:
        monkeypatch.setattr(loop, "_WORTH_TRIMMING", 0.0)
    task, pieces = Tasks()[name], load_pieces(encoder_folder)
    rows = rows_of(name)
    limits = Limits(128)
    features = {part: Features(task.kind.encode(examples, pieces, limits)) for part, examples in rows.items()}
    compute = Compute(torch.device("cpu"), fast.micro_batch, 4 * fast.micro_batch)
    encoder = Encoder.load(encoder_folder)
    torch.manual_seed(0)
    head = task.kind.head(encoder, 0.0)
    encoder.suit(compute.device, half=False, heads=[head])
    result = Trained()
    run = TrainingRun(
        encoder,
        {name: head},
        [TrainingTask(task, task.kind, features["train"], (features["train"].units,), _dev(rows, features))],
        TrainingSettings(max_steps=STEPS, batch_size=8, learning_rate=1e-3, dropout=0.0, precision="fp32"),
        Sampling.model_validate({}),
        1,
        compute,
        pieces.pad_id,
        place,
        fast.checkpoint_seconds,
        lambda done, total, note: None,
    )
    gradient = run._gradient

    def remembered(*arguments: Any) -> tuple[float, float]:
        loss, items = gradient(*arguments)
        result.losses.append(loss)
        return loss, items

    run._gradient = remembered
    run.run()
    outputs = head_outputs(encoder, head, task.kind, features["test"], compute, pad_id=pieces.pad_id, precision="fp32")
    result.outputs = outputs.rows
    result.answers = task.kind.decode(rows["test"], features["test"], outputs.rows)["prediction"].to_pylist()
    return result


@cache
def rows_of(name: str) -> dict[str, Any]:
    """The rows of a task's three splits."""
    splits = {"train": "train[:200]", "dev": "dev[:16]", "test": TASKS[name]}
    return {part: Tasks()[name].load(None, "en", split).examples for part, split in splits.items()}


def _dev(rows: dict[str, Any], features: dict[str, Features]) -> DevSet:
    return DevSet(rows["dev"], features["dev"], "en")


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize(
    "other",
    [
        Fast(packs=False),
        Fast(trims=False),
        Fast(layers=False),
        Fast(micro_batch=150),
        Fast(packs=False, trims=False, layers=False, micro_batch=1 << 20),
    ],
    ids=["padded", "whole table", "torch's layers", "small micro-batches", "the plain way"],
)
def test_losses_of_fifty_steps_and_answers_do_not_depend_on_what_is_fast(
    fast, folder, tmp_path, monkeypatch, name, other
):
    best, plain = fast(name), trained(folder, name, tmp_path, other, monkeypatch)
    assert len(best.losses) == len(plain.losses) == STEPS
    assert len(set(best.losses)) == STEPS
    np.testing.assert_allclose(plain.losses, best.losses, rtol=2e-4)
    for ours, theirs in zip(best.outputs, plain.outputs, strict=True):
        # A bias that all pieces share has no gradient but rounding, of which Adam makes whole steps.
        np.testing.assert_allclose(theirs - theirs.mean(axis=0), ours - ours.mean(axis=0), rtol=2e-3, atol=2e-3)
    assert plain.answers == best.answers


def test_writing_checkpoints_beside_the_training_changes_no_bit(fast, folder, tmp_path, monkeypatch):
    without = fast("mini-ner")
    every_step = trained(folder, "mini-ner", tmp_path / "every", Fast(checkpoint_seconds=0.0), monkeypatch)
    assert every_step.losses == without.losses
    assert all(np.array_equal(a, b) for a, b in zip(every_step.outputs, without.outputs, strict=True))
