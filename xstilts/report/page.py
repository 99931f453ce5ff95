"""The report: one self-contained HTML page, written from the long table and, where there is one, the audit.

Python prepares plain values, the template lays them out; everything that comes from data passes the template's
escaping, and nothing on the page is fetched from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from xstilts import __version__
from xstilts.analysis.summary import OVERALL, SOURCE, ZERO_SHOT
from xstilts.analysis.wording import number, with_interval
from xstilts.durable import write_text
from xstilts.report.charts import Chart, layer_chart
from xstilts.report.contents import Contents
from xstilts.report.findings import Finding, findings, spread, verdict
from xstilts.report.published import Published, published_tables
from xstilts.report.tables import ABSENT, NO_GOLD, direction

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Number:
    """A cell of a table.

    Attributes:
        text: The number.
        small: Its interval, in small print.
        title: The whole, in words.
        sign: 1 a certain gain, -1 a certain loss, else 0.
        strength: Depth of the color, 0 to 100.
    """

    text: str
    small: str = ""
    title: str = ""
    sign: int = 0
    strength: int = 0


@dataclass(frozen=True)
class Bar:
    """A difference and its interval on a scale that has zero in the middle; positions in per cent."""

    left: float
    width: float
    point: float


@dataclass(frozen=True)
class Section:
    """One target of one encoder, or the overview over targets.

    Attributes:
        title: Name of the target.
        anchor: Fragment identifier.
        facts: One line of facts.
        heads: Headings of the columns with their long forms.
        scores: Recipe -> scores.
        deltas: Recipe -> bar of the mean difference, its number, and the number of every column.
        metrics: Recipe and metric -> scores; empty where there is one metric only.
        charts: Scores by layer: the chart, its layers, and recipe -> scores.
        published: Published results that are measured alike.
    """

    title: str
    anchor: str
    facts: str
    heads: list[tuple[str, str]]
    scores: list[tuple[str, list[Number]]]
    deltas: list[tuple[str, Bar | None, list[Number]]]
    metrics: list[tuple[str, str, list[Number]]]
    charts: list[tuple[Chart, list[str], list[tuple[str, list[Number]]]]]
    published: list[Published]


@dataclass(frozen=True)
class Chapter:
    """All of one encoder."""

    encoder: str
    verdict: str
    findings: list[Finding]
    overview: Section | None
    targets: list[Section]


def write_report(contents: Contents, path: Path) -> None:
    """Writes the page; an earlier one stays whole until the new one is complete.

    Args:
        contents: What there is to report.
        path: The HTML file.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = resources.files("xstilts.report").joinpath("template.html.j2").read_text(encoding="utf-8")
    page = environment.from_string(source).render(
        name=contents.name,
        question=contents.question,
        facts=_facts(contents.table),
        chapters=[_chapter(contents, encoder, place) for place, encoder in enumerate(contents.evidence.encoders)],
        notes=contents.warnings,
        overlap=contents.overlap,
        configuration=_yaml(contents.study),
        baseline=contents.baseline,
        draws=contents.draws,
        version=__version__,
    )
    write_text(path, page)


def _facts(table: pl.DataFrame) -> list[tuple[str, int]]:
    columns = {"encoder": "encoder", "recipe": "recipes", "target": "targets", "language": "languages", "seed": "seeds"}
    counts = {name: table[name].n_unique() for name in columns}
    return [
        (columns[name] if count != 1 else name, count)
        for name, count in counts.items()
        if name != "encoder" or count > 1
    ]


def _yaml(study: Mapping[str, Any]) -> str:
    import yaml

    plain = json.loads(json.dumps(study, default=str))
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def _chapter(results: Contents, encoder: str, place: int) -> Chapter:
    mine = pl.col("encoder") == encoder
    targets, languages = results.targets.filter(mine), results.languages.filter(mine)
    names = targets.filter(pl.col("target") != OVERALL).select("target", "split").unique(maintain_order=True)
    return Chapter(
        encoder,
        verdict(targets, results.baseline),
        findings(targets, languages, results.baseline, results.language_names),
        _overview(targets, results.baseline) if len(names) > 1 else None,
        [
            _target(results, encoder, target, split, f"target-{place}-{position}")
            for position, (target, split) in enumerate(names.iter_rows())
        ],
    )


def _overview(targets: pl.DataFrame, baseline: str) -> Section:
    """Targets as columns: the zero-shot mean of each, and over all."""
    shot = [row for row in targets.to_dicts() if row["group"] == ZERO_SHOT]
    shot = shot or [row for row in targets.to_dicts() if row["group"] == SOURCE]
    heads = list(dict.fromkeys(_column(row) for row in shot))
    heads.sort(key=lambda name: name != OVERALL)
    cells = {(row["recipe"], _column(row)): row for row in shot}
    titled = [(name if name != OVERALL else "mean", name) for name in heads]
    scores, deltas = _matrix(cells, heads, baseline)
    return Section("All targets", "overview", "", titled, scores, deltas, [], [], [])


def _column(row: Row) -> str:
    return str(row["target"])


