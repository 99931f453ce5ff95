"""What is to be run: which stage may begin, and what the failure of one means for the others."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from xstilts.executors.attempt import Attempt
from xstilts.executors.failures import Failure
from xstilts.executors.watching import Watcher
from xstilts.plan import Plan
from xstilts.stage import Stage
from xstilts.store import Store


@dataclass
class Outcome:
    """What a run came to: keys of stages.

    Attributes:
        ran: Finished, now or by another process.
        failed: Key -> why.
        skipped: Not run because something they need failed: key -> key of what failed.
    """

    ran: list[str] = field(default_factory=list)
    failed: dict[str, Failure] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


class Agenda:
    """The stages that a plan still needs, given out as soon as what they start from is finished.

    Of several that may begin, the first of the plan is given out first, and last what other processes work on. After a
    full disk nothing more is.

    Args:
        plan: The plan.
        store: What is finished.
    """

    def __init__(self, plan: Plan, store: Store) -> None:
        needed = plan.needed(lambda stage: store.manifest(stage) is not None)
        self.outcome = Outcome()
        self._stages = {stage.key: stage for stage in needed}
        self._order = {key: at for at, key in enumerate(self._stages)}
        self._keys = list(self._stages)
        self._ready: list[int] = []
        self._left: deque[Stage] = deque()
        self._closed = False
        self._sorter: TopologicalSorter[str] = TopologicalSorter()
        for stage in needed:
            self._sorter.add(stage.key, *(key for key in stage.parents if key in self._stages))
        self._sorter.prepare()

    def take(self) -> Stage | None:
        """A stage that can be run now; None if there is none, for now or for good."""
        if self._closed:
            return None
        for key in self._sorter.get_ready():
            heapq.heappush(self._ready, self._order[key])
        if self._ready:
            return self._stages[self._keys[heapq.heappop(self._ready)]]
        return self._left.popleft() if self._left else None

    @property
    def left(self) -> int:
        """How many stages are left to other processes, beside one that was given out again."""
        return len(self._left)

    def leave(self, stage: Stage) -> None:
        """Another process works on a stage that was given out: it is given out again when nothing else can be run."""
        self._left.append(stage)

    def settle(self, stage: Stage, attempt: Attempt, watcher: Watcher) -> None:
        """Notes what a stage came to, and tells it.

        Args:
            stage: A stage that was given out.
            attempt: What it came to.
            watcher: Who is told.
        """
        if attempt.failure is None:
            self.outcome.ran.append(stage.key)
            self._sorter.done(stage.key)
            watcher.finished(stage, attempt.seconds, attempt.record)
            return
        self.outcome.failed[stage.key] = attempt.failure
        watcher.failed(stage, attempt.failure)
        self._closed = attempt.failure.cause == "disk_full"
        lost = {stage.key}
        for other in list(self._stages.values())[self._order[stage.key] + 1 :]:  # parents stand before children
            if other.key not in self.outcome.skipped and not lost.isdisjoint(other.parents):
                lost.add(other.key)
                self.outcome.skipped[other.key] = stage.key
                watcher.skipped(other, stage)
