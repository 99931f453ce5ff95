"""Runs that are killed at bad moments end with the very numbers of runs that are not."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from faults.campaign import run
from forks import forked
from safetensors.torch import load_file
from tiny_study import TINY, tiny_study, write_data, write_study, write_working_encoder

from xstilts.executors.workbench import Workbench
from xstilts.planning.planner import make_plan
from xstilts.results import Results
from xstilts.running import run_study
from xstilts.stage import Stage
from xstilts.stages import run_stage
from xstilts.stopping import StoppedError
from xstilts.store import Store
from xstilts.training.compute import Compute

JOINT = {"tasks": ["own_qa", "own_ner", "own_text"], "sampling": {"temperature": 3}}
TEXT = {
    "kind": "masked_lm",
    "format": "text",
    "files": {code: {"train": f"mini/text/{code}.txt"} for code in ("en", "de", "sw")},
}
WITH_TEXT = {
    "tasks": {**TINY["tasks"], "own_text": TEXT},
    "task_defaults": {"own_text": {"languages": ["en", "de", "sw"], "dev": "none"}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("interruption")
    write_data(path)
    write_working_encoder(path)
    return path


def joint_stage(folder: Path, store: Path, checkpoint_seconds: float, **training: Any) -> tuple[Stage, Workbench]:
    """A multi-task stage with dropout and masked language modeling in several languages, and what it needs."""
    study = tiny_study(
        folder,
        **WITH_TEXT,
        recipes={"direct": [JOINT]},
        targets={"own_bitext": {"evaluate": ["de"]}},
        training={**TINY["training"], "dropout": 0.3, "language_exponent": 0.5, **training},
    )
    plan = make_plan(study, None)
    compute = Compute.choose("cpu")
    bench = Workbench(plan, Store(store), study.known_tasks, None, compute, checkpoint_seconds)
    return next(iter(plan.stages.values())), bench


def interrupting(at: int) -> Callable[[int, int, str], None]:
    """Progress that is interrupted at a step."""

    def progress(done: int, total: int, note: str) -> None:
        if done == at and note.startswith("loss"):
            raise KeyboardInterrupt

    return progress


def interrupted(folder: Path, store: Path, at: int, **training: Any) -> bool:
    """Runs the stage with a checkpoint at every step; whether it was interrupted before it was finished."""
    stage, bench = joint_stage(folder, store, 0.0, **training)
    bench.progress = interrupting(at)
    try:
        run_stage(stage, bench)
    except KeyboardInterrupt:
        return True
    return False


def stopped(folder: Path, store: Path, at: int, **training: Any) -> bool:
    """Runs the stage until it is asked to stop at a step, with no other checkpoint than the one for that."""
    stage, bench = joint_stage(folder, store, 300.0, **training)

    def progress(done: int, total: int, note: str) -> None:
        if done == at and note.startswith("loss"):
            bench.stop.signal = signal.SIGTERM

    bench.progress = progress
    try:
        run_stage(stage, bench)
    except StoppedError:
        assert [path.name for path in store.rglob("checkpoint-*")] == [f"checkpoint-{at}"]
        return True
    return False


def outcome(folder: Path, store: Path, **training: Any) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """All weights of the finished stage, and the course of its training."""
    stage, bench = joint_stage(folder, store, 300.0, **training)
    place = bench.store.folder(stage)
    manifest = bench.store.manifest(stage)
    assert manifest is not None
    heads = {f"head {name}": tensor for name, tensor in load_file(place / "heads.safetensors").items()}
    return {**load_file(place / "model.safetensors"), **heads}, manifest["training"]


STEPS = {"max_steps": 8, "evaluations": 4}
# Nothing is learned at this rate, so the first evaluation stays the best, and two more end the training at step 3.
PATIENCE = {"max_steps": 8, "evaluations": 8, "patience": 2, "learning_rate": 1e-12}


@pytest.mark.parametrize("interrupt", [interrupted, stopped])
@pytest.mark.parametrize("training", [STEPS, PATIENCE], ids=["to the end", "stopped early"])
def test_training_that_is_interrupted_at_every_step_ends_with_equal_weights(folder, tmp_path, training, interrupt):
    stage, bench = joint_stage(folder, tmp_path / "whole", 300.0, **training)
    run_stage(stage, bench)
    weights, course = outcome(folder, tmp_path / "whole", **training)
    assert course["steps"] == (8 if training is STEPS else 3)

    interruptions = sum(interrupt(folder, tmp_path / "cut", at, **training) for at in range(1, 9))
    # An evaluation is a pause too, so a stop at step 3 is kept before the evaluation that ends the training.
    assert interruptions == course["steps"]
    if interruptions == 8 or interrupt is stopped:
        run_stage(*joint_stage(folder, tmp_path / "cut", 0.0, **training))
    again, course_again = outcome(folder, tmp_path / "cut", **training)
    assert course_again == course
    assert set(again) == set(weights)
    assert all(torch.equal(again[name], weights[name]) for name in weights)


def test_the_weights_depend_on_what_a_checkpoint_must_hold(folder, tmp_path):
    """Else the test above would not notice a checkpoint that forgets something."""
    stage, bench = joint_stage(folder, tmp_path / "a", 300.0, **STEPS)
    run_stage(stage, bench)
    run_stage(*joint_stage(folder, tmp_path / "b", 300.0, **{**STEPS, "dropout": 0.2}))
    first, course = outcome(folder, tmp_path / "a", **STEPS)
    second, _ = outcome(folder, tmp_path / "b", **{**STEPS, "dropout": 0.2})
    assert any(not torch.equal(first[name], second[name]) for name in first)
    assert set(course["evaluations"][0]["dev"]) == {"own_qa", "own_ner"}


@pytest.mark.parametrize("name", ["state.safetensors", "checkpoint.json"])
def test_a_damaged_checkpoint_is_not_resumed_from(folder, tmp_path, name):
    run_stage(*joint_stage(folder, tmp_path / "whole", 300.0, **STEPS))
    assert interrupted(folder, tmp_path / "cut", 5, **STEPS)
    (checkpoint,) = (tmp_path / "cut" / "partial").rglob("checkpoint-4")
    content = bytearray((checkpoint / name).read_bytes())
    if name == "checkpoint.json":
        del content[len(content) // 2 :]
    else:
        content[-3] ^= 1
    (checkpoint / name).write_bytes(content)
    run_stage(*joint_stage(folder, tmp_path / "cut", 0.0, **STEPS))
    weights, course = outcome(folder, tmp_path / "whole", **STEPS)
    again, course_again = outcome(folder, tmp_path / "cut", **STEPS)
    assert course_again == course
    assert all(torch.equal(again[key], weights[key]) for key in weights)


def test_damaged_best_weights_are_made_again(folder, tmp_path):
    run_stage(*joint_stage(folder, tmp_path / "whole", 300.0, **STEPS))
    assert interrupted(folder, tmp_path / "cut", 7, **STEPS)
    for path in (tmp_path / "cut" / "partial").rglob("best-*/weights.safetensors"):
        content = bytearray(path.read_bytes())
        content[-3] ^= 1
        path.write_bytes(content)
    run_stage(*joint_stage(folder, tmp_path / "cut", 0.0, **STEPS))
    weights, _ = outcome(folder, tmp_path / "whole", **STEPS)
    again, _ = outcome(folder, tmp_path / "cut", **STEPS)
    assert all(torch.equal(again[key], weights[key]) for key in weights)


LONGER = {
    **WITH_TEXT,
    "recipes": {"direct": [], "joint": [JOINT]},
    "targets": {"own_nli": {"evaluate": ["en", "de"]}, "own_bitext": {"evaluate": ["de"]}},
    "training": {**TINY["training"], "max_steps": 12, "evaluations": 3, "dropout": 0.1},
}


def progress_of(folder: Path) -> tuple[int, int]:
    """How far a run got: finished stages, and the step of the newest checkpoint."""
    log = folder / "out" / "log.jsonl"
    finished = log.read_text(encoding="utf-8").count('"finished"') if log.is_file() else 0
    steps = [int(path.name.partition("-")[2]) for path in folder.glob("store/partial/*/*/checkpoint-*")]
    return finished, max(steps, default=0)


def wait_for(process: BaseProcess, reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while process.exitcode is None and not reached():
        assert time.monotonic() < deadline, "the run does not get on"
        time.sleep(0.002)


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_table(folder, tmp_path):
    for name in ("killed", "whole"):
        shutil.copytree(folder, tmp_path / name)
    whole = run_study(tiny_study(tmp_path / "whole", **LONGER), out=tmp_path / "whole" / "out", device="cpu").table
    killed = tmp_path / "killed"
    study = write_study(killed, LONGER)
    random = Random(7)
    # In the first training stage; between two stages; in a later training stage; among predictions and scores.
    moments: list[Callable[[], bool]] = [
        lambda: progress_of(killed)[1] >= random.randint(3, 9),
        lambda: progress_of(killed)[0] >= 1,
        lambda: progress_of(killed) >= (3, random.randint(2, 9)),
        lambda: progress_of(killed)[0] >= 7,
    ]
    for moment in moments:
        process = forked(run, study, killed, None)
        wait_for(process, moment)
        time.sleep(random.uniform(0, 0.05))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "every kill met a running process"
    last = forked(run, study, killed, None)
    last.join(120)
    assert last.exitcode == 0
    assert Results.read(killed / "out").table.equals(whole, null_equal=True)

    lines = (killed / "out" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    finished = Counter(event["key"] for event in events if event["event"] == "finished")
    assert set(finished.values()) == {1}
    assert list(killed.rglob("*.draft")) == []
    assert not [path for path in (killed / "store" / "partial").iterdir() if any(path.iterdir())]
