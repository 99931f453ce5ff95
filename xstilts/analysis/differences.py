"""What each recipe did: paired tests against the baseline, per language, per target, and overall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from xstilts.analysis.evidence import Answer, Evidence, gain
from xstilts.analysis.intervals import Estimate
from xstilts.analysis.significance import (
    MARGIN,
    benjamini_hochberg,
    cohens_d,
    holm,
    minimum_detectable_difference,
    p_value,
    verdict,
)
from xstilts.analysis.summary import OVERALL, ZERO_SHOT
from xstilts.analysis.wording import counted, estimated, number, p_text

QUESTION = "What did each recipe do?"
_SCHEMA = {
    **dict.fromkeys(("encoder", "recipe", "target", "language"), pl.String),
    **dict.fromkeys(("delta", "low", "high", "p", "p_holm", "p_bh", "effect_size", "detectable"), pl.Float64),
    "verdict": pl.String,
    "seeds": pl.Int64,
    "examples": pl.Int64,
}


def difference_table(evidence: Evidence, margin: float = MARGIN) -> pl.DataFrame:
    """Every difference from the baseline with its test.

    P is adjusted within families of one encoder: the languages of a recipe on a target, the targets of a recipe, and
    the recipes overall.

    Args:
        evidence: The study.
        margin: Points that are of no account.

    Returns:
        Columns encoder, recipe, target, language ("zero-shot languages" for means over them), delta with its 95 %
        interval low and high (points), p, p_holm, p_bh, effect_size (Cohen's d over seeds), detectable (the smallest
        true difference that would be found with power 0.8), verdict, seeds and examples.
    """
    rows: list[dict[str, Any]] = []
    for encoder in evidence.encoders:
        overall = []
        for recipe in evidence.compared:
            targets = []
            for target in evidence.targets:
                scores = [
                    score
                    for score in evidence.scores
                    if (score.fields["encoder"], score.fields["recipe"], score.fields["target"])
                    == (encoder, recipe, target)
                ]
                languages = [(score.fields["language"], score.delta) for score in scores if score.delta]
                names = {"encoder": encoder, "recipe": recipe, "target": target}
                rows += _family(names, "language", languages, margin)
                targets.append((target, gain(evidence.chosen(encoder=encoder, recipe=recipe, target=target))))
            names = {"encoder": encoder, "recipe": recipe, "language": ZERO_SHOT}
            rows += _family(names, "target", targets, margin)
            overall.append((recipe, gain(evidence.chosen(encoder=encoder, recipe=recipe))))
        rows += _family({"encoder": encoder, "target": OVERALL, "language": ZERO_SHOT}, "recipe", overall, margin)
    return pl.DataFrame(rows, schema=_SCHEMA)


def _family(
    names: dict[str, str], varied: str, members: Sequence[tuple[str, Estimate | None]], margin: float
) -> Iterator[dict[str, Any]]:
    """Rows of tests that are adjusted together."""
    tested = [(name, delta) for name, delta in members if delta is not None]
    p_values = [p_value(delta) for _, delta in tested]
    adjusted = zip(p_values, holm(p_values), benjamini_hochberg(p_values), strict=True)
    for (name, delta), (p, p_holm, p_bh) in zip(tested, adjusted, strict=True):
        low, high = delta.interval
        yield {
            **names,
            **{varied: name, "delta": delta.value, "low": low, "high": high},
            **{"p": p, "p_holm": p_holm, "p_bh": p_bh},
            "effect_size": cohens_d(delta),
            "detectable": minimum_detectable_difference(delta),
            "verdict": verdict(delta, margin),
            "seeds": delta.seeds,
            "examples": delta.examples,
        }


def recipe_differences(evidence: Evidence, margin: float = MARGIN) -> Answer | None:
    """Which recipes are better, worse or no different, zero-shot on average over targets; None without a comparison."""
    table = difference_table(evidence, margin)
    if table.is_empty():
        return None
    sentences = []
    for encoder in evidence.encoders:
        gains = {recipe: gain(evidence.chosen(encoder=encoder, recipe=recipe)) for recipe in evidence.compared}
        known = {recipe: found for recipe, found in gains.items() if found is not None}
        if known:
            prefix = f"{encoder}: " if len(evidence.encoders) > 1 else ""
            sentences.append(prefix + _sentence(known, evidence.baseline, margin))
    return Answer(QUESTION, " ".join(sentences), {"differences": table}, _notes(evidence))


def _sentence(gains: dict[str, Estimate], baseline: str, margin: float) -> str:
    best = max(gains, key=lambda recipe: gains[recipe].value)
    adjusted = dict(zip(gains, holm([p_value(found) for found in gains.values()]), strict=True))
    counts = dict.fromkeys(("better", "worse", "no difference", "undecided"), 0)
    for found in gains.values():
        counts[verdict(found, margin)] += 1
    start = (
        f"The largest zero-shot difference from {baseline} is that of {best}, {estimated(gains[best])} points"
        f" ({p_text(adjusted[best])}, adjusted for {counted(len(gains), 'recipe')})."
    )
    shares = [
        f"{counts['better']} better",
        f"{counts['worse']} worse",
        f"{counts['no difference']} no different by more than {number(margin)} points",
        f"{counts['undecided']} undecided",
    ]
    detectable = minimum_detectable_difference(gains[best])
    return (
        f"{start} Of {counted(len(gains), 'recipe')}: {', '.join(shares)}; that test finds true differences of"
        f" {number(detectable)} points with power 0.8."
    )


def _notes(evidence: Evidence) -> tuple[str, ...]:
    seeds = min((score.delta.seeds for score in evidence.scores if score.delta), default=0)
    if seeds < 3:
        return (
            f"Some differences rest on {counted(seeds, 'seed')}; three or more say how much training again matters.",
        )
    return ()
