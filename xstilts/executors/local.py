"""Runs a plan in one process, stage by stage; what is finished is not run again, a failure stops only what needs it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xstilts.errors import XstiltsError
from xstilts.stage import Stage
from xstilts.stages import Workbench, run_stage
from xstilts.watching import Watcher


@dataclass
class Outcome:
    """What a run came to: keys of stages.

    Attributes:
        ran: Finished now.
        failed: Key -> reason.
        skipped: Not run because something they need failed.
    """

    ran: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def run_plan(
    bench: Workbench, watcher: Watcher, run: Callable[[Stage, Workbench], dict[str, Any]] = run_stage
) -> Outcome:
    """Runs every needed stage in the order of the plan.

    Args:
        bench: Plan, store, data and device.
        watcher: Is told what happens.
        run: What runs one stage.
    """
    outcome = Outcome()
    bench.progress = watcher.progressed
    bench.store.remove_leftovers(bench.plan.stages.values())
    for stage in bench.plan.needed(lambda stage: bench.store.manifest(stage) is not None):
        if any(parent in outcome.failed or parent in outcome.skipped for parent in stage.parents):
            outcome.skipped.append(stage.key)
            continue
        lock = bench.store.lock(stage.key)
        if bench.store.is_locked(stage.key):
            watcher.waiting(stage)
        with lock:
            manifest = bench.store.manifest(stage)
            if manifest is not None:  # another process was faster
                watcher.finished(stage, 0.0, manifest)
                continue
            watcher.started(stage)
            began = time.monotonic()
            try:
                record = run(stage, bench)
            except Exception as error:
                reason = str(error) if isinstance(error, XstiltsError) else f"{type(error).__name__}: {error}"
                outcome.failed[stage.key] = reason
                watcher.failed(stage, reason, traceback.format_exc())
            else:
                outcome.ran.append(stage.key)
                watcher.finished(stage, time.monotonic() - began, record)
    return outcome
