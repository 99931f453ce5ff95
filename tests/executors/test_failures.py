"""Failures by what they are, out of memory and a full disk above all, and what is made of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tiny_study import TINY, tiny_study, write_data, write_working_encoder

from xstilts.errors import RunError
from xstilts.executors.failures import is_disk_full
from xstilts.inference.prediction import head_outputs
from xstilts.journal import stage_states
from xstilts.running import run_study
from xstilts.training import loop
from xstilts.training.compute import Compute, is_out_of_memory, predicting_within_memory

DIRECT = {"recipes": {"direct": []}, "targets": {"own_nli": {"evaluate": ["en", "de"]}}}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("failures")
    write_data(folder)
    write_working_encoder(folder)
    return folder


def error_of(action: Any) -> BaseException:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is the question
        action()
    return raised.value


@pytest.mark.parametrize(
    "allocate", [lambda: torch.empty(1 << 55), lambda: np.zeros(1 << 55), lambda: bytearray(1 << 60)]
)
def test_allocations_that_fail_are_known_for_what_they_are(allocate):
    assert is_out_of_memory(error_of(allocate))


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert not is_out_of_memory(error_of(lambda: torch.ones(2) @ torch.ones(3)))
    assert not is_out_of_memory(OSError(12, "Cannot allocate memory"))


@pytest.mark.parametrize(
    "error",
    [  # as they were seen on a full file system
        OSError(28, "Error writing bytes to file. Detail: [errno 28] No space left on device"),
        SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"),
        pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_known_in_the_errors_of_every_writer(error):
    assert is_disk_full(error)


def test_a_folder_that_is_not_there_is_no_full_disk(tmp_path):
    assert not is_disk_full(error_of(lambda: (tmp_path / "gone" / "file").write_bytes(b"")))


def test_prediction_takes_half_as_much_until_there_is_room_and_remembers():
    tried = []

    def work(compute: Compute) -> int:
        tried.append(compute.prediction_pieces)
        if compute.prediction_pieces > 300:
            raise torch.OutOfMemoryError
        return 7

    result, compute = predicting_within_memory(Compute(torch.device("cpu"), 2048, 1024), work)
    assert (result, compute.prediction_pieces, compute.training_pieces) == (7, 256, 2048)
    assert tried == [1024, 512, 256]


def test_prediction_gives_up_where_less_does_not_help_and_at_once_for_other_errors():
    for error, tries in ((MemoryError, 4), (ValueError, 1)):
        tried = []

        def work(compute: Compute, error: type[Exception] = error, tried: list[int] = tried) -> None:
            tried.append(compute.prediction_pieces)
            raise error

        with pytest.raises(error):
            predicting_within_memory(Compute(torch.device("cpu"), 2048, 1024), work)
        assert tried == [1024, 512, 256, 128][:tries]


def short_of_memory(monkeypatch: pytest.MonkeyPatch, pieces: int) -> None:
    """Has training run out of memory, as a device does, in the middle of parts that are longer than so many pieces."""
    apply = loop.apply

    def limited(encoder: Any, head: Any, batch: Any, compute: Compute, precision: str) -> Any:
        outputs = apply(encoder, head, batch, compute, precision)
        if batch["input_ids"].numel() > pieces:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return outputs

    monkeypatch.setattr(loop, "apply", limited)


def train(folder: Path, out: Path, **changes: Any) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Weights and record of the one training stage of the direct recipe."""
    study = tiny_study(folder, **{**DIRECT, **changes})
    run_study(study, out=out / "out", store=out / "store", device="cpu")
    (stage,) = (out / "store" / "train").iterdir()
    record = json.loads((stage / "stage.json").read_text())
    return load_file(stage / "model.safetensors"), record


def test_a_step_that_does_not_fit_is_cut_smaller_and_has_the_same_gradient(prepared, tmp_path, monkeypatch):
    training_settings = {**TINY["training"], "max_steps": 6, "batch_size": 8, "precision": "fp32"}
    whole, record = train(prepared, tmp_path / "whole", training=training_settings)
    assert record["training"]["out_of_memory"] == []
    short_of_memory(monkeypatch, 64)
    cut, record = train(prepared, tmp_path / "cut", training=training_settings)
    first, *_ = record["training"]["out_of_memory"]
    assert first["step"] == 0
    assert all(event["pieces_at_once"] >= 16 for event in record["training"]["out_of_memory"])
    for name, tensor in whole.items():
        # Attention does not feel a key's bias, whose gradient is rounding, and of that Adam makes steps.
        if not name.endswith("key.bias"):
            torch.testing.assert_close(cut[name], tensor, atol=1e-5, rtol=1e-4)
    assert any(not torch.equal(cut[name], tensor) for name, tensor in whole.items()), "the steps were cut otherwise"


