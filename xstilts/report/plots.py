"""The plots that belong to each question: differences, trade-off, scaling, correlation, clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import polars as pl

from xstilts.analysis import clusters, differences, metric_correlation, model_size, task_count
from xstilts.analysis.evidence import Answer, Evidence
from xstilts.analysis.intervals import estimated
from xstilts.analysis.summary import OVERALL, LanguageScore
from xstilts.report.blocks import Block, Fold, Row, Words
from xstilts.report.charts import Figure, Series, chart, short_number
from xstilts.report.forest import forest, p_note
from xstilts.report.grids import Grid, Head, difference_cell, frame_grid
from xstilts.wording import number, with_interval

Numbers = Mapping[str, Any]
_ARRANGEMENTS = ("single", "joint", "sequence", "mixed")
SHORT = {
    differences.QUESTION: "Differences",
    task_count.QUESTION: "Number of tasks",
    model_size.QUESTION: "Size",
    metric_correlation.QUESTION: "Dev metrics",
    clusters.QUESTION: "Mixes",
}
"""What chapters are called in the list of chapters."""
_CAPTIONS = {
    "differences": "Every difference from the baseline, in points; p as it is, and adjusted by Holm and by"
    " Benjamini and Hochberg; effect size: Cohen’s d over seeds; order: bound of almost stochastic order; detectable:"
    " the true difference that would be found with power 0.8",
    "recipes": "Gain and cost of every recipe; efficient: no other one gains more for less",
    "counts": "Mean gain by number of intermediate tasks",
    "trends": "Fitted trends of the gain",
    "pairs": "Recipes of the same tasks, arranged otherwise or in another order: difference in gain",
    "forgetting": "Dev scores of earlier tasks before and after later stages, in points",
    "correlations": "Correlation of each intermediate measure with the zero-shot score, by target, and within recipes"
    " of the same tasks",
    "gains": "Gain of every recipe with every encoder",
    "mixes": "Each mix against the same tasks in one language, by group of languages",
    "clusters": "Mean score and difference of every recipe by group of languages",
}
"""Name of an answer's table -> what it shows."""
_FEATURES = ("family", "script", "resources")
_CLUSTER_LINES = 24
_BAND_POINTS = 25
_ASIDE = 0.07  # of a task, between arrangements of equally many tasks


def answer_blocks(evidence: Evidence, answer: Answer) -> list[Block]:
    """The plots of an answer, its notes, and the tables behind it."""
    drawn = _PLOTS.get(answer.question)
    blocks = drawn(evidence, answer) if drawn else []
    if answer.notes:
        blocks.append(Words(answer.notes, "list"))
    tables = [
        frame_grid(table, _CAPTIONS.get(name, name.replace("_", " ")))
        for name, table in answer.tables.items()
        if table.height
    ]
    if tables:
        blocks.append(Fold("The numbers behind it", tables))
    return blocks


def _differences(evidence: Evidence, answer: Answer) -> list[Block]:
    table = answer.tables["differences"]
    blocks: list[Block] = []
    for encoder in evidence.encoders:
        mine = table.filter(pl.col("encoder") == encoder)
        where = f", {encoder}" if len(evidence.encoders) > 1 else ""
        overall = mine.filter(pl.col("target") == OVERALL).to_dicts()
        drawn = forest(
            [(row["recipe"], row) for row in overall],
            f"Mean zero-shot difference from {evidence.baseline} over targets{where}, with 95 % interval",
            notes=[p_note(row["p_holm"]) for row in overall],
            noted="adjusted p",
        )
        blocks += [drawn] if drawn else []
        by_target = mine.filter((pl.col("target") != OVERALL) & pl.col("language").str.contains("languages"))
        if by_target["target"].n_unique() > 1:
            parts = [
                _forest_of_target(evidence, target, by_target.filter(pl.col("target") == target))
                for target in evidence.targets
            ]
            blocks.append(Fold(f"Target by target{where}", [Row([part for part in parts if part])]))
    return blocks


