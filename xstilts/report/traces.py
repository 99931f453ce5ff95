"""Where numbers come from: the rows of results.parquet behind every cell of a score table.

The page names them when a cell is pointed at. It has no row of the results itself, only their seeds, the number of
their examples and, where there are not too many, the beginnings of the keys of their stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from xstilts.analysis.summary import one_split_per_target

KEY_LENGTH = 8
MOST_KEYS = 12_000
"""Rows beyond which the page leaves out the keys of stages."""
_SET = ("encoder", "target", "split")


def traces(table: pl.DataFrame, test_sets: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """The rows behind the cells, by test set, recipe and language.

    Args:
        table: The long table.
        test_sets: Encoder, target and split of each, in the order of their numbers.

    Returns:
        `seeds`, all sets of seeds; and `sets`, for each test set its encoder, target, split, headline metrics, source
        languages, and `cells`: recipe -> language -> number of its set of seeds, collapsed seeds, examples, rows, and
        the beginnings of stage keys.
    """
    rows = one_split_per_target(table).filter(pl.col("headline"))
    with_keys = rows.height <= MOST_KEYS
    groups = rows.group_by(*_SET, "recipe", "language", maintain_order=True).agg(
        pl.col("seed").filter(~pl.col("collapsed")).unique().sort(),
        lost=pl.col("seed").filter(pl.col("collapsed")).n_unique(),
        examples=pl.col("examples").max(),
        rows=pl.len(),
        keys=pl.col("stage").str.head(KEY_LENGTH).unique(maintain_order=True) if with_keys else pl.lit([]),
    )
    seeds: dict[tuple[int, ...], int] = {}
    cells: dict[tuple[str, str, str], dict[str, dict[str, list[Any]]]] = {place: {} for place in test_sets}
    for row in groups.iter_rows(named=True):
        at = seeds.setdefault(tuple(row["seed"]), len(seeds))
        found = [at, row["lost"], row["examples"], row["rows"], " ".join(filter(None, row["keys"]))]
        place = tuple(row[name] for name in _SET)
        cells.setdefault(place, {}).setdefault(row["recipe"], {})[row["language"]] = found
    facts = rows.group_by(*_SET).agg(
        pl.col("metric").unique(maintain_order=True), source=pl.col("language").filter(~pl.col("zero_shot")).unique()
    )
    about = {tuple(row[name] for name in _SET): row for row in facts.iter_rows(named=True)}
    sets = [
        {
            **dict(zip(_SET, place, strict=True)),
            "metrics": about[place]["metric"] if place in about else [],
            "source": sorted(about[place]["source"]) if place in about else [],
            "cells": cells[place],
        }
        for place in test_sets
    ]
    return {"seeds": [list(found) for found in seeds], "sets": sets}
