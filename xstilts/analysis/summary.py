"""The long table of results, summarized: means over seeds, scores of targets, and what each recipe changed.

Everything here is a group-by of the long table with an estimate (`xstilts.analysis.intervals`) in place of a mean.
Collapsed runs and rows without gold are left out of every mean, and every row says how many were.
Which examples are resampled together stands in `xstilts.analysis.cells`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import polars as pl

from xstilts.analysis.cells import MEASURE, Cell, cells_by_test_set, difference, opponent
from xstilts.analysis.intervals import Estimate, average
from xstilts.errors import InputError, nearest

By = Literal["target", "task", "language", "family", "script", "recipe"]

ALL, ZERO_SHOT, SOURCE = "all languages", "zero-shot languages", "source language"
OVERALL = "all targets"

_ORDER = ("encoder", "target", "split", "recipe")

_NUMBERS = {"mean": pl.Float64, "low": pl.Float64, "high": pl.Float64, "seeds": pl.Int64, "collapsed": pl.Int64}
_DELTAS = {"baseline": pl.String, "delta": pl.Float64, "delta_low": pl.Float64, "delta_high": pl.Float64}
_SUMMARY_SCHEMA = {
    **dict.fromkeys(("encoder", "recipe", "target", "task", "language", "split", "metric"), pl.String),
    "layer": pl.Int64,
    "pooling": pl.String,
    "similarity": pl.String,
    "headline": pl.Boolean,
    "zero_shot": pl.Boolean,
    "selection": pl.String,
    **_NUMBERS,
    "examples": pl.Int64,
    **_DELTAS,
    "gold": pl.String,
}
_SCORES_SCHEMA = {
    **dict.fromkeys(("encoder", "target", "split", "recipe", "group"), pl.String),
    "languages": pl.Int64,
    "hidden": pl.Int64,
    **_NUMBERS,
    **_DELTAS,
    "gold": pl.String,
    "selection": pl.String,
}
_LAYERS_SCHEMA = {
    **dict.fromkeys(("encoder", "target", "split", "recipe", "metric"), pl.String),
    "layer": pl.Int64,
    "pooling": pl.String,
    "similarity": pl.String,
    "headline": pl.Boolean,
    "languages": pl.Int64,
    **_NUMBERS,
    **_DELTAS,
}


@dataclass(frozen=True)
class LanguageScore:
    """What a recipe scores on a target in one language: the mean of the target's headline metrics.

    Attributes:
        fields: `encoder`, `recipe`, `target`, `task`, `split`, `language`, `zero_shot`, `selection`.
        estimate: The score; None if it is hidden or no run is left.
        delta: The difference from the baseline recipe; None for the baseline and where it is absent.
        collapsed: Seeds that were left out because their training stayed at chance.
        hidden: Whether the test set's labels are hidden.
    """

    fields: Mapping[str, Any]
    estimate: Estimate | None
    delta: Estimate | None
    collapsed: frozenset[int]
    hidden: bool


def summarize(table: pl.DataFrame, baseline: str = "direct", draws: int = 1000, seed: int = 0) -> pl.DataFrame:
    """One row per metric of each recipe on each test set, over seeds.

    Args:
        table: The long table.
        baseline: The recipe that `delta` compares with, for the same encoder, test set and metric.
        draws: Bootstrap draws.
        seed: Seed of the bootstrap.

    Returns:
        The naming columns of the long table with `mean`, `low`, `high` (points; 95 %), `seeds` (used), `collapsed`
        (seeds left out), `examples`, `delta`, `delta_low`, `delta_high` (null for the baseline) and `gold`.
    """
    rows = []
    for cells in cells_by_test_set(one_split_per_target(table), draws, seed):
        baselines = {opponent(cell): cell for cell in cells if cell.fields["recipe"] == baseline}
        for cell in cells:
            estimate = cell.scores.estimate(seed) if cell.scores else None
            delta = difference(cell, baselines.get(opponent(cell)), baseline, seed)
            rows.append(
                {
                    **cell.fields,
                    **_numbers(estimate, cell.collapsed),
                    "examples": cell.examples,
                    **_deltas(delta, baseline),
                    "gold": "hidden" if cell.hidden else "gold",
                }
            )
    return pl.DataFrame(rows, schema=_SUMMARY_SCHEMA)


def target_scores(
    table: pl.DataFrame, baseline: str = "direct", draws: int = 1000, by: By = "target", seed: int = 0
) -> pl.DataFrame:
    """Scores of targets, averaged over groups of languages, and their plain mean over targets.

    Args:
        table: The long table.
        baseline: The recipe that `delta` compares with.
        draws: Bootstrap draws.
        by: What the rows are grouped by, see `group_scores`.
        seed: Seed of the bootstrap.

    Returns:
        See `group_scores`.
    """
    return group_scores(language_scores(table, baseline, draws, seed), by, baseline)


def language_scores(
    table: pl.DataFrame, baseline: str = "direct", draws: int = 1000, seed: int = 0
) -> list[LanguageScore]:
    """Each recipe's score on each target and language: the mean of the headline metrics (at the headline layer)."""
    scores = []
    for cells in cells_by_test_set(one_split_per_target(table).filter(pl.col("headline")), draws, seed):
        baselines = {opponent(cell): cell for cell in cells if cell.fields["recipe"] == baseline}
        recipes: dict[tuple[Any, ...], list[Cell]] = {}
        for cell in cells:
            recipes.setdefault((cell.fields["encoder"], cell.fields["recipe"]), []).append(cell)
        for metrics in recipes.values():
            deltas = [difference(cell, baselines.get(opponent(cell)), baseline, seed) for cell in metrics]
            complete = not any(cell.scores is None for cell in metrics)
            scores.append(
                LanguageScore(
                    metrics[0].fields,
                    average([cell.scores.estimate(seed) for cell in metrics if cell.scores]) if complete else None,
                    None if None in deltas else average([delta for delta in deltas if delta]),
                    frozenset().union(*(cell.collapsed for cell in metrics)),
                    any(cell.hidden for cell in metrics),
                )
            )
    return scores