def test_a_row_that_does_not_fit_alone_is_a_failure_that_the_page_and_the_plan_name(prepared, tmp_path, monkeypatch):
    folder = Path(shutil.copytree(prepared, tmp_path / "study"))
    short_of_memory(monkeypatch, 1)
    recipes = {"untrained": [{"task": "own_qa"}], "direct": []}
    targets = {"own_nli": {"evaluate": ["en", "de"]}, "own_bitext": {"evaluate": ["de"]}}
    study = tiny_study(folder, recipes=recipes, targets=targets)
    with pytest.raises(RunError, match="there is no memory for a single row of own_qa: lower max_length"):
        run_study(study, out=folder / "out", device="cpu")
    events = [json.loads(line) for line in (folder / "out" / "log.jsonl").read_text().splitlines()]
    causes = {event["title"]: event["cause"] for event in events if event["event"] == "failed"}
    assert causes == dict.fromkeys(("train own_qa (seed 1)", "train own_nli (seed 1)"), "out_of_memory")
    skipped = [event for event in events if event["event"] == "skipped"]
    assert len(skipped) == 4 + 7, "what needs own_nli; what needs own_qa, own_nli after it among them"
    states = [state["state"] for state in stage_states(folder / "out")]
    assert {state: states.count(state) for state in set(states)} == {"done": 2, "failed": 2, "skipped": 11}

    missing = json.loads((folder / "out" / "plan.json").read_text())["missing"]
    assert {(cell["recipe"], cell["target"], cell["language"], cell["cause"]) for cell in missing} == {
        ("direct", "own_nli", "en", "out_of_memory"),
        ("direct", "own_nli", "de", "out_of_memory"),
        ("untrained", "own_nli", "en", "out_of_memory"),
        ("untrained", "own_nli", "de", "out_of_memory"),
        ("untrained", "own_bitext", "de", "out_of_memory"),
    }
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "train own_qa (seed 1) failed (out_of_memory): there is no memory for a single row of own_qa" in page
    assert "tiny, untrained, own_nli, seed 1: en, de; tiny, untrained, own_bitext, seed 1: de" in page


def test_memory_that_ran_out_once_is_remembered_by_the_checkpoint(prepared, tmp_path, monkeypatch):
    from test_interruption import STEPS, joint_stage, outcome, stopped

    from xstilts.stages import run_stage

    folder = Path(shutil.copytree(prepared, tmp_path / "study"))
    short_of_memory(monkeypatch, 160)
    run_stage(*joint_stage(folder, tmp_path / "whole", 300.0, **STEPS))
    weights, course = outcome(folder, tmp_path / "whole", **STEPS)
    assert course["out_of_memory"]
    for at in (3, 5):
        assert stopped(folder, tmp_path / "cut", at, **STEPS)
    run_stage(*joint_stage(folder, tmp_path / "cut", 300.0, **STEPS))
    again, course_again = outcome(folder, tmp_path / "cut", **STEPS)
    assert course_again == course
    assert all(torch.equal(again[name], weights[name]) for name in weights)


def test_a_language_that_does_not_fit_is_predicted_in_smaller_parts(prepared, tmp_path, monkeypatch):
    from xstilts import stages

    def limited(*arguments: Any, **named: Any) -> Any:
        if arguments[4].prediction_pieces > 1024:
            raise torch.OutOfMemoryError
        return head_outputs(*arguments, **named)

    monkeypatch.setattr(stages, "head_outputs", limited)
    train(prepared, tmp_path)
    records = [json.loads(path.read_text()) for path in (tmp_path / "store" / "predict").glob("*/stage.json")]
    assert [record["pieces_at_once"] for record in records] == [1024, 1024]


def test_a_full_disk_stops_the_run_and_says_what_is_needed_and_where(prepared, tmp_path, monkeypatch):
    from xstilts.store import Store

    publish = Store.publish

    def full(self: Store, stage: Any, record: dict[str, Any]) -> Any:
        if stage.kind == "train":
            raise OSError(28, "No space left on device")
        return publish(self, stage, record)

    monkeypatch.setattr(Store, "publish", full)
    places = {"out": tmp_path / "out", "store": tmp_path / "store", "device": "cpu"}
    study = tiny_study(prepared)
    with pytest.raises(RunError, match=r"the disk is full: \d+\.\d [GM]B are free in .*store") as raised:
        run_study(study, **places)
    (stage,) = [state for state in stage_states(tmp_path / "out") if state["state"] == "failed"]
    assert stage["cause"] == "disk_full"
    weights = sum(tensor.numel() for tensor in load_file(prepared / "encoder" / "model.safetensors").values())
    # In float32: two checkpoints of weights and two moments, best weights before and after.
    assert f"the stage needs up to {4 * (2 * 3 + 2) * weights / 1e6:.1f} MB there" in str(raised.value)
    # Three stages train: own_qa, own_nli after it, and own_nli alone.
    assert f"the encoders that are still to be trained take {3 * 4 * weights / 1e6:.1f} MB" in str(raised.value)
    assert "nothing more was tried" in str(raised.value)
    assert not (tmp_path / "store" / "score").exists()

    monkeypatch.setattr(Store, "publish", publish)
    run_study(study, **places)
    assert {state["state"] for state in stage_states(tmp_path / "out")} == {"done"}
