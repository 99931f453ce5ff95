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
        typer.Option("--claims", metavar="FILE", help="Claims in YAML for the paper, instead of those of Phang et al."),
    ] = None,
) -> None:
    """Rebuilds the HTML report from a run's results, or writes it as a short paper.

    --format markdown writes paper.md with figures as SVG, --format latex writes paper.tex; both write references.bib.
    The paper has question, method, results, claims, limitations and references; docs/report.md says how to compile it.
    """
    from xstilts.errors import InputError
    from xstilts.running import read_contents, write_page

    if to is not None and to.exists() and not to.is_dir():
        raise InputError("this is no folder", where="--to", found=to)
    if form == "html" and file is not None:
        raise InputError("claims are for the paper", where="--claims", expected="--format markdown or latex")
    if form == "html" and to is None:
        typer.echo(write_page(out))
        return
    contents = read_contents(out)
    folder = to or out / "paper"
    if form == "html":
        from xstilts.report.page import write_report

        folder.mkdir(parents=True, exist_ok=True)
        write_report(contents, folder / "report.html")
        typer.echo(folder / "report.html")
        return
    from xstilts.analysis.claims import check_claims, read_claims
    from xstilts.analysis.paper_claims import paper_claims
    from xstilts.report.paper import write_paper

    said = paper_claims(contents.evidence) if file is None else read_claims(file)
    typer.echo(write_paper(contents, check_claims(contents.evidence, said), form, folder))