def _forest_of_target(evidence: Evidence, target: str, rows: pl.DataFrame) -> Any:
    lines = [(row["recipe"], row) for row in rows.iter_rows(named=True)]
    return forest(lines, f"{target}: zero-shot difference from {evidence.baseline}")


def _task_count(evidence: Evidence, answer: Answer) -> list[Block]:
    blocks: list[Block] = []
    for encoder in evidence.encoders:
        where = f", {encoder}" if len(evidence.encoders) > 1 else ""
        recipes = answer.tables["recipes"].filter(pl.col("encoder") == encoder)
        figures = [_trade_off(recipes, where, evidence.baseline), _by_count(answer.tables["counts"], encoder, where)]
        blocks.append(Row([figure for figure in figures if figure]))
    pairs = answer.tables["pairs"].to_dicts()
    drawn = forest(
        [(f"{row['recipe']} − {row['other']}", row) for row in pairs],
        "The same tasks, arranged otherwise: difference in gain",
        notes=[p_note(row["p"]) for row in pairs],
        noted="p",
        named="difference",
    )
    return [*blocks, *([drawn] if drawn else [])]


def _trade_off(recipes: pl.DataFrame, where: str, baseline: str) -> Figure | None:
    """Gain against cost, with the Pareto front."""
    cost = "pieces" if recipes["pieces"].null_count() < recipes.height else "steps"
    known = recipes.drop_nulls([cost, "delta"]).sort(cost)
    if known.is_empty():
        return None
    unit = {"pieces": "pieces read in intermediate training", "steps": "steps of intermediate training"}[cost]
    front = [(0.0, 0.0), *known.filter(pl.col("efficient")).select(cost, "delta").iter_rows()]
    series = [Series("Pareto front", front, color=7, dots=False)] if len(front) > 1 else []
    series.append(Series(baseline, [(0.0, 0.0)], [f"{baseline}: costs nothing"], color=0, joined=False))
    for color, arrangement in enumerate(_ARRANGEMENTS, 1):
        mine = known.filter(pl.col("arrangement") == arrangement).to_dicts()
        if mine:
            tips = [f"{row['recipe']}: {_delta(row)} for {short_number(round(row[cost], -2))} {cost}" for row in mine]
            points = [(row[cost], row["delta"]) for row in mine]
            bounds = [(row["delta_low"], row["delta_high"]) for row in mine]
            series.append(Series(arrangement, points, tips, bounds, color, joined=False, band=False))
    return chart(series, f"Gain against cost, with the Pareto front{where}", unit, "gain in points", zero=True)


def _by_count(counts: pl.DataFrame, encoder: str, where: str) -> Figure | None:
    mine = counts.filter(pl.col("encoder") == encoder).sort("count")
    there = [name for name in _ARRANGEMENTS if name in set(mine["arrangement"])]
    series = []
    for color, arrangement in enumerate(_ARRANGEMENTS, 1):
        rows = mine.filter(pl.col("arrangement") == arrangement).to_dicts()
        if rows:
            aside = _ASIDE * (there.index(arrangement) - (len(there) - 1) / 2)  # else equal counts hide each other
            series.append(
                Series(
                    arrangement,
                    [(row["count"] + aside, row["delta"]) for row in rows],
                    [f"{row['recipes']} of {row['count']} tasks, {arrangement}: {_delta(row)}" for row in rows],
                    [(row["delta_low"], row["delta_high"]) for row in rows],
                    color,
                    band=False,
                )
            )
    if not series:
        return None
    title = f"Gain by number of intermediate tasks{where}"
    return chart(series, title, "intermediate tasks", "gain in points", zero=True, whole_x=True)