def layer_scores(table: pl.DataFrame, baseline: str = "direct", draws: int = 1000, seed: int = 0) -> pl.DataFrame:
    """Scores of retrieval at every layer: the plain mean over zero-shot languages.

    Returns:
        One row per encoder, target, split, recipe, metric, layer, pooling and similarity, with the columns of numbers
        of `summarize`, `languages` (in the mean) and `headline`.
    """
    names = ("encoder", "target", "split", "recipe", *MEASURE, "headline")
    buckets: dict[tuple[Any, ...], list[tuple[Estimate | None, Estimate | None, frozenset[int]]]] = {}
    for cells in cells_by_test_set(
        one_split_per_target(table).filter(pl.col("layer").is_not_null() & pl.col("zero_shot")), draws, seed
    ):
        baselines = {opponent(cell): cell for cell in cells if cell.fields["recipe"] == baseline}
        for cell in cells:
            delta = difference(cell, baselines.get(opponent(cell)), baseline, seed)
            estimate = cell.scores.estimate(seed) if cell.scores else None
            key = tuple(cell.fields[name] for name in names)
            buckets.setdefault(key, []).append((estimate, delta, cell.collapsed))
    rows = []
    for key, bucket in buckets.items():
        scored = [estimate for estimate, _, _ in bucket if estimate]
        rows.append(
            {
                **dict(zip(names, key, strict=True)),
                "languages": len(scored),
                **_numbers(average(scored), frozenset().union(*(collapsed for *_, collapsed in bucket))),
                **_deltas(average([delta for _, delta, _ in bucket if delta]), baseline),
            }
        )
    return pl.DataFrame(rows, schema=_LAYERS_SCHEMA)


def group_scores(scores: Sequence[LanguageScore], by: By = "target", baseline: str = "direct") -> pl.DataFrame:
    """Averages of language scores.

    Groups of `target`, `task` and `recipe` are all languages, the zero-shot languages and the source language; of
    `language`, single languages; of `family` and `script`, zero-shot languages only, so that training data in the
    source language does not flatter its family. A `delta` is the mean over the languages that the recipe and the
    baseline both have. The plain mean over targets stands in rows whose target is "all targets"; `recipe` has only
    these.

    Returns:
        Columns `encoder`, `target`, `split`, `recipe`, `group`, `languages` (in the mean), `hidden` (languages
        without gold), `mean`, `low`, `high`, `seeds`, `collapsed`, `baseline`, `delta`, `delta_low`, `delta_high`,
        `gold` and `selection`.

    Raises:
        InputError: If `by` is unknown.
    """
    if by not in get_args(By):
        known = list(get_args(By))
        raise InputError(
            f"results cannot be grouped by {by!r}", expected=f"one of {', '.join(known)}", fix=nearest(by, known)
        )
    buckets = _buckets(scores, by)
    several = len({key[1] for key in buckets}) > 1
    rows = [] if by == "recipe" else [_bucket_row(key, bucket, baseline) for key, bucket in buckets.items()]
    overall = list(_overall_rows(buckets, baseline)) if several or by == "recipe" else []
    ranks = {name: _ranks(scores, "task" if (name, by) == ("target", "task") else name) for name in _ORDER}
    rows.sort(key=lambda row: [ranks[name][row[name]] for name in _ORDER])
    overall.sort(key=lambda row: [ranks[name][row[name]] for name in ("encoder", "recipe")])
    return pl.DataFrame([*rows, *overall], schema=_SCORES_SCHEMA)


