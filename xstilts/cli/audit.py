"""`xstilts data audit`: overlap between what a study learns from and what it is evaluated on."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import typer

from xstilts.cli.options import DataDir, Json, Out, Overrides, StudyFile

_USES = {"train": "trained on", "read": "read as raw text", "dev": "chose a checkpoint", "tune": "set a threshold"}
_LEVELS = {"row": "same row", "segment": "same text", "near": "near duplicate"}


def audit(
    study: StudyFile,
    data_dir: DataDir = None,
    out: Out = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Compares all that a study trains on, reads or selects with, and all that it evaluates; trains nothing.

    Finds rows that are the same, texts that are the same but for case, punctuation and space, and near duplicates
    (70 % of the n-grams). With --out the findings are kept as audit.json in the study's folder, and the report shows
    them. Overlap is no error: the exit code is 0.
    """
    from xstilts.analysis.audit import FILE, audit_study
    from xstilts.data.sources import check_data_dir
    from xstilts.durable import write_json
    from xstilts.study import Study

    check_data_dir(data_dir)
    made = audit_study(Study.from_yaml(study, overrides or ()), data_dir, _tell)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_json(out / FILE, made)
    if as_json:
        typer.echo(json.dumps(made, indent=1, ensure_ascii=False))
        return
    _show(made)
    if out is not None:
        typer.echo(f"kept: {out / FILE}; `xstilts report {out}` shows it")


def _tell(name: str, rows: int) -> None:
    print(f"compared {name}: {rows:,} rows", file=sys.stderr)


def _show(made: Mapping[str, Any]) -> None:
    from xstilts.analysis.audit import is_contaminated

    for overlap in sorted(made["overlaps"], key=lambda one: -one["share"]):
        mark = "!" if is_contaminated(overlap) else " "
        typer.echo(f"{mark} {overlap['evaluated']}  <-  {overlap['seen']} ({_USES[overlap['use']]})")
        typer.echo(
            f"    {overlap['touched']:,} of {overlap['rows']:,} rows ({overlap['share']:.2%}): {overlap['exact']:,} the"
            f" same, {overlap['normalized'] - overlap['exact']:,} with the same text,"
            f" {overlap['touched'] - overlap['normalized']:,} near duplicates{_roles(overlap['segments'])}"
        )
        for match in overlap["matches"]:
            typer.echo(f"    {_LEVELS[match['level']]}:")
            typer.echo(f"      {match['evaluated_id']} ({match['evaluated_role']}): {match['evaluated_text']}")
            typer.echo(f"      {match['seen_id']} ({match['seen_role']}): {match['seen_text']}")
    contaminated = sum(is_contaminated(overlap) for overlap in made["overlaps"])
    pairs = len(made["seen"]) * len(made["evaluated"])
    typer.echo(
        f"{len(made['overlaps']):,} of {pairs:,} pairs of sets share something; {contaminated:,} marked with ! share at"
        " least 1 % of what is evaluated with what is trained on"
    )


def _roles(segments: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{role} {rows:,}' for role, rows in segments.items())})" if segments else ""