def _target(results: Contents, encoder: str, target: str, split: str, anchor: str) -> Section:
    here = (pl.col("encoder") == encoder) & (pl.col("target") == target) & (pl.col("split") == split)
    means = results.targets.filter(here)
    group = ZERO_SHOT if ZERO_SHOT in means["group"] else SOURCE
    cells = {(row["recipe"], row["group"]): row for row in results.languages.filter(here).iter_rows(named=True)}
    cells |= {(row["recipe"], "mean"): row for row in means.filter(pl.col("group") == group).iter_rows(named=True)}
    metrics = results.metrics.filter(here)
    source = set(metrics.filter(~pl.col("zero_shot"))["language"])
    codes = sorted(dict.fromkeys(code for _, code in cells if code != "mean"), key=lambda code: code not in source)
    heads = [("mean", f"mean over {group}")]
    heads += [(code, results.language_names[code] + (", source language" if code in source else "")) for code in codes]
    scores, deltas = _matrix(cells, ["mean", *codes], results.baseline)
    return Section(
        target,
        anchor,
        _description(metrics, results.layers.filter(here), means, split),
        heads,
        scores,
        deltas,
        _by_metric(metrics, codes),
        _charts(results.layers.filter(here), list(dict.fromkeys(recipe for recipe, _ in cells))),
        published_tables(results.published, encoder, target, split),
    )


def _description(metrics: pl.DataFrame, layers: pl.DataFrame, means: pl.DataFrame, split: str) -> str:
    names = metrics.filter(pl.col("headline"))["metric"].unique(maintain_order=True).to_list()
    at = layers.filter(pl.col("headline")).select("metric", "layer", "pooling", "similarity").unique()
    for metric, layer, pooling, similarity in at.iter_rows():
        names.append(f"{metric} at layer {layer}, {pooling} pooling, {similarity} similarity")
    score = f"mean of {' and '.join(names)}" if len(names) > 1 else "".join(names)
    chosen = ", ".join(means["selection"].unique(maintain_order=True).drop_nulls())
    return f"Split {split}. Score: {score}. Checkpoint: {chosen}."


def _matrix(
    cells: Mapping[tuple[str, str], Row], heads: Sequence[str], baseline: str
) -> tuple[list[tuple[str, list[Number]]], list[tuple[str, Bar | None, list[Number]]]]:
    """Scores and differences, recipes as rows."""
    recipes = list(dict.fromkeys(recipe for recipe, _ in cells))
    scores = [(recipe, [_score(cells.get((recipe, head))) for head in heads]) for recipe in recipes]
    firsts = [cells[recipe, heads[0]] for recipe in recipes if (recipe, heads[0]) in cells]
    scale = spread(firsts)
    widest = max([1.0, *(abs(row["delta"]) for row in cells.values() if row["delta"] is not None)])
    deltas = [
        (
            recipe,
            _bar(cells.get((recipe, heads[0])), scale),
            [_delta(cells.get((recipe, head)), widest, f"{recipe}, {head}") for head in heads],
        )
        for recipe in recipes
        if recipe != baseline and any(cells.get((recipe, head), {}).get("delta") is not None for head in heads)
    ]
    return scores, deltas


def _score(row: Row | None) -> Number:
    if row is None:
        return Number(ABSENT, title="no results")
    if row["gold"] == "hidden":
        return Number(NO_GOLD, title="labels are hidden")
    if row["mean"] is None:
        return Number("collapsed", title=f"{row['collapsed']} seeds collapsed, none is left")
    title = f"{with_interval(row['mean'], row['low'], row['high'])}, {_counted(row['seeds'], 'seed')}"
    if row["collapsed"]:
        title += f", {row['collapsed']} collapsed and left out"
    return Number(number(row["mean"]), f"{number(row['low'])} – {number(row['high'])}", title)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _delta(row: Row | None, widest: float, place: str) -> Number:
    if row is None or row["delta"] is None:
        return Number(ABSENT, title=f"{place}: nothing to compare")
    low, high = row["delta_low"], row["delta_high"]
    sign = direction(low, high)
    title = f"{place}: {with_interval(row['delta'], low, high, signed=True)}"
    title += "" if sign else "; the interval includes zero"
    strength = round(100 * min(1.0, abs(row["delta"]) / widest))
    return Number(number(row["delta"], True), f"{number(low, True)} to {number(high, True)}", title, sign, strength)


def _bar(row: Row | None, scale: float) -> Bar | None:
    if row is None or row["delta"] is None:
        return None
    left, right, point = (50 + 50 * row[name] / scale for name in ("delta_low", "delta_high", "delta"))
    return Bar(round(left, 2), round(right - left, 2), round(point, 2))


def _by_metric(metrics: pl.DataFrame, codes: Sequence[str]) -> list[tuple[str, str, list[Number]]]:
    if metrics["metric"].n_unique() < 2:
        return []
    rows = {(row["recipe"], row["metric"], row["language"]): row for row in metrics.iter_rows(named=True)}
    pairs = dict.fromkeys((recipe, metric) for recipe, metric, _ in rows)
    return [(recipe, metric, [_score(rows.get((recipe, metric, code))) for code in codes]) for recipe, metric in pairs]


def _charts(
    layers: pl.DataFrame, recipes: Iterable[str]
) -> list[tuple[Chart, list[str], list[tuple[str, list[Number]]]]]:
    styles = {recipe: position for position, recipe in enumerate(recipes)}
    charts = []
    for (metric, pooling, similarity), part in layers.group_by("metric", "pooling", "similarity", maintain_order=True):
        rows = part.to_dicts()
        label = f"{metric} by layer, {pooling} pooling, {similarity} similarity: mean over zero-shot languages"
        numbers = {(row["recipe"], row["layer"]): row | {"gold": "gold"} for row in rows}
        order = sorted({row["layer"] for row in rows})
        table = [(recipe, [_score(numbers.get((recipe, layer))) for layer in order]) for recipe in styles]
        charts.append((layer_chart(rows, styles, label), [str(layer) for layer in order], table))
    return charts
