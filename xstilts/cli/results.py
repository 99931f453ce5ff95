"""`xstilts results`: the long table, aggregated as asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from xstilts.cli.options import Json, StudyFolder
from xstilts.cli.terminal import in_color, line_width

if TYPE_CHECKING:
    import polars as pl

Grouping = Literal["target", "task", "language", "family", "script", "recipe"]
Form = Literal["table", "csv", "json", "markdown", "latex"]


def results(
    out: StudyFolder,
    form: Annotated[Form, typer.Option("--format", help="How to write it.")] = "table",
    by: Annotated[Grouping | None, typer.Option(help="Group scores, with intervals and differences.")] = None,
    versus: Annotated[
        str | None, typer.Option(metavar="ENCODER", help="Compare encoders with this one, instead of recipes.")
    ] = None,
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
    --versus ENCODER takes differences from that encoder, recipe by recipe, grouped by target unless --by says else.
    --tests gives p, also adjusted over languages, targets and recipes, effect sizes, what could have been found, and a
    verdict; docs/statistics.md explains them. Tables of scores are followed by published results where these are of the
    same task, split, metric and languages. A line on standard error says what a run that is not whole lacks.
    """
    from xstilts.analysis.encoder_differences import encoders_as_recipes, exchanged
    from xstilts.analysis.reference import comparisons
    from xstilts.journal import incomplete
    from xstilts.report.published import reference_table
    from xstilts.report.tables import render
    from xstilts.report.terminal import overview, printed
    from xstilts.results import Results
    from xstilts.running import baseline_of

    table, baseline = Results.read(out).table, baseline_of(out)
    if (note := incomplete(out, table)) is not None:
        typer.echo(note, err=True)
    chosen: Any = "json" if as_json else form
    if versus is not None:
        table, baseline, by = encoders_as_recipes(table, versus), versus, by or "target"
    frame = _frame(out, table, baseline, chosen, by, tests, randomization)
    color, width = in_color(), line_width()
    if frame is None:
        typer.echo(printed(overview(table, baseline, width), color, width), nl=False)
    else:
        if versus is not None:
            frame = exchanged(frame)
        shown = () if versus is None else ("encoder",)
        typer.echo(render(frame, chosen, color=color, width=width, shown=shown), nl=False)
    if chosen in ("csv", "json") or tests or randomization or versus is not None:
        return
    published = reference_table(comparisons(table, baseline, single=by == "language"))
    if published.height:
        typer.echo("\nPublished results of the same thing\n" if chosen != "latex" else "\n% Published results\n")
        typer.echo(render(published, chosen, color=color, width=width), nl=False)


def _frame(
    out: Path, table: pl.DataFrame, baseline: str, form: Form, by: Grouping | None, tests: bool, randomization: bool
) -> pl.DataFrame | None:
    """What is asked for; None where that is several tables."""
    from xstilts.analysis.differences import difference_table, randomization_table
    from xstilts.analysis.evidence import Evidence
    from xstilts.records import Records
    from xstilts.report.tables import language_table, score_table

    if tests:
        return difference_table(Evidence.of(table, {"baseline": baseline}, Records.read(out)))
    if randomization:
        return randomization_table(table, baseline)
    if by is not None:
        return score_table(table, by, baseline)
    if form in ("csv", "json"):
        return table.drop("statistics", "width")
    return None if form == "table" else language_table(table, baseline)
