"""Runs a study from its file to its report, and says what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.data.sources import check_data_dir
from xstilts.durable import read_record, write_json, write_text
from xstilts.encoders.encoder import check_loadable
from xstilts.errors import InputError, RunError
from xstilts.executors.watching import Watcher
from xstilts.journal import Journal, incomplete, missing_cells, missing_notes
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.planning.repeats import Repeats
from xstilts.records import collect_records, made_with
from xstilts.results import Results, collect
from xstilts.samples import collect_samples, read_samples, write_samples
from xstilts.stopping import stopping_on_signals
from xstilts.store import Store
from xstilts.study import Study
from xstilts.task import require_gold
from xstilts.yaml_input import read_yaml

if TYPE_CHECKING:
    from xstilts.executors.agenda import Outcome
    from xstilts.executors.workbench import Workbench
    from xstilts.report.contents import Contents
    from xstilts.stage import DataRef
    from xstilts.task import LoadedSplit

    Executor = Callable[[Workbench, Watcher], Outcome]


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
        store = store or out.parent / "store"
        for option, folder in (("--out", out), ("--store", store)):
            there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
            if not there.is_dir():
                raise InputError("a file is in the way", where=option, found=there, expected="a folder, or a new name")
        return cls(out, store)


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
    executor: Executor | None = None,
    sharded: bool = False,
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
        executor: What runs the stages; in this process, one after the other, unless said.
        sharded: Of several processes that train together, each holds a part of the encoder only (FSDP).

    Returns:
        The results.

    Raises:
        InputError: Before anything is written, if the study or its data are wrong.
        RunError: After everything else was run and the results were written, if a stage failed.
        StoppedError: After SIGINT or SIGTERM, when the running step was finished and kept.
    """
    from xstilts.executors.local import run_plan
    from xstilts.executors.workbench import Workbench
    from xstilts.training.compute import Compute
    from xstilts.training.parallel import Processes

    places = Places.of(study, Path(out) if out else None, Path(store) if store else None)
    folder = Path(data_dir) if data_dir else None
    check_data_dir(folder)
    study = study.within(folder)
    watcher = watcher or Watcher()
    processes = Processes.launched(device, sharded)
    if executor is not None and processes.size > 1:
        raise InputError(
            "several processes were launched for one run, whose stages another executor would run",
            where="--executor",
            fix="leave out torchrun; with Ray, --gpus-per-stage says how many GPUs train a stage",
        )
    if executor is None and sharded and processes.size == 1:
        raise InputError(
            "one process alone has no others to hold parts of the encoder",
            where="--fsdp",
            fix="start several: torchrun --standalone --nproc-per-node 4 -m xstilts run …, or --executor ray "
            "--gpus-per-stage 4",
        )
    plan = processes.told_by_first(lambda: make_plan(study, folder, offline, None if offline else watcher.fetching))
    compute = Compute.choose(device)
    journal = Journal(watcher, places.out)
    finished = Store(places.store, journal.damaged)
    bench = Workbench(plan, finished, study.known_tasks, folder, compute, checkpoint_seconds)
    bench.study_file, bench.processes = places.out / "study.yaml", processes
    if not processes.is_first:
        _join(bench)
        return Results.read(places.out)
    with processes.dismissed():
        return _run_and_write(study, places, bench, journal, executor or run_plan)


def _join(bench: Workbench) -> None:
    """Does the part of a process that another one leads."""
    from xstilts.stages import join_training

    with stopping_on_signals() as bench.stop:
        join_training(bench)


def _run_and_write(study: Study, places: Places, bench: Workbench, watcher: Watcher, execute: Executor) -> Results:
    """Runs what is missing, and writes results and report."""
    plan, store = bench.plan, bench.store
    data: list[dict[str, Any]] = []
    check_readable(
        study, plan, bench.data_dir, lambda ref, loaded: data.append(_read_rows(ref, loaded)), watcher.reading
    )
    if plan.needed(lambda stage: store.manifest(stage) is not None):
        for folder in plan.encoders.values():
            check_loadable(folder)
    planned = {**plan_json(plan, places), "data": data, "missing": missing_cells(plan, store, places.out)}
    places.out.mkdir(parents=True, exist_ok=True)
    write_text(places.out / "study.yaml", study.effective_yaml(places.out))
    write_json(places.out / "plan.json", planned)
    store.remove_leftovers(plan.stages.values())
    needed = plan.needed(lambda stage: store.manifest(stage) is not None)
    watcher.begin(needed, len(plan.stages) - len(needed))
    try:
        with stopping_on_signals(watcher.stopping) as bench.stop, store.used_by(places.out):
            outcome = execute(bench, watcher)
    finally:  # an interrupted run shows what it has
        watcher.end()
        results = _write_results(study, plan, places, store, data)
    if results.table.height:
        write_samples(collect_samples(plan, store, study.known_tasks, lambda ref: bench.rows(ref).examples), places.out)
        write_page(places.out, results)
    _raise_failures(outcome, plan, places)
    return results


def _read_rows(ref: DataRef, loaded: LoadedSplit) -> dict[str, Any]:
    """What was read, for `plan.json`."""
    names = {name: getattr(ref, name) for name in ("task", "language", "split", "digest")}
    return {**names, "rows": len(loaded.examples), "found": loaded.found, "official": loaded.official}


