"""Rows of test sets with gold and predictions, language by language; bounded, however many there are."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from xstilts.errors import InputError
from xstilts.languages import language
from xstilts.report.blocks import Answered, SampleRow, SampleSet

MOST_ANSWERS = 3000
"""Predictions on a page; of more, every language keeps fewer rows."""
_MOST_NAMES = 6


def sample_sets(samples: pl.DataFrame, encoder: str, target: str, split: str, share: float = 1.0) -> list[SampleSet]:
    """The samples of one test set, a set for each language.

    Args:
        samples: See `xstilts.samples.collect_samples`.
        encoder: The encoder.
        target: The target.
        split: The split, or several joined by a comma.
        share: Share of the rows that are shown; at least one of each language is.
    """
    here = samples.filter(
        (pl.col("encoder") == encoder) & (pl.col("target") == target) & pl.col("split").is_in(split.split(", "))
    )
    found = []
    for (code,), part in here.group_by("language", maintain_order=True):
        ids = part["id"].unique(maintain_order=True).to_list()
        kept = ids[: max(1, round(len(ids) * share))]
        rows = [_row(part.filter(pl.col("id") == one).to_dicts()) for one in kept]
        found.append(SampleSet(*_named(str(code)), rows))
    return found


def share_of(samples: pl.DataFrame | None) -> float:
    """The share of the samples that a page has room for."""
    return 1.0 if samples is None or samples.height <= MOST_ANSWERS else MOST_ANSWERS / samples.height


def _named(code: str) -> tuple[str, str, str]:
    try:
        found = language(code)
    except InputError:  # a study's own language
        return code, code, "auto"
    return found.name, code, "rtl" if found.is_right_to_left else "ltr"


def _row(answers: list[dict[str, Any]]) -> SampleRow:
    first = answers[0]
    said: dict[tuple[str, str], list[str]] = {}
    for answer in answers:
        said.setdefault((answer["prediction"], _verdict(answer["points"])), []).append(answer["recipe"])
    order = ("right", "partly right", "wrong", "not scored")
    together = sorted(said.items(), key=lambda item: order.index(item[0][1]))
    return SampleRow(
        first["id"],
        [(role, text) for role, text in json.loads(first["texts"])],
        first["gold"],
        [Answered(prediction, verdict, _listed(names)) for (prediction, verdict), names in together],
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _verdict(points: float | None) -> str:
    if points is None:
        return "not scored"
    return "right" if points >= 100 - 1e-6 else "partly right" if points > 1e-6 else "wrong"
