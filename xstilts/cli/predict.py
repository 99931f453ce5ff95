"""`xstilts predict`: text in, predictions out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from xstilts.cli.options import Offline


def predict(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="An exported folder, or OUT/RECIPE/TARGET[/SEED] of a run.")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Rows without labels; - reads what is piped in.")],
    task: Annotated[
        str | None, typer.Option("--task", metavar="TASK", help="The task; it must be the model's.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="CODE", help="Code of the rows' language.")
    ] = None,
    source: Annotated[
        Literal["jsonl", "tsv", "conll", "text", "squad"] | None,
        typer.Option("--input", help="Format of the rows [default: by the file's name; jsonl if piped]."),
    ] = None,
    form: Annotated[
        Literal["jsonl", "same"], typer.Option("--format", help="JSON Lines, or the format of the input.")
    ] = "jsonl",
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns", metavar="ROLE=FIELD,…", help="Where things stand: text=premise,pair=hypothesis; choices=1+2+3."
        ),
    ] = None,
    header: Annotated[bool, typer.Option("--header", help="The first line of a TSV file names its columns.")] = False,
    rows_at_once: Annotated[
        int, typer.Option(metavar="N", min=1, help="Rows that are read before they are predicted.")
    ] = 128,
    device: Annotated[str, typer.Option(metavar="DEVICE", help="auto, cpu or cuda.")] = "auto",
    offline: Offline = False,
) -> None:
    """Predicts rows without labels, in their order, with as much memory for a million rows as for a thousand.

    Fields of JSON Lines: text and pair; context and choices; tokens; question and context; an id if you have one. The
    same columns in TSV; a token per line in CoNLL files; one text per line, and an empty line for an empty line; SQuAD
    JSON. Results are written block by block; a row that cannot be read ends the command with its line, after what stood
    before it.
    """
    from xstilts.errors import InputError
    from xstilts.formats.text import STDIN
    from xstilts.languages import language as facts

    if file != STDIN and not file.is_file():
        raise InputError("there is no such file", where=file)
    if language is not None:
        language = facts(language).code
    from xstilts.sharing.predicting import load_predictor, predict_stream
    from xstilts.sharing.unlabeled import as_in_input, as_json, end_of, format_of, read_columns, read_records

    predictor = load_predictor(model, task, device, offline)
    read_as = format_of(predictor.kind, file, source)
    records = read_records(predictor.kind, file, read_as, read_columns(predictor.kind, columns), header=header)
    if language is not None and predictor.languages and language not in predictor.languages:
        trained = ", ".join(predictor.languages)
        print(f"note: zero-shot: labels were seen in {trained}, not in {language}", file=sys.stderr)
    written = 0
    try:
        for block in predict_stream(predictor, records, rows_at_once):
            for record, prediction in block:
                if form == "jsonl":
                    line = as_json(record, prediction, language)
                else:
                    line = as_in_input(record, prediction, read_as, is_first=written == 0)
                sys.stdout.write(line)
                written += 1
            sys.stdout.flush()
        if form == "same":
            sys.stdout.write(end_of(read_as, is_empty=written == 0))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read on, `head` for example, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
