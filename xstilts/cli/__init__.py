"""The command line: one module per verb. Nothing heavy is imported before a verb needs it."""

from __future__ import annotations

import sys
import traceback

import click
import typer

from xstilts import __version__
from xstilts.cli import data, plan, quickstart, report, results, run, score, status, tasks
from xstilts.errors import XstiltsError

app = typer.Typer(
    name="xstilts",
    help="Choose and run intermediate training for multilingual encoders, and measure zero-shot what it bought.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_DEBUG = False


@app.callback()
def _options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
    version: bool = typer.Option(False, "--version", help="Show the version and leave."),
) -> None:
    global _DEBUG  # noqa: PLW0603 - the one switch that outlives option parsing, read where errors are shown
    _DEBUG = debug
    if version:
        typer.echo(__version__)
        raise typer.Exit


app.command("quickstart")(quickstart.quickstart)
app.command("run")(run.run)
app.command("plan")(plan.plan)
app.command("status")(status.status)
app.command("results")(results.results)
app.command("report")(report.report)
app.command("score")(score.score)
app.command("tasks")(tasks.tasks)
app.add_typer(data.app, name="data")


def main() -> None:
    """Runs the command line. Exit 0: done; 1: a run failed; 2: the input is wrong; 130: interrupted."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        code = app(standalone_mode=False)
    except XstiltsError as error:
        if _DEBUG:
            traceback.print_exc()
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except click.exceptions.Abort:
        print("interrupted; run the same command again to go on from here", file=sys.stderr)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return int(code or 0)
