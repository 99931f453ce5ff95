"""What a person sees while a study runs: a bar with the time left per stage, one line per finished stage."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from xstilts.stage import Stage
from xstilts.watching import Watcher


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
        self._stage = self._progress.add_task("", total=None, visible=False, note="")

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
        """Shows the stage's own bar."""
        self._progress.reset(self._stage, total=None, visible=True, description=escape(stage.title), note="")

    def damaged(self, kind: str, key: str, files: list[str]) -> None:
        """One line."""
        self._line(f"[yellow]damaged: {kind}/{key}: {escape(', '.join(files))}; made again if it is needed[/]")

    def waiting(self, stage: Stage) -> None:
        """One line."""
        self._line(f"[dim]… another process works on {escape(stage.title)}; waiting for it[/]")

    def progressed(self, done: int, total: int, note: str) -> None:
        """Moves the stage's bar."""
        self._progress.update(self._stage, completed=done, total=total, note=escape(note))

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        """One line."""
        at_chance = record.get("at_chance")
        warning = f"  [yellow]stayed at chance: {escape(', '.join(at_chance))}[/]" if at_chance else ""
        self._line(f"[green]✓[/] {escape(stage.title)}  [dim]{seconds:.1f} s[/]{warning}")
        self._progress.advance(self._all)

    def failed(self, stage: Stage, reason: str, detail: str) -> None:
        """One line, and the reason."""
        self._line(f"[red]✗ {escape(stage.title)}[/]\n  {escape(reason)}")
        self._progress.advance(self._all)

    def end(self) -> None:
        """Takes the bars away."""
        self._progress.stop()

    def _line(self, text: str) -> None:
        self._progress.console.print(text, highlight=False, soft_wrap=True)
