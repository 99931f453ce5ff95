"""Score tables and heat maps: recipes by target, recipes by language, and both for every test set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from xstilts.analysis.summary import OVERALL, SOURCE, ZERO_SHOT
from xstilts.report.contents import Contents
from xstilts.report.grids import Cell, Grid, Head, difference_cell, score_cell

Row = Mapping[str, Any]
Rows = Mapping[tuple[str, str], Row]
MEAN = "mean"
_CERTAIN = "marked where the interval excludes zero"


def by_target(contents: Contents, encoder: str) -> list[Grid]:
    """Recipes by target: zero-shot means over languages, differences first."""
    rows = contents.targets.filter(pl.col("encoder") == encoder).to_dicts()
    group = ZERO_SHOT if any(row["group"] == ZERO_SHOT for row in rows) else SOURCE
    shown = [row for row in rows if row["group"] == group]
    numbers = {(target, split): at for at, (owner, target, split) in enumerate(contents.test_sets) if owner == encoder}
    heads = [Head(MEAN, "mean over targets", MEAN, lead=True)] if any(_is_overall(row) for row in shown) else []
    splits: dict[tuple[str, str], str] = {}
    for (target, split), at in numbers.items():
        several = sum(other == target for other, _ in numbers) > 1
        name = f"{target} {split}" if several else target
        splits[target, split] = name
        heads.append(Head(name, code=str(at)))
    cells = {(row["recipe"], MEAN if _is_overall(row) else splits[row["target"], row["split"]]): row for row in shown}
    where = "zero-shot" if group == ZERO_SHOT else "in the source language"
    return _pair(cells, heads, contents.baseline, f"mean over languages, {where}", "targets", encoder)


def by_language(contents: Contents, encoder: str) -> list[Grid]:
    """Recipes by language: means over targets; none with one target, where it says no more than that target's."""
    rows = contents.languages.filter((pl.col("encoder") == encoder) & (pl.col("target") == OVERALL)).to_dicts()
    heads = _language_heads(contents, list(dict.fromkeys(row["group"] for row in rows)))
    cells = {(row["recipe"], row["group"]): row for row in rows}
    return _pair(cells, heads, contents.baseline, "mean over targets", "languages", encoder) if rows else []


def of_test_set(contents: Contents, number: int) -> list[Grid]:
    """Recipes by language on one test set, and the mean over languages."""
    encoder, target, split = contents.test_sets[number]
    here = (pl.col("encoder") == encoder) & (pl.col("target") == target) & (pl.col("split") == split)
    means = contents.targets.filter(here)
    group = ZERO_SHOT if ZERO_SHOT in means["group"] else SOURCE
    cells = {(row["recipe"], row["group"]): row for row in contents.languages.filter(here).iter_rows(named=True)}
    codes = list(dict.fromkeys(code for _, code in cells))
    cells |= {(row["recipe"], MEAN): row for row in means.filter(pl.col("group") == group).iter_rows(named=True)}
    heads = [
        Head(MEAN, f"mean over {group}", MEAN, lead=True),
        *_language_heads(contents, codes, source_codes(contents, encoder, target)),
    ]
    return _pair(cells, heads, contents.baseline, target, "test set", str(number))


def source_codes(contents: Contents, encoder: str, target: str) -> set[str]:
    """Languages of a target that were trained on."""
    found = contents.table.filter((pl.col("encoder") == encoder) & (pl.col("target") == target) & ~pl.col("zero_shot"))
    return set(found["language"].unique())


def metric_grid(contents: Contents, number: int) -> Grid | None:
    """Every metric by language; None where there is one metric only."""
    encoder, target, split = contents.test_sets[number]
    rows = contents.metrics.filter(
        (pl.col("encoder") == encoder) & (pl.col("target") == target) & (pl.col("split") == split)
    )
    if rows["metric"].n_unique() < 2:
        return None
    cells = {(row["recipe"], row["metric"], row["language"]): row for row in rows.iter_rows(named=True)}
    codes = list(dict.fromkeys(code for *_, code in cells))
    pairs = dict.fromkeys((recipe, metric) for recipe, metric, _ in cells)
    return Grid(
        f"{target}: every metric, in points, with 95 % intervals",
        [Head("recipe"), Head("metric", numeric=False), *_language_heads(contents, codes)],
        [
            (recipe, [Cell(metric), *(score_cell(cells.get((recipe, metric, code))) for code in codes)])
            for recipe, metric in pairs
        ],
    )


def _is_overall(row: Row) -> bool:
    return bool(row["target"] == OVERALL)


def _language_heads(contents: Contents, codes: Sequence[str], source: set[str] | None = None) -> list[Head]:
    source = source or set()
    ordered = sorted(codes, key=lambda code: code not in source)
    names = contents.language_names
    return [Head(code, names[code] + (", source language" if code in source else ""), code) for code in ordered]


def _pair(cells: Rows, heads: Sequence[Head], baseline: str, what: str, span: str, place: str) -> list[Grid]:
    """Differences, where there are some, then scores."""
    recipes = list(dict.fromkeys(recipe for recipe, _ in cells))
    name = Head("recipe")
    keys = [head.text if span == "targets" else head.code for head in heads]
    scores = [(recipe, [score_cell(cells.get((recipe, key))) for key in keys]) for recipe in recipes]
    widest = max([1.0, *(abs(row["delta"]) for row in cells.values() if row["delta"] is not None)])
    differences = [
        (recipe, [difference_cell(cells.get((recipe, key)), widest) for key in keys])
        for recipe in recipes
        if recipe != baseline and any(cells.get((recipe, key), {}).get("delta") is not None for key in keys)
    ]
    grids = [Grid(f"Scores in points, with 95 % intervals ({what})", [name, *heads], scores, "score", span, place)]
    if differences:
        caption = f"Difference from {baseline} in points, with 95 % intervals ({what}); {_CERTAIN}"
        grids.insert(0, Grid(caption, [name, *heads], differences, "difference", span, place))
    return grids
