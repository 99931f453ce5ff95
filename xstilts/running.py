"""Runs a study from its file to its report, and says what it does."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.durable import read_json, write_json, write_text
from xstilts.errors import InputError, RunError
from xstilts.plan import Plan
from xstilts.planning import make_plan
from xstilts.records import collect_records
from xstilts.results import Results, collect
from xstilts.store import Store
from xstilts.study import Study
from xstilts.task import require_gold
from xstilts.watching import Watcher

if TYPE_CHECKING:
    from xstilts.executors.local import Outcome
    from xstilts.stage import Stage


@dataclass(frozen=True)
class Places:
    """Where a study's things are.

    Attributes:
        out: The study's folder: study.yaml, plan.json, results.parquet, costs.parquet, dev.parquet, report.html,
            log.jsonl.
        store: Finished stages, shared between studies.
    """

    out: Path
    store: Path

    @classmethod
    def of(cls, study: Study, out: Path | None, store: Path | None) -> Places:
        """`runs/NAME` and `store` beside it, unless said."""
        out = out or Path("runs") / study.name
        return cls(out, store or out.parent / "store")


class _Logged(Watcher):
    """Passes events on to another watcher and writes each as a line of `log.jsonl`."""

    def __init__(self, screen: Watcher, path: Path) -> None:
        self._screen, self._path = screen, path

    def progressed(self, done: int, total: int, note: str) -> None:
        self._screen.progressed(done, total, note)

    def _write(self, event: str, stage: Stage, **more: Any) -> None:
        line = {"time": time.time(), "event": event, "key": stage.key, "kind": stage.kind, "title": stage.title, **more}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def waiting(self, stage: Stage) -> None:
        self._screen.waiting(stage)

    def started(self, stage: Stage) -> None:
        self._write("started", stage)
        self._screen.started(stage)

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        self._write("finished", stage, seconds=round(seconds, 3), collapsed=record.get("collapsed", []))
        self._screen.finished(stage, seconds, record)

    def failed(self, stage: Stage, reason: str, detail: str) -> None:
        self._write("failed", stage, reason=reason, detail=detail)
        self._screen.failed(stage, reason, detail)


def run_study(
    study: Study,
    data_dir: str | Path | None = None,
    out: str | Path | None = None,
    store: str | Path | None = None,
    *,
    offline: bool = False,
    device: str = "auto",
    checkpoint_seconds: float = 300.0,
    watcher: Watcher | None = None,
) -> Results:
    """Runs what is missing of a study, then writes its results and its report.

    Args:
        study: The study.
        data_dir: The folder with the original data files.
        out: The study's folder; `runs/NAME` unless said.
        store: Finished stages; `store` beside the study's folder unless said.
        offline: Nothing is fetched.
        device: `auto`, `cpu` or `cuda`.
        checkpoint_seconds: Time between checkpoints of a training stage.
        watcher: Who is told what happens.

    Returns:
        The results.

    Raises:
        InputError: Before anything is written, if the study or its data are wrong.
        RunError: After everything else was run and the results were written, if a stage failed.
    """
    from xstilts.compute import Compute
    from xstilts.executors.local import run_plan
    from xstilts.stages import Workbench

    places = Places.of(study, Path(out) if out else None, Path(store) if store else None)
    folder = Path(data_dir) if data_dir else None
    check_data_dir(folder)
    study = study.within(folder)
    watcher = watcher or Watcher()
    plan = make_plan(study, folder, offline, None if offline else watcher.fetching)
    compute = Compute.choose(device)
    check_readable(study, plan, folder)
    places.out.mkdir(parents=True, exist_ok=True)
    write_text(places.out / "study.yaml", study.effective_yaml(places.out))
    write_json(places.out / "plan.json", plan_json(plan, places))
    finished = Store(places.store)
    bench = Workbench(plan, finished, study.known_tasks, folder, compute, checkpoint_seconds)
    needed = len(plan.needed(lambda stage: finished.manifest(stage) is not None))
    watcher.begin(needed, len(plan.stages) - needed)
    try:
        outcome = run_plan(bench, _Logged(watcher, places.out / "log.jsonl"))
    finally:  # an interrupted run shows what it has
        watcher.end()
        note_translations(plan, finished)
        write_json(places.out / "plan.json", plan_json(plan, places))
        results = collect(study.name, plan, finished, study.known_tasks)
        results.write(places.out)
        collect_records(study, plan, finished, _events(places.out)).write(places.out)
    if results.table.height:
        write_page(places.out, results)
    _raise_failures(outcome, plan, places)
    return results


def check_data_dir(folder: Path | None) -> None:
    """The data folder, if one was named, exists."""
    if folder is not None and not folder.is_dir():
        raise InputError("there is no such data folder", where="--data-dir", found=folder)


def check_readable(study: Study, plan: Plan, folder: Path | None) -> None:
    """Reads all rows of the study once, so that a broken one is found before hours of training, not after.

    What is partial, or was left out by a reader, becomes a note of the plan.
    """
    for ref, labels in plan.data():
        task = study.known_tasks[ref.task]
        loaded = task.load(folder, ref.language, ref.split)
        if labels:
            require_gold(task, ref.language, ref.split, loaded.examples)
        for note in loaded.notes:
            plan.note(f"{task.name} {ref.language} {ref.split}: {note}")
        if not loaded.is_official:
            whole = f"{task.name} {ref.language} {ref.split.partition('[')[0]}"
            plan.note(f"{whole}: {loaded.found:,} rows; the official release has {loaded.official:,}")


def note_translations(plan: Plan, store: Store) -> None:
    """Notes what finished translations left out."""
    for stage in plan.stages.values():
        if stage.kind == "translate":
            manifest = store.manifest(stage) or {}
            for note in manifest.get("notes", []):
                plan.note(f"{stage.title}: {note}")


def plan_json(plan: Plan, places: Places) -> dict[str, Any]:
    """What `plan.json` holds: the stages, the notes, and where the store is."""
    return {
        "store": str(places.store.resolve()),
        "notes": plan.notes,
        "stages": [
            {"key": stage.key, "kind": stage.kind, "title": stage.title, "parents": stage.parents}
            for stage in plan.stages.values()
        ],
    }


def write_page(out: Path, results: Results | None = None) -> Path:
    """Writes the report page of a study's folder from its results alone.

    Raises:
        InputError: If the folder holds no results.
    """
    import yaml

    from xstilts.analysis.audit import read_audit
    from xstilts.report.page import write_report

    results = results or Results.read(out)
    if not (out / "study.yaml").is_file():
        raise InputError("the study's file is not beside its results", where=out, expected="study.yaml")
    study: Mapping[str, Any] = yaml.safe_load((out / "study.yaml").read_text(encoding="utf-8"))
    notes = read_json(out / "plan.json")["notes"] if (out / "plan.json").is_file() else []
    page = out / "report.html"
    baseline = str(study.get("baseline", "direct"))
    write_report(results.table, study, notes, page, baseline=baseline, audit=read_audit(out))
    return page


def baseline_of(out: Path) -> str:
    """The recipe that others are compared with, as the study's folder says."""
    import yaml

    path = out / "study.yaml"
    return str(yaml.safe_load(path.read_text(encoding="utf-8"))["baseline"]) if path.is_file() else "direct"


