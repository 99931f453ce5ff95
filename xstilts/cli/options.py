"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's YAML file.")]
StudyFolder = Annotated[Path, typer.Argument(metavar="OUT", help="The folder that a run wrote.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", metavar="DIR", help="Folder with the original data files.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The study's folder [default: runs/NAME].")]
StoreDir = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="Finished stages, shared by studies [default: `store` beside OUT]."),
]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="A.B=C", help="Overrides a field of the study; may be repeated.")
]
Offline = Annotated[bool, typer.Option("--offline", help="Fetch nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
TaskFile = Annotated[
    list[Path] | None,
    typer.Option("--task-file", metavar="FILE", help="A Python file that defines a TASK."),
]
