"""Runs a plan in one process, stage by stage, in the order of the plan."""

from __future__ import annotations

from xstilts.executors.agenda import Agenda, Outcome
from xstilts.executors.attempt import attempt
from xstilts.executors.watching import Watcher
from xstilts.executors.workbench import Workbench


def run_plan(bench: Workbench, watcher: Watcher) -> Outcome:
    """Runs every needed stage; one that fails stops only what needs it.

    Args:
        bench: Plan, store, data and device.
        watcher: Is told what happens.

    Raises:
        StoppedError: If the run is asked to stop.
    """
    agenda = Agenda(bench.plan, bench.store)
    while (stage := agenda.take()) is not None:
        bench.stop.check()
        agenda.settle(stage, attempt(stage, bench, watcher), watcher)
    return agenda.outcome
