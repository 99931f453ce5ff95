"""`xstilts plan`: what would run, what is finished, what is shared, and how much work and time it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xstilts.cli.options import DataDir, Json, Offline, Out, Overrides, StoreDir, StudyFile
from xstilts.wording import counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from xstilts.executors.pacing import Paces
    from xstilts.plan import Absence, Plan
    from xstilts.planning.workload import Workload
    from xstilts.stage import Stage
    from xstilts.store import Store
    from xstilts.study import Study

_SHOWN_NAMES = 3
_TRAINING = ("translate", "train")
_AMOUNTS = ("steps", "pieces", "seconds")
_LONG = 40
"""Lines of a table beyond which what ends chains of the same recipe is one line."""
_WIDEST = 44

_Group = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Name, recipes and targets of stages that differ in the seed alone."""


def plan(
    study: StudyFile,
    data_dir: DataDir = None,
    out: Out = None,
    store: StoreDir = None,
    overrides: Overrides = None,
    offline: Offline = False,
    measure: Annotated[bool, typer.Option("--measure", help="Time a few steps of each kind of training here.")] = False,
    device: Annotated[str, typer.Option(metavar="DEVICE", help="With --measure: auto, cpu or cuda.")] = "auto",
    as_json: Json = False,
) -> None:
    """Shows what would run, what is finished, what recipes and targets share, and how much work it is.

    Trains, predicts and fetches nothing; with --measure, times a few steps. What is not there is named, and does not
    hinder the plan. Steps and pieces with ~ are estimated from some rows; times come from finished stages of the same
    encoder, or from --measure.
    """
    from rich.console import Console

    with Console(stderr=True).status("planning …") as status:  # shows nothing where there is no terminal
        loaded, made, rows, paces = _planned(
            study, data_dir, out, store, overrides or (), offline, device if measure else None, status
        )
    if as_json:
        absences = [asdict(absence) for absence in made.absences.values()]
        known = {"stages": [row.to_json() for row in rows], "notes": made.notes, "absences": absences}
        typer.echo(json.dumps({**known, "paces": paces.source if paces.known else None}, indent=1, ensure_ascii=False))
    else:
        _show(loaded, made, rows, paces)


def _planned(
    study: Path,
    data_dir: Path | None,
    out: Path | None,
    store: Path | None,
    overrides: Sequence[str],
    offline: bool,
    device: str | None,
    status: Status,
) -> tuple[Study, Plan, list[_Row], Paces]:
    """Study, plan, its stages with their work, and the paces that times come from; `device` is that of `--measure`."""
    from rich.markup import escape

    from xstilts.data.sources import check_data_dir
    from xstilts.planning.planner import make_plan
    from xstilts.planning.workload import Workload
    from xstilts.running import Places, check_readable, note_translations
    from xstilts.store import Store
    from xstilts.study import Study

    def tell(what: str) -> None:
        status.update(escape(f"{what} …"))

    check_data_dir(data_dir)
    loaded = Study.from_yaml(study, overrides).within(data_dir)
    made = make_plan(loaded, data_dir, offline, draft=True)
    finished = Store(Places.of(loaded, out, store).store)
    workload = Workload(made, loaded.known_tasks, data_dir, finished)
    check_readable(loaded, made, data_dir, workload.look, lambda what: tell(f"reading {what}"))
    note_translations(made, finished)
    needed = made.needed(lambda stage: finished.has(stage.kind, stage.key))
    tell("counting pieces" if device is None else "timing a few steps of each kind of training")
    paces = _paces(made, loaded, data_dir, finished, workload, needed, device)
    tell("counting pieces")
    return loaded, made, _rows(made, {stage.key for stage in needed}, workload, paces), paces


def _paces(
    made: Plan,
    study: Study,
    data_dir: Path | None,
    store: Store,
    workload: Workload,
    needed: Sequence[Stage],
    device: str | None,
) -> Paces:
    from xstilts.executors.pacing import measured_paces, paces_of_finished

    if device is not None:
        return measured_paces(needed, made, study.known_tasks, data_dir, device)
    return paces_of_finished(made, store, workload)


