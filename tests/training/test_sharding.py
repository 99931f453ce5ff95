"""Processes that hold parts of an encoder have the numbers of one that holds all of it, and write what it writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from forks import forked, team
from safetensors.torch import load_file
from tiny_study import TINY, stages_of, write_data, write_study, write_working_encoder

from xstilts.errors import InputError
from xstilts.results import Results
from xstilts.running import run_study
from xstilts.study import Study
from xstilts.training.checkpoints import Checkpoints

TEXT = {code: {"train": f"mini/text/{code}.txt"} for code in ("en", "de")}
STUDY: dict[str, Any] = {
    "tasks": {**TINY["tasks"], "own_text": {"kind": "masked_lm", "format": "text", "files": TEXT}},
    # A mixture, a loss that needs the embeddings after the encoder, and what is trained after it.
    "recipes": {"joint": [{"tasks": ["own_ner", "own_text"], "sampling": "uniform"}]},
    "targets": {"own_nli": {"evaluate": ["en"]}},
    "baseline": "joint",
    "training": {**TINY["training"], "max_steps": 8, "evaluations": 4, "batch_size": 6, "learning_rate": 0.0005},
    "task_defaults": {
        "own_text": {"languages": ["en", "de"], "dev": "none"},
        "own_ner": {"dev": "none"},
    },
}


def member(study: Path, place: Path, fsdp: bool, room: int | None, end: int) -> None:
    """What one of the processes does.

    Args:
        study: The study.
        place: Where it writes.
        fsdp: They hold parts.
        room: The most pieces that this process takes at a time; with more its memory is full.
        end: The process is killed at this step of the first stage; 0 if it is not.
    """
    from xstilts.training.loop import TrainingRun

    step, accumulate = TrainingRun._step, TrainingRun._accumulate

    def watched_step(run: TrainingRun) -> None:
        if end and run.course.step == end:
            run.checkpoints.wait()
            os._exit(9)
        step(run)

    def with_little_room(run: TrainingRun, task: Any, parts: Any, seed: int) -> Any:
        if room and max(len(rows) * int(task.features.lengths[rows].max()) for rows in parts) > room:
            raise torch.OutOfMemoryError("no room")
        return accumulate(run, task, parts, seed)

    TrainingRun._step, TrainingRun._accumulate = watched_step, with_little_room  # type: ignore[method-assign]
    run_study(
        Study.from_yaml(study),
        out=place / "out",
        store=place / "store",
        device="cpu",
        checkpoint_seconds=0.0,
        sharded=fsdp,
    )


def train(
    study: Path, place: Path, size: int, fsdp: bool = True, room: int | None = None, end: int = 0
) -> list[int | None]:
    """Exit codes of the processes."""
    processes = [forked(member, study, place, fsdp, room, end, environment=one) for one in team(size)]
    for process in processes:
        process.join(600)
    return [process.exitcode for process in processes]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data, encoder, the study, and what one process alone makes of it."""
    folder = tmp_path_factory.mktemp("sharding")
    write_data(folder)
    write_working_encoder(folder)
    study = write_study(folder, {**STUDY, "training": {**STUDY["training"], "precision": "fp32"}})
    assert train(study, folder / "one", 1, fsdp=False) == [0]
    return folder


def check_like_one(prepared: Path, place: Path) -> None:
    one, two = stages_of(prepared / "one"), stages_of(place)
    assert list(one) == list(two)
    assert len(one) == 2
    for title, (course, weights) in one.items():
        again, weights_again = two[title]
        losses, losses_again = ([e["train_loss"] for e in c["evaluations"]] for c in (course, again))
        assert len(losses) == 4
        np.testing.assert_allclose(losses_again, losses, atol=1e-5, rtol=1e-5)
        assert again["parameters"] == course["parameters"]
        assert again["best_step"] == course["best_step"]
        assert set(weights_again) == set(weights)
        for name, tensor in weights.items():
            # Attention does not feel a key's bias, whose gradient is rounding, and of that Adam makes steps.
            if not name.endswith("key.bias"):
                torch.testing.assert_close(weights_again[name], tensor, atol=1e-5, rtol=1e-5, msg=f"{title}: {name}")
        assert any(not torch.equal(weights_again[name], tensor) for name, tensor in weights.items())


def test_two_that_hold_parts_have_losses_weights_and_files_of_one(prepared, tmp_path):
    assert train(prepared / "study.yaml", tmp_path, 2) == [0, 0]
    check_like_one(prepared, tmp_path)
    scores = [Results.read(folder / "out").table for folder in (prepared / "one", tmp_path)]
    np.testing.assert_allclose(scores[1]["value"].to_numpy(), scores[0]["value"].to_numpy(), atol=1e-3)


def test_what_was_killed_while_sharded_goes_on_sharded_or_whole(prepared, tmp_path):
    assert train(prepared / "study.yaml", tmp_path, 2, end=5) == [9, 9]
    (state,) = (tmp_path / "store").glob("partial/*/attempt-0/checkpoint-*/state.safetensors")
    tensors = load_file(state)
    for name, weight in tensors.items():
        if name.startswith("weights/encoder.") and f"exp_avg/{name.removeprefix('weights/')}" in tensors:
            assert tensors[f"exp_avg/{name.removeprefix('weights/')}"].shape == weight.shape, "moments are whole too"
    assert train(prepared / "study.yaml", tmp_path, 2, end=0) == [0, 0]
    check_like_one(prepared, tmp_path)


def test_a_whole_checkpoint_is_gone_on_from_by_one_alone(prepared, tmp_path):
    assert train(prepared / "study.yaml", tmp_path, 2, end=5) == [9, 9]
    assert train(prepared / "study.yaml", tmp_path, 1, fsdp=False) == [0]
    check_like_one(prepared, tmp_path)


def test_sharded_processes_without_memory_end_and_the_next_start_takes_less_at_a_time(prepared, tmp_path):
    room = 150
    codes = [train(prepared / "study.yaml", tmp_path, 2, room=room)]
    while codes[-1] != [0, 0] and len(codes) < 8:
        assert 0 not in codes[-1], "none goes on alone"
        codes.append(train(prepared / "study.yaml", tmp_path, 2, room=room))
    assert 1 < len(codes) < 8
    check_like_one(prepared, tmp_path)
    noted = [event["pieces_at_once"] for course, _ in stages_of(tmp_path).values() for event in course["out_of_memory"]]
    assert noted
    assert min(noted) <= room


def test_what_there_was_no_memory_for_is_kept_beside_the_checkpoints(tmp_path):
    checkpoints = Checkpoints(tmp_path / "attempt-0")
    assert checkpoints.room() is None
    checkpoints.note_room(640)
    checkpoints.clear()
    assert checkpoints.room() == 640
    checkpoints.close()


def test_one_process_alone_is_told_that_it_has_no_others(prepared, tmp_path):
    with pytest.raises(InputError, match="one process alone has no others") as raised:
        run_study(Study.from_yaml(prepared / "study.yaml"), out=tmp_path / "out", device="cpu", sharded=True)
    assert "torchrun" in str(raised.value)
    assert not (tmp_path / "out").exists()
