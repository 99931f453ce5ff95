"""The results in words: one sentence or two per recipe, every number with its interval, computed and never asserted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from xstilts.analysis.summary import ALL, OVERALL, SOURCE, ZERO_SHOT
from xstilts.report.columns import direction
from xstilts.wording import listed, with_interval

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """What one recipe did.

    Attributes:
        recipe: Its name.
        text: The sentences.
        sign: 1 or -1 where the overall difference is certain, else 0.
    """

    recipe: str
    text: str
    sign: int


def headline_rows(scores: pl.DataFrame) -> list[dict[str, Any]]:
    """For each recipe the row that stands for it: over all targets and zero-shot languages, where there are such."""
    wanted = scores.filter(pl.col("target") == OVERALL)
    if wanted.is_empty():
        wanted = scores
    for group in (ZERO_SHOT, SOURCE, ALL):
        rows = wanted.filter((pl.col("group") == group) & pl.col("mean").is_not_null())
        if len(rows):
            return rows.to_dicts()
    return []


def verdict(scores: pl.DataFrame, baseline: str) -> str:
    """The sentence that names the best recipe and its distance from the baseline."""
    rows = headline_rows(scores)
    if not rows:
        return "There are no scores yet: no finished run has gold labels to be compared with."
    best = max(rows, key=lambda row: row["mean"])
    score = with_interval(best["mean"], best["low"], best["high"])
    if best["recipe"] == baseline:
        others = "" if len(rows) == 1 else "; no other recipe has a higher mean"
        return f"{baseline} scores {score} {_scope(best)}{others}."
    if best["delta"] is None:
        return f"{best['recipe']} scores highest {_scope(best)}, {score}; there is no {baseline} to compare it with."
    change = with_interval(best["delta"], best["delta_low"], best["delta_high"], signed=True)
    certain = direction(best["delta_low"], best["delta_high"])
    doubt = "" if certain else "; that interval includes zero, so the order is not settled"
    return f"{best['recipe']} scores highest {_scope(best)}: {score}, {change} against {baseline}{doubt}."


def findings(scores: pl.DataFrame, languages: pl.DataFrame, baseline: str, names: Mapping[str, str]) -> list[Finding]:
    """What every recipe but the baseline did.

    Args:
        scores: `group_scores` by target, of one encoder.
        languages: `group_scores` by language, of the same encoder, in the languages that are to be counted.
        baseline: The recipe that differences are taken from.
        names: Code of a language -> its name.
    """
    found = []
    for row in headline_rows(scores):
        if row["recipe"] == baseline or row["delta"] is None:
            continue
        cells = languages.filter(
            (pl.col("recipe") == row["recipe"]) & (pl.col("target") != OVERALL) & pl.col("delta").is_not_null()
        ).to_dicts()
        text = f"{_overall(row, baseline)} {_extremes(cells, names)}".strip()
        found.append(Finding(row["recipe"], text, direction(row["delta_low"], row["delta_high"])))
    return found


def _overall(row: Row, baseline: str) -> str:
    change = with_interval(row["delta"], row["delta_low"], row["delta_high"], signed=True)
    sign = direction(row["delta_low"], row["delta_high"])
    if sign == 0:
        return f"No clear difference from {baseline} {_scope(row)}: {change}."
    verb = "gains" if sign > 0 else "loses"
    size = with_interval(*_magnitudes(row))
    return f"It {verb} {size} points against {baseline} {_scope(row)}."


def _magnitudes(row: Row) -> tuple[float, float, float]:
    """Size of a difference, and its interval as sizes, smaller first."""
    low, high = sorted((abs(row["delta_low"]), abs(row["delta_high"])))
    return abs(row["delta"]), low, high


def _extremes(cells: Sequence[Row], names: Mapping[str, str]) -> str:
    gains = [cell for cell in cells if direction(cell["delta_low"], cell["delta_high"]) > 0]
    losses = [cell for cell in cells if direction(cell["delta_low"], cell["delta_high"]) < 0]
    if not cells:
        return ""
    parts = []
    if gains:
        parts.append(f"The largest clear gain is {_place(max(gains, key=lambda cell: cell['delta']), names)}")
    if losses:
        parts.append(f"{'the' if gains else 'The'} largest clear loss {_place(min(losses, key=_delta), names)}")
    if len(cells) == 1:
        return ""
    counts = f"Of {len(cells)} pairs of target and language, {len(gains)} rise and {len(losses)} fall clearly"
    expected = round(len(cells) * 0.05)
    chance = f"without any effect, {f'about {expected}' if expected else 'hardly one'} would seem to"
    return f"{', '.join(parts)}. {counts}; {chance}." if parts else f"{counts}."


def _delta(cell: Row) -> float:
    return float(cell["delta"])


def _place(cell: Row, names: Mapping[str, str]) -> str:
    change = with_interval(cell["delta"], cell["delta_low"], cell["delta_high"], signed=True)
    return f"{change} on {cell['target']} in {names.get(cell['group'], cell['group'])}"


def _scope(row: Row) -> str:
    group = {ZERO_SHOT: "zero-shot", SOURCE: "in the source language", ALL: "over all languages"}[row["group"]]
    return f"{group} on average over targets" if row["target"] == OVERALL else f"{group} on {row['target']}"


def warnings(table: pl.DataFrame, languages: pl.DataFrame) -> list[str]:
    """What a reader must know before trusting a number: collapsed runs, hidden labels, gaps, single seeds."""
    notes = []
    notes += _collapsed(table)
    hidden = table.filter(pl.col("gold") == "hidden").group_by("target", "split", maintain_order=True)
    for (target, split), rows in hidden:
        codes = ", ".join(rows["language"].unique(maintain_order=True).to_list())
        notes.append(f"No gold labels, predicted but not scored: {target}, {split}: {codes}.")
    notes += _gaps(languages)
    oracle = table.filter(pl.col("selection").str.contains("oracle"))
    for recipe, target in oracle.select("recipe", "target").unique(maintain_order=True).iter_rows():
        notes.append(f"Not zero-shot: {recipe} on {target} had its checkpoint chosen on target languages (oracle).")
    if table["seed"].n_unique() == 1:
        notes.append("One seed: the intervals cover the choice of test examples only, not training again.")
    return notes


def _collapsed(table: pl.DataFrame) -> list[str]:
    """A note for each set of targets and seeds that the same recipes were lost on."""
    runs = table.filter(pl.col("collapsed")).select("encoder", "recipe", "target", "seed").unique(maintain_order=True)
    seeds = runs.group_by("encoder", "recipe", "target", maintain_order=True).agg(pl.col("seed").sort())
    targets = seeds.group_by("encoder", "recipe", "seed", maintain_order=True).agg("target")
    notes = []
    for encoder, lost, places, recipes in (
        targets.group_by("encoder", "seed", "target", maintain_order=True).agg("recipe").iter_rows()
    ):
        with_seeds = f"{'seed' if len(lost) == 1 else 'seeds'} {listed([str(seed) for seed in lost])}"
        where = f"{listed(recipes)} on {listed(places)}, {with_seeds} ({encoder})"
        notes.append(f"Collapsed, no better than chance on dev, so left out of every mean: {where}.")
    return notes


def _gaps(languages: pl.DataFrame) -> list[str]:
    """Languages that some recipe has been scored in and another has not."""
    notes = []
    scored = languages.filter(pl.col("target") != OVERALL)
    for (encoder, target), rows in scored.group_by("encoder", "target", maintain_order=True):
        every = rows["group"].unique(maintain_order=True).to_list()
        for (recipe,), mine in rows.group_by("recipe", maintain_order=True):
            missing = [code for code in every if code not in set(mine["group"])]
            if missing:
                absent = ", ".join(missing)
                notes.append(f"Partial: {recipe} on {target} has no results for {absent} ({encoder}).")
    return notes


def spread(rows: Sequence[Row]) -> float:
    """The largest bound of any interval of a difference, in points and at least 1: the half-width of a scale."""
    bounds = [float(abs(row[name])) for row in rows for name in ("delta_low", "delta_high") if row[name] is not None]
    return max([1.0, *bounds])
