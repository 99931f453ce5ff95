"""`xstilts results`: the long table, aggregated as asked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from xstilts.cli.options import Json, StudyFolder
from xstilts.cli.terminal import in_color, line_width

Grouping = Literal["target", "task", "language", "family", "script", "recipe"]
Form = Literal["table", "csv", "json", "markdown", "latex"]


def results(
    out: StudyFolder,
    form: Annotated[Form, typer.Option("--format", help="How to write it.")] = "table",
    by: Annotated[Grouping | None, typer.Option(help="Group scores, with intervals and differences.")] = None,
    tests: Annotated[bool, typer.Option("--tests", help="Test every difference from the baseline.")] = False,
    randomization: Annotated[
        bool, typer.Option("--randomization", help="Test the trained models at hand, by exchanging their answers.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Shows scores with intervals and paired differences to the baseline.

    Without --by: scores of targets with their differences, then of every language; as csv or json the long table, row
    by row. ▲ and ▼ mark differences whose 95 % interval excludes zero; a table that is wider than the terminal is cut
    into several. NO_COLOR turns colors off.
    --tests gives p, also adjusted over languages, targets and recipes, effect sizes, what could have been found, and a
    verdict; docs/statistics.md explains them. Tables of scores are followed by published results where these are of the
    same task, split, metric and languages. A line on standard error says what a run that is not whole lacks.
    """
    from xstilts.analysis.differences import difference_table, randomization_table
    from xstilts.analysis.evidence import Evidence
    from xstilts.analysis.reference import comparisons
    from xstilts.journal import incomplete
    from xstilts.report.published import reference_table
    from xstilts.report.tables import language_table, render, score_table
    from xstilts.report.terminal import overview, printed
    from xstilts.results import Results
    from xstilts.running import baseline_of

    table = Results.read(out).table
    chosen: Any = "json" if as_json else form
    if tests:
        frame = difference_table(Evidence.read(out))
    elif randomization:
        frame = randomization_table(table, baseline_of(out))
    elif by is not None:
        frame = score_table(table, by, baseline_of(out))
    elif chosen in ("csv", "json"):
        frame = table.drop("statistics", "width")
    elif chosen == "table":
        frame = None  # several tables
    else:
        frame = language_table(table, baseline_of(out))
    if (note := incomplete(out, table)) is not None:
        typer.echo(note, err=True)
    color, width = in_color(), line_width()
    if frame is None:
        typer.echo(printed(overview(table, baseline_of(out), width), color, width), nl=False)
    else:
        typer.echo(render(frame, chosen, color=color, width=width), nl=False)
    if chosen in ("csv", "json") or tests or randomization:
        return
    published = reference_table(comparisons(table, baseline_of(out), single=by == "language"))
    if published.height:
        typer.echo("\nPublished results of the same thing\n" if chosen != "latex" else "\n% Published results\n")
        typer.echo(render(published, chosen, color=color, width=width), nl=False)
