"""`xstilts export`: a finished stage as a checkpoint of `transformers`, with a model card."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from xstilts.cli.options import Json, Offline, StudyFolder


def export(
    out: StudyFolder,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="RECIPE/TARGET[/SEED], or a stage's key.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The checkpoint; a new or empty folder.")],
    task: Annotated[str | None, typer.Option(help="The head, of a stage that trained several.")] = None,
    encoder_only: Annotated[bool, typer.Option("--encoder-only", help="Leave the head out.")] = False,
    push: Annotated[
        str | None, typer.Option("--push", metavar="REPO", help="Then put it on the Hugging Face hub: OWNER/NAME.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="Make the repository a private one.")] = False,
    offline: Offline = False,
    as_json: Json = False,
) -> None:
    """Writes what a stage trained as a checkpoint that `transformers` loads, with tokenizer and model card.

    STAGE is RECIPE/TARGET, which takes the seed with the best English dev score, RECIPE/TARGET/SEED, with ENCODER/
    before it where the study has several, or the beginning of a key as in `xstilts status OUT --json`. The model
    computes what the stage computed: that is tried before the folder is there. --push takes the token that
    `hf auth login` keeps, or HF_TOKEN.
    """
    from xstilts.data.hub import check_can_push, push_folder
    from xstilts.errors import InputError
    from xstilts.sharing.export import export as write
    from xstilts.sharing.export import refuse_filled
    from xstilts.sharing.trained import find_trained

    refuse_filled(folder)
    if private and push is None:
        raise InputError("nothing is pushed that could be private", where="--private", fix="add --push OWNER/NAME")
    if push is not None:
        check_can_push(push, offline)
    trained = find_trained(out, stage, task)
    exported = write(trained, folder, encoder_only=encoder_only, offline=offline, name=push or "")
    address = push_folder(folder, push, exported.title, private) if push is not None else None
    if as_json:
        data = {**asdict(exported), "folder": str(folder), "pushed": address}
        typer.echo(json.dumps(data, indent=1, ensure_ascii=False))
        return
    typer.echo(f"stage:   {exported.stage}  {exported.title}")
    typer.echo(f"loads:   {exported.auto_class}" + (f" for {exported.task}" if exported.task else ""))
    if exported.task:
        typer.echo(f"checked: outputs are those of the stage, within {exported.difference:.0e} of the largest")
    typer.echo(f"written: {folder}")
    if address is not None:
        typer.echo(f"pushed:  {address}")
