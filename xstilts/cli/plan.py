"""`xstilts plan`: what would run, what is finished, what is shared."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from xstilts.cli.options import DataDir, Json, Offline, Out, Overrides, StoreDir, StudyFile

if TYPE_CHECKING:
    from xstilts.plan import Plan


def plan(
    study: StudyFile,
    data_dir: DataDir = None,
    out: Out = None,
    store: StoreDir = None,
    overrides: Overrides = None,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Shows what would run, what is finished, and which stages recipes share; trains, predicts and fetches nothing.

    What is not there is named, and does not hinder the plan.
    """
    from xstilts.planning import make_plan
    from xstilts.running import Places, check_data_dir, check_readable, note_translations
    from xstilts.store import Store
    from xstilts.study import Study

    loaded = Study.from_yaml(study, overrides or ())
    check_data_dir(data_dir)
    made = make_plan(loaded, data_dir, offline, draft=True)
    check_readable(loaded, made, data_dir)
    finished = Store(Places.of(loaded, out, store).store)
    note_translations(made, finished)
    needed = {stage.key for stage in made.needed(lambda stage: finished.manifest(stage) is not None)}
    rows = [
        {
            "key": stage.key,
            "kind": stage.kind,
            "title": stage.title,
            "parents": stage.parents,
            "needed": stage.key in needed,
            "recipes": recipes,
        }
        for stage, recipes in zip(made.stages.values(), made.recipes_of_stages(), strict=True)
    ]
    if as_json:
        absences = [asdict(absence) for absence in made.absences.values()]
        typer.echo(
            json.dumps({"stages": rows, "notes": made.notes, "absences": absences}, indent=1, ensure_ascii=False)
        )
    else:
        _show(rows, made)


def _show(rows: list[dict[str, Any]], made: Plan) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title="training stages", title_justify="left", box=None, pad_edge=False)
    for name in ("", "stage", "shared by recipes"):
        table.add_column(name, overflow="fold")
    for row in rows:
        if row["kind"] in ("translate", "train"):
            table.add_row("·" if row["needed"] else "✓", row["title"], ", ".join(row["recipes"]))
    console.print(table)
    for kind in ("translate", "train", "predict", "score"):
        of_kind = [row for row in rows if row["kind"] == kind]
        to_do = sum(row["needed"] for row in of_kind)
        if of_kind or kind != "translate":
            console.print(f"{kind:9} {len(of_kind):5,} stages, {to_do:,} to run", highlight=False)
    for note in made.notes:
        console.print(f"note: {note}", style="yellow", highlight=False, markup=False, soft_wrap=True)
    for absence in made.absences.values():
        of = f" ({', '.join(absence.languages)})" if absence.languages else ""
        console.print(
            f"not there: {absence.what}{of}: {absence.why}",
            style="yellow",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    if made.absences:
        console.print("Stages that need what is not there count as not run, whatever the store holds.", highlight=False)
