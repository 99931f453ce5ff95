"""`xstilts report`: the page, or a short paper, from the results alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from xstilts.cli.options import StudyFolder

Form = Literal["html", "markdown", "latex"]


def report(
    out: StudyFolder,
    form: Annotated[Form, typer.Option("--format", help="A page, or a short paper.")] = "html",
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Folder to write into [default: OUT for html, else OUT/paper]."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--claims", metavar="FILE", help="Claims in YAML instead of those of Phang et al."),
    ] = None,
) -> None:
    """Rebuilds the HTML report from a run's results, or writes it as a short paper.

    --format markdown writes paper.md with figures as SVG, --format latex writes paper.tex; both write references.bib.
    The paper has question, method, results, claims, limitations and references; docs/report.md says how to compile it.
    """
    from dataclasses import replace

    from xstilts.analysis.claims import read_claims
    from xstilts.errors import InputError
    from xstilts.running import read_contents

    if to is not None and to.exists() and not to.is_dir():
        raise InputError("this is no folder", where="--to", found=to)
    claims = None if file is None else read_claims(file)
    contents = replace(read_contents(out), claims=claims)
    if form == "html":
        from xstilts.report.page import write_report

        page = (to or out) / "report.html"
        write_report(contents, page)
        typer.echo(page)
        return
    from xstilts.report.paper import write_paper

    typer.echo(write_paper(contents, contents.verdicts, form, to or out / "paper"))
