from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from forks import start_xstilts
from tiny_study import TINY, write_study


def test_a_study_runs_and_its_table_and_report_are_shown(call, fresh):
    out = fresh / "out"
    called = call("run", fresh / "study.yaml", "--out", out, "--device", "cpu", "--set", "seeds=[1, 2]")
    assert called.code == 0
    assert f"report:  {out / 'report.html'}" in called.out
    assert "own_nli" in called.out
    assert (
        "10 stages to run: 2 trainings, 8 predictions and scores in 2 languages\n" in called.err
    )  # per seed: train, and predict and score of two languages
    assert called.err.count("✓ train own_nli (seed ") == 2
    assert called.err.count("✓ own_nli in 2 languages by own_nli (seed ") == 2
    assert called.err.count("✓") == 4, "predictions and scores of a model on a target are one line"
    assert (fresh / "store").is_dir(), "the store is beside OUT"
    again = call("run", fresh / "study.yaml", "--out", out, "--device", "cpu", "--set", "seeds=[1, 2]")
    assert again.code == 0
    assert "nothing is left to run: all 10 stages are finished" in again.err
    assert again.out == called.out


def test_a_stage_that_fails_is_exit_code_1_with_its_reason(call, fresh):
    out = fresh / "out"
    diverging = ["--set", "recipes.bad=[{task: own_qa, training: {learning_rate: 1.0e+30}}]"]
    called = call("run", fresh / "study.yaml", "--out", out, "--device", "cpu", *diverging)
    assert called.code == 1
    assert "error: 1 stages failed, 5 that need them were not run" in called.err
    assert "lower the learning rate" in called.err
    assert "Traceback" not in called.err
    assert "direct" in called.out, "what could be scored is shown"
    status = call("status", out)
    assert status.code == 0
    assert status.out.startswith("5 done, 0 running, 1 failed, 5 skipped, 0 waiting\n")
    assert "failed: train own_qa (seed 1)\n  the loss of own_qa is" in status.out


def test_status_says_what_became_of_every_stage(call, finished):
    states = json.loads(call("status", finished / "out", "--json").out)
    assert len(states) == 15
    assert {state["state"] for state in states} == {"done"}
    assert {"key", "kind", "title", "state"} == set(states[0])


def test_a_plan_shows_what_is_shared_and_changes_nothing(call, finished, listing):
    before = listing(finished)
    called = call("plan", finished / "study.yaml", "--out", finished / "out", "--json")
    assert called.code == 0
    stages = {stage["title"]: stage for stage in json.loads(called.out)["stages"]}
    assert len(stages) == 15
    assert not any(stage["needed"] for stage in stages.values())
    assert stages["train own_qa (seed 1)"]["recipes"] == ["qa"]
    assert stages["train own_qa (seed 1)"]["key"] == stages["train own_qa → own_nli (seed 1)"]["parents"][0]
    elsewhere = call("plan", finished / "study.yaml", "--store", finished / "empty", "--json")
    assert all(stage["needed"] for stage in json.loads(elsewhere.out)["stages"])
    assert "train         3 stages, 0 to run" in call("plan", finished / "study.yaml", "--out", finished / "out").out
    assert listing(finished) == before


MARKS = {"table": "own_nli", "csv": "study,encoder,recipe", "json": "[", "markdown": "| ", "latex": r"\begin{tabular}"}


@pytest.mark.parametrize("form", MARKS)
def test_results_are_written_in_every_format(call, finished, form):
    called = call("results", finished / "out", "--format", form)
    assert (called.code, called.err) == (0, "")
    assert MARKS[form] in called.out
    assert called.out.endswith("\n")


def test_the_long_table_has_a_row_per_score(call, finished):
    rows = json.loads(call("results", finished / "out", "--json").out)
    assert len(rows) == 10
    assert {row["target"] for row in rows} == {"own_nli", "own_bitext"}
    assert len(call("results", finished / "out", "--format", "csv").out.splitlines()) == 11


@pytest.mark.parametrize("by", ["target", "task", "language", "family", "script", "recipe"])
@pytest.mark.parametrize("form", MARKS)
def test_results_are_grouped_as_asked(call, finished, by, form):
    called = call("results", finished / "out", "--by", by, "--format", form)
    assert (called.code, called.err) == (0, "")
    assert called.out.strip()


def test_a_report_is_rebuilt_from_the_results_alone(call, finished, tmp_path):
    out = Path(shutil.copytree(finished / "out", tmp_path / "out"))
    page = (out / "report.html").read_text(encoding="utf-8")
    (out / "report.html").unlink()
    called = call("report", out)
    assert (called.code, called.out) == (0, f"{out / 'report.html'}\n")
    assert (out / "report.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize("verb", ["status", "results", "report"])
def test_a_folder_that_no_run_wrote_is_exit_code_2(call, tmp_path, verb):
    for folder in (tmp_path, tmp_path / "gone"):
        called = call(verb, folder)
        assert (called.code, called.out) == (2, "")
        assert "name the --out of a run" in called.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["run", "plan"])
