"""The figure that belongs to a question: trade-off, trend, correlation, or groups of languages."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from xstilts.analysis import clusters, metric_correlation, model_size, task_count
from xstilts.analysis.evidence import Answer
from xstilts.analysis.metric_correlation import dev_metrics, run_scores
from xstilts.analysis.model_size import EVERY
from xstilts.analysis.summary import OVERALL
from xstilts.report.contents import Contents
from xstilts.report.document import Figure, Forest, Interval, Point, Scatter

_RUN = ["encoder", "recipe", "seed"]
_MOST_NAMES = 16


def question_figure(contents: Contents, answer: Answer, place: int) -> Figure | None:
    """The figure of an answer; None where the question has none, or too little to show.

    Args:
        contents: The study.
        answer: The answer.
        place: Its place among the answers, for the label.
    """
    found = _FIGURES.get(answer.question)
    return None if found is None else found(contents, answer, f"fig:answer-{place}")


def _interval(row: dict[str, Any]) -> Interval:
    return Interval(row["delta"], row["delta_low"], row["delta_high"])


def _trade_off(contents: Contents, answer: Answer, label: str) -> Figure | None:
    rows = answer.tables["recipes"].drop_nulls("pieces").to_dicts()
    if len({row["pieces"] for row in rows}) < 2:
        return None
    several = len(contents.evidence.encoders) > 1
    names = [f"{row['recipe']} ({row['encoder']})" if several else row["recipe"] for row in rows]
    if len(rows) > _MOST_NAMES:
        names = [name if row["efficient"] else "" for name, row in zip(names, rows, strict=True)]
    scale = 1000 if max(row["pieces"] for row in rows) >= 10_000 else 1
    points = tuple(Point(name, row["pieces"] / scale, _interval(row)) for name, row in zip(names, rows, strict=True))
    caption = f"Gain over {contents.baseline} against what the intermediate training read; bars are 95 % intervals."
    if not all(names):
        caption += " Named are recipes of the Pareto front: no other gains as much for less."
    axis = "thousands of pieces read in intermediate training" if scale > 1 else "pieces read in intermediate training"
    return Scatter(label, (caption,), axis, "difference (points)", points)


def _trend(contents: Contents, answer: Answer, label: str) -> Figure | None:
    whole = (pl.col("recipe") == EVERY) & (pl.col("target") == OVERALL)
    whole &= pl.col("feature") == "all"
    gains, trends = (answer.tables[name].filter(whole) for name in ("gains", "trends"))
    if gains["parameters"].n_unique() < 2 or trends.is_empty():
        return None
    points = tuple(Point(row["encoder"], row["parameters"] / 1e6, _interval(row)) for row in gains.to_dicts())
    slope = trends["slope"][0]
    logs = [math.log10(point.x) for point in points]
    middle, height = float(np.mean(logs)), float(np.mean([point.y.value for point in points]))
    ends = [(10**at, height + slope * (at - middle)) for at in (min(logs), max(logs))]
    caption = (
        f"Mean gain of all recipes over {contents.baseline} against the size of the encoder, with the fitted line;"
    )
    caption += " bars are 95 % intervals."
    axis = "million parameters (logarithmic)"
    return Scatter(label, (caption,), axis, "difference (points)", points, True, (ends[0], ends[1]))


def _correlation(contents: Contents, answer: Answer, label: str) -> Figure | None:
    table = answer.tables["correlations"].filter((pl.col("target") == OVERALL) & (pl.col("scope") == "all"))
    table = table.drop_nulls("spearman")
    table = table.filter(pl.col("recipes") == pl.col("recipes").max())
    if table.is_empty():
        return None
    best = table.sort(pl.col("spearman").abs(), descending=True).row(0, named=True)
    runs = run_scores(contents.evidence).filter((pl.col("target") == OVERALL) & (pl.col("encoder") == best["encoder"]))
    runs = runs.join(dev_metrics(contents.evidence).filter(pl.col("metric") == best["metric"]), on=_RUN)
    points = tuple(Point("", row["dev"], Interval(row["score"], row["score"], row["score"])) for row in runs.to_dicts())
    metric = str(best["metric"]).replace("_", " ")
    caption = f"The intermediate measure that goes most closely with transfer, {metric}, against the mean zero-shot"
    caption += f" score; a point per run of {best['encoder']}."
    return Scatter(label, (caption,), f"{metric} of the last intermediate stage", "zero-shot score", points)


def _mixes(contents: Contents, answer: Answer, label: str) -> Figure | None:
    table = answer.tables["mixes"].filter(pl.col("feature").is_in(["all", "family", "script", "resources"]))
    if table.is_empty():
        return None
    keys = table.select("feature", "cluster").unique(maintain_order=True).rows()
    names = tuple("all languages" if feature == "all" else f"{feature}: {cluster}" for feature, cluster in keys)
    panels = []
    several = len(contents.evidence.encoders) > 1
    for (encoder, english, mix), part in table.group_by("encoder", "english", "mix", maintain_order=True):
        found = {(row["feature"], row["cluster"]): _interval(row) for row in part.to_dicts()}
        title = f"{mix} less {english}" + (f" ({encoder})" if several else "")
        panels.append((title, tuple(found.get(key) for key in keys)))
    caption = "More languages less English only, by group of zero-shot languages, in points with 95 % intervals."
    return Forest(label, (caption,), names, tuple(panels))


_FIGURES: dict[str, Callable[[Contents, Answer, str], Figure | None]] = {
    task_count.QUESTION: _trade_off,
    model_size.QUESTION: _trend,
    metric_correlation.QUESTION: _correlation,
    clusters.QUESTION: _mixes,
}
