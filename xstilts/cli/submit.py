"""`xstilts submit`: the XTREME folder, from a study's stored predictions."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from xstilts.cli.options import DataDir, Json, StudyFolder


def submit(
    out: StudyFolder,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The submission; a new or empty folder.")],
    data_dir: DataDir = None,
    encoder: Annotated[str | None, typer.Option(help="The encoder to submit.")] = None,
    recipe: Annotated[str | None, typer.Option(help="The recipe to submit.")] = None,
    seed: Annotated[int | None, typer.Option(help="The seed to submit.")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Allow missing tasks and languages.")] = False,
    as_json: Json = False,
) -> None:
    """Writes a submission to XTREME: TASK/test-LANGUAGE.tsv, or .json for questions, and reads every file again.

    One system is submitted for all tasks. What --encoder, --recipe and --seed leave open is decided by the mean of the
    English dev scores. The data folder of the run must be there: files are checked against its rows.
    """
    from xstilts.data.sources import check_data_dir
    from xstilts.sharing.xtreme import write_submission

    check_data_dir(data_dir)
    made = write_submission(out, folder, data_dir, encoder=encoder, recipe=recipe, seed=seed, partial=partial)
    if as_json:
        typer.echo(json.dumps(asdict(made), indent=1, ensure_ascii=False))
        return
    system = made.system
    typer.echo(f"encoder {system.encoder}, recipe {system.recipe}, seed {system.seed}: {made.chosen}")
    for task, codes in made.files.items():
        missing = made.missing[task]
        lacks = f"; missing: {', '.join(missing)}" if missing else ""
        typer.echo(f"{task:10} {len(codes):3} of {len(codes) + len(missing)} languages{lacks}")
    for note in made.notes:
        typer.echo(f"note: {note}")
    typer.echo(f"written: {folder}")
