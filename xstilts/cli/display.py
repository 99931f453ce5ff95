"""What a person sees while a study runs: a bar per running stage, one line per training and per target's evaluation."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from xstilts.cli.evaluations import Evaluations
from xstilts.executors.watching import Watcher
from xstilts.stage import PredictSpec, ScoreSpec, Stage
from xstilts.wording import counted

if TYPE_CHECKING:
    from rich.status import Status

    from xstilts.executors.failures import Failure

_STOPPING = "stopping at the next step or batch, which is kept; once more ends at once"
_WHOLE = "stages"


class Display(Watcher):
    """Progress on a terminal; on anything else only the lines.

    Args:
        console: Where to show it.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = _Bars(console)
        self._all = self._progress.add_task(_WHOLE, total=None, note="")
        self._running: dict[str, TaskID] = {}
        self._evaluations = Evaluations(())
        self._status: Status | None = None

    def fetching(self, what: str) -> None:
        """One line."""
        self._line(f"[dim]{escape(what)}[/]")

    def reading(self, what: str) -> None:
        """A line that goes again, on a terminal alone."""
        if self._status is None:
            self._status = self._console.status("")
            self._status.start()
        self._status.update(escape(f"reading {what} …"))

    def begin(self, stages: Sequence[Stage], finished: int) -> None:
        """Says how much is to be done."""
        self._clear_status()
        self._progress.update(self._all, total=len(stages))
        self._evaluations = Evaluations(stages)
        for line in _announced(stages, finished, self._console.is_terminal):
            self._console.print(line, highlight=False, soft_wrap=True)
        if stages and self._console.is_terminal:
            self._progress.start()

    def started(self, stage: Stage) -> None:
        """Shows the stage's own bar, afresh if it is tried again."""
        self._remove_bar(stage)
        self._running[stage.key] = self._progress.add_task(stage.title, total=None, note="")

    def damaged(self, kind: str, key: str, files: list[str]) -> None:
        """One line."""
        self._line(f"[yellow]damaged: {kind}/{key}: {escape(', '.join(files))}; made again if it is needed[/]")

    def waiting(self, stage: Stage) -> None:
        """One line."""
        self._line(f"[dim]… another process works on {escape(stage.title)}; waiting for it[/]")

    def progressed(self, stage: Stage, done: int, total: int, note: str) -> None:
        """Moves the stage's bar."""
        if stage.key in self._running:
            self._progress.update(self._running[stage.key], completed=done, total=total, note=note)

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        """One line for training or translating; of predictions and scores, one when all of a target are done."""
        if not self._evaluations.finished(stage, seconds):
            at_chance = record.get("at_chance")
            warning = f"  [yellow]stayed at chance: {escape(', '.join(at_chance))}[/]" if at_chance else ""
            self._done(stage.title, seconds, warning)
        self._is_over(stage)

    def failed(self, stage: Stage, failure: Failure) -> None:
        """One line, and the reason."""
        self._line(f"[red]✗ {escape(stage.title)}[/]\n  {escape(failure.reason)}")
        self._is_over(stage)

    def skipped(self, stage: Stage, because: Stage) -> None:
        """One line less to come."""
        self._is_over(stage)

    def stopping(self) -> None:
        """One line, past all buffers; above the bars it would be painted over, so there it is one of them."""
        if self._progress.live.is_started:
            self._progress.notice = _STOPPING  # shown by the thread that paints
        else:
            os.write(2, f"\n{_STOPPING}\n".encode())

    def end(self) -> None:
        """Takes the bars away, and says of unfinished evaluations what they came to."""
        self._clear_status()
        if self._progress.live.is_started:
            self._progress.stop()
        for what, seconds in self._evaluations.begun():
            self._done(what, seconds)

    def _is_over(self, stage: Stage) -> None:
        for what, seconds in self._evaluations.over(stage):
            self._done(what, seconds)
        self._remove_bar(stage)
        self._progress.advance(self._all)

    def _remove_bar(self, stage: Stage) -> None:
        if stage.key in self._running:
            self._progress.remove_task(self._running.pop(stage.key))

    def _clear_status(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _done(self, what: str, seconds: float, warning: str = "") -> None:
        took = f"{seconds:.1f} s" if seconds else "by another process"
        self._line(f"[green]✓[/] {escape(what)}  [dim]{took}[/]{warning}")

    def _line(self, text: str) -> None:
        self._progress.console.print(text, highlight=False, soft_wrap=True)


def _announced(stages: Sequence[Stage], finished: int, at_terminal: bool) -> list[str]:
    """What is going to happen, in one or two lines."""
    if not stages:
        all_of_them = "the only stage is" if finished == 1 else f"all {finished:,} stages are"
        return [f"nothing is left to run: {all_of_them} finished"]
    kinds = [stage.kind for stage in stages]
    parts = [
        counted(count, name)
        for name, count in (("translation", kinds.count("translate")), ("training", kinds.count("train")))
        if count
    ]
    rest = kinds.count("predict") + kinds.count("score")
    languages = {stage.spec.data.language for stage in stages if isinstance(stage.spec, PredictSpec | ScoreSpec)}
    if rest:
        parts.append(f"{rest:,} predictions and scores in {counted(len(languages), 'language')}")
    kept = f"; {finished:,} finished or not needed" if finished else ""
    lines = [f"{len(stages):,} stages to run: {', '.join(parts)}{kept}"]
    return [*lines, "Ctrl-C is safe: the same command goes on from there"] if at_terminal else lines


class _Bars(Progress):
    """A line per running stage; of a line that is too narrow, titles and notes are cut, and no number is.

    Of all stages together no time that is left is shown: one may take a thousand times as long as another.
    """

    def __init__(self, console: Console) -> None:
        self.notice = ""
        super().__init__(
            _Cut("description"),
            BarColumn(bar_width=12, table_column=Column(no_wrap=True, min_width=12)),
            _Counter(table_column=Column(no_wrap=True, justify="right")),
            TimeElapsedColumn(table_column=Column(no_wrap=True)),
            _Left(table_column=Column(no_wrap=True)),
            _Cut("note"),
            console=console,
            transient=True,
        )

    def get_renderables(self) -> Iterable[RenderableType]:
        """The bars, and below them what there is to say."""
        yield from super().get_renderables()
        if self.notice:
            yield Text(self.notice, style="bold yellow")


class _Cut(ProgressColumn):
    """A text that may be cut; `description`, or a field of the task."""

    def __init__(self, what: str) -> None:
        self._what = what
        super().__init__(Column(overflow="ellipsis"))

    def render(self, task: Task) -> Text:
        text = task.description if self._what == "description" else task.fields[self._what]
        return Text(text, no_wrap=True, overflow="ellipsis")


class _Counter(ProgressColumn):
    """How much of how much."""

    def render(self, task: Task) -> Text:
        return Text("" if task.total is None else f"{int(task.completed)}/{int(task.total)}", style="green")


class _Left(TimeRemainingColumn):
    """The time that is left of a stage."""

    def render(self, task: Task) -> Text:
        left = Text("") if task.description == _WHOLE or task.total is None else super().render(task)
        return Text.assemble("left ", left) if left.plain else left
