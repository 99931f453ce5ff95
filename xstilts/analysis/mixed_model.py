"""A mixed-effects model of differences by target and language: does a mix suit some groups of languages better?

Differences (mix minus English only, means over seeds) of target t and language l in group g are modeled as

    y(t, l) = target(t) + group(g) + language(l) + rest(t, l)

with fixed effects of targets and groups and random effects of languages (Laird and Ware 1982): languages are a sample,
and the targets of one language say less than as many languages. Seeds need no term: every language has the same ones,
so what they share cancels between groups. Variances are fitted by restricted maximum likelihood (Patterson and Thompson
1971). Groups are tested by F with as many degrees of freedom as languages less groups, since groups vary between
languages; with one target this is the one-way analysis of variance (Fisher 1925).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xstilts.analysis.intervals import FloatArray

_LOGARITHMS = np.linspace(-9, 9, 10)  # of the ratio of variances; between the best one's neighbors it is searched


@dataclass(frozen=True)
class GroupModel:
    """A fitted model.

    Attributes:
        f: The F statistic of the groups.
        p: Its p.
        degrees: Of freedom, of the numerator and the denominator.
        language_deviation: Standard deviation of the random effects of languages, in points; None with one target,
            where it cannot be told from the rest.
        rest_deviation: Standard deviation of the rest, in points.
        effects: Group -> its effect, less the mean of the groups' effects; in points.
    """

    f: float
    p: float
    degrees: tuple[int, int]
    language_deviation: float | None
    rest_deviation: float
    effects: Mapping[str, float]


def fit_groups(differences: Mapping[tuple[str, str], float], groups: Mapping[str, str]) -> GroupModel | None:
    """Fits the model.

    Args:
        differences: (target, language) -> difference, in points.
        groups: Language -> its group.

    Returns:
        None where groups cannot be told apart: fewer than two, no language more than groups, a group that is only on a
        target of its own, or no difference between any two values.
    """
    from scipy.special import fdtrc

    targets, languages = (list(dict.fromkeys(names)) for names in zip(*differences, strict=True))
    names = list(dict.fromkeys(groups[code] for code in languages))
    values = np.asarray(list(differences.values()), dtype=np.float64)
    members = np.asarray([languages.index(code) for _, code in differences])
    design = _design(list(differences), targets, names, groups)
    free = len(languages) - len(names)
    if len(names) < 2 or free < 1 or np.linalg.matrix_rank(design) < design.shape[1] or np.ptp(values) == 0:
        return None
    sizes = np.bincount(members).astype(np.float64)
    several = bool((sizes > 1).any())
    ratio = _best_ratio(values, design, members, sizes) if several else 0.0
    x = _whitened(ratio, design, members, sizes)
    y = _whitened(ratio, values[:, None], members, sizes)[:, 0]
    estimates, squares = _least_squares(x, y)
    variance = squares / (len(y) - x.shape[1])
    if variance <= 1e-18:
        return None
    chosen = slice(len(targets), None)
    inverse = np.linalg.inv(x.T @ x)[chosen, chosen]
    tested = estimates[chosen]
    f = float(tested @ np.linalg.solve(inverse, tested)) / len(tested) / variance
    effects = np.append(0.0, tested)
    return GroupModel(
        f,
        float(fdtrc(len(tested), free, f)),
        (len(tested), free),
        math.sqrt(ratio * variance) if several else None,
        math.sqrt(variance),
        dict(zip(names, (effects - effects.mean()).tolist(), strict=True)),
    )


def _design(
    places: Sequence[tuple[str, str]], targets: Sequence[str], names: Sequence[str], groups: Mapping[str, str]
) -> FloatArray:
    """Columns of targets, then of all groups but the first."""
    rows = np.zeros((len(places), len(targets) + len(names) - 1))
    for at, (target, code) in enumerate(places):
        rows[at, targets.index(target)] = 1
        group = names.index(groups[code])
        if group:
            rows[at, len(targets) + group - 1] = 1
    return rows


def _whitened(ratio: float, columns: FloatArray, members: np.ndarray, sizes: FloatArray) -> FloatArray:
    """Columns less a part of their means over a language, so that what is left of the errors is independent.

    Args:
        ratio: Variance of languages by that of the rest.
        columns: Shape [values, columns].
        members: The language of each value.
        sizes: Number of values of each language.
    """
    sums = np.zeros((len(sizes), columns.shape[1]))
    np.add.at(sums, members, columns)
    part = (1 - 1 / np.sqrt(1 + ratio * sizes)) / sizes
    return np.asarray(columns - (part[:, None] * sums)[members])


def _least_squares(x: FloatArray, y: FloatArray) -> tuple[FloatArray, float]:
    estimates = np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)
    return estimates, float(((y - x @ estimates) ** 2).sum())


def _best_ratio(values: FloatArray, design: FloatArray, members: np.ndarray, sizes: FloatArray) -> float:
    """The variance of languages by that of the rest at which the restricted likelihood is greatest; at least 0."""
    from scipy.optimize import minimize_scalar

    def loss(logarithm: float) -> float:
        return -_likelihood(math.exp(logarithm), values, design, members, sizes)

    start = float(min(_LOGARITHMS, key=loss))
    step = float(_LOGARITHMS[1] - _LOGARITHMS[0])
    found = minimize_scalar(loss, bounds=(start - step, start + step), method="bounded", options={"xatol": 1e-4})
    without = -_likelihood(0.0, values, design, members, sizes)
    return 0.0 if without <= float(found.fun) else math.exp(float(found.x))


def _likelihood(ratio: float, values: FloatArray, design: FloatArray, members: np.ndarray, sizes: FloatArray) -> float:
    """The restricted log likelihood at a ratio, the best variance of the rest put in, less what is constant."""
    x = _whitened(ratio, design, members, sizes)
    _, squares = _least_squares(x, _whitened(ratio, values[:, None], members, sizes)[:, 0])
    free = len(values) - design.shape[1]
    determinant = float(np.linalg.slogdet(x.T @ x)[1])
    return -float(free * math.log(max(squares, 1e-300)) + float(np.log1p(ratio * sizes).sum()) + determinant) / 2
