"""`xstilts claims`: what is said of results, checked against them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from xstilts.cli.options import Json, StudyFolder
from xstilts.cli.terminal import in_color

if TYPE_CHECKING:
    from xstilts.analysis.claims import Verdict

Form = Literal["table", "csv", "json", "markdown", "latex"]
_COLORS = {"holds": "green", "fails": "red", "undecided": "yellow"}


def claims(
    out: StudyFolder,
    file: Annotated[
        Path | None, typer.Option("--claims", metavar="FILE", help="Claims in YAML instead of the paper's.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How to write it.")] = "table",
    as_json: Json = False,
) -> None:
    """Says of every claim whether it holds, fails, or is undecided, with estimate, 95 % interval and power.

    Without --claims: what Phang et al. (2020) say, as far as the study has their tasks. A claim in a file is a
    comparison such as `mean_delta(recipe=mnli, targets=retrieval) > 0`; docs/statistics.md lists the functions. A claim
    that fails is no error: the exit code is 0.
    """
    from xstilts.analysis.claims import check_claims, claim_tables, read_claims
    from xstilts.analysis.evidence import Evidence
    from xstilts.analysis.paper_claims import paper_claims
    from xstilts.report.tables import render

    said = None if file is None else read_claims(file)
    evidence = Evidence.read(out)
    verdicts = check_claims(evidence, paper_claims(evidence) if said is None else said)
    if as_json or form == "json":
        typer.echo(json.dumps([_as_json(verdict) for verdict in verdicts], indent=1, ensure_ascii=False))
    elif form == "table":
        tested = [verdict for verdict in verdicts if verdict.rows]
        for verdict in tested:
            _show(verdict)
        if rest := len(verdicts) - len(tested):
            which = "the study has no recipes or targets of their kind; --json names them"
            typer.echo(f"not tested: {rest} of {len(verdicts)} claims: {which}")
    else:
        typer.echo(render(claim_tables(verdicts)["tests"], form), nl=False)


def _as_json(verdict: Verdict) -> dict[str, Any]:
    claim = verdict.claim
    return {"claim": claim.name, "text": claim.text, "outcome": verdict.outcome, "tests": list(verdict.rows)}


def _show(verdict: Verdict) -> None:
    color = _COLORS.get(verdict.outcome) if in_color() else None
    typer.echo(f"{typer.style(verdict.outcome, fg=color)}: {verdict.claim.text}")
    if verdict.claim.needed < 1:
        held = sum(row["outcome"] == "holds" for row in verdict.rows)
        typer.echo(f"    {held} of {len(verdict.rows)} hold; {verdict.claim.needed:.0%} must")
    for row in verdict.rows:
        if row["test"] != verdict.claim.text:
            typer.echo(f"    {row['outcome']}: {row['test']}")
        typer.echo(f"      {_numbers(row)}")


def _numbers(row: Mapping[str, Any]) -> str:
    from xstilts.wording import number, with_interval

    interval = with_interval(row["estimate"], row["estimate_low"], row["estimate_high"], signed=True)
    published = "" if row["published"] is None else f", published {number(row['published'], signed=True)}"
    return (
        f"{interval}{published}; power {row['power']:.2f} for {number(row['effect'])} points, 0.80 for"
        f" {number(row['detectable'])}"
    )