def _raise_failures(outcome: Outcome, plan: Plan, places: Places) -> None:
    if not outcome.failed:
        return
    lines = [f"{len(outcome.failed)} stages failed, {len(outcome.skipped)} that need them were not run:"]
    lines += [f"  {plan.stages[key].title}: {reason}" for key, reason in outcome.failed.items()]
    lines.append(f"  everything else is done, the log is {places.out / 'log.jsonl'}; mend the cause and run again")
    raise RunError("\n".join(lines))


def stage_states(out: Path) -> list[dict[str, Any]]:
    """What became of every stage of a run: key, kind, title, state (done, running, failed, waiting), maybe reason.

    Raises:
        InputError: If the folder is not that of a run.
    """
    path = out / "plan.json"
    if not path.is_file():
        raise InputError(
            "this is not the folder of a run", where=out, expected="plan.json", fix="name the --out of a run"
        )
    planned = read_json(path)
    store = Store(Path(planned["store"]))
    reasons: dict[str, str | None] = {}
    for event in _events(out):  # a stage that was started again has not failed yet
        reasons[event["key"]] = event.get("reason")
    done = {stage["key"] for stage in planned["stages"] if store.has(stage["kind"], stage["key"])}
    states = []
    for stage in reversed(planned["stages"]):  # children before parents: a parent is done with when its children are
        row: dict[str, Any] = {name: stage[name] for name in ("key", "kind", "title")}
        if stage["key"] in done:
            row["state"] = "done"
            done.update(stage.get("parents", ()))
        elif store.is_locked(stage["key"]):
            row["state"] = "running"
        elif reasons.get(stage["key"]):
            row |= {"state": "failed", "reason": reasons[stage["key"]]}
        else:
            row["state"] = "waiting"
        states.append(row)
    return states[::-1]


def _events(out: Path) -> list[dict[str, Any]]:
    """The log's lines; the last one may be cut if its process was killed."""
    path = out / "log.jsonl"
    events = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            events.append(json.loads(line))
        except ValueError:
            continue
    return events
