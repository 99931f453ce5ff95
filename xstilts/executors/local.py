"""Runs a plan in one process, stage by stage, in the order of the plan but for stages that other processes work on."""

from __future__ import annotations

from collections import Counter

from xstilts.executors.agenda import Agenda, Outcome
from xstilts.executors.attempt import attempt_unless_taken
from xstilts.executors.watching import Watcher
from xstilts.executors.workbench import Workbench

_PATIENCE = 1.0  # seconds in which one looks once at every stage that is left to another process


def run_plan(bench: Workbench, watcher: Watcher) -> Outcome:
    """Runs every needed stage; one that fails stops only what needs it.

    What another process with the same store works on is left to it: it is waited for when nothing else can be run.

    Args:
        bench: Plan, store, data and device.
        watcher: Is told what happens.

    Raises:
        StoppedError: If the run is asked to stop.
    """
    agenda = Agenda(bench.plan, bench.store)
    met: Counter[str] = Counter()  # how often a stage was found in other hands
    while (stage := agenda.take()) is not None:
        bench.stop.check()
        patience = _PATIENCE / (agenda.left + 1) if met[stage.key] else 0.0
        found = attempt_unless_taken(stage, bench, watcher, patience)
        if found is not None:
            agenda.settle(stage, found, watcher)
            continue
        agenda.leave(stage)
        met[stage.key] += 1
        if met[stage.key] == 2:  # the first time there was something else to do
            watcher.waiting(stage)
    return agenda.outcome
