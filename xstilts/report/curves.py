"""Learning curves of training, and scores of retrieval by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from xstilts.records import Records
from xstilts.report.charts import Figure, Series, chart
from xstilts.report.grids import Grid, Head, score_cell
from xstilts.wording import number, with_interval

MOST_FIGURES = 24
_MOST_LINES = 12
_RUN = ("encoder", "recipe", "seed")


def learning_curves(records: Records) -> list[Figure]:
    """Dev scores over steps: a chart for each set of intermediate tasks and for each target, a line for each recipe.

    Thin lines are seeds, thick ones their mean. A training that was evaluated once has no curve.
    """
    scores = records.dev.filter((pl.col("metric") == "score") & (pl.col("stage") == pl.col("head")))
    scores = scores.group_by("stage", "step", maintain_order=True).agg(pl.col("value").mean(), pl.col("selected").any())
    stages = records.costs.filter(pl.col("role").is_in(["intermediate", "target"]))
    stages = stages.select(*_RUN, "stage", "role", "tasks", "target", "place").unique(maintain_order=True)
    joined = stages.join(scores, on="stage").filter(pl.col("step").n_unique().over("stage") > 1)
    figures = []
    several = records.costs["encoder"].n_unique() > 1
    for (role, encoder, tasks), part in joined.group_by("role", "encoder", "tasks", maintain_order=True):
        lines = _lines(part)
        named = dict(list(lines.items())[:_MOST_LINES])
        what = f"{'Intermediate' if role == 'intermediate' else 'Target'} training on {tasks}"
        what += f", {encoder}" if several else ""
        what += f" (the first {_MOST_LINES} of {len(lines)} lines)" if len(lines) > _MOST_LINES else ""
        figures.append(chart(_curves(named), what, "steps", "dev score in points"))
    return figures


def _lines(part: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Name -> rows; recipes whose stages are the same share a line."""
    by_stages: dict[tuple[str, ...], list[str]] = {}
    for (recipe,), rows in part.group_by("recipe", maintain_order=True):
        by_stages.setdefault(tuple(sorted(set(rows["stage"]))), []).append(str(recipe))
    lines = {}
    for recipes in by_stages.values():
        name = ", ".join(recipes[:3]) + (f" and {len(recipes) - 3} more" if len(recipes) > 3 else "")
        mine = part.filter(pl.col("recipe") == recipes[0]).unique(["stage", "step"], maintain_order=True)
        lines[name] = mine.sort("seed", "step").to_dicts()
    return lines


def _curves(lines: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Series]:
    series = []
    for color, (name, rows) in enumerate(lines.items()):
        by_seed: dict[int, list[tuple[float, float]]] = {}
        by_step: dict[int, list[float]] = {}
        kept: dict[int, int] = {}
        for row in rows:
            by_seed.setdefault(row["seed"], []).append((row["step"], row["value"]))
            by_step.setdefault(row["step"], []).append(row["value"])
            kept[row["step"]] = kept.get(row["step"], 0) + bool(row["selected"])
        if len(by_seed) > 1:
            series += [Series("", points, color=color, dots=False, faint=True) for points in by_seed.values()]
        whole = {step: values for step, values in by_step.items() if len(values) == len(by_seed)}
        tips = [
            f"{name}, step {step}: {number(sum(values) / len(values))}, mean of {len(values)}; kept by {kept[step]}"
            for step, values in whole.items()
        ]
        points = [(float(step), sum(values) / len(values)) for step, values in whole.items()]
        if points:
            series.append(Series(name, points, tips, color=color))
    return series


def layer_charts(layers: pl.DataFrame, recipes: Sequence[str]) -> list[tuple[Figure, Grid]]:
    """Scores of retrieval by layer, one chart and table for each metric, pooling and similarity.

    Args:
        layers: Rows of `xstilts.analysis.summary.layer_scores` of one test set.
        recipes: In the order of their colors.
    """
    found = []
    for (metric, pooling, similarity), part in layers.group_by("metric", "pooling", "similarity", maintain_order=True):
        what = f"{metric} by layer, {pooling} pooling, {similarity} similarity: mean over zero-shot languages"
        rows = part.filter(pl.col("mean").is_not_null()).sort("layer")
        if rows["layer"].n_unique() < 2:
            continue
        series = []
        for color, recipe in enumerate(recipes):
            mine = rows.filter(pl.col("recipe") == recipe).to_dicts()
            if mine:
                tips = [
                    f"{recipe}, layer {row['layer']}: {with_interval(row['mean'], row['low'], row['high'])}"
                    for row in mine
                ]
                points = [(row["layer"], row["mean"]) for row in mine]
                series.append(Series(recipe, points, tips, [(row["low"], row["high"]) for row in mine], color))
        counted = part.filter(pl.col("headline"))["layer"].drop_nulls()
        marked = float(counted[0]) if len(counted) else None
        cells = {(row["recipe"], row["layer"]): row for row in part.iter_rows(named=True)}
        order = sorted(part["layer"].unique())
        grid = Grid(
            f"{what}, with 95 % intervals",
            [Head("recipe"), *(Head(str(layer)) for layer in order)],
            [(recipe, [score_cell(cells.get((recipe, layer))) for layer in order]) for recipe in recipes],
        )
        note = "; the dashed line marks the layer that counts" if marked is not None else ""
        figure = chart(series, what + note, "layer", "points", marked=marked, whole_x=True)
        found.append((figure, grid))
    return found
