"""Stages as tasks of Ray on three nodes: the same table as in one process, whatever is lost on the way."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny_study import TINY, tiny_study, write_data, write_study, write_working_encoder

pytest.importorskip("ray", reason="needs Ray: pip install 'xstilts[ray]'")

import ray
from faults.campaign import cluster, kill, ports, ray_workers
from forks import start_xstilts

from xstilts.errors import InputError, RunError
from xstilts.executors.ray import OnRay, check_address
from xstilts.executors.watching import Watcher
from xstilts.journal import stage_states
from xstilts.results import Results
from xstilts.running import run_study
from xstilts.stage import DataRef, ScoreSpec, Stage, TrainSpec
from xstilts.stopping import StoppedError

LONGER = {"training": {**TINY["training"], "max_steps": 40, "dropout": 0.1}, "seeds": [1, 2]}


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    with cluster(3) as started:
        ray.init(address=started.address, log_to_driver=False, logging_level="ERROR")
        yield started
        ray.shutdown()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data, encoder, and the study as one process runs it."""
    folder = tmp_path_factory.mktemp("ray")
    write_data(folder)
    write_working_encoder(folder)
    run_study(tiny_study(folder, **LONGER), out=folder / "whole" / "out", device="cpu")
    return folder


class Watching(Watcher):
    """Remembers what it is told, and does something once, at the first word of a stage whose title begins so."""

    def __init__(self, title: str = "none", action: Callable[[], Any] = lambda: None) -> None:
        self.title, self.action = title, action
        self.began, self.steps = list[str](), list[str]()

    def started(self, stage: Stage) -> None:
        self.began.append(stage.title)
        self._at(stage)

    def progressed(self, stage: Stage, done: int, total: int, note: str) -> None:
        self.steps.append(stage.title)
        self._at(stage)

    def _at(self, stage: Stage) -> None:
        if stage.title.startswith(self.title):
            self.title = "never again"
            self.action()


def on_ray(prepared: Path, place: Path, watcher: Watcher | None = None, **changes: Any) -> Any:
    study = tiny_study(prepared, **{**LONGER, **changes})
    return run_study(
        study,
        out=place / "out",
        device="cpu",
        checkpoint_seconds=0.0,
        watcher=watcher,
        executor=OnRay(device="cpu"),
    ).table


def whole(prepared: Path) -> Any:
    return Results.read(prepared / "whole" / "out").table


# Ray's core may abort the process of a driver, without a word from Python, when its workers or nodes are killed. So the
# tests that kill belong to the long form: `pytest -m slow tests/executors`, one process.


def test_three_nodes_give_the_table_of_one_process_and_tell_of_every_stage(nodes, prepared, tmp_path):
    watcher = Watching()
    assert on_ray(prepared, tmp_path, watcher).equals(whole(prepared), null_equal=True)
    states = stage_states(tmp_path / "out")
    assert {state["state"] for state in states} == {"done"}
    assert Counter(watcher.began) == Counter(state["title"] for state in states)
    assert any(title.startswith("train") for title in watcher.steps)


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced_and_its_stage_goes_on(nodes, prepared, tmp_path):
    killed = []

    def kill_all() -> None:
        killed.extend(pid for pid in ray_workers() if kill(pid))

    watcher = Watching("train own_qa → own_nli", kill_all)
    assert on_ray(prepared, tmp_path, watcher).equals(whole(prepared), null_equal=True)
    assert killed
    assert len(watcher.began) > len(set(watcher.began)), "a stage was begun again"


@pytest.mark.slow
def test_a_node_that_dies_in_the_middle_loses_nothing(nodes, prepared, tmp_path):
    node = nodes.add_node(num_cpus=1, object_store_memory=80 * 2**20, **ports())
    watcher = Watching("train own_qa", lambda: nodes.remove_node(node, allow_graceful=False))
    assert on_ray(prepared, tmp_path, watcher).equals(whole(prepared), null_equal=True)
    assert watcher.title == "never again"
    until = time.monotonic() + 60  # the cluster notices it only after a while
    while len(alive := [node for node in ray.nodes() if node["Alive"]]) > 3 and time.monotonic() < until:
        time.sleep(0.2)
    assert len(alive) == 3