@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"recipe": {}}, [], "unknown field 'recipe'"),
        ({"targets": {"own_nil": {}}}, [], "there is no task 'own_nil'"),
        ({"encoders": {"e": {"path": "gone"}}}, [], "there is no such encoder directory"),
        ({"targets": {"own_nli": {"test": "test[:0]"}}}, [], "own_nli test[:0] of en is empty"),
        ({}, ["--set", "seeds"], "an override has no value"),
        ({}, ["--data-dir", "gone"], "there is no such data folder"),
    ],
)
def test_wrong_input_is_exit_code_2_and_leaves_no_files(
    call, fresh, listing, monkeypatch, verb, changes, options, message
):
    monkeypatch.chdir(fresh)
    monkeypatch.setenv("HF_HOME", str(fresh / "hub"))
    write_study(fresh, changes)
    before = listing(fresh)
    called = call(verb, fresh / "study.yaml", *options)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("error: ")
    assert message in called.err
    assert "Traceback" not in called.err
    assert listing(fresh) == before


def test_an_encoder_that_cannot_be_had_stops_a_run_and_not_its_plan(call, fresh, listing, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(fresh / "hub"))
    write_study(fresh, {"encoders": {"e": {"hub": "nobody/nothing"}}})
    before = listing(fresh)
    ran = call("run", fresh / "study.yaml", "--out", fresh / "out", "--offline")
    assert (ran.code, ran.out) == (2, "")
    assert "the encoder cannot be had from the hub" in ran.err
    planned = call("plan", fresh / "study.yaml", "--out", fresh / "out", "--offline")
    assert (planned.code, planned.err) == (0, "")
    assert "not there: encoder e: nobody/nothing of the hub, not in the cache" in planned.out
    assert "a run fetches it" in call("plan", fresh / "study.yaml", "--out", fresh / "out").out
    assert listing(fresh) == before


def test_a_wrong_device_is_exit_code_2_and_leaves_no_files(call, fresh, listing):
    before = listing(fresh)
    called = call("run", fresh / "study.yaml", "--out", fresh / "out", "--device", "abacus")
    assert called.code == 2
    assert "there is no such device" in called.err
    assert listing(fresh) == before


def test_ray_that_is_not_installed_is_exit_code_2_and_says_how_to_have_it(call, fresh, listing, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "xstilts.executors.ray", raising=False)
    before = listing(fresh)
    called = call("run", fresh / "study.yaml", "--out", fresh / "out", "--executor", "ray")
    assert called.code == 2
    assert "Ray is not installed" in called.err
    assert "pip install 'xstilts[ray]'" in called.err
    assert listing(fresh) == before


def started(fresh: Path) -> BaseProcess:
    """A run that takes long, in a process of its own, at a step of its training; what it says goes to `fresh`."""
    write_study(fresh, {"recipes": {"direct": []}, "training": {**TINY["training"], "max_steps": 100_000}})
    places = ("--out", fresh / "out", "--device", "cpu", "--checkpoint-minutes", "0.001")
    process = start_xstilts(fresh, "run", fresh / "study.yaml", *places)
    deadline = time.monotonic() + 120
    while not checkpoints(fresh) and process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    return process


def ended(process: BaseProcess, fresh: Path) -> tuple[int | None, str]:
    """The exit code of a run that was asked to end, and what it said on standard error."""
    process.join(60)
    return process.exitcode, (fresh / "stderr").read_text(encoding="utf-8")


def checkpoints(fresh: Path) -> list[int]:
    return sorted(int(path.name.partition("-")[2]) for path in fresh.glob("out/../store/partial/*/*/checkpoint-*"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_asked_to_stop_keeps_its_step_and_says_how_to_go_on(call, fresh, number, code):
    process = started(fresh)
    running = call("status", fresh / "out")
    os.kill(process.pid, number)
    found, errors = ended(process, fresh)
    assert found == code, errors
    assert "stopping at the next step or batch" in errors
    assert errors.endswith("interrupted; run the same command again to go on from here\n")
    assert "Traceback" not in errors
    assert "running: train own_nli (seed 1)" in running.out
    assert call("status", fresh / "out").out.startswith("0 done, 0 running, 0 failed")
    assert len(checkpoints(fresh)) == 1


def test_a_run_that_is_asked_twice_ends_at_once(fresh):
    process = started(fresh)
    os.kill(process.pid, signal.SIGSTOP)  # both signals are there when it goes on
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
        os.kill(process.pid, number)
    code, errors = ended(process, fresh)
    assert code in (130, 143), errors
    assert errors.endswith("interrupted; run the same command again to go on from here\n")
    assert "Traceback" not in errors
