"""What a person sees while a study runs: a bar with the time left per stage, one line per finished stage."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from xstilts.executors.watching import Watcher
from xstilts.stage import Stage

if TYPE_CHECKING:
    from xstilts.executors.failures import Failure


class Display(Watcher):
    """Progress on a terminal; on anything else only the lines.

    Args:
        console: Where to show it.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            transient=True,
        )
        self._all = self._progress.add_task("stages", total=None, note="")
        self._running: dict[str, TaskID] = {}

    def fetching(self, what: str) -> None:
        """One line."""
        self._line(f"[dim]{escape(what)}[/]")

    def begin(self, stages: int, finished: int) -> None:
        """Says how much is to be done."""
        self._progress.update(self._all, total=stages)
        kept = f"; {finished:,} finished or not needed" if finished else ""
        self._console.print(f"{stages:,} stages to run{kept}")
        if self._console.is_terminal:
            self._progress.start()

    def started(self, stage: Stage) -> None:
        """Shows the stage's own bar, afresh if it is tried again."""
        self._remove_bar(stage)
        self._running[stage.key] = self._progress.add_task(escape(stage.title), total=None, note="")

    def damaged(self, kind: str, key: str, files: list[str]) -> None:
        """One line."""
        self._line(f"[yellow]damaged: {kind}/{key}: {escape(', '.join(files))}; made again if it is needed[/]")

    def waiting(self, stage: Stage) -> None:
        """One line."""
        self._line(f"[dim]… another process works on {escape(stage.title)}; waiting for it[/]")

    def progressed(self, stage: Stage, done: int, total: int, note: str) -> None:
        """Moves the stage's bar."""
        if stage.key in self._running:
            self._progress.update(self._running[stage.key], completed=done, total=total, note=escape(note))

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        """One line."""
        at_chance = record.get("at_chance")
        warning = f"  [yellow]stayed at chance: {escape(', '.join(at_chance))}[/]" if at_chance else ""
        self._line(f"[green]✓[/] {escape(stage.title)}  [dim]{seconds:.1f} s[/]{warning}")
        self._is_over(stage)

    def failed(self, stage: Stage, failure: Failure) -> None:
        """One line, and the reason."""
        self._line(f"[red]✗ {escape(stage.title)}[/]\n  {escape(failure.reason)}")
        self._is_over(stage)

    def skipped(self, stage: Stage, because: Stage) -> None:
        """One line less to come."""
        self._is_over(stage)

    def stopping(self) -> None:
        """One line, past all buffers."""
        os.write(2, b"\nstopping at the next step or batch, which is kept; once more ends at once\n")

    def end(self) -> None:
        """Takes the bars away."""
        self._progress.stop()

    def _is_over(self, stage: Stage) -> None:
        self._remove_bar(stage)
        self._progress.advance(self._all)

    def _remove_bar(self, stage: Stage) -> None:
        if stage.key in self._running:
            self._progress.remove_task(self._running.pop(stage.key))

    def _line(self, text: str) -> None:
        self._progress.console.print(text, highlight=False, soft_wrap=True)
