"""Does the gain grow with the size of the encoder? Gain against the logarithm of its parameters, with a fitted trend.

The trend is a line by ordinary least squares: its slope is a weighted sum of gains, so its interval over seeds and
examples follows from the same paired draws as every other one. That interval is about these encoders. Whether size or
chance orders them is asked by permuting the gains among the encoders (exact up to eight of them), which few encoders
can hardly answer: of n, p is at least 2 / n!. The median of all pairs' slopes (Theil 1950; Sen 1968) stands beside it,
since one odd encoder moves it less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import polars as pl

from xstilts.analysis.clusters import cluster_of
from xstilts.analysis.evidence import Answer, Evidence, gain
from xstilts.analysis.intervals import Estimate, FloatArray, average, combined, estimated
from xstilts.analysis.significance import p_value
from xstilts.analysis.summary import OVERALL, LanguageScore
from xstilts.wording import counted, p_text

QUESTION = "Does the gain of intermediate training grow with the size of the encoder?"
EVERY = "all recipes"
_FEATURES = ("family", "script", "resources")
_MOST_EXACT = 8
_ROUNDS = 9999
_GAINS_SCHEMA = {
    **dict.fromkeys(("encoder", "recipe", "target", "feature", "cluster"), pl.String),
    "parameters": pl.Int64,
    **dict.fromkeys(("delta", "delta_low", "delta_high"), pl.Float64),
}
_TRENDS_SCHEMA = {
    **dict.fromkeys(("recipe", "target", "feature", "cluster"), pl.String),
    "encoders": pl.Int64,
    **dict.fromkeys(
        ("slope", "slope_low", "slope_high", "p", "p_permutation", "median_slope", "explained"), pl.Float64
    ),
}


@dataclass(frozen=True)
class Trend:
    """A line through gains.

    Attributes:
        slope: Points per tenfold parameters, with its spread over seeds and examples.
        median_slope: The median of the slopes of all pairs (Theil-Sen).
        p_permutation: P of the slope under permutation of the gains.
        explained: Share of the variance of the gains that the line explains.
    """

    slope: Estimate
    median_slope: float
    p_permutation: float
    explained: float


def fit_trend(sizes: Sequence[float], gains: Sequence[Estimate]) -> Trend | None:
    """Fits gains against log10 of the sizes; None with fewer than two different sizes."""
    x = np.log10(np.asarray(sizes, dtype=np.float64))
    if len(set(sizes)) < 2:
        return None
    weights = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    slope = combined([(float(weight), one) for weight, one in zip(weights, gains, strict=True)])
    assert slope is not None
    y = np.asarray([one.value for one in gains])
    pairs = [
        (y[j] - y[i]) / (x[j] - x[i]) for i in range(len(x)) for j in range(i + 1, len(x)) if abs(x[j] - x[i]) > 1e-9
    ]
    whole = float(((y - y.mean()) ** 2).sum())
    fitted = slope.value**2 * float(((x - x.mean()) ** 2).sum())
    return Trend(slope, float(np.median(pairs)), _permutation_p(weights, y), fitted / whole if whole > 0 else 0.0)


def trend_at(sizes: Sequence[float], gains: Sequence[Estimate], at: Sequence[float]) -> list[Estimate]:
    """The fitted line at some sizes, with its spread over seeds and examples.

    Args:
        sizes: Parameters of the encoders, at least two different ones.
        gains: Their gains.
        at: Sizes at which the line is wanted.
    """
    x = np.log10(np.asarray(sizes, dtype=np.float64))
    centered = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    fitted = []
    for place in np.log10(np.asarray(at, dtype=np.float64)):
        weights = 1 / len(x) + (place - x.mean()) * centered
        one = combined([(float(weight), gain) for weight, gain in zip(weights, gains, strict=True)])
        assert one is not None
        fitted.append(one)
    return fitted


def _permutation_p(weights: FloatArray, values: FloatArray) -> float:
    if len(values) <= _MOST_EXACT:
        orders = np.asarray(list(permutations(values)))
        return float((np.abs(orders @ weights) >= abs(values @ weights) - 1e-9).mean())
    generator = np.random.default_rng(0)
    orders = generator.permuted(np.tile(values, (_ROUNDS, 1)), axis=1)
    return (1 + int((np.abs(orders @ weights) >= abs(values @ weights) - 1e-9).sum())) / (_ROUNDS + 1)


def parameters_of(evidence: Evidence) -> dict[str, int]:
    """Encoder -> number of its parameters, of those whose training stages say so."""
    known = evidence.records.costs.drop_nulls("parameters").group_by("encoder").agg(pl.col("parameters").max())
    return dict(known.iter_rows())


def _groups(evidence: Evidence) -> Iterator[tuple[str, str, str, Callable[[LanguageScore], bool]]]:
    """(target, feature, cluster, condition) of everything that a trend is fitted for."""
    yield OVERALL, "all", "all", lambda score: True
    for target in evidence.targets:
        yield target, "all", "all", _on_target(target)
    codes = list(dict.fromkeys(score.fields["language"] for score in evidence.chosen()))
    for feature in _FEATURES:
        for cluster in dict.fromkeys(cluster_of(code, feature) for code in codes):
            yield OVERALL, feature, cluster, _in_cluster(feature, cluster)


def _on_target(target: str) -> Callable[[LanguageScore], bool]:
    return lambda score: bool(score.fields["target"] == target)


def _in_cluster(feature: str, cluster: str) -> Callable[[LanguageScore], bool]:
    return lambda score: cluster_of(score.fields["language"], feature) == cluster


def gains_by_encoder(
    evidence: Evidence, encoders: Sequence[str], wanted: Callable[[LanguageScore], bool]
) -> dict[str, dict[str, Estimate]]:
    """Recipe -> encoder -> gain; "all recipes" is the mean over those that every one of its encoders has."""
    found = {
        recipe: {
            encoder: delta
            for encoder in encoders
            if (delta := gain(evidence.chosen(wanted, encoder=encoder, recipe=recipe))) is not None
        }
        for recipe in evidence.compared
    }
    complete = [gains for gains in found.values() if len(gains) == len(encoders)]
    means = {encoder: average([gains[encoder] for gains in complete]) for encoder in encoders}
    return {EVERY: {encoder: mean for encoder, mean in means.items() if mean is not None}, **found}


def model_size(evidence: Evidence) -> Answer | None:
    """Gain against the size of the encoder; None with fewer than two encoders of known and different sizes."""
    sizes = parameters_of(evidence)
    encoders = sorted((name for name in evidence.encoders if name in sizes), key=sizes.__getitem__)
    if len({sizes[name] for name in encoders}) < 2:
        return None
    gains_rows: list[dict[str, Any]] = []
    trends_rows: list[dict[str, Any]] = []
    overall: tuple[Trend, int] | None = None
    for target, feature, cluster, wanted in _groups(evidence):
        for recipe, gains in gains_by_encoder(evidence, encoders, wanted).items():
            place = {"recipe": recipe, "target": target, "feature": feature, "cluster": cluster}
            gains_rows += [{**place, **_gain_row(name, sizes, delta)} for name, delta in gains.items()]
            trend = fit_trend([sizes[name] for name in gains], list(gains.values()))
            if trend is None:
                continue
            overall = overall or (trend, len(gains))
            trends_rows.append({**place, "encoders": len(gains), **_trend_row(trend)})
    if overall is None:
        return None
    tables = {
        "trends": pl.DataFrame(trends_rows, schema=_TRENDS_SCHEMA),
        "gains": pl.DataFrame(gains_rows, schema=_GAINS_SCHEMA),
    }
    missing = [name for name in evidence.encoders if name not in sizes]
    notes = (f"Of unknown size, left out: {', '.join(missing)}.",) if missing else ()
    return Answer(QUESTION, _sentence(*overall), tables, notes)


def _gain_row(encoder: str, sizes: Mapping[str, int], delta: Estimate) -> dict[str, Any]:
    low, high = delta.interval
    names = {"encoder": encoder, "parameters": sizes[encoder]}
    return {**names, "delta": delta.value, "delta_low": low, "delta_high": high}


def _trend_row(trend: Trend) -> dict[str, Any]:
    low, high = trend.slope.interval
    return {
        **{"slope": trend.slope.value, "slope_low": low, "slope_high": high, "p": p_value(trend.slope)},
        "p_permutation": trend.p_permutation,
        "median_slope": trend.median_slope,
        "explained": trend.explained,
    }


def _sentence(trend: Trend, encoders: int) -> str:
    low, high = trend.slope.interval
    said = "grows" if low > 0 else "shrinks" if high < 0 else "neither clearly grows nor shrinks"
    least = 2 / math.factorial(encoders)
    chance = f"permutation {p_text(trend.p_permutation)}"
    if least > 0.05:
        chance += f", which {counted(encoders, 'encoder')} cannot bring below {least:.2f}"
    return (
        f"The zero-shot gain, on average over recipes and targets, {said} with the size of the encoder:"
        f" {estimated(trend.slope)} points per tenfold parameters over {counted(encoders, 'encoder')} ({chance})."
    )
