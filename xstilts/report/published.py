"""Published results beside those of a study, for the page and for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from xstilts.analysis.reference import Comparison
from xstilts.wording import number, with_interval

THIS_STUDY = "this study"
_SCHEMA = dict.fromkeys(("encoder", "target", "split", "metric", "languages", "system", "score", "source"), pl.String)


@dataclass(frozen=True)
class Published:
    """Recipes and published systems, measured alike.

    Attributes:
        caption: What is measured, and on which languages.
        rows: Name, score, interval (empty for published numbers), source.
    """

    caption: str
    rows: list[tuple[str, str, str, str]]


def published_tables(comparisons: Sequence[Comparison], encoder: str, target: str, split: str) -> list[Published]:
    """The comparisons of one target of one encoder, recipes first, then published systems by their score."""
    return [
        Published(
            f"Published results on the same languages, split and metric: {one.metric}, {one.split}, mean over"
            f" {' '.join(one.languages)}",
            [
                *(
                    (recipe, number(score.value), " – ".join(map(number, score.interval)), THIS_STUDY)
                    for recipe, score in one.recipes.items()
                ),
                *(
                    (reference.model, number(reference.value), "", reference.source)
                    for reference in sorted(one.published, key=lambda reference: -reference.value)
                ),
            ],
        )
        for one in comparisons
        if (one.encoder, one.target) == (encoder, target) and one.split in split.split(", ")
    ]


def reference_table(comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """All comparisons as one table, ready for `render`: a row per recipe and per published system.

    Of a mean over languages `languages` says how many, of a single language which.
    """
    rows = []
    for one in comparisons:
        languages = one.languages[0] if len(one.languages) == 1 else f"mean of {len(one.languages)}"
        place = (one.encoder, one.target, one.split, one.metric, languages)
        rows += [
            (*place, recipe, with_interval(score.value, *score.interval), THIS_STUDY)
            for recipe, score in one.recipes.items()
        ]
        rows += [
            (*place, reference.model, number(reference.value), reference.source)
            for reference in sorted(one.published, key=lambda reference: -reference.value)
        ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")
