"""What a study took, and of which data it was made: tables for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from xstilts.records import Records
from xstilts.report.columns import ABSENT
from xstilts.report.grids import Cell, Grid, Head
from xstilts.wording import counted, listed

_ROLES = ("intermediate", "target", "translate", "predict")
_MOST_ROWS = 300


def cost_words(records: Records, made_with: Mapping[str, Mapping[str, int]]) -> list[str]:
    """What all stages took together, on what, and with which versions."""
    stages = records.costs.unique("stage")
    lines = []
    known = stages["seconds"].drop_nulls()
    if len(known):
        shared = records.costs.height - stages.height
        took = duration(float(known.sum()))
        spared = f"; because recipes and targets share them, {shared:,} more were spared" if shared else ""
        lines.append(f"{counted(stages.height, 'stage')} of translation, training and prediction took {took}{spared}.")
    if missing := stages.height - len(known):
        lines.append(f"Of {counted(missing, 'stage')} the time is not known.")
    devices = made_with.get("devices", {})
    if devices:
        named = [f"{name} ({counted(count, 'stage')})" for name, count in devices.items()]
        lines.append(f"Devices: {listed(named)}.")
    versions = made_with.get("versions", {})
    if versions:
        named = [f"{name} ({count:,})" for name, count in versions.items()]
        lines.append(f"Versions, and how many stages each made: {listed(named)}.")
    retried = stages.filter(pl.col("attempts") > 1).height
    if retried:
        lines.append(f"{counted(retried, 'training')} stayed at chance and was tried again.")
    return lines


def cost_grid(records: Records, encoder: str, recipes: Sequence[str]) -> Grid | None:
    """Cost of each recipe of an encoder, in the order given: means over seeds, as if nothing were shared."""
    costs = records.costs.filter(pl.col("encoder") == encoder)
    if costs.is_empty():
        return None
    seeds = dict(costs.group_by("recipe").agg(pl.col("seed").n_unique()).iter_rows())
    sums = costs.unique(["recipe", "seed", "stage"]).group_by("recipe", "role", maintain_order=True)
    totals: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in sums.agg(
        *(pl.col(name).sum() for name in ("steps", "pieces", "seconds")), unknown=pl.col("seconds").null_count()
    ).iter_rows(named=True):
        totals.setdefault(row["recipe"], {})[row["role"]] = row
    roles = [role for role in _ROLES if any(role in parts for parts in totals.values())]
    heads = [Head("recipe"), Head("intermediate steps"), Head("intermediate pieces")]
    seconds = [sum(part["seconds"] or 0 for part in parts.values()) / seeds[name] for name, parts in totals.items()]
    unit, size = _unit(max(seconds))
    heads += [Head(f"{role}, {unit}") for role in roles] + [Head(f"all, {unit}", lead=True)]
    rows = []
    for recipe in [name for name in recipes if name in totals]:
        parts, count = totals[recipe], seeds[recipe]
        first = parts.get("intermediate", {"steps": 0, "pieces": 0})
        cells = [Cell(f"{round((first[name] or 0) / count):,}") for name in ("steps", "pieces")]
        cells += [_time([parts[role]] if role in parts else [], count * size) for role in roles]
        rows.append((recipe, [*cells, _time(list(parts.values()), count * size)]))
    return Grid(
        f"Cost of a recipe for one seed and all targets, if nothing were shared: {encoder}. Pieces are those that"
        " training read.",
        heads,
        rows,
    )


def _time(parts: Sequence[Mapping[str, Any]], divisor: float) -> Cell:
    if any(part["unknown"] for part in parts):
        return Cell(ABSENT)
    return Cell(f"{sum(part['seconds'] for part in parts) / divisor:,.1f}")


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    name, size = _unit(seconds)
    return f"{seconds / size:.{0 if size == 1 else 1}f} {name}"


def _unit(seconds: float) -> tuple[str, float]:
    """The unit that suits a time, and its seconds."""
    sizes = (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0))
    return next(((name, size) for name, size in sizes if seconds >= 1.5 * size), ("seconds", 1.0))


def data_grid(data: Sequence[Mapping[str, Any]]) -> Grid | None:
    """The rows that were read, by task, language and split, beside the official numbers."""
    if not data:
        return None
    rows = [
        (
            row["task"],
            [
                Cell(row["language"]),
                Cell(row["split"]),
                Cell(f"{row['rows']:,}"),
                Cell(f"{row['found']:,}"),
                Cell(ABSENT if row["official"] is None else f"{row['official']:,}"),
                Cell("–" if row["official"] is None else "yes" if row["official"] == row["found"] else "no"),
                Cell(row["digest"].rpartition("/")[2][:12]),
            ],
        )
        for row in data[:_MOST_ROWS]
    ]
    cut = f"; the first {_MOST_ROWS} of {len(data):,}" if len(data) > _MOST_ROWS else ""
    heads = [Head("task"), Head("language", numeric=False), Head("split", numeric=False), Head("rows used")]
    heads += [Head("in the split"), Head("officially"), Head("complete", numeric=False)]
    return Grid(f"Data{cut}", [*heads, Head("SHA-256 begins", numeric=False)], rows, words=True)
