"""Simulated scores with known effects, and tables of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from xstilts.analysis.intervals import SeedScores, example_sums
from xstilts.metrics.base import mean_value

NAMES = ("encoder", "recipe", "target", "task", "language", "split", "metric", "pooling", "similarity")


def accuracy_statistics(right: np.ndarray) -> np.ndarray:
    """Statistics [..., examples, 2] of a score per example."""
    return np.stack([right, np.ones_like(right)], axis=-1).astype(float)


def seed_scores(statistics: np.ndarray, value=mean_value, draws: int = 1000, seed: int = 0) -> SeedScores:
    """Scores of seeds 1, 2, ... from statistics [seeds, examples, width]."""
    seeds, examples, width = statistics.shape
    columns = np.moveaxis(statistics, 1, 0).reshape(examples, seeds * width)
    drawn = value(example_sums(columns, draws, seed).reshape(draws, seeds, width))
    return SeedScores(tuple(range(1, seeds + 1)), value(statistics.sum(axis=1)), drawn, examples)


def crossed(generator: np.random.Generator, seeds: int, spread: tuple[float, float, float]) -> np.ndarray:
    """Scores [seeds, 150] of mean 0, with effects of seeds, of examples, and of both together."""
    of_seeds, of_examples, of_both = spread
    return (
        generator.normal(0, of_seeds, (seeds, 1))
        + generator.normal(0, of_examples, 150)
        + generator.normal(0, of_both, (seeds, 150))
    )


def scored(
    right: Sequence[float],
    recipe: str = "direct",
    target: str = "panx",
    language: str = "de",
    seed: int = 1,
    **changes: Any,
) -> dict[str, Any]:
    """A row of the long table whose metric is the mean of a score per example."""
    fields = {
        "study": "s",
        "encoder": "xlmr",
        "recipe": recipe,
        "target": target,
        "task": target,
        "language": language,
        "split": "test",
        "seed": seed,
        "metric": "accuracy",
        "value": 100 * sum(right) / len(right),
        "examples": len(right),
        "gold": "gold",
        "headline": True,
        "zero_shot": language != "en",
        "selection": "source dev",
        "collapsed": False,
        "layer": None,
        "pooling": None,
        "similarity": None,
        "stage": "key",
        "width": 2,
        "statistics": [float(number) for score in right for number in (score, 1)],
    }
    return {**fields, **changes}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    """The long table of some rows."""
    strings = dict.fromkeys(NAMES, pl.String)
    return pl.DataFrame(
        list(rows),
        schema_overrides={**strings, "layer": pl.Int64, "value": pl.Float64, "statistics": pl.List(pl.Float64)},
    )


def only(frame: pl.DataFrame, **values: object) -> dict[str, Any]:
    """The one row of a frame with these values."""
    rows = frame.filter(*(pl.col(name).eq_missing(pl.lit(value)) for name, value in values.items()))
    assert len(rows) == 1, rows
    return rows.row(0, named=True)


def empty_columns(frame: pl.DataFrame) -> list[str]:
    """Columns in which no row says anything."""
    return [column.name for column in frame if column.null_count() == frame.height]
