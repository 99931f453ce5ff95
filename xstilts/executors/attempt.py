"""One attempt at one stage, under its lock: a record, or the reason why there is none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Runs a stage, unless another process finishes it first.

    Args:
        stage: The stage.
        bench: What it works with.
        watcher: Is told when it waits, starts and gets on.

    Raises:
        StoppedError: If the run is asked to stop.
    """
    bench.progress = partial(watcher.progressed, stage)
    with _locked(stage, bench, watcher):
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


@contextmanager
def _locked(stage: Stage, bench: Workbench, watcher: Watcher) -> Iterator[None]:
    """Holds the stage's lock; while another process has it, the run can still be stopped."""
    lock = bench.store.lock(stage.key)
    patience = 0.0
    while True:
        try:
            lock.acquire(timeout=patience)
            break
        except Timeout:
            if not patience:
                watcher.waiting(stage)
            patience = 1.0
            bench.stop.check()
    try:
        yield
    finally:
        lock.release()
