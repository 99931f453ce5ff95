"""`xstilts status`: which stages of a run are done, running, failed, skipped, waiting."""

from __future__ import annotations

import json
from collections import Counter

import typer

from xstilts.cli.options import Json, StudyFolder


def status(out: StudyFolder, as_json: Json = False) -> None:
    """Says which stages are done, running, failed (with the reason), skipped or waiting."""
    from xstilts.journal import stage_states

    rows = stage_states(out)
    if as_json:
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    counts = Counter(row["state"] for row in rows)
    typer.echo(", ".join(f"{counts[state]:,} {state}" for state in ("done", "running", "failed", "skipped", "waiting")))
    for row in rows:
        if row["state"] in ("running", "failed"):
            typer.echo(f"{row['state']}: {row['title']}" + (f"\n  {row['reason']}" if row.get("reason") else ""))
