"""How long the stages of a plan take: paces of finished stages, or of a few steps that are run to be timed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from xstilts.catalogue import Tasks
from xstilts.data.splits import SplitSlice
from xstilts.plan import Plan
from xstilts.planning.workload import Pace, Work, Workload
from xstilts.stage import DataRef, PredictSpec, Stage, TrainedTask, TrainSpec
from xstilts.store import Store

if TYPE_CHECKING:
    from xstilts.training.compute import Compute

_TIMED_STEPS = 4
_FORTH = 1 / 3
"""What going forth takes of going forth and back: a backward pass has twice the products of a forward pass."""

Pacing = tuple[str, str, int, int, int | None]
"""What stages of one pace have in common: encoder, kinds of task, longest sequence, rows a step, frozen layers."""


def pacing_of(spec: TrainSpec) -> Pacing:
    """What the pace of a training stage depends on, beside the device."""
    kinds = "+".join(sorted({task.train[0].kind["kind"] for task in spec.tasks}))
    said = spec.settings
    return spec.encoder, kinds, said["max_length"], said["batch_size"], said.get("frozen_layers")


@dataclass(frozen=True)
class Paces:
    """Seconds per trained piece.

    Attributes:
        known: Pacing -> seconds.
        source: Where they come from, in words.
    """

    known: dict[Pacing, float]
    source: str

    def seconds(self, stage: Stage, work: Work) -> float | None:
        """The time that a stage takes; None if no stage with its encoder has a pace.

        Where no stage of its own kind has one, the median of those with its encoder counts.
        """
        if not isinstance(stage.spec, TrainSpec | PredictSpec):
            return None
        own = self.known.get(pacing_of(stage.spec)) if isinstance(stage.spec, TrainSpec) else None
        alike = [pace for pacing, pace in self.known.items() if pacing[0] == stage.spec.encoder]
        if own is None and not alike:
            return None
        return (median(alike) if own is None else own) * (work.trained + _FORTH * work.read)


def paces_of_finished(plan: Plan, store: Store, workload: Workload) -> Paces:
    """The paces that finished stages of the plan had."""
    found: dict[Pacing, list[float]] = {}
    devices: set[str] = set()
    for stage in plan.stages.values():
        record = store.record(stage) if isinstance(stage.spec, TrainSpec) else None
        seconds = (record or {}).get("seconds_per_step")
        work = workload.work(stage) if seconds else None
        if record is not None and seconds and work is not None and isinstance(stage.spec, TrainSpec):
            pieces = (work.trained + _FORTH * work.read) / work.steps
            found.setdefault(pacing_of(stage.spec), []).append(seconds / pieces)
            devices.add(record["device"])
    paces = {pacing: median(values) for pacing, values in found.items()}
    return Paces(paces, f"the pace of finished stages on {' and '.join(sorted(devices))}")


def measured_paces(stages: Iterable[Stage], plan: Plan, tasks: Tasks, data_dir: Path | None, device: str) -> Paces:
    """Times a few steps of each kind of training among some stages, on the first of their rows.

    Stages whose encoder or rows are not there are not timed. Nothing is left behind.

    Args:
        stages: The stages to be run.
        plan: Their plan.
        tasks: The tasks that the study knows.
        data_dir: The folder with the original data files.
        device: `auto`, `cpu` or `cuda`.
    """
    from xstilts.training.compute import Compute

    compute = Compute.choose(device)
    found: dict[Pacing, float] = {}
    with tempfile.TemporaryDirectory(prefix="xstilts-timed-") as folder:
        for stage in stages:
            spec = stage.spec
            if not isinstance(spec, TrainSpec) or spec.encoder not in plan.encoders or pacing_of(spec) in found:
                continue
            shortened = _shortened(spec)
            if shortened is not None:
                found[pacing_of(spec)] = _timed(
                    Stage(shortened, f"time {stage.title}"), plan, tasks, data_dir, compute, folder
                )
    return Paces(found, f"a few steps of each kind on {compute.device}")


def _shortened(spec: TrainSpec) -> TrainSpec | None:
    """A stage of a few steps on the first rows of each task; None if a task has none that are there."""
    tasks = []
    for task in spec.tasks:
        there = [ref for ref in task.train if ref.translation is None and not ref.is_absent]
        if not there:
            return None
        tasks.append(TrainedTask(task.task, (_first(there[0], _TIMED_STEPS * spec.settings["batch_size"]),), None))
    settings = {
        **spec.settings, "max_steps": _TIMED_STEPS, "evaluations": 1, "patience": None, "collapse_retries": 0,
    }  # fmt: skip
    return replace(spec, parent=None, keep_head=False, tasks=tuple(tasks), settings=settings)


def _first(ref: DataRef, rows: int) -> DataRef:
    return replace(ref, split=str(SplitSlice(SplitSlice.parse(ref.split).name, None, str(rows))))


def _timed(stage: Stage, plan: Plan, tasks: Tasks, data_dir: Path | None, compute: Compute, folder: str) -> float:
    """Seconds per trained piece; the first step, which finds its memory, is left out."""
    from xstilts.executors.workbench import Workbench
    from xstilts.stages import run_stage

    store = Store(Path(folder))
    short = Plan(encoders=plan.encoders)
    short.add(stage)
    pace = Pace(lambda done, total, note: None)
    bench = Workbench(short, store, tasks, data_dir, compute, progress=pace)
    run_stage(stage, bench)
    work = Workload(short, tasks, data_dir, store).work(stage)
    assert work is not None
    assert pace.seconds_per_step is not None
    return pace.seconds_per_step * work.steps / work.trained