def overall_scores(scores: Sequence[LanguageScore], by: By, baseline: str = "direct") -> pl.DataFrame:
    """The rows of `group_scores` for "all targets" alone, which one target has too: its own means."""
    return pl.DataFrame(list(_overall_rows(_buckets(scores, by), baseline)), schema=_SCORES_SCHEMA)


def _buckets(scores: Sequence[LanguageScore], by: By) -> dict[tuple[str, ...], list[LanguageScore]]:
    """Encoder, target, split, recipe and group -> what is averaged there."""
    buckets: dict[tuple[str, ...], list[LanguageScore]] = {}
    for score in scores:
        target = score.fields["task" if by == "task" else "target"]
        for group in _groups(score.fields, by):
            key = (score.fields["encoder"], target, score.fields["split"], score.fields["recipe"], group)
            buckets.setdefault(key, []).append(score)
    return buckets


def one_split_per_target(table: pl.DataFrame) -> pl.DataFrame:
    """A target whose languages are evaluated on different splits is still one target: its split names them all.

    Targets that have several splits of one language are left as they are.
    """
    if not table.height:
        return table
    splits = table.group_by("target", "language").agg(pl.col("split").n_unique())
    several = splits.filter(pl.col("split") > 1)["target"].unique().to_list()
    together = pl.col("split").unique(maintain_order=True).str.join(", ").over("target")
    return table.with_columns(split=pl.when(pl.col("target").is_in(several)).then("split").otherwise(together))


def _ranks(scores: Sequence[LanguageScore], name: str) -> dict[str, int]:
    """The order in which the names of a field first come."""
    return {value: rank for rank, value in enumerate(dict.fromkeys(score.fields[name] for score in scores))}


def _groups(fields: Mapping[str, Any], by: By) -> list[str]:
    if by == "language":
        return [fields["language"]]
    if by in ("family", "script"):
        return [_fact(fields["language"], by)] if fields["zero_shot"] else []
    return [ALL, ZERO_SHOT if fields["zero_shot"] else SOURCE]


def _fact(code: str, name: str) -> str:
    from xstilts.languages import language

    return str(getattr(language(code), name) or "unknown")


def _bucket_row(key: tuple[str, ...], bucket: Sequence[LanguageScore], baseline: str) -> dict[str, Any]:
    encoder, target, split, recipe, group = key
    scored = [score.estimate for score in bucket if score.estimate]
    return {
        **{"encoder": encoder, "target": target, "split": split, "recipe": recipe, "group": group},
        "languages": len(scored),
        "hidden": sum(score.hidden for score in bucket),
        **_numbers(average(scored), frozenset().union(*(score.collapsed for score in bucket))),
        **_deltas(average([score.delta for score in bucket if score.delta]), baseline),
        "gold": "hidden" if all(score.hidden for score in bucket) else "gold",
        "selection": _joined(score.fields["selection"] for score in bucket),
    }


def _overall_rows(
    buckets: Mapping[tuple[str, ...], Sequence[LanguageScore]], baseline: str
) -> Iterator[dict[str, Any]]:
    """The plain mean over targets, of each group; a delta covers the targets that both recipes have."""
    targets: dict[tuple[str, ...], list[Sequence[LanguageScore]]] = {}
    for (encoder, _, _, recipe, group), bucket in buckets.items():
        targets.setdefault((encoder, recipe, group), []).append(bucket)
    for (encoder, recipe, group), members in targets.items():
        means = [average([score.estimate for score in bucket if score.estimate]) for bucket in members]
        deltas = [average([score.delta for score in bucket if score.delta]) for bucket in members]
        every = [score for bucket in members for score in bucket]
        yield {
            **{"encoder": encoder, "target": OVERALL, "split": None, "recipe": recipe, "group": group},
            "languages": len({score.fields["language"] for score in every if score.estimate}),
            "hidden": len({score.fields["language"] for score in every if score.hidden}),
            **_numbers(average([mean for mean in means if mean]), frozenset().union(*(s.collapsed for s in every))),
            **_deltas(average([delta for delta in deltas if delta]), baseline),
            "gold": "hidden" if all(score.hidden for score in every) else "gold",
            "selection": _joined(score.fields["selection"] for score in every),
        }


def _joined(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))


def _numbers(estimate: Estimate | None, collapsed: frozenset[int]) -> dict[str, Any]:
    low, high = estimate.interval if estimate else (None, None)
    return {
        "mean": estimate.value if estimate else None,
        "low": low,
        "high": high,
        "seeds": estimate.seeds if estimate else 0,
        "collapsed": len(collapsed),
    }


def _deltas(delta: Estimate | None, baseline: str) -> dict[str, Any]:
    low, high = delta.interval if delta else (None, None)
    value = delta.value if delta else None
    return {"baseline": baseline, "delta": value, "delta_low": low, "delta_high": high}