def _model_size(evidence: Evidence, answer: Answer) -> list[Block]:
    sizes = model_size.parameters_of(evidence)
    encoders = sorted((name for name in evidence.encoders if name in sizes), key=sizes.__getitem__)
    figures = []
    for target in [OVERALL, *(evidence.targets if len(evidence.targets) > 1 else [])]:
        gains = model_size.gains_by_encoder(evidence, encoders, partial(_is_of, target))
        if any(gains.values()):
            figures.append(_scaling(gains, sizes, target))
    trends = answer.tables["trends"].filter((pl.col("feature") == "all") & (pl.col("target") == OVERALL)).to_dicts()
    drawn = forest(
        [(row["recipe"], row) for row in trends],
        "Slope: points of gain per tenfold parameters, over all targets",
        value="slope",
        notes=[p_note(row["p_permutation"]) for row in trends],
        noted="permutation p",
    )
    blocks: list[Block] = [*figures[:1], *([drawn] if drawn else [])]
    return [*blocks, *([Fold("Target by target", [Row(figures[1:])])] if figures[1:] else [])]


def _is_of(target: str, score: LanguageScore) -> bool:
    return target in (OVERALL, score.fields["target"])


def _scaling(gains: Mapping[str, Mapping[str, Any]], sizes: Mapping[str, int], target: str) -> Figure:
    """Gain against parameters: every recipe, their mean, and the line through it with its band."""
    series = []
    mean = gains.get(model_size.EVERY, {})
    if len({sizes[name] for name in mean}) > 1:
        ends = (min(sizes[name] for name in mean), max(sizes[name] for name in mean))
        at = [ends[0] * (ends[1] / ends[0]) ** (step / (_BAND_POINTS - 1)) for step in range(_BAND_POINTS)]
        fitted = model_size.trend_at([sizes[name] for name in mean], list(mean.values()), at)
        line = [(place, one.value) for place, one in zip(at, fitted, strict=True)]
        bounds = [one.interval for one in fitted]
        series.append(Series("fitted line, with 95 % band", line, bounds=bounds, color=7, dots=False))
    single = len(gains) == 2  # the mean over one recipe is that recipe
    for color, (recipe, by_encoder) in enumerate(gains.items()):
        if single and recipe == model_size.EVERY:
            continue
        points = [(float(sizes[name]), one.value) for name, one in by_encoder.items()]
        tips = [f"{recipe}, {name}: {estimated(one)}" for name, one in by_encoder.items()]
        bounds = [one.interval for one in by_encoder.values()] if single or recipe == model_size.EVERY else []
        name = "mean over recipes" if recipe == model_size.EVERY else recipe
        series.append(Series(name, points, tips, bounds, color % 7, joined=False, band=False))
    title = f"Gain by size of the encoder, {target}"
    return chart(series, title, "parameters (logarithmic)", "gain in points", zero=True, log_x=True)


def _correlation(evidence: Evidence, answer: Answer) -> list[Block]:
    table = answer.tables["correlations"].filter((pl.col("target") == OVERALL) & (pl.col("scope") == "all"))
    runs = metric_correlation.run_scores(evidence).filter(pl.col("target") == OVERALL)
    runs = runs.join(metric_correlation.dev_metrics(evidence), on=["encoder", "recipe", "seed"])
    blocks: list[Block] = []
    for encoder in evidence.encoders:
        mine = table.filter(pl.col("encoder") == encoder).drop_nulls("spearman")
        if mine.is_empty():
            continue
        where = f", {encoder}" if len(evidence.encoders) > 1 else ""
        shared = mine.filter(pl.col("recipes") == pl.col("recipes").max())
        best = shared.sort(pl.col("spearman").abs(), descending=True)["metric"][0]
        points = runs.filter((pl.col("encoder") == encoder) & (pl.col("metric") == best))
        order = mine.sort("spearman", descending=True).to_dicts()
        drawn = forest(
            [(row["metric"], row) for row in order],
            f"Spearman’s correlation of each intermediate measure with the zero-shot score{where}",
            value="spearman",
            decimals=2,
            unit="",
            notes=[str(row["recipes"]) for row in order],
            noted="recipes",
            named="measure",
        )
        blocks += [_scatter(points, best, where), *([drawn] if drawn else [])]
    return blocks


