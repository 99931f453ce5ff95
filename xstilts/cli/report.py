"""`xstilts report`: rebuilds the page from the results alone."""

from __future__ import annotations

import typer

from xstilts.cli.options import StudyFolder


def report(out: StudyFolder) -> None:
    """Rebuilds the HTML report from a run's results."""
    from xstilts.running import write_page

    typer.echo(write_page(out))
