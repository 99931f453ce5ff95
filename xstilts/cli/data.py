"""`xstilts data`: what is in a data folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xstilts.cli.options import Json, TaskFile
from xstilts.errors import InputError

if TYPE_CHECKING:
    from xstilts.task import Task

app = typer.Typer(help="What is in a data folder.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Data on disk."""


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[TASK]...", help="Tasks; all unless said.")] = None,
    data_dir: Annotated[Path, typer.Option("--data-dir", metavar="DIR", help="The folder.")] = Path(),
    task_file: TaskFile = None,
    as_json: Json = False,
) -> None:
    """Reads every file of the tasks that is there; counts rows, compares with the official sizes.

    Ends with exit code 2 if a file is broken, or if a task that was named has no file at all.
    """
    from xstilts.running import check_data_dir
    from xstilts.task import Tasks, task_from_file

    check_data_dir(data_dir)
    known = Tasks(task_from_file(path) for path in task_file or ())
    broken: list[str] = []
    found = False
    for name in names or known.names():
        rows = _checked(known[name], data_dir)
        found = found or bool(rows)
        if not rows and names:
            broken.append(f"{name}: no file is there")
        broken += [f"{name} {row['language']} {row['split']}: {row['error']}" for row in rows if "error" in row]
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))
    if not found and not names:
        broken.append("no file of any known task is there")
    if broken:
        raise InputError(f"{len(broken)} problems\n" + "\n".join(broken), where=data_dir)


def _checked(task: Task, folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for split in task.splits:
        for code in task.available(folder, split):
            row: dict[str, Any] = {"task": task.name, "split": split, "language": code}
            try:
                loaded = task.load(folder, code, split)
            except InputError as error:
                rows.append({**row, "error": str(error)})
                continue
            hidden = sum(example.gold is None for example in loaded.examples)
            row |= {"rows": loaded.found, "official": loaded.official, "hidden": hidden}
            rows.append({**row, "sha256": loaded.digest, "notes": loaded.notes})
    return rows


def _line(row: dict[str, Any]) -> str:
    place = f"{row['task']:15} {row['split']:6} {row['language']:6}"
    if "error" in row:
        return f"{place} broken"
    remarks = list(row["notes"])
    if row["official"] is not None and row["official"] != row["rows"]:
        remarks.insert(0, f"partial: the official release has {row['official']:,}")
    if row["hidden"]:
        remarks.append("labels hidden" if row["hidden"] == row["rows"] else f"{row['hidden']:,} labels hidden")
    return f"{place} {row['rows']:8,} rows  {row['sha256'][:12]}  {'; '.join(remarks)}".rstrip()
