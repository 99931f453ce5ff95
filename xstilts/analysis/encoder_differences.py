"""Encoders compared with each other, recipe by recipe: what are other weights, or a larger model, worth?

Everything here that compares recipes compares encoders as well, if each takes the other's column.
"""

from __future__ import annotations

import polars as pl

from xstilts.errors import InputError, nearest


def encoders_as_recipes(table: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """The long table with encoders where recipes stand, and recipes where encoders do.

    Args:
        table: The long table.
        baseline: The encoder that differences will be taken from.

    Raises:
        InputError: If the study has no such encoder, or no other.
    """
    encoders = table["encoder"].unique(maintain_order=True).to_list()
    if baseline not in encoders:
        raise InputError(
            "the study has no such encoder",
            found=baseline,
            expected=f"one of {', '.join(encoders)}",
            fix=nearest(baseline, encoders),
        )
    if len(encoders) == 1:
        raise InputError(
            "the study has one encoder, so there is nothing to compare it with",
            found=baseline,
            expected="a study with several under `encoders`",
        )
    return exchanged(table)


def exchanged(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame in which the columns `encoder` and `recipe` have each other's name and place; its own inverse."""
    other = {"encoder": "recipe", "recipe": "encoder"}
    return frame.select(pl.col(other.get(name, name)).alias(name) for name in frame.columns)


def named_as_they_are(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame made from an exchanged table, with encoders under `encoder` again, where they stand.

    A frame of one recipe does not name it.
    """
    named = frame.rename({"encoder": "\0", "recipe": "encoder"}).rename({"\0": "recipe"})
    return named.drop("recipe") if named["recipe"].n_unique() == 1 else named
