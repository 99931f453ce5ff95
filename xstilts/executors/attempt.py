"""One attempt at one stage, under its lock: a record, or the reason why there is none."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from filelock import Timeout

from xstilts.executors.failures import Failure, failure_of
from xstilts.executors.watching import Watcher
from xstilts.executors.workbench import Workbench
from xstilts.stage import Stage
from xstilts.stages import run_stage
from xstilts.stopping import StoppedError


@dataclass(frozen=True)
class Attempt:
    """What an attempt came to.

    Attributes:
        seconds: How long it took; 0 if another process had finished the stage.
        record: What `stage.json` says beside the stage's identity.
        failure: Why there is no record.
    """

    seconds: float = 0.0
    record: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None


def attempt(stage: Stage, bench: Workbench, watcher: Watcher) -> Attempt:
    """Runs a stage, or waits until another process that has it has finished it.

    Args:
        stage: The stage.
        bench: What it works with.
        watcher: Is told when it waits, starts and gets on.

    Raises:
        StoppedError: If the run is asked to stop.
    """
    if (found := attempt_unless_taken(stage, bench, watcher)) is not None:
        return found
    watcher.waiting(stage)
    while (found := attempt_unless_taken(stage, bench, watcher, patience=1.0)) is None:
        bench.stop.check()
    return found


def attempt_unless_taken(stage: Stage, bench: Workbench, watcher: Watcher, patience: float = 0.0) -> Attempt | None:
    """Runs a stage; None if another process has it.

    Args:
        stage: The stage.
        bench: What it works with.
        watcher: Is told when it starts and gets on.
        patience: Seconds to wait for the other process.

    Raises:
        StoppedError: If the run is asked to stop.
    """
    bench.progress = partial(watcher.progressed, stage)
    try:
        held = bench.store.lock(stage.key).acquire(timeout=patience)
    except Timeout:
        return None
    with held:
        if (manifest := bench.store.manifest(stage)) is not None:
            return Attempt(record=manifest)
        watcher.started(stage)
        began = time.monotonic()
        try:
            record = run_stage(stage, bench)
        except StoppedError:
            raise
        except Exception as error:
            return Attempt(time.monotonic() - began, failure=failure_of(error, stage, bench))
        return Attempt(time.monotonic() - began, record)
