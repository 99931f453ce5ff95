"""Encoders compared with each other, recipe by recipe: what are other weights, or a larger model, worth?

Everything here that compares recipes compares encoders as well, if each takes the other's column.
"""

from __future__ import annotations

import polars as pl

from xstilts.errors import InputError, nearest


def encoders_as_recipes(table: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """The rows that count in scores, with encoders where recipes stand, and recipes where encoders do.

    Layers are not named, since encoders of unequal depth are compared at the same relative depth.

    Args:
        table: The long table.
        baseline: The encoder that differences will be taken from.

    Raises:
        InputError: If there are no results of this encoder, or none of another.
    """
    encoders = table["encoder"].unique(maintain_order=True).to_list()
    if baseline not in encoders:
        raise InputError(
            "there are no results of this encoder",
            found=baseline,
            expected=f"one of {', '.join(encoders)}" if encoders else "finished scores of some encoder",
            fix=nearest(baseline, encoders),
        )
    if len(encoders) == 1:
        raise InputError(
            "there are results of one encoder alone, so there is nothing to compare it with",
            found=baseline,
            expected="a study with several under `encoders`",
        )
    return exchanged(table.filter("headline")).with_columns(layer=pl.lit(None, dtype=table.schema["layer"]))


def exchanged(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame in which the columns `encoder` and `recipe` have each other's name; its own inverse."""
    other = {"encoder": "recipe", "recipe": "encoder"}
    return frame.rename({name: other.get(name, name) for name in frame.columns})
