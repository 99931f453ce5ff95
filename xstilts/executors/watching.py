"""Who is told how a run goes. The base class listens and shows nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xstilts.executors.failures import Failure
    from xstilts.stage import Stage


class Watcher:
    """Override what you want to know. Several stages may run at a time."""

    def fetching(self, what: str) -> None:
        """Data files are about to be fetched, while the study is still being planned."""

    def reading(self, what: str) -> None:
        """Rows are about to be read and checked, before anything is run."""

    def begin(self, stages: Sequence[Stage], finished: int) -> None:
        """These stages are to be run; so many are finished already, or not needed."""

    def started(self, stage: Stage) -> None:
        """A stage begins."""

    def damaged(self, kind: str, key: str, files: list[str]) -> None:
        """A finished stage, or a cache, has files that are missing, cut or changed; it will be made again if needed."""

    def waiting(self, stage: Stage) -> None:
        """Another process works on a stage; this one waits for it."""

    def progressed(self, stage: Stage, done: int, total: int, note: str) -> None:
        """A running stage did so much of so much."""

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        """A stage is published; the record is what its `stage.json` says."""

    def failed(self, stage: Stage, failure: Failure) -> None:
        """A stage could not be finished."""

    def skipped(self, stage: Stage, because: Stage) -> None:
        """A stage is not run, because one that it needs failed."""

    def stopping(self) -> None:
        """The run was asked to stop and will, soon.

        Called by a signal's handler or by another thread: buffered streams are taboo.
        """

    def end(self) -> None:
        """Nothing more will come."""
