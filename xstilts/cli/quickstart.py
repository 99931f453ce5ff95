"""`xstilts quickstart`: the embedded study, with the embedded encoder and tasks; no network, no GPU, no data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def quickstart(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write.")] = Path("runs/quickstart"),
) -> None:
    """Runs the embedded study: table in the terminal, report as a page."""
    from importlib.resources import files

    from xstilts.cli.run import run_and_show
    from xstilts.study import Study

    study = Study.from_yaml(Path(str(files("xstilts") / "quickstart.yaml")))
    run_and_show(study, data_dir=None, out=out, store=None, offline=True)
