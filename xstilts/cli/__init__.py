"""The command line: one module per verb. Nothing heavy is imported before a verb needs it."""

from __future__ import annotations

import shlex
import signal
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from xstilts import __version__
from xstilts.cli import (
    claims,
    data,
    export,
    plan,
    predict,
    quickstart,
    recommend,
    report,
    results,
    run,
    score,
    status,
    store,
    submit,
    tasks,
)  # fmt: skip
from xstilts.errors import XstiltsError
from xstilts.stopping import StoppedError


class _Verbs(TyperGroup):
    """What Control-C becomes differs between versions of typer, so it is caught before typer sees it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise StoppedError(signal.SIGINT) from error


app = typer.Typer(
    name="xstilts",
    cls=_Verbs,
    help="Choose and run intermediate training for multilingual encoders, and measure zero-shot what it bought.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_DEBUG = False


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version and leave."
    ),
) -> None:
    global _DEBUG  # noqa: PLW0603 - the one switch that outlives option parsing, read where errors are shown
    _DEBUG = debug


app.command("quickstart", short_help="Runs the embedded study: a table here, a page beside it.")(quickstart.quickstart)
app.command("run", short_help="Runs what is missing of a study; writes results and report.")(run.run)
app.command("plan", short_help="Shows what a run would do, what is shared, and its work.")(plan.plan)
app.command("recommend", short_help="Ranks intermediate training for each target, cheaply.")(recommend.recommend)
app.command("status", short_help="Says which stages are done, running, failed or waiting.")(status.status)
app.command("results", short_help="Shows scores with intervals and differences.")(results.results)
app.command("report", short_help="Writes the page of a run again, or a short paper.")(report.report)
app.command("claims", short_help="Says of claims whether the results bear them out.")(claims.claims)
app.command("score")(score.score)
app.command("submit", short_help="Writes predictions as a submission to XTREME.")(submit.submit)
app.command("export", short_help="Writes a checkpoint that `transformers` loads.")(export.export)
app.command("predict", short_help="Predicts rows of yours with a trained model.")(predict.predict)
app.command("tasks")(tasks.tasks)
app.add_typer(data.app, name="data")
app.add_typer(store.app, name="store", short_help="Sizes, checks and cleans a store of finished stages.")


def main() -> None:
    """Runs the command line. Exit 0: done; 1: a run failed; 2: the input is wrong; 130, 143: interrupted."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        code = app(prog_name="xstilts", standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except XstiltsError as error:
        _show(error, "" if isinstance(error, StoppedError) else "error: ", str(error))
        return error.exit_code
    except OSError as error:
        _show(error, "error: ", f"{error.filename or 'the system'}: {error.strerror or error}")
        return 1
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own, of a wrong command line
            return _misused(error)
        step = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{step.name}, {step.filename}:{step.lineno}"
        _show(error, "error: ", f"this should not have happened: {type(error).__name__}: {error} ({place})")
        print("  to fix:   report it, with what xstilts --debug shows", file=sys.stderr)
        return 1
    return code if isinstance(code, int) else 0


def _show(error: Exception, label: str, message: str) -> None:
    if _DEBUG:
        traceback.print_exception(error)
    print(f"{label}{message}", file=sys.stderr)


def _misused(error: Any) -> int:
    """Says what is wrong with a command line; one that names no verb gets the help instead."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
        return 2
    path = context.command_path if context is not None else "xstilts"
    typed = shlex.join(sys.argv[1:])[:200]
    print(f"error: {path}: {error.format_message()}\n  found:    {typed}", file=sys.stderr)
    print(f"  to fix:   {path} --help shows what there is", file=sys.stderr)
    return 2
