"""One process beside others on one store: it does what they leave, and waits only when nothing is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_study import TINY, tiny_study, write_data, write_working_encoder

from xstilts.executors.local import run_plan
from xstilts.executors.watching import Watcher
from xstilts.executors.workbench import Workbench
from xstilts.planning.planner import make_plan
from xstilts.stage import Stage
from xstilts.stopping import StoppedError
from xstilts.store import Store
from xstilts.training.compute import Compute

CHANGES = {
    "recipes": {"direct": [], "qa": ["own_qa"]},
    "targets": {"own_nli": {"evaluate": ["en"]}},
    "training": {**TINY["training"], "max_steps": 1, "evaluations": 1},
}
DIRECT, QA = "train own_nli (seed 1)", "train own_qa (seed 1)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("local")
    write_data(path)
    write_working_encoder(path)
    return path


class Told(Watcher):
    """Keeps what it is told, and lets another process's lock go at an event."""

    def __init__(self, lock: Any = None, until: tuple[str, str] = ("", "")) -> None:
        self.events: list[tuple[str, str]] = []
        self._lock, self._until = lock, until

    def _note(self, event: str, stage: Stage) -> None:
        self.events.append((event, stage.title))
        if (event, stage.title) == self._until:
            self._lock.release()

    def started(self, stage: Stage) -> None:
        self._note("started", stage)

    def waiting(self, stage: Stage) -> None:
        self._note("waiting", stage)

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        self._note("finished", stage)


def bench_of(folder: Path, store: Path) -> Workbench:
    study = tiny_study(folder, **CHANGES)
    return Workbench(make_plan(study, None), Store(store), study.known_tasks, None, Compute.choose("cpu"), 1e9)


def held(bench: Workbench, title: str) -> Any:
    """The lock of a stage, as another process would hold it."""
    (key,) = [key for key, stage in bench.plan.stages.items() if stage.title == title]
    lock = Store(bench.store.root).lock(key)
    lock.acquire(timeout=0)
    return lock


def test_what_another_process_works_on_is_left_to_it_while_there_is_something_else(folder, tmp_path):
    bench = bench_of(folder, tmp_path)
    assert next(iter(bench.plan.stages.values())).title == DIRECT, "it would be the first"
    told = Told(held(bench, DIRECT), ("finished", QA))
    outcome = run_plan(bench, told)
    assert sorted(outcome.ran) == sorted(bench.plan.stages)
    trained = [title for event, title in told.events if event == "started" and title.startswith("train")]
    assert trained == [QA, "train own_qa → own_nli (seed 1)", DIRECT]
    assert [event for event in told.events if event[0] == "waiting"] == []


def test_it_waits_when_nothing_else_is_left_and_says_so_once(folder, tmp_path):
    bench = bench_of(folder, tmp_path)
    told = Told(held(bench, DIRECT), ("waiting", DIRECT))
    outcome = run_plan(bench, told)
    assert sorted(outcome.ran) == sorted(bench.plan.stages)
    waited = told.events.index(("waiting", DIRECT))
    assert told.events.count(("waiting", DIRECT)) == 1
    needs_it = {DIRECT, "predict own_nli en test by own_nli (seed 1)", "score own_nli en test by own_nli (seed 1)"}
    before = {title for event, title in told.events[:waited] if event == "finished"}
    assert before == {stage.title for stage in bench.plan.stages.values()} - needs_it


def test_what_a_stage_took_is_known_to_those_who_did_not_run_it(folder, tmp_path):
    from xstilts.records import collect_records

    first = bench_of(folder, tmp_path)
    run_plan(first, Watcher())
    study, other = tiny_study(folder, **CHANGES), bench_of(folder, tmp_path)
    costs = collect_records(study, other.plan, other.store).costs
    assert set(costs["kind"]) == {"train", "predict"}
    assert (costs["seconds"] > 0).all()


def test_a_run_that_waits_can_be_stopped(folder, tmp_path):
    bench = bench_of(folder, tmp_path)
    lock = held(bench, DIRECT)

    class Stopping(Told):
        def waiting(self, stage: Stage) -> None:
            bench.stop.signal = 2

    with pytest.raises(StoppedError):
        run_plan(bench, Stopping())
    lock.release()
