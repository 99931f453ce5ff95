"""Who is told how a run goes. The base class listens and shows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xstilts.stage import Stage


class Watcher:
    """Override what you want to know."""

    def fetching(self, what: str) -> None:
        """Data files are about to be fetched, while the study is still being planned."""

    def begin(self, stages: int, finished: int) -> None:
        """So many stages are to be run; so many are finished already."""

    def started(self, stage: Stage) -> None:
        """A stage begins."""

    def damaged(self, kind: str, key: str, files: list[str]) -> None:
        """A finished stage, or a cache, has files that are missing, cut or changed; it will be made again if needed."""

    def waiting(self, stage: Stage) -> None:
        """Another process works on a stage; this one waits for it."""

    def progressed(self, done: int, total: int, note: str) -> None:
        """The running stage did so much of so much."""

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        """A stage is published; the record is what its `stage.json` says."""

    def failed(self, stage: Stage, reason: str, detail: str) -> None:
        """A stage could not be finished; the detail is for the log."""

    def end(self) -> None:
        """Nothing more will come."""
