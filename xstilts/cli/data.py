"""`xstilts data`: what is in a data folder, and fetching what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xstilts.cli import audit
from xstilts.cli.options import DataDir, Json, TaskFile
from xstilts.errors import InputError
from xstilts.wording import counted

if TYPE_CHECKING:
    from xstilts.task import Task

app = typer.Typer(help="Checks data on disk, and fetches it.", no_args_is_help=True)
app.command("audit", short_help="Looks for overlap of training and evaluation.")(audit.audit)


@app.callback()
def _group() -> None:
    """Data on disk."""


@app.command(short_help="Reads the files that are there and counts their rows.")
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[TASK]...", help="Tasks; all unless said.")] = None,
    data_dir: Annotated[Path, typer.Option("--data-dir", metavar="DIR", help="The folder.")] = Path(),
    task_file: TaskFile = None,
    as_json: Json = False,
) -> None:
    """Reads every file of the tasks that is there; counts rows, compares with the official sizes.

    Ends with exit code 2 if a file is broken, or if a task that was named has no file at all.
    """
    from xstilts.catalogue import Tasks
    from xstilts.data.sources import check_data_dir
    from xstilts.task_file import task_from_file

    check_data_dir(data_dir)
    known = Tasks(task_from_file(path) for path in task_file or ())
    broken: list[str] = []
    found = False
    for name in names or known.names():
        rows = _checked(known[name], data_dir)
        found = found or bool(rows)
        if not rows and names:
            places = " or ".join(origin.place for source in known[name].sources for origin in source.origins()[:1])
            broken.append(f"{name}: no file is there\n  expected: {places}")
        broken += [f"{name} {row['language']} {row['split']}: {row['error']}" for row in rows if "error" in row]
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))
    if not found and not names:
        broken.append(
            "no file of any known task is there\n  to fix:   name the folder that holds the data sets' folders"
        )
    if broken:
        raise InputError(f"{counted(len(broken), 'problem')}\n" + "\n".join(broken), where=data_dir)


@app.command(short_help="Fetches the files of tasks and reads them.")
def download(
    names: Annotated[list[str], typer.Argument(metavar="TASK...", help="Tasks.")],
    language: Annotated[list[str] | None, typer.Option(help="Language; all unless said; may be repeated.")] = None,
    split: Annotated[list[str] | None, typer.Option(help="Split; all unless said; may be repeated.")] = None,
    data_dir: DataDir = None,
    task_file: TaskFile = None,
    as_json: Json = False,
) -> None:
    """Fetches the files of tasks into the cache and reads them; says from where, how many rows, and their SHA-256.

    What is in the data folder is not fetched. Ends with exit code 2 if something could not be fetched.
    """
    from xstilts.catalogue import Tasks
    from xstilts.data.hub import hub_is_offline
    from xstilts.data.sources import check_data_dir
    from xstilts.task_file import task_from_file

    check_data_dir(data_dir)
    known = Tasks(task_from_file(path) for path in task_file or ())
    failures: list[str] = []
    for task in [known[name] for name in names]:
        wanted = [
            (one, code)
            for one in split or task.splits
            for code in language or task.language_codes
            if (split and language) or task.holds(data_dir, code, one, fetching=True)
        ]
        if not wanted:
            why = "; HF_HUB_OFFLINE is set" if hub_is_offline() else ""
            failures.append(f"{task.name}: nothing of {_asked(language, split)} is there or can be fetched{why}")
        for one, code in wanted:
            try:
                row = _downloaded(task, data_dir, code, one)
            except InputError as error:
                failures.append(str(error))
                continue
            typer.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{_line(row)}\n    from {row['from']}")
    if failures:
        raise InputError(f"{len(failures)} of the files could not be had\n" + "\n".join(failures))


def _asked(language: list[str] | None, split: list[str] | None) -> str:
    return f"language {', '.join(language or ['any'])}, split {', '.join(split or ['any'])}"


def _downloaded(task: Task, folder: Path | None, code: str, split: str) -> dict[str, Any]:
    source, paths = task.find(folder, code, split, lambda what: typer.echo(what, err=True))
    loaded = task.load(folder, code, split)
    places = source.places(code, split) if source.in_cache else [str(path) for path in paths]
    return {
        "task": task.name,
        "split": split,
        "language": code,
        "rows": loaded.found,
        "official": loaded.official,
        "hidden": sum(example.gold is None for example in loaded.examples),
        "sha256": loaded.digest,
        "notes": loaded.notes,
        "from": "; ".join(places),
        "files": [str(path) for path in paths],
    }


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
