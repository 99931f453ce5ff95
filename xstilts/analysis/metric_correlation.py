"""Does a dev metric of the intermediate task tell how well its encoder transfers?

A point is one run: a recipe with one seed, the dev metrics of its last intermediate stage at the checkpoint that was
kept, and its zero-shot scores. Seeds of a recipe are no independent evidence, so the bootstrap resamples recipes, each
with all its seeds (Efron and Tibshirani 1993, chapter 8), and what is left out to be predicted is a recipe too. Dev
metrics of different tasks measure different things: beside all runs together, "within" has the means of each set of
intermediate tasks taken out of both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from xstilts.analysis.critical_values import LEVEL
from xstilts.analysis.evidence import Answer, Evidence
from xstilts.analysis.intervals import FloatArray, stable_seed
from xstilts.analysis.summary import OVERALL, ZERO_SHOT
from xstilts.wording import counted, number, with_interval

QUESTION = "Which dev metric of the intermediate task predicts zero-shot transfer?"
COEFFICIENTS = ("pearson", "spearman", "kendall", "partial")
_FEWEST = 4  # recipes; fewer say nothing
_ALMOST_ONE = 0.999  # resamples of few recipes lie on a line, where Fisher's z has no end
_RUN = ("encoder", "recipe", "seed")
_SCHEMA = {
    **dict.fromkeys(("encoder", "target", "language", "metric", "scope"), pl.String),
    **dict.fromkeys(("recipes", "runs"), pl.Int64),
    **{f"{name}{end}": pl.Float64 for name in COEFFICIENTS for end in ("", "_low", "_high")},
    **dict.fromkeys(("left_out_error", "mean_error"), pl.Float64),
}


@dataclass(frozen=True)
class Coefficient:
    """A correlation with its bootstrap interval; not a number where either side does not vary."""

    value: float
    low: float
    high: float


def pearson(x: FloatArray, y: FloatArray) -> FloatArray:
    """Pearson's correlation over the last axis."""
    x, y = (side - side.mean(axis=-1, keepdims=True) for side in (x, y))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((x * y).sum(axis=-1) / np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1)))


def spearman(x: FloatArray, y: FloatArray) -> FloatArray:
    """Spearman's correlation over the last axis: Pearson's, of ranks, ties at their mean rank."""
    from scipy.stats import rankdata

    return pearson(rankdata(x, axis=-1), rankdata(y, axis=-1))


def kendall(x: FloatArray, y: FloatArray) -> FloatArray:
    """Kendall's tau-b over the last axis (Kendall 1945)."""
    rises = [np.sign(side[..., :, None] - side[..., None, :]) for side in (x, y)]
    untied = [np.abs(side).sum(axis=(-1, -2)) for side in rises]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((rises[0] * rises[1]).sum(axis=(-1, -2)) / np.sqrt(untied[0] * untied[1]))