@pytest.mark.slow
def test_a_run_that_is_asked_to_stop_stops_its_workers_after_their_step_and_goes_on_later(nodes, prepared, tmp_path):
    watcher = Watching("train own_qa", lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(StoppedError) as raised:
        on_ray(prepared, tmp_path, watcher)
    assert raised.value.exit_code == 143
    events = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert {event["event"] for event in events} <= {"started", "finished"}
    assert {state["state"] for state in stage_states(tmp_path / "out")} != {"done"}

    def written() -> list[Path]:
        return sorted((tmp_path / "store").glob("*/*/stage.json")) + sorted((tmp_path / "store").rglob("checkpoint-*"))

    left = written()
    time.sleep(1.0)
    assert written() == left, "no worker goes on"
    assert on_ray(prepared, tmp_path).equals(whole(prepared), null_equal=True)


def test_a_stage_that_fails_on_a_worker_stops_only_what_needs_it(nodes, prepared, tmp_path):
    diverging = [{"task": "own_qa", "training": {"learning_rate": 1e30}}]
    with pytest.raises(RunError, match="lower the learning rate"):
        on_ray(prepared, tmp_path, recipes={"direct": [], "qa": diverging}, seeds=[1])
    states = Counter(state["state"] for state in stage_states(tmp_path / "out"))
    assert states == {"done": 7, "failed": 1, "skipped": 7}
    (failed,) = [state for state in stage_states(tmp_path / "out") if state["state"] == "failed"]
    assert (failed["title"], failed["cause"]) == ("train own_qa (seed 1)", "diverged")


def test_two_drivers_on_one_store_run_every_stage_once(nodes, prepared, tmp_path):
    tables = []
    places = {"store": tmp_path / "store", "device": "cpu", "executor": OnRay(device="cpu")}
    study = tiny_study(prepared, **LONGER)
    other = threading.Thread(target=lambda: tables.append(run_study(study, out=tmp_path / "a", **places).table))
    other.start()
    tables.append(run_study(study, out=tmp_path / "b", **places).table)
    other.join()
    assert all(table.equals(whole(prepared), null_equal=True) for table in tables)
    lines = [json.loads(line) for name in "ab" for line in (tmp_path / name / "log.jsonl").read_text().splitlines()]
    began = Counter(line["key"] for line in lines if line["event"] == "started")
    assert set(began.values()) == {1}


@pytest.mark.parametrize("sharded", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_stage_that_two_processes_of_a_worker_train_has_the_numbers_of_one(nodes, prepared, tmp_path, sharded):
    training = {**TINY["training"], "max_steps": 6, "evaluations": 6, "precision": "fp32"}
    changes = {"recipes": {"direct": []}, "targets": {"own_nli": {"evaluate": ["en"]}}, "training": training}
    courses = []
    for name, executor in (("one", None), ("two", OnRay(device="cpu", processes=2, sharded=sharded))):
        study = tiny_study(prepared, **changes)
        run_study(study, out=tmp_path / name, store=tmp_path / f"{name}-store", device="cpu", executor=executor)
        (record,) = (tmp_path / f"{name}-store" / "train").glob("*/stage.json")
        courses.append(json.loads(record.read_text())["training"])
    losses = [[evaluation["train_loss"] for evaluation in course["evaluations"]] for course in courses]
    assert len(losses[0]) == 6
    assert losses[1] == pytest.approx(losses[0], abs=1e-5)
    assert losses[1] != losses[0], "they were computed otherwise"


@pytest.mark.parametrize("asked", [{"gpus": 1.0}, {"cpus": 3.0}, {"memory": 1e6}])
def test_what_no_node_has_is_refused_and_not_waited_for(nodes, prepared, tmp_path, asked):
    study = tiny_study(prepared, **LONGER)
    with pytest.raises(InputError, match="no node of the cluster has what a stage asks for"):
        run_study(study, out=tmp_path / "out", device="cpu", executor=OnRay(device="cpu", **asked))


def test_one_process_of_a_stage_has_no_others_to_hold_parts(nodes, prepared, tmp_path):
    with pytest.raises(InputError, match="one process alone has no others"):
        run_study(
            tiny_study(prepared, **LONGER),
            out=tmp_path / "out",
            device="cpu",
            executor=OnRay(device="cpu", sharded=True),
        )


def test_scoring_asks_for_no_gpu_and_everything_else_for_what_was_said():
    asked = OnRay(gpus=0.25, cpus=2, memory=3)
    score = Stage(ScoreSpec("parent", DataRef("t", 1, {}, "en", "test", "d"), ("m",)), "score")
    train = Stage(TrainSpec("e", None, False, (), None, {}, 1, None), "train")
    assert asked.needs(score) == {"num_cpus": 1, "num_gpus": 0}
    assert asked.needs(train) == {"num_cpus": 2, "num_gpus": 0.25, "memory": 3e9}
    assert "memory" not in OnRay().needs(train)


def test_an_address_where_nothing_listens_is_refused_at_once():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InputError, match="Ray cannot be reached") as raised:
        check_address(f"127.0.0.1:{port}")
    assert f"127.0.0.1:{port}" in str(raised.value)
    assert "refused" in str(raised.value)


def test_a_server_that_is_not_ray_is_refused(loopback):
    host = loopback.url.removeprefix("http://")
    with pytest.raises(InputError, match="not the head of a Ray cluster"):
        check_address(host)


def test_a_server_that_says_nothing_is_refused_within_a_bound(monkeypatch):
    monkeypatch.setattr("xstilts.executors.ray._GREETING", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(InputError, match="timed out"):
        check_address(f"127.0.0.1:{silent.getsockname()[1]}")


@pytest.mark.parametrize("address", ["head", "head:", ":6379", "head:port", "head:70000"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InputError, match="no address of Ray"):
        check_address(address)


def test_the_head_of_a_cluster_is_known_by_its_greeting(nodes):
    check_address(nodes.address)
    check_address("auto")
    check_address(None)


def test_a_wrong_address_ends_a_run_before_a_stage(prepared, tmp_path):
    # In a process of its own, since this one is in a cluster.
    study = write_study(prepared, LONGER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    where = ("--executor", "ray", "--ray-address", address)
    process = start_xstilts(tmp_path, "run", study, "--out", tmp_path / "out", *where)
    process.join(300)
    said = (tmp_path / "stderr").read_text(encoding="utf-8")
    assert process.exitcode == 2, said
    assert address in said
    assert "Traceback" not in said