def _scatter(points: pl.DataFrame, metric: str, where: str) -> Figure:
    """Runs: a measure of the intermediate task against the zero-shot score, with a least-squares line."""
    x, y = points["dev"].to_list(), points["score"].to_list()
    intercept, slope = metric_correlation.fitted_line(x, y)
    series = [Series("least squares", [(at, intercept + slope * at) for at in (min(x), max(x))], color=7, dots=False)]
    for color, (tasks,) in enumerate(points.select("tasks").unique(maintain_order=True).iter_rows()):
        mine = points.filter(pl.col("tasks") == tasks).to_dicts()
        tips = [
            f"{row['recipe']}, seed {row['seed']}: {metric} {number(row['dev'], decimals=2)}, zero-shot"
            f" {number(row['score'])}"
            for row in mine
        ]
        series.append(Series(tasks, [(row["dev"], row["score"]) for row in mine], tips, color=color % 7, joined=False))
    title = f"Each run by {metric} of its last intermediate training{where}"
    return chart(series, title, metric, "zero-shot score in points")


def _mixes(evidence: Evidence, answer: Answer) -> list[Block]:
    table = answer.tables["mixes"]
    blocks: list[Block] = []
    overall = table.filter(pl.col("feature") == "all").to_dicts()
    several = len(evidence.encoders) > 1
    drawn = forest(
        [(f"{row['mix']} − {row['english']}" + (f", {row['encoder']}" if several else ""), row) for row in overall],
        "Each mix against the same tasks in one language: difference over zero-shot languages",
        notes=[p_note(row["p"]) for row in overall],
        noted="p",
        named="difference",
    )
    blocks += [drawn] if drawn else []
    parts = []
    for encoder, english, mix in table.select("encoder", "english", "mix").unique(maintain_order=True).iter_rows():
        mine = table.filter(
            pl.col("feature").is_in(_FEATURES), pl.col("encoder") == encoder, pl.col("mix") == mix
        ).to_dicts()
        lines = [(f"{row['feature']}: {row['cluster']} ({row['languages']})", row) for row in mine[:_CLUSTER_LINES]]
        parts.append(
            forest(
                lines, f"{mix} − {english}{f', {encoder}' if several else ''}, by group of languages", named="languages"
            )
        )
    blocks.append(Fold("By group of languages", [Row([part for part in parts if part])], is_open=len(parts) < 3))
    grids = [_cluster_grid(answer.tables["clusters"], encoder, feature) for encoder in evidence.encoders
             for feature in _FEATURES]  # fmt: skip
    return [*blocks, Fold("Recipes by group of languages", [grid for grid in grids if grid.rows])]


def _cluster_grid(table: pl.DataFrame, encoder: str, feature: str) -> Grid:
    """A heat map: recipes by groups of languages."""
    mine = table.filter((pl.col("encoder") == encoder) & (pl.col("feature") == feature))
    cells = {(row["recipe"], row["cluster"]): row for row in mine.iter_rows(named=True)}
    groups = list(dict.fromkeys(cluster for _, cluster in cells))
    recipes = list(dict.fromkeys(row["recipe"] for row in cells.values() if row["delta"] is not None))
    widest = max([1.0, *(abs(row["delta"]) for row in cells.values() if row["delta"] is not None)])
    rows = [(name, [difference_cell(cells.get((name, group)), widest) for group in groups]) for name in recipes]
    return Grid(f"Difference from the baseline by {feature}, {encoder}", [Head("recipe"), *map(Head, groups)], rows)


def _delta(row: Numbers) -> str:
    return with_interval(row["delta"], row["delta_low"], row["delta_high"], signed=True)


_PLOTS: Mapping[str, Callable[[Evidence, Answer], list[Block]]] = {
    differences.QUESTION: _differences,
    task_count.QUESTION: _task_count,
    model_size.QUESTION: _model_size,
    metric_correlation.QUESTION: _correlation,
    clusters.QUESTION: _mixes,
}