@dataclass(frozen=True)
class _Row:
    """A stage of the plan, and what is known of it."""

    stage: Stage
    needed: bool
    recipes: list[str]
    targets: list[str]
    steps: int | None
    pieces: float | None
    counted: bool
    seconds: float | None

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        about = {"key": self.stage.key, "kind": self.stage.kind, "title": self.stage.title}
        return {**about, "parents": self.stage.parents, **{k: v for k, v in vars(self).items() if k != "stage"}}

    @property
    def name(self) -> str:
        """The title without the seed, which other rows of the same training differ in."""
        return self.stage.title.partition(" ")[2].partition(" (seed ")[0]


def _rows(made: Plan, needed: set[str], workload: Workload, paces: Paces) -> list[_Row]:
    rows = []
    sharing = zip(made.stages.values(), made.recipes_of_stages(), made.targets_of_stages(), strict=True)
    for stage, recipes, targets in sharing:
        work = workload.work(stage)
        if work is None:
            rows.append(_Row(stage, stage.key in needed, recipes, targets, None, None, counted=False, seconds=None))
            continue
        seconds, pieces = paces.seconds(stage, work), work.trained or work.read
        to_do = stage.key in needed
        rows.append(_Row(stage, to_do, recipes, targets, work.steps, round(pieces), work.counted, seconds))
    return rows


def _show(study: Study, made: Plan, rows: list[_Row], paces: Paces) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    _show_training(console, study, rows)
    _show_counts(console, rows, paces)
    _show_sharing(console, made, rows)
    for note in made.notes:
        console.print(f"note: {note}", style="yellow", markup=False, soft_wrap=True)
    if made.absences:
        _show_absences(console, list(made.absences.values()))


def _show_absences(console: Console, absences: Sequence[Absence]) -> None:
    """What is not there, last, where nobody overlooks it: first what a run fetches, then what would end it."""
    console.print("\nStages that need what is not there count as not run, whatever the store holds.")
    for style, shown in (
        ("yellow", [absence for absence in absences if absence.is_fetched]),
        ("bold red", [absence for absence in absences if not absence.is_fetched]),
    ):
        for absence in shown:
            of = f" ({', '.join(absence.languages)})" if absence.languages else ""
            console.print(f"not there: {absence.what}{of}: {absence.why}", style=style, markup=False, soft_wrap=True)
    if shown:
        console.print(
            f"This study cannot run yet: {counted(len(shown), 'thing')} that it needs must be put there.",
            style="bold red",
        )


