"""How wide an interval is when its variance is seen in few seeds and, for the rest, known from many examples.

A mean over S seeds has the variance T + R. T, of the seeds and of what seeds and examples do together, is estimated by
the variance W between seeds, with S - 1 degrees of freedom; R, of the examples alone, and I, the part of T that is due
to the examples, are known from the bootstrap. This is Welch's problem (1947) with one variance known, and T >= I.
Satterthwaite's degrees of freedom (1946) cover too seldom with few seeds, sums of squared half-widths (Howe 1974) too
often. So the half-width is a function of W, R and I that is computed, as Trickett and Welch (1954) computed theirs, so
that an interval of 95 % covers the truth in 95 % of all cases whatever T is, and so of 90 and of 99 %. With E = R + I
and w = W / E,

    half-width = c(w / (1 + w), I / E) * sqrt(E + W),   c(1, .) = t(S - 1), the quantile of Student's t

where c is linear between knots whose values make the squared distance of the coverage from the level small, by
numerical integration over the distribution of W, for T from I to 2,000 E. It grows with W and is never less than
`FLOORS` times what examples alone deserve: without that, seeds that agree by chance would promise too much.

`python -m xstilts.analysis.critical_values` computes `critical_values.tsv` beside this file, in a few minutes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from xstilts.analysis.intervals import FloatArray

LEVEL = 0.95
LEVELS = (0.9, LEVEL, 0.99)
"""Levels of the table."""
KNOTS = np.linspace(0, 1, 15)
"""Places of the table's values on the scale w / (1 + w)."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Values of I / E in the table."""
DEGREES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 19, 29)
"""Degrees of freedom of the seeds in the table; between them the values are linear in their inverse."""
FLOORS = (0.5, 0.7)
"""Least half-width by what examples alone deserve: of two seeds, and of more."""
_TABLE = Path(__file__).with_name("critical_values.tsv")
_PROBABILITIES = 300
_VARIANCES = np.concatenate([[0.0], np.logspace(-2.3, 3.3, 41)])


def half_width(
    seed_variance: float, example_variance: float, shared_variance: float, degrees: int, level: float = LEVEL
) -> float:
    """Half the width of the interval of a mean over seeds.

    Args:
        seed_variance: W, of the mean, as the seeds show it.
        example_variance: E, of the mean over these seeds, over examples.
        shared_variance: I, the part that both contain.
        degrees: Of freedom of `seed_variance`: seeds less one.
        level: One of `LEVELS`.
    """
    if example_variance <= 0:
        return student(degrees, level) * math.sqrt(seed_variance)
    share = min(max(shared_variance / example_variance, 0.0), 1.0)
    place = seed_variance / (seed_variance + example_variance)
    at = share * (len(SHARES) - 1)
    lower = min(int(at), len(SHARES) - 2)
    rows = _values(degrees, level)[lower : lower + 2]
    value = (1 - at + lower) * np.interp(place, KNOTS, rows[0]) + (at - lower) * np.interp(place, KNOTS, rows[1])
    least = FLOORS[degrees > 1] * normal(level) * math.sqrt(example_variance)
    return max(least, float(value) * math.sqrt(seed_variance + example_variance))


@cache
def student(degrees: float, level: float) -> float:
    """How many standard errors the interval of a level reaches, by Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + level) / 2))


@cache
def normal(level: float) -> float:
    """The same, by the normal distribution."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


@cache
def _values(degrees: int, level: float) -> FloatArray:
    """Values of c for some degrees of freedom; shape [shares, knots]."""
    table = _table()[level]
    if degrees in table:
        return table[degrees]
    below = max(known for known in DEGREES if known < degrees)
    above = min((known for known in DEGREES if known > degrees), default=None)
    far = _known_variance(level) if above is None else table[above]
    end = 0.0 if above is None else 1 / above
    weight = (1 / degrees - end) / (1 / below - end)
    return weight * table[below] + (1 - weight) * far


def _known_variance(level: float) -> FloatArray:
    """The values of c with so many seeds that W is T; where W would be less than I, as at I."""
    inner = KNOTS[:-1]
    rows = [np.sqrt((1 - share) * (1 - inner) + np.maximum(inner, share * (1 - inner))) for share in SHARES]
    return normal(level) * np.stack([np.append(row, 1.0) for row in rows])


@cache
def _table() -> dict[float, dict[int, FloatArray]]:
    _, *lines = _TABLE.read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows: dict[float, dict[int, list[list[float]]]] = {level: {} for level in LEVELS}
    for line in lines:
        level, degrees, _, *values = line.split("\t")
        rows[float(level)].setdefault(int(degrees), []).append([float(value) for value in values])
    return {level: {degrees: np.asarray(some) for degrees, some in part.items()} for level, part in rows.items()}


def coverage(degrees: int, share: float, level: float = LEVEL, values: FloatArray | None = None) -> FloatArray:
    """How often intervals cover the truth, by numerical integration.

    Args:
        degrees: Of freedom of the seeds.
        share: I / E.
        level: One of `LEVELS`.
        values: c at the knots; those of the table unless said.

    Returns:
        A share of 1 for each excess of T over I, from 0 to 2,000 E.
    """
    from scipy.special import ndtr

    observed = _observed(degrees, share)
    if values is None:
        widths = np.vectorize(lambda ratio: half_width(ratio, 1.0, share, degrees, level))(observed)
    else:
        widths = _widths(values, observed, FLOORS[degrees > 1] * normal(level))
    return np.asarray((2 * ndtr(widths / np.sqrt(1 + _VARIANCES)[:, None]) - 1).mean(axis=1))


def _observed(degrees: int, share: float) -> FloatArray:
    """W / E at equally probable places of its distribution, shape [true variances, places]."""
    from scipy.special import chdtri

    probabilities = (np.arange(_PROBABILITIES) + 0.5) / _PROBABILITIES
    return np.asarray((share + _VARIANCES)[:, None] * chdtri(degrees, probabilities) / degrees)


def _widths(values: FloatArray, ratios: FloatArray, floor: float) -> FloatArray:
    widths = np.interp(ratios / (1 + ratios), KNOTS, values) * np.sqrt(1 + ratios)
    return np.asarray(np.maximum(widths, floor))


def solve(degrees: int, share: float, level: float = LEVEL) -> FloatArray:
    """Values of c at the knots that bring the coverage near the level for all variances.

    Smoothness is asked for a little, since otherwise other values of c do nearly as well by turning up and down.
    """
    from scipy.optimize import least_squares

    end = student(degrees, level)
    scale = 1 / np.sqrt(1 - KNOTS[:-1])

    def residuals(inner: FloatArray) -> FloatArray:
        values = np.append(inner, end)
        bend = 5 / math.sqrt(len(KNOTS)) * np.diff(np.log(values), 2)
        falls = 100 * np.minimum(np.diff(np.log(inner * scale)), 0)
        return np.concatenate([5 * (coverage(degrees, share, level, values) - level) / (1 - level), bend, falls])

    start = np.interp(KNOTS[:-1], [0, 1], [normal(level), end])
    return np.append(least_squares(residuals, start, bounds=(0.2, 3 * end + 3)).x, end)


def _lines() -> Iterator[str]:
    yield "\t".join(["level", "degrees", "share", *(f"{knot:.4f}" for knot in KNOTS)])
    for level, degrees, share in product(LEVELS, DEGREES, SHARES):
        values = [f"{value:.4f}" for value in solve(degrees, share, level)]
        yield "\t".join([str(level), str(degrees), str(share), *values])


if __name__ == "__main__":
    _TABLE.write_text("\n".join(_lines()) + "\n", encoding="utf-8")