def _write_results(study: Study, plan: Plan, places: Places, store: Store, data: list[dict[str, Any]]) -> Results:
    """Writes the long table, and into the plan what it lacks and why."""
    note_translations(plan, store)
    results = collect(study.name, plan, store, study.known_tasks)
    missing = missing_cells(plan, store, places.out)
    made = {"made_with": made_with(plan, store)}
    try:
        write_json(places.out / "plan.json", {**plan_json(plan, places), "data": data, "missing": missing, **made})
        results.write(places.out)
        collect_records(study, plan, store).write(places.out)
    except Exception as error:  # of several kinds, for each library tells of a full disk in its own way
        from xstilts.executors.failures import is_disk_full, no_space

        if not is_disk_full(error):
            raise
        raise RunError(no_space(places.out), cause="disk_full") from error
    return results


def check_readable(
    study: Study,
    plan: Plan,
    folder: Path | None,
    look: Callable[[DataRef, LoadedSplit], None] | None = None,
    announce: Callable[[str], None] = lambda what: None,
) -> None:
    """Reads all rows of the study once, so that a broken one is found before hours of training, not after.

    What is partial, or was left out by a reader, becomes a note of the plan.

    Args:
        study: The study.
        plan: Its plan.
        folder: The folder with the original data files.
        look: Gets the rows of each.
        announce: Is told what is read next.
    """
    repeats = Repeats(plan, study.tasks)
    for ref, labels in plan.data():
        task = study.known_tasks[ref.task]
        announce(f"{task.name} {ref.split} ({ref.language})")
        loaded = task.load(folder, ref.language, ref.split)
        if labels:
            require_gold(task, ref.language, ref.split, loaded.examples)
        if look is not None:
            look(ref, loaded)
        repeats.look(ref, loaded)
        for note in loaded.notes:
            plan.note(f"{task.name} {ref.language} {ref.split}: {note}")
        if not loaded.is_official:
            whole = f"{task.name} {ref.language} {ref.split.partition('[')[0]}"
            plan.note(f"{whole}: {loaded.found:,} rows; the official release has {loaded.official:,}")
    for note in repeats.notes():
        plan.note(note)


def note_translations(plan: Plan, store: Store) -> None:
    """Notes what finished translations left out."""
    for stage in plan.stages.values():
        if stage.kind == "translate":
            manifest = store.manifest(stage) or {}
            for note in manifest.get("notes", []):
                plan.note(f"{stage.title}: {note}")


def plan_json(plan: Plan, places: Places) -> dict[str, Any]:
    """What `plan.json` holds: the stages, the features that they read, the notes, and where the store is."""
    from xstilts.planning.feature_cache import features_of

    return {
        "store": str(places.store.resolve()),
        "notes": plan.notes,
        "features": features_of(plan),
        "stages": [
            {"key": stage.key, "kind": stage.kind, "title": stage.title, "parents": stage.parents}
            for stage in plan.stages.values()
        ],
    }


def read_contents(out: Path, results: Results | None = None) -> Contents:
    """What there is to report of a study's folder.

    Args:
        out: The study's folder.
        results: Its results, if they were read before.

    Raises:
        InputError: If the folder holds no results.
    """
    from xstilts.analysis.audit import read_audit
    from xstilts.records import Records
    from xstilts.report.contents import Contents

    results = results or Results.read(out)
    if not (out / "study.yaml").is_file():
        raise InputError(
            "the study's file is not beside its results",
            where=out,
            expected="study.yaml",
            fix="run the study again: what is finished is kept",
        )
    study = read_yaml(out / "study.yaml", "the study that was run").data
    plan = read_record(out / "plan.json") if (out / "plan.json").is_file() else {}
    return Contents.of(
        results.table,
        study,
        Records.read(out),
        notes=[*missing_notes(plan.get("missing", [])), *plan.get("notes", [])],
        audit=read_audit(out),
        made_with=plan.get("made_with", {}),
        data=plan.get("data", []),
        samples=read_samples(out),
        incomplete=incomplete(out, results.table) or "",
    )


def write_page(out: Path, results: Results | None = None) -> Path:
    """Writes the report page of a study's folder from its results alone.

    Raises:
        InputError: If the folder holds no results.
    """
    from xstilts.report.page import write_report

    page = out / "report.html"
    write_report(read_contents(out, results), page)
    return page


def baseline_of(out: Path) -> str:
    """The recipe that others are compared with, as the study's folder says."""
    path = out / "study.yaml"
    return str(read_yaml(path, "the study that was run").data.get("baseline", "direct")) if path.is_file() else "direct"


def _raise_failures(outcome: Outcome, plan: Plan, places: Places) -> None:
    if not outcome.failed:
        return
    lines = [f"{len(outcome.failed)} stages failed, {len(outcome.skipped)} that need them were not run:"]
    lines += [f"  {plan.stages[key].title}: {failure.reason}" for key, failure in outcome.failed.items()]
    full = any(failure.cause == "disk_full" for failure in outcome.failed.values())
    rest = "nothing more was tried" if full else "everything else is done"
    lines.append(f"  {rest}, the log is {places.out / 'log.jsonl'}; mend the cause and run again")
    raise RunError("\n".join(lines))
