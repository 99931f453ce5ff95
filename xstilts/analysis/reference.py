"""Published results, beside those of a study wherever they are results of the same thing, and nowhere else.

The same thing: the same task, split, metric and languages, the official number of rows, and no training on the
languages other than English. A study that has more languages is compared on the published ones alone. The numbers
stand in `reference.tsv`, each with its source:

- Test results of XTREME's zero-shot setting, as the README of google-research/multilingual-t5 quotes them: means over
  all of XTREME's languages, F1 for question answering. XTREME tests TyDiQA-GoldP on that task's dev set.
- XLM-R Large without any training, as jiant's authors report it in pull request 128 of jiant-dev/jiant-dev:
  `hidden_states[14]`, mean pooling. They call BUCC's dev set and Tatoeba's only set their validation sets; the means
  are ours, over their languages. They tuned the threshold of BUCC on the rows that they scored.

The differences that Phang et al. (2020) report per intermediate task are not here: they are not at hand.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl

from xstilts.analysis.intervals import Estimate, average
from xstilts.analysis.summary import LanguageScore, language_scores

ENGLISH = "en"


@dataclass(frozen=True)
class Reference:
    """One published number.

    Attributes:
        source: Where it is published.
        model: The system.
        task: Name of the task.
        language: Code, or "mean".
        split: The split as it is named here.
        metric: The metric as it is named here.
        value: Points.
        languages: The languages that it is the mean of; of a single language that one.
    """

    source: str
    model: str
    task: str
    language: str
    split: str
    metric: str
    value: float
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """A study's recipes and published systems on the same thing.

    Attributes:
        encoder: The study's encoder.
        target: The study's target.
        task: Its task.
        split: The split.
        metric: The metric.
        languages: The languages that all numbers are means of.
        recipes: Recipe -> score with its bootstrap draws.
        published: The published numbers.
    """

    encoder: str
    target: str
    task: str
    split: str
    metric: str
    languages: tuple[str, ...]
    recipes: dict[str, Estimate]
    published: tuple[Reference, ...]


@cache
def references() -> tuple[Reference, ...]:
    """All published numbers, in the order of the file."""
    text = resources.files("xstilts.analysis").joinpath("reference.tsv").read_text(encoding="utf-8")
    return tuple(
        Reference(**{**row, "value": float(row["value"]), "languages": tuple(row["languages"].split())})  # type: ignore[arg-type]
        for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    )


def comparisons(
    table: pl.DataFrame, baseline: str = "direct", draws: int = 1000, seed: int = 0, single: bool = False
) -> list[Comparison]:
    """Every place where a published number belongs beside the study's.

    Args:
        table: The long table.
        baseline: The recipe that others are compared with; any will do.
        draws: Bootstrap draws.
        seed: Seed of the bootstrap.
        single: Whether to compare single languages too, where they are published, and not only means.
    """
    found = []
    published: dict[tuple[str, str, str, tuple[str, ...]], list[Reference]] = {}
    for reference in references():
        if single or reference.language == "mean":
            key = (reference.task, reference.split, reference.metric, reference.languages)
            published.setdefault(key, []).append(reference)
    for (task, split, metric, languages), numbers in published.items():
        same = (
            (pl.col("task") == task)
            & (pl.col("split") == split)
            & (pl.col("metric") == metric)
            & pl.col("headline")
            & pl.col("language").is_in(languages)
        )
        rows = table.filter(same)
        if rows["language"].n_unique() < len(languages) or not _is_official(rows):
            continue
        for (encoder, target), part in rows.group_by("encoder", "target", maintain_order=True):
            recipes = _means(language_scores(part, baseline, draws, seed), languages)
            if recipes:
                found.append(
                    Comparison(str(encoder), str(target), task, split, metric, languages, recipes, tuple(numbers))
                )
    order = {name: place for place, name in enumerate(table["target"].unique(maintain_order=True))}
    return sorted(found, key=lambda one: order[one.target])


def _is_official(rows: pl.DataFrame) -> bool:
    """Whether every language has as many rows as the official distribution, where that is known."""
    from xstilts.catalogue import Tasks

    known = Tasks()
    for task, language, split, examples in rows.select("task", "language", "split", "examples").unique().iter_rows():
        official = known[task].official_size(language, split)
        if official is not None and official != examples:
            return False
    return True


def _means(scores: Sequence[LanguageScore], languages: Sequence[str]) -> dict[str, Estimate]:
    """Recipe -> mean over the languages, for recipes that have them all, zero-shot."""
    recipes: dict[str, list[LanguageScore]] = {}
    for score in scores:
        recipes.setdefault(score.fields["recipe"], []).append(score)
    means = {}
    for recipe, mine in recipes.items():
        estimates = [score.estimate for score in mine if score.estimate and _is_comparable(score)]
        mean = average(estimates) if len(estimates) == len(languages) == len(mine) else None
        if mean is not None:
            means[recipe] = mean
    return means


def _is_comparable(score: LanguageScore) -> bool:
    zero_shot = score.fields["zero_shot"] or score.fields["language"] == ENGLISH
    return bool(zero_shot and "oracle" not in score.fields["selection"])
