"""Claims checked against results: what the paper says (Phang et al. 2020), and what a user writes.

A claim is one test or several, each a comparison (`xstilts.analysis.expressions`). A test holds where the whole 95 %
interval is on its side, fails where it is on the other, and is undecided where the interval has both: then the power to
see a difference of the size in question says whether more seeds and examples could decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from xstilts.analysis.clusters import FEATURES, cluster_of
from xstilts.analysis.evidence import Evidence, gain, mean_score
from xstilts.analysis.expressions import Arguments, Comparison, Function, comparisons_of
from xstilts.analysis.intervals import Estimate, average
from xstilts.analysis.significance import MARGIN, minimum_detectable_difference, power_at
from xstilts.analysis.summary import LanguageScore
from xstilts.errors import InputError, nearest
from xstilts.yaml_input import explain, read_yaml

Outcome = Literal["holds", "fails", "undecided", "not tested"]
_SCHEMA = {
    **dict.fromkeys(("claim", "text", "outcome", "test", "test_outcome"), pl.String),
    **dict.fromkeys(
        ("estimate", "estimate_low", "estimate_high", "threshold", "published", "effect", "power", "detectable"),
        pl.Float64,
    ),
}
_SUMMARY_SCHEMA = {
    **dict.fromkeys(("claim", "text", "outcome"), pl.String),
    **dict.fromkeys(("tests", "hold", "fail"), pl.Int64),
    "needed": pl.Float64,
}


@dataclass(frozen=True)
class Claim:
    """Something that is said of results.

    Attributes:
        name: A short name.
        text: What is said, in words.
        tests: Comparisons; empty where the study has not what is spoken of.
        needed: Share of the tests that must hold.
        published: The published size of each test's quantity, in points, where there is one.
        expected: The size that power is computed for; the published one, or one point, unless said.
        where: The place of the claim, for errors.
    """

    name: str
    text: str
    tests: tuple[str, ...]
    needed: float = 1.0
    published: tuple[float | None, ...] = ()
    expected: float | None = None
    where: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    Attributes:
        claim: The claim.
        outcome: holds, fails, undecided or not tested.
        rows: A row per comparison: test, outcome, estimate with its interval, threshold, published, effect (distance
            from the threshold for which power is given), power, and detectable (the distance that has power 0.8); in
            points.
    """

    claim: Claim
    outcome: Outcome
    rows: Sequence[Mapping[str, Any]]


def check_claims(evidence: Evidence, claims: Sequence[Claim]) -> list[Verdict]:
    """Checks every claim.

    Raises:
        InputError: If a claim is no claim or names what the study has not.
    """
    functions = functions_of(evidence)
    return [_check(claim, functions) for claim in claims]


def claim_tables(verdicts: Sequence[Verdict]) -> dict[str, pl.DataFrame]:
    """The tables `claims`, a row per claim, and `tests`, a row per comparison; an untested claim has one without."""
    rows = [
        {"claim": verdict.claim.name, "text": verdict.claim.text, **row, "outcome": verdict.outcome}
        | {"test_outcome": row.get("outcome")}
        for verdict in verdicts
        for row in verdict.rows or [{}]
    ]
    summary = [
        {
            **{"claim": verdict.claim.name, "text": verdict.claim.text, "outcome": verdict.outcome},
            "tests": len(verdict.rows),
            "hold": sum(row["outcome"] == "holds" for row in verdict.rows),
            "fail": sum(row["outcome"] == "fails" for row in verdict.rows),
            "needed": verdict.claim.needed,
        }
        for verdict in verdicts
    ]
    return {"claims": pl.DataFrame(summary, schema=_SUMMARY_SCHEMA), "tests": pl.DataFrame(rows, schema=_SCHEMA)}


def _check(claim: Claim, functions: Mapping[str, Function]) -> Verdict:
    rows = []
    published = [*claim.published, *[None] * (len(claim.tests) - len(claim.published))]
    for test, size in zip(claim.tests, published, strict=True):
        for comparison in comparisons_of(test, functions, claim.where or claim.name):
            rows.append({"test": test, **_row(comparison, size, claim.expected)})
    return Verdict(claim, _outcome([row["outcome"] for row in rows], claim.needed), rows)


def _outcome(outcomes: Sequence[str], needed: float) -> Outcome:
    if not outcomes:
        return "not tested"
    if outcomes.count("holds") >= needed * len(outcomes) - 1e-9:
        return "holds"
    open_or_held = len(outcomes) - outcomes.count("fails")
    return "fails" if open_or_held < needed * len(outcomes) - 1e-9 else "undecided"


def _row(comparison: Comparison, published: float | None, expected: float | None) -> dict[str, Any]:
    quantity = comparison.quantity
    low, high = quantity.interval
    effect = abs(published - comparison.threshold) if published is not None else MARGIN
    effect = effect if expected is None else abs(expected - comparison.threshold)
    return {
        "outcome": comparison.outcome,
        **{"estimate": quantity.value, "estimate_low": low, "estimate_high": high, "threshold": comparison.threshold},
        "published": published,
        "effect": effect,
        "power": power_at(quantity, effect),
        "detectable": minimum_detectable_difference(quantity),
    }