def _show_training(console: Console, study: Study, rows: list[_Row]) -> None:
    """A line for each training, whatever its seed, under the one that it starts from."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "training", "for recipes", "and targets"):
        table.add_column(name)
    for name in ("seeds", "steps", "pieces", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    lines = _lines([row for row in rows if row.stage.kind in _TRAINING])
    for line in _merged(lines) if len(lines) > _LONG else lines:
        to_do, first = sum(row.needed for row in line.rows), line.rows[0]
        seeds = len(line.rows) // line.merged
        mark = "[green]✓[/]" if not to_do else "·" if to_do == len(line.rows) else "…"
        sign = "" if all(row.counted for row in line.rows) else "~"
        steps, pieces, seconds = (_sum(getattr(row, name) for row in line.rows) for name in _AMOUNTS)
        table.add_row(
            mark,
            "  " * line.depth + _shortened(line.name),
            _names(first.recipes, len(study.recipes)),
            _names(line.targets, len(study.targets)),
            f"{seeds}" if first.stage.kind == "train" else "",
            f"{sign}{round(steps / seeds):,}" if steps else "",
            f"{sign}{_short(pieces / seeds)}" if pieces else "",
            _duration(seconds / seeds) if seconds else "",
        )
    console.print(table)
    console.print("[dim]✓ finished or not needed, · to run, … some seeds to run; steps, pieces and time of one seed[/]")


@dataclass(frozen=True)
class _Line:
    """What the table shows in one line: stages that differ in the seed alone, or several such that end a chain."""

    name: str
    depth: int
    rows: list[_Row]
    targets: list[str]
    is_end: bool
    merged: int = 1

    @property
    def likeness(self) -> tuple[int, str, str, list[str]]:
        """What lines have in common that may be one; of translations, the rows that are translated too."""
        kind = self.rows[0].stage.kind
        return self.depth, kind, self.name.partition(" into ")[0] if kind == "translate" else "", self.rows[0].recipes


def _lines(rows: Iterable[_Row]) -> list[_Line]:
    """Stages that differ in nothing but the seed, each after the one that it starts from."""
    groups: dict[_Group, list[_Row]] = {}
    for row in rows:
        groups.setdefault((row.name, tuple(row.recipes), tuple(row.targets)), []).append(row)
    place = {row.stage.key: name for name, group in groups.items() for row in group}
    children: dict[_Group | None, list[_Group]] = {}
    for name, group in groups.items():
        parent = group[0].stage.parent
        children.setdefault(None if parent is None else place[parent], []).append(name)
    found: list[_Line] = []

    def visit(group: _Group, depth: int) -> None:
        name = group[0].rpartition(" → ")[2] if depth else group[0]
        below = children.get(group, [])
        found.append(_Line(name, depth, groups[group], list(group[2]), is_end=not below))
        for child in below:
            visit(child, depth + 1)

    for root in children.get(None, []):
        visit(root, 0)
    return found


def _merged(lines: list[_Line]) -> list[_Line]:
    """Neighbors that end chains of the same recipes at the same depth as one line."""
    found: list[_Line] = []
    for line in lines:
        last = found[-1] if found else None
        if last is None or not (last.is_end and line.is_end) or last.likeness != line.likeness:
            found.append(line)
            continue
        targets = list(dict.fromkeys([*last.targets, *line.targets]))
        name = f"{last.name}, {line.name}"
        if line.rows[0].stage.kind == "translate":
            name = f"{line.name.partition(' into ')[0]} into {last.merged + 1} languages"
        found[-1] = _Line(name, line.depth, last.rows + line.rows, targets, is_end=True, merged=last.merged + 1)
    return found


def _sum(values: Iterable[float | None]) -> float | None:
    """The sum, unless a value is unknown."""
    known = list(values)
    return None if any(value is None for value in known) else sum(value for value in known if value is not None)


def _show_counts(console: Console, rows: list[_Row], paces: Paces) -> None:
    console.print()
    for kind in (*_TRAINING, "predict", "score"):
        of_kind = [row for row in rows if row.stage.kind == kind]
        left = [row for row in of_kind if row.needed]
        line = f"{kind:9} {len(of_kind):5,} stages, {len(left):,} to run"
        known = [row for row in left if row.pieces is not None]
        if known:
            sign = "" if all(row.counted for row in known) else "~"
            unknown = len(left) - len(known)
            line += f", {sign}{_short(sum(row.pieces or 0 for row in known))} pieces"
            line += f" and those of {unknown:,} whose rows are unknown" if unknown else ""
        if of_kind or kind != "translate":
            console.print(line)
    timed = [row.seconds for row in rows if row.needed and row.seconds is not None]
    if timed:
        untimed = sum(row.needed and row.seconds is None and row.stage.kind in ("train", "predict") for row in rows)
        more = f", and {untimed:,} stages without a time" if untimed else ""
        console.print(f"time      {_duration(sum(timed))}{more}; by {paces.source}")
    elif any(row.needed for row in rows):
        console.print("time      unknown; --measure times a few steps here")


def _show_sharing(console: Console, made: Plan, rows: list[_Row]) -> None:
    alone = sum(map(len, made.chains().values()))
    shared = sum(row.stage.kind == "train" for row in rows)
    ends = {
        line.name: line.targets for line in _lines([row for row in rows if row.stage.kind == "train"]) if line.is_end
    }
    for name, targets in ends.items():
        if len(targets) > 1:
            console.print(f"shared    {name} trains {', '.join(targets)}")
    if alone > shared:
        console.print(
            f"sharing   {shared:,} training stages in place of {alone:,}, one chain per recipe, target and seed"
        )


def _shortened(name: str) -> str:
    return name if len(name) <= _WIDEST else f"{name[: _WIDEST - 1]}…"


def _names(names: Sequence[str], of: int) -> str:
    if len(names) == of and of > 1:
        return f"all {of}"
    shown = ", ".join(names[:_SHOWN_NAMES])
    return shown if len(names) <= _SHOWN_NAMES else f"{shown} and {len(names) - _SHOWN_NAMES} more"


def _short(count: float) -> str:
    """A number with three digits or so: 940, 12.3 k, 4.5 M, 1.2 G."""
    for unit in ("", " k", " M"):
        if count < 1000:
            return f"{count:.0f}" if not unit else f"{count:.1f}{unit}"
        count /= 1000
    return f"{count:,.1f} G"


def _duration(seconds: float) -> str:
    """Whole seconds, minutes, hours and minutes, or days and hours."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 1 else "1 s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"
