"""`xstilts score`: anybody's predictions, scored with the official metric."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from xstilts.cli.options import Json, TaskFile


def score(
    task: Annotated[str, typer.Argument(help="Name of the task.")],
    language: Annotated[str, typer.Option("--language", "-l", help="Language code, or a pair such as en-de.")],
    gold: Annotated[Path, typer.Option(help="Gold, in the task's own format or that of a submission.")],
    predictions: Annotated[Path, typer.Option(help="Predictions in the format of an XTREME submission.")],
    task_file: TaskFile = None,
    as_json: Json = False,
) -> None:
    """Scores a file of predictions against a file of gold answers.

    Predictions: JSON {id: text} for questions; one label, or index, per line for classification and choices; one tag
    per line with blank lines between sentences for tagging; SOURCE<TAB>TARGET ids for mining; for retrieval the same,
    or one line number (from 0) per line.
    """
    from xstilts.catalogue import Tasks
    from xstilts.errors import InputError
    from xstilts.sharing.submission import score_file
    from xstilts.task_file import task_from_file

    known = Tasks(task_from_file(path) for path in task_file or ())
    scored = score_file(known[task], language, gold, predictions)
    if all(metric.gold == "hidden" for metric in scored):
        raise InputError("the gold file holds no gold answers", where=gold, fix="name the file with the labels")
    if as_json:
        rows = [{"metric": m.metric, "value": m.value, "examples": m.examples} for m in scored]
        typer.echo(json.dumps({"task": task, "language": language, "scores": rows}, indent=1))
        return
    for metric in scored:
        typer.echo(f"{metric.metric:20} {metric.value:6.2f}   {metric.examples:,} rows")