def functions_of(evidence: Evidence) -> dict[str, Function]:
    """The functions that claims may use.

    - `mean_delta(recipe=R)`: the mean difference of a recipe from the baseline, over languages, then over targets.
    - `mean_score(recipe=R)`: the mean score, likewise.
    - `best_delta()`: the mean over targets of the largest difference that any recipe has there (of `recipes`, if they
      are named). The best is chosen on the same results, so the number is somewhat too high.

    All take `targets` (names, or `all`, `retrieval`, or a kind such as `span_qa`), `languages` (codes, or `zero_shot`,
    the default, `all`, `source`), `encoder` (all, averaged, unless said), and `family`, `genus`, `script`, `region`,
    `resources` and `order` for groups of languages.
    """
    return {
        "mean_delta": lambda arguments: _mean(evidence, arguments, gain, evidence.compared),
        "mean_score": lambda arguments: _mean(evidence, arguments, mean_score, evidence.all_recipes),
        "best_delta": lambda arguments: _best(evidence, arguments),
    }


_SELECTING = ("targets", "languages", "encoder", *FEATURES)


def _mean(
    evidence: Evidence,
    arguments: Arguments,
    mean: Callable[[Sequence[LanguageScore]], Estimate | None],
    recipes: Sequence[str],
) -> Estimate:
    _refuse_unknown(arguments, ("recipe", *_SELECTING), "argument")
    if "recipe" not in arguments:
        raise InputError("a function needs a recipe", found=", ".join(arguments) or "nothing", expected="recipe=NAME")
    _refuse_unknown([arguments["recipe"]], recipes, "recipe")
    scores = [score for score in _selected(evidence, arguments) if score.fields["recipe"] == arguments["recipe"]]
    return _over_encoders(evidence, scores, mean, arguments)


def _best(evidence: Evidence, arguments: Arguments) -> Estimate:
    _refuse_unknown(arguments, ("recipes", *_SELECTING), "argument")
    recipes = _names(arguments.get("recipes", evidence.compared))
    _refuse_unknown(recipes, evidence.compared, "recipe")
    selected = [score for score in _selected(evidence, arguments) if score.fields["recipe"] in recipes]
    return _over_encoders(evidence, selected, partial(_best_over_targets, recipes=recipes), arguments)


def _best_over_targets(scores: Sequence[LanguageScore], recipes: Sequence[str]) -> Estimate | None:
    best = []
    for target in dict.fromkeys(score.fields["target"] for score in scores):
        mine = [score for score in scores if score.fields["target"] == target]
        deltas = [gain(score for score in mine if score.fields["recipe"] == recipe) for recipe in recipes]
        known = [delta for delta in deltas if delta is not None]
        best += [max(known, key=lambda delta: delta.value)] if known else []
    return average(best)


def _over_encoders(
    evidence: Evidence,
    scores: Sequence[LanguageScore],
    mean: Callable[[Sequence[LanguageScore]], Estimate | None],
    arguments: Arguments,
) -> Estimate:
    means = [
        mean([score for score in scores if score.fields["encoder"] == encoder])
        for encoder in evidence.encoders
        if arguments.get("encoder", encoder) == encoder
    ]
    found = average([one for one in means if one is not None])
    if found is None:
        said = ", ".join(f"{name}={value}" for name, value in arguments.items())
        raise InputError("the study has no results for this", found=said or "nothing was said")
    return found


def _selected(evidence: Evidence, arguments: Arguments) -> list[LanguageScore]:
    _refuse_unknown([arguments["encoder"]] if "encoder" in arguments else [], evidence.encoders, "encoder")
    targets = evidence.targets_named(_names(arguments.get("targets", "all")))
    languages = _names(arguments.get("languages", "zero_shot"))
    groups = {feature: _names(arguments[feature]) for feature in FEATURES if feature in arguments}
    return [
        score
        for score in evidence.scores
        if score.fields["target"] in targets
        and _speaks(score, languages)
        and all(cluster_of(score.fields["language"], feature) in names for feature, names in groups.items())
    ]


def _speaks(score: LanguageScore, languages: Sequence[str]) -> bool:
    zero_shot = bool(score.fields["zero_shot"])
    groups = {"all": True, "zero_shot": zero_shot, "source": not zero_shot}
    return any(groups.get(name, name == score.fields["language"]) for name in languages)


def _names(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]


def _refuse_unknown(given: Any, known: Sequence[str], what: str) -> None:
    for name in given:
        if name not in known:
            listed = list(known)
            raise InputError(
                f"there is no {what} {name!r}", expected=f"one of {', '.join(listed)}", fix=nearest(str(name), listed)
            )


class _Said(BaseModel):
    """A claim in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: str | list[str]
    text: str = ""
    needed: float = 1.0
    expected: float | None = None


def _with_claim(said: Any) -> Any:
    """A claim that is only an expression."""
    return {"claim": said} if isinstance(said, str | list) else said


class _File(BaseModel):
    """A file of claims."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claims: dict[str, Annotated[_Said, BeforeValidator(_with_claim)]]


def read_claims(path: Path) -> list[Claim]:
    """Claims in YAML: `claims: {NAME: EXPRESSION}`, or for NAME a mapping with `claim`, `text`, `needed`, `expected`.

    Raises:
        InputError: With file, line and field of what is wrong.
    """
    document = read_yaml(path, "claims")
    try:
        file = _File.model_validate(document.data)
    except ValidationError as error:
        raise explain(error, document, _File, {}) from error
    claims = []
    for name, said in file.claims.items():
        tests = (said.claim,) if isinstance(said.claim, str) else tuple(said.claim)
        where = document.place(["claims", name])
        claims.append(
            Claim(name, said.text or "; ".join(tests), tests, said.needed, expected=said.expected, where=where)
        )
    return claims
