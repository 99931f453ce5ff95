"""`xstilts quickstart`: the embedded study on the embedded data, with no network and no GPU."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def quickstart(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write.")] = Path("runs/quickstart"),
) -> None:
    """Runs the embedded study: table in the terminal, report as a page."""
    from xstilts.cli.run import run_and_show
    from xstilts.study import Study
    from xstilts.toy import write_quickstart

    study = write_quickstart(out)
    run_and_show(Study.from_yaml(study), data_dir=None, out=out, store=None, offline=True)
