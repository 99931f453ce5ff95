"""Two processes that train together have the numbers of one, and one of them leads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from forks import start_xstilts, team
from hypothesis import given
from hypothesis import strategies as st
from tiny_study import TINY, stages_of, write_data, write_study, write_working_encoder

from xstilts.results import Results
from xstilts.training.parallel import Processes

ROOT = Path(__file__).parents[2]
TRAINING = {**TINY["training"], "batch_size": 6, "learning_rate": 0.0005, "precision": "fp32"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parallel")
    write_data(folder)
    write_working_encoder(folder)
    return folder


def run_of(study: Path, place: Path) -> list[str]:
    places = ["--out", str(place / "out"), "--store", str(place / "store"), "--device", "cpu"]
    return ["run", str(study), *places]


def run_by(study: Path, place: Path, size: int) -> tuple[list[int | None], str]:
    """A run by one process, or by several as `torchrun` starts them: their exit codes, and what they print together."""
    place.mkdir(exist_ok=True)
    processes = [start_xstilts(place, *run_of(study, place), environment=one) for one in team(size)]
    for process in processes:
        process.join(240)
    return [process.exitcode for process in processes], "".join(
        (place / name).read_text() for name in ("stdout", "stderr")
    )


def torchrun(study: Path, place: Path) -> subprocess.Popen[bytes]:
    """A run by two processes that writes a checkpoint after every step."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "xstilts"]
    return subprocess.Popen(
        [*command, *run_of(study, place), "--checkpoint-minutes", "0.001"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


def test_two_processes_have_the_losses_and_weights_of_one(prepared, tmp_path):
    joint = {"tasks": ["own_nli", "own_ner"], "sampling": "uniform"}
    changes = {
        "recipes": {"direct": [], "joint": [joint]},
        "training": {**TRAINING, "max_steps": 20, "evaluations": 20},
        "task_defaults": {"own_nli": {"dev": "none"}, "own_ner": {"dev": "none"}},  # the last step counts
    }
    study = write_study(prepared, changes)
    assert run_by(study, tmp_path / "one", 1)[0] == [0]
    codes, output = run_by(study, tmp_path / "two", 2)
    assert codes == [0, 0], output
    assert output.count("own_nli  ") <= 2, "one table is shown"
    one, two = stages_of(tmp_path / "one"), stages_of(tmp_path / "two")
    assert set(one) == set(two)
    assert len(one) == 3
    for title, (course, weights) in one.items():
        again, weights_again = two[title]
        losses, losses_again = ([e["train_loss"] for e in c["evaluations"]] for c in (course, again))
        assert (len(losses), course["best_step"]) == (20, 20)
        np.testing.assert_allclose(losses_again, losses, atol=1e-5, rtol=1e-5)
        for name, tensor in weights.items():
            # Attention does not feel a key's bias, whose gradient is rounding, and of that Adam makes steps.
            if not name.endswith("key.bias"):
                torch.testing.assert_close(weights_again[name], tensor, atol=1e-5, rtol=1e-5, msg=f"{title}: {name}")
        assert any(not torch.equal(weights_again[name], tensor) for name, tensor in weights.items())


def test_processes_that_are_asked_to_stop_do_so_at_one_step_and_go_on_to_the_same_end(prepared, tmp_path):
    study = write_study(prepared, {"recipes": {"direct": []}, "training": {**TRAINING, "max_steps": 150}})
    process = torchrun(study, tmp_path / "cut")
    deadline = time.monotonic() + 120
    while not list((tmp_path / "cut").glob("store/partial/*/*/checkpoint-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) != 0
    assert len(list((tmp_path / "cut").glob("store/partial/*/*/checkpoint-*"))) == 1
    for name in ("cut", "whole"):
        codes, output = run_by(study, tmp_path / name, 2)
        assert codes == [0, 0], output
    tables = [Results.read(tmp_path / name / "out").table for name in ("whole", "cut")]
    assert tables[0].equals(tables[1], null_equal=True)


def test_a_stage_that_fails_fails_in_all_and_the_rest_goes_on(prepared, tmp_path):
    diverging = [{"task": "own_qa", "training": {"learning_rate": 1e30}}]
    study = write_study(prepared, {"recipes": {"bad": diverging, "direct": []}, "training": TRAINING})
    codes, output = run_by(study, tmp_path, 2)
    assert codes[0] == 1, "the first process speaks for all"
    assert "lower the learning rate" in output
    assert list(stages_of(tmp_path)) == ["train own_nli (seed 1)"]


class Standing(Processes):
    """The process of some rank among some, without the others."""

    def __init__(self, rank: int, size: int) -> None:
        super().__init__()
        self.rank, self.size = rank, size


@given(st.lists(st.integers(1, 50), max_size=20), st.integers(1, 5))
def test_every_unit_has_one_process_and_all_have_about_as_much(lengths, size):
    units = np.arange(len(lengths)) * 3
    parts = [Standing(rank, size).part(units, np.asarray(lengths), whole=False) for rank in range(size)]
    assert sorted(np.concatenate(parts).tolist()) == units.tolist()
    loads = [sum(lengths[unit // 3] for unit in part) for part in parts]
    assert max(loads) - min(loads) <= max(lengths, default=0)


@given(st.integers(1, 5), st.integers(0, 9))
def test_a_step_that_must_be_whole_is_the_first_process_alone(size, count):
    units = np.arange(count)
    parts = [Standing(rank, size).part(units, units + 1, whole=True) for rank in range(size)]
    assert [len(part) for part in parts] == [count] + [0] * (size - 1)
