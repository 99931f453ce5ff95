"""What each recipe did: paired tests against the baseline, per language, per target, and overall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from xstilts.analysis.cells import statistics_of
from xstilts.analysis.evidence import Answer, Evidence, gain, mean_score
from xstilts.analysis.intervals import Estimate, estimated
from xstilts.analysis.significance import (
    MARGIN,
    benjamini_hochberg,
    cohens_d,
    holm,
    minimum_detectable_difference,
    p_value,
    randomization_test,
    verdict,
)
from xstilts.analysis.stochastic_order import almost_stochastic_order
from xstilts.analysis.summary import OVERALL, ZERO_SHOT, LanguageScore
from xstilts.wording import counted, lead, listed, number, p_text, with_interval

QUESTION = "What did each recipe do?"
_SCHEMA = {
    **dict.fromkeys(("encoder", "recipe", "target", "language", "baseline"), pl.String),
    **dict.fromkeys(
        ("delta", "delta_low", "delta_high", "p", "p_holm", "p_bh", "effect_size", "order", "detectable"), pl.Float64
    ),
    "verdict": pl.String,
    "seeds": pl.Int64,
    "examples": pl.Int64,
}

_RANDOMIZATION_SCHEMA = {
    **dict.fromkeys(("encoder", "recipe", "target", "language", "baseline", "metric"), pl.String),
    "seeds": pl.Int64,
    "p_randomization": pl.Float64,
}


def difference_table(evidence: Evidence, margin: float = MARGIN) -> pl.DataFrame:
    """Every difference from the baseline with its test.

    P is adjusted within families of one encoder: the languages of a recipe on a target, the targets of a recipe, and
    the recipes overall.

    Args:
        evidence: The study.
        margin: Points that are of no account.

    Returns:
        Columns encoder, recipe, target, language ("zero-shot languages" for means over them), baseline, delta with its
        95 % interval delta_low and delta_high (points), p, p_holm, p_bh, effect_size (Cohen's d over seeds), order (the
        bound of almost stochastic order over the baseline, from its seeds' means; null for single languages),
        detectable (the smallest true difference that would be found with power 0.8), verdict, seeds and examples.
    """
    by_target: dict[tuple[str, str, str], list[LanguageScore]] = {}
    for score in evidence.scores:
        by_target.setdefault(tuple(score.fields[name] for name in ("encoder", "recipe", "target")), []).append(score)
    rows: list[dict[str, Any]] = []
    for encoder in evidence.encoders:
        overall = []
        for recipe in evidence.compared:
            targets = []
            for target in evidence.targets:
                scores = by_target.get((encoder, recipe, target), [])
                languages = [(score.fields["language"], score.delta, None) for score in scores]
                names = {"encoder": encoder, "recipe": recipe, "target": target}
                rows += _family(names, "language", languages, margin)
                targets.append((target, *_mean(evidence, encoder=encoder, recipe=recipe, target=target)))
            names = {"encoder": encoder, "recipe": recipe, "language": ZERO_SHOT}
            rows += _family(names, "target", targets, margin)
            overall.append((recipe, *_mean(evidence, encoder=encoder, recipe=recipe)))
        rows += _family({"encoder": encoder, "target": OVERALL, "language": ZERO_SHOT}, "recipe", overall, margin)
    return pl.DataFrame(rows, schema=_SCHEMA).with_columns(baseline=pl.lit(evidence.baseline))


def _mean(evidence: Evidence, **fields: str) -> tuple[Estimate | None, float | None]:
    """The mean difference, and the bound of almost stochastic order, of what has these fields."""
    mine, theirs = (
        list(mean.values_by_seed().values()) if (mean := mean_score(evidence.chosen(None, **names))) else []
        for names in (fields, {**fields, "recipe": evidence.baseline})
    )
    order = almost_stochastic_order(mine, theirs) if min(len(mine), len(theirs)) > 1 else None
    return gain(evidence.chosen(None, **fields)), order


def _family(
    names: dict[str, str],
    varied: str,
    members: Sequence[tuple[str, Estimate | None, float | None]],
    margin: float,
) -> Iterator[dict[str, Any]]:
    """Rows of tests that are adjusted together."""
    tested = [(name, delta, order) for name, delta, order in members if delta is not None]
    p_values = [p_value(delta) for _, delta, _ in tested]
    adjusted = zip(p_values, holm(p_values), benjamini_hochberg(p_values), strict=True)
    for (name, delta, order), (p, p_holm, p_bh) in zip(tested, adjusted, strict=True):
        low, high = delta.interval
        yield {
            **names,
            **{varied: name, "delta": delta.value, "delta_low": low, "delta_high": high},
            **{"p": p, "p_holm": p_holm, "p_bh": p_bh},
            "effect_size": cohens_d(delta),
            "order": order,
            "detectable": minimum_detectable_difference(delta),
            "verdict": verdict(delta, margin),
            "seeds": delta.seeds,
            "examples": delta.examples,
        }


def randomization_table(table: pl.DataFrame, baseline: str, rounds: int = 1999) -> pl.DataFrame:
    """Approximate randomization of every headline metric against the baseline: about the trained models at hand.

    Args:
        table: The long table.
        baseline: The recipe that others are compared with.
        rounds: Random arrangements of a test.

    Returns:
        Columns encoder, recipe, target, language, baseline, metric, seeds (that both sides have) and p_randomization.
    """
    from xstilts.metrics import metric

    place = ["encoder", "target", "task", "language", "split", "metric", "layer", "pooling", "similarity"]
    usable = table.filter(pl.col("headline") & (pl.col("gold") == "gold") & ~pl.col("collapsed")).sort("seed")
    rows = []
    for part in usable.partition_by(place, maintain_order=True):
        mine = part.with_row_index("place")
        theirs = dict(mine.filter(pl.col("recipe") == baseline).select("seed", "place").iter_rows())
        for (recipe,), runs in mine.filter(pl.col("recipe") != baseline).group_by("recipe", maintain_order=True):
            pairs = [(at, theirs[seed]) for seed, at in runs.select("seed", "place").iter_rows() if seed in theirs]
            if not pairs or part["examples"].n_unique() > 1:
                continue
            arms = [np.stack([statistics_of(part, at) for at in side]) for side in zip(*pairs, strict=True)]
            name = part["metric"][0]
            rows.append(
                {
                    **{"encoder": part["encoder"][0], "recipe": recipe, "target": part["target"][0]},
                    **{"language": part["language"][0], "metric": name, "seeds": len(pairs)},
                    "p_randomization": randomization_test(arms[0], arms[1], metric(name).value, rounds),
                }
            )
    return pl.DataFrame(rows, schema=_RANDOMIZATION_SCHEMA).with_columns(baseline=pl.lit(baseline))


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
            mine = table.filter((pl.col("encoder") == encoder) & (pl.col("target") != OVERALL))
            extremes = _extremes(mine.filter(pl.col("language") == ZERO_SHOT))
            sentences.append(prefix + _sentence(known, evidence.baseline, margin) + extremes)
    return Answer(QUESTION, "\n".join(sentences), {"differences": table}, _notes(evidence))


def _sentence(gains: dict[str, Estimate], baseline: str, margin: float) -> str:
    best = max(gains, key=lambda recipe: gains[recipe].value)
    adjusted = dict(zip(gains, holm([p_value(found) for found in gains.values()]), strict=True))
    counts = dict.fromkeys(("better", "worse", "no difference", "undecided"), 0)
    for found in gains.values():
        counts[verdict(found, margin)] += 1
    start = (
        f"The {lead(gains[best].value, baseline)} zero-shot is that of {best}, {estimated(gains[best])} points"
        f" ({p_text(adjusted[best])}, adjusted for {counted(len(gains), 'recipe')})."
    )
    shares = [
        f"{counts['better']} better",
        f"{counts['worse']} worse",
        f"{counts['no difference']} within {number(margin)} points of {baseline}",
        f"{counts['undecided']} undecided",
    ]
    detectable = minimum_detectable_difference(gains[best])
    return (
        f"{start} By their own 95 % intervals, of {counted(len(gains), 'recipe')}: {', '.join(shares)}. A true"
        f" difference of {number(detectable)} points would be found with power 0.8."
    )


def _extremes(targets: pl.DataFrame) -> str:
    """What a mean over targets hides: the largest certain gain and loss on a single one."""
    if targets["target"].n_unique() < 2:
        return ""
    gains = targets.filter(pl.col("delta_low") > 0).sort("delta", descending=True).head(1)
    losses = targets.filter(pl.col("delta_high") < 0).sort("delta").head(1)
    said = [
        f"the largest clear {name} is {with_interval(row['delta'], row['delta_low'], row['delta_high'], signed=True)}"
        f" ({row['recipe']} on {row['target']})"
        for name, rows in (("gain", gains), ("loss", losses))
        for row in rows.iter_rows(named=True)
    ]
    return f" On single targets {listed(said)}." if said else " On no single target is there a clear gain or loss."


def _notes(evidence: Evidence) -> tuple[str, ...]:
    seeds = min((score.delta.seeds for score in evidence.scores if score.delta), default=0)
    if seeds < 3:
        return (
            f"Some differences rest on {counted(seeds, 'seed')}; three or more say how much training again matters.",
        )
    return ()