def partial_pearson(x: FloatArray, y: FloatArray, held: FloatArray) -> FloatArray:
    """Pearson's correlation of what a line in `held` leaves of both, over the last axis."""
    centered = held - held.mean(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        rests = [
            side - centered * ((side * centered).sum(axis=-1) / (centered**2).sum(axis=-1))[..., None]
            for side in (x, y)
        ]
    return pearson(*rests)


def correlate(
    x: Sequence[float],
    y: Sequence[float],
    recipes: Sequence[str],
    held: Sequence[float] | None = None,
    draws: int = 500,
    seed: int = 0,
) -> dict[str, Coefficient]:
    """All coefficients of two measures of the same runs, with intervals over resampled recipes.

    Args:
        x: The predictor.
        y: What is predicted.
        recipes: The recipe of each run.
        held: What `partial` holds constant; without it there is no `partial`.
        draws: Bootstrap draws.
        seed: Seed of the bootstrap.
    """
    chosen, count = _resampled(recipes, draws, seed), len(set(recipes))
    sides = [np.asarray(side, dtype=np.float64) for side in (x, y)]
    rules = {"pearson": pearson, "spearman": spearman, "kendall": kendall}
    found = {
        name: _with_interval(float(rule(*sides)), _drawn(rule, sides, chosen), count) for name, rule in rules.items()
    }
    if held is not None:
        sides = [*sides, np.asarray(held, dtype=np.float64)]
        found["partial"] = _with_interval(float(partial_pearson(*sides)), _drawn(partial_pearson, sides, chosen), count)
    return found


def _drawn(rule: Any, sides: Sequence[FloatArray], chosen: Sequence[np.ndarray]) -> FloatArray:
    return np.concatenate([rule(*(side[rows] for side in sides)) for rows in chosen])


def _with_interval(value: float, draws: FloatArray, recipes: int) -> Coefficient:
    """The percentile interval on Fisher's z scale, stretched about the value as Student's t is wider than a normal.

    So few recipes vary too little when they are resampled: (n - 1) / n of their variance, and a normal tail.
    """
    from scipy.special import ndtri, stdtrit

    known = draws[~np.isnan(draws)]
    if np.isnan(value) or len(known) < len(draws) / 2:
        return Coefficient(value, float("nan"), float("nan"))
    quantile = (1 + LEVEL) / 2
    stretch = stdtrit(recipes - 1, quantile) / ndtri(quantile) * np.sqrt(recipes / (recipes - 1))
    middle, ends = _fisher(np.asarray(value)), np.quantile(_fisher(known), [1 - quantile, quantile])
    low, high = np.tanh(middle + stretch * (ends - middle))
    return Coefficient(value, float(low), float(high))


def _fisher(coefficients: FloatArray) -> FloatArray:
    return np.arctanh(np.clip(coefficients, -_ALMOST_ONE, _ALMOST_ONE))


def _resampled(recipes: Sequence[str], draws: int, seed: int) -> list[np.ndarray]:
    """Positions of the runs of resampled recipes; draws with equally many runs stand in one array [draws, runs]."""
    names = list(dict.fromkeys(recipes))
    members = [np.flatnonzero(np.asarray(recipes) == name) for name in names]
    generator = np.random.default_rng(stable_seed("recipes", len(names), seed))
    by_size: dict[int, list[np.ndarray]] = {}
    for picked in generator.integers(0, len(names), size=(draws, len(names))):
        rows = np.concatenate([members[at] for at in picked])
        by_size.setdefault(len(rows), []).append(rows)
    return [np.stack(rows) for rows in by_size.values()]


def left_out_error(x: Sequence[float], y: Sequence[float], recipes: Sequence[str]) -> tuple[float, float]:
    """How far predictions of a left-out recipe are off, root mean square, in the units of y.

    Returns:
        The error of a line fitted to the other recipes, and that of their mean, which knows no predictor.
    """
    predictor, outcome, names = np.asarray(x), np.asarray(y), np.asarray(recipes)
    errors: list[list[float]] = [[], []]
    for name in dict.fromkeys(recipes):
        out = names == name
        line = fitted_line(predictor[~out], outcome[~out])
        errors[0] += (line[0] + line[1] * predictor[out] - outcome[out]).tolist()
        errors[1] += (outcome[~out].mean() - outcome[out]).tolist()
    rms = [float(np.sqrt(np.mean(np.square(error)))) for error in errors]
    return rms[0], rms[1]


def fitted_line(x: Sequence[float] | FloatArray, y: Sequence[float] | FloatArray) -> tuple[float, float]:
    """Intercept and slope by ordinary least squares; a flat line where x does not vary."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread if spread > 0 else 0.0
    return float(y.mean() - slope * x.mean()), slope


def dev_metrics(evidence: Evidence) -> pl.DataFrame:
    """Dev metrics, and the training loss, of every run's last intermediate stage at the checkpoint that was kept.

    Returns:
        Columns encoder, recipe, seed, tasks, metric and dev (the mean over the stage's tasks).
    """
    chain = evidence.records.costs.filter(pl.col("role") == "intermediate")
    last = chain.filter(pl.col("place") == pl.col("place").max().over(_RUN))
    own = evidence.records.dev.filter(pl.col("selected") & (pl.col("stage") == pl.col("head")))
    return (
        last.select(*_RUN, "stage", "tasks")
        .unique()
        .join(own, on="stage")
        .group_by(*_RUN, "tasks", "metric", maintain_order=True)
        .agg(pl.col("value").mean().alias("dev"))
    )


def run_scores(evidence: Evidence) -> pl.DataFrame:
    """Zero-shot scores of every run: by language, by target (the mean over languages), and over all targets.

    A mean is only of runs that have all its parts: runs that collapsed on a hard target would else seem to be better.

    Returns:
        Columns encoder, recipe, seed, target, language and score.
    """
    usable = evidence.table.filter(
        pl.col("headline") & pl.col("zero_shot") & ~pl.col("collapsed") & pl.col("value").is_not_null()
    )
    languages = usable.group_by(*_RUN, "target", "language", maintain_order=True).agg(score=pl.col("value").mean())
    targets = languages.group_by(*_RUN, "target", maintain_order=True).agg(pl.col("score").mean(), parts=pl.len())
    targets = targets.filter(pl.col("parts") == pl.col("parts").max().over("encoder", "target"))
    overall = targets.group_by(*_RUN, maintain_order=True).agg(pl.col("score").mean(), parts=pl.len())
    overall = overall.filter(pl.col("parts") == pl.col("parts").max().over("encoder"))
    columns = [*_RUN, "target", "language", "score"]
    return pl.concat(
        [
            overall.with_columns(target=pl.lit(OVERALL), language=pl.lit(ZERO_SHOT)).select(columns),
            targets.with_columns(language=pl.lit(ZERO_SHOT)).select(columns),
            languages.select(columns),
        ]
    )


def target_dev(evidence: Evidence) -> pl.DataFrame:
    """Dev scores, in the source language, of target training, and their mean over targets.

    Returns:
        Columns encoder, recipe, seed, target and held; "all targets" only of runs that have every target's.
    """
    stages = evidence.records.costs.filter(pl.col("role") == "target").select(*_RUN, "target", "stage").unique()
    scores = evidence.records.dev.filter(
        pl.col("selected") & (pl.col("metric") == "score") & (pl.col("stage") == pl.col("head"))
    )
    joined = stages.join(scores, on="stage")
    held = joined.group_by(*_RUN, "target", maintain_order=True).agg(held=pl.col("value").mean())
    means = held.group_by(*_RUN, maintain_order=True).agg(pl.col("held").mean(), parts=pl.len())
    means = means.filter(pl.col("parts") == pl.col("parts").max().over("encoder"))
    return pl.concat([held, means.select(*_RUN, pl.lit(OVERALL).alias("target"), "held")])


def correlation_table(evidence: Evidence, draws: int = 500) -> pl.DataFrame:
    """Every dev metric against every zero-shot score.

    Returns:
        Columns encoder, target, language, metric, scope ("all" runs, or "within" sets of intermediate tasks), recipes,
        runs, the coefficients with their 95 % intervals (`partial` holds the target's own dev score in the source
        language constant), left_out_error and mean_error (points; see `left_out_error`).
    """
    runs = run_scores(evidence).join(dev_metrics(evidence), on=_RUN)
    runs = runs.join(target_dev(evidence), on=[*_RUN, "target"], how="left")
    rows = []
    names = ("encoder", "target", "language", "metric")
    for key, points in runs.partition_by(*names, as_dict=True, maintain_order=True).items():
        for scope, chosen in _scopes(points):
            if chosen["recipe"].n_unique() >= _FEWEST:
                rows.append({**dict(zip(names, key, strict=True)), "scope": scope, **_numbers(chosen, draws)})
    return pl.DataFrame(rows, schema=_SCHEMA)


def _scopes(points: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "all", points
    several = points.filter(pl.col("recipe").n_unique().over("tasks") > 1)
    if several["tasks"].n_unique() > 1:
        numbers = ("dev", "score", "held")
        yield "within", several.with_columns(pl.col(name) - pl.col(name).mean().over("tasks") for name in numbers)


def _numbers(points: pl.DataFrame, draws: int) -> dict[str, Any]:
    x, y, recipes = (points[name].to_list() for name in ("dev", "score", "recipe"))
    held = None if points["held"].null_count() else points["held"].to_list()
    error, mean_error = left_out_error(x, y, recipes)
    found: dict[str, Any] = {
        "recipes": len(set(recipes)),
        "runs": len(recipes),
        **{"left_out_error": error, "mean_error": mean_error},
    }
    for name, coefficient in correlate(x, y, recipes, held, draws).items():
        ends = {"": coefficient.value, "_low": coefficient.low, "_high": coefficient.high}
        found |= {f"{name}{end}": None if np.isnan(value) else value for end, value in ends.items()}
    return found


def metric_correlation(evidence: Evidence, draws: int = 500) -> Answer | None:
    """Which dev metric goes with zero-shot transfer; None without records of at least four recipes.

    The sentence compares the measures that the most recipes have; those of single tasks are in the table.
    """
    table = correlation_table(evidence, draws)
    overall = table.filter(pl.col("target") == OVERALL).drop_nulls("spearman")
    together = overall.filter(pl.col("scope") == "all")
    if together.is_empty():
        return None
    sentences = []
    for encoder in together["encoder"].unique(maintain_order=True):
        prefix = f"{encoder}: " if together["encoder"].n_unique() > 1 else ""
        closest, measures = _closest(together.filter(pl.col("encoder") == encoder))
        sentences.append(prefix + _sentence(closest, measures))
        within = overall.filter((pl.col("encoder") == encoder) & (pl.col("scope") == "within"))
        if not within.is_empty():
            sentences.append(_within_sentence(_closest(within)[0]))
    notes = (
        "The strongest of several correlations is somewhat too strong: it was chosen because it is.",
        "Only the checkpoint that was kept has zero-shot scores; other checkpoints enter as recipes of their own.",
    )
    return Answer(QUESTION, " ".join(sentences), {"correlations": table}, notes)


def _closest(rows: pl.DataFrame) -> tuple[dict[str, Any], int]:
    """Of the measures that the most recipes have, the one that goes most closely with scores, and their number."""
    shared = rows.filter(pl.col("recipes") == pl.col("recipes").max())
    return shared.sort(pl.col("spearman").abs(), descending=True).row(0, named=True), shared.height


def _rho(row: Mapping[str, Any]) -> str:
    low, high = row["spearman_low"], row["spearman_high"]
    if low is None or high is None:
        return number(row["spearman"], True, 2)
    return with_interval(row["spearman"], low, high, True, 2)


def _within_sentence(row: Mapping[str, Any]) -> str:
    return (
        f"Among recipes with the same tasks, {row['metric']} goes most closely with it: Spearman {_rho(row)}; it"
        f" predicts a left-out recipe's distance from their mean to within {number(row['left_out_error'])} points"
        f" ({number(row['mean_error'])} without it)."
    )


def _sentence(row: dict[str, Any], metrics: int) -> str:
    low, high = row["spearman_low"], row["spearman_high"]
    known = low is not None and high is not None
    certain = known and (low > 0 or high < 0)
    name, shared = row["metric"], "of intermediate training that these recipes share"
    several = f"{counted(metrics, 'measure')} {shared}"
    if metrics == 1:
        goes = "goes" if certain else "does not clearly go"
        start = f"{name}, the only measure {shared}, {goes} with the zero-shot score"
    elif certain:
        start = f"Of {several}, {name} goes most closely with the zero-shot score"
    else:
        start = f"None of {several} clearly goes with the zero-shot score; {name} comes closest"
    partial = ""
    if row["partial_low"] is not None:
        held = with_interval(row["partial"], row["partial_low"], row["partial_high"], True, 2)
        partial = f" With the targets' own English dev scores held constant, Pearson's correlation is {held}."
    return (
        f"{start}: Spearman {_rho(row)} over {counted(row['runs'], 'run')} of {counted(row['recipes'], 'recipe')}; it"
        f" predicts a left-out recipe to within {number(row['left_out_error'])} points, where the mean of the others is"
        f" off by {number(row['mean_error'])}.{partial}"
    )
