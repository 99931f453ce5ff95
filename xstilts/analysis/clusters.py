"""Groups of languages: what a recipe gains in each, and whether a mix of languages suits some better than others.

The interaction of mix and group is tested twice. A mixed-effects model (`xstilts.analysis.mixed_model`) gives its size
with languages as a random sample. Permuting the languages among the groups (Fisher 1935; Good 2005) needs no
distribution and is exact under its hypothesis, that it does not matter to which group a language belongs: groups have
few and unequal numbers of languages, so the answer in words goes by this one. What the mix changes on a target as a
whole is taken out in both, since not every language has every target.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from xstilts.analysis.evidence import Answer, Evidence, Recipe, gain, mean_score
from xstilts.analysis.intervals import Estimate, FloatArray, average, combined, estimated, stable_seed
from xstilts.analysis.mixed_model import fit_groups
from xstilts.analysis.significance import ALPHA, holm, p_value, verdict
from xstilts.analysis.summary import LanguageScore
from xstilts.languages import language
from xstilts.wording import counted, listed, number, p_text

QUESTION = "English only, or a mix with other languages, and for which languages?"
FEATURES = ("family", "genus", "script", "region", "resources", "order")
_ROUNDS = 9999
_GROUP_SCHEMA = {
    **dict.fromkeys(("encoder", "recipe", "feature", "cluster"), pl.String),
    "languages": pl.Int64,
    **dict.fromkeys(("mean", "low", "high", "delta", "delta_low", "delta_high"), pl.Float64),
}
_MIX_SCHEMA = {
    **dict.fromkeys(("encoder", "english", "mix", "feature", "cluster"), pl.String),
    "languages": pl.Int64,
    **dict.fromkeys(("delta", "delta_low", "delta_high", "p"), pl.Float64),
    "verdict": pl.String,
    **dict.fromkeys(("p_interaction", "p_interaction_holm"), pl.Float64),
}
_MODEL_SCHEMA = {
    **dict.fromkeys(("encoder", "english", "mix", "feature"), pl.String),
    **dict.fromkeys(("groups", "languages"), pl.Int64),
    "f": pl.Float64,
    **dict.fromkeys(("groups_degrees", "languages_degrees"), pl.Int64),
    **dict.fromkeys(("p", "p_holm", "p_permutation", "language_deviation", "rest_deviation"), pl.Float64),
    "effects": pl.String,
}


def cluster_of(code: str, feature: str) -> str:
    """The group of a language by one of `FEATURES`."""
    return str(getattr(language(code), feature))


def cluster_table(evidence: Evidence) -> pl.DataFrame:
    """Means of every recipe over the zero-shot languages of each group, averaged over targets.

    Returns:
        Columns encoder, recipe, feature, cluster, languages, mean with low and high, delta (from the baseline) with
        delta_low and delta_high; in points.
    """
    rows = []
    for encoder in evidence.encoders:
        for recipe in dict.fromkeys(score.fields["recipe"] for score in evidence.scores):
            scores = evidence.chosen(encoder=encoder, recipe=recipe)
            for feature, cluster, members in _clusters(scores):
                mean, delta = mean_score(members), gain(members)
                if mean is not None:
                    rows.append(
                        {
                            **{"encoder": encoder, "recipe": recipe, "feature": feature, "cluster": cluster},
                            "languages": len({score.fields["language"] for score in members if score.estimate}),
                            **dict(zip(("mean", "low", "high"), (mean.value, *mean.interval), strict=True)),
                            **_delta(delta),
                        }
                    )
    return pl.DataFrame(rows, schema=_GROUP_SCHEMA)


def _delta(delta: Estimate | None) -> dict[str, float]:
    names = ("delta", "delta_low", "delta_high")
    return dict(zip(names, (delta.value, *delta.interval), strict=True)) if delta else {}


def _clusters(scores: Sequence[LanguageScore]) -> Iterable[tuple[str, str, list[LanguageScore]]]:
    for feature in FEATURES:
        groups: dict[str, list[LanguageScore]] = {}
        for score in scores:
            groups.setdefault(cluster_of(score.fields["language"], feature), []).append(score)
        yield from ((feature, cluster, members) for cluster, members in groups.items())


def mixes(recipes: Mapping[str, Recipe]) -> list[tuple[str, str]]:
    """Pairs of a recipe in the tasks' own language and one with the same stages in more languages, or with raw text."""
    found = []
    plain = {name: recipe for name, recipe in recipes.items() if recipe.stages and recipe.is_plain}
    for name, recipe in recipes.items():
        if not recipe.stages or recipe.is_plain:
            continue
        tasks = [stage.tasks for stage in recipe.stages]
        partners = [other for other, made in plain.items() if [stage.tasks for stage in made.stages] == tasks]
        found += [(partner, name) for partner in partners[:1]]
    return found


def interaction_p(differences: Sequence[float], clusters: Sequence[str], seed: int = 0) -> float | None:
    """Whether differences by language depend on the group that a language is in.

    The statistic is the sum of squares between groups; languages are permuted among them.

    Args:
        differences: One per language, in points.
        clusters: The group of each language.
        seed: Seed of the permutations.

    Returns:
        P; None with fewer than two groups or no group of two.
    """
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    if not 1 < len(set(clusters)) < len(clusters):
        return None
    values = np.asarray(differences, dtype=np.float64) - np.mean(differences)
    members = np.eye(int(codes.max()) + 1)[codes]
    sizes = members.sum(axis=0)

    def between(rows: FloatArray) -> FloatArray:
        return np.asarray(((rows @ members) ** 2 / sizes).sum(axis=-1))

    generator = np.random.default_rng(stable_seed("clusters", seed))
    permuted = generator.permuted(np.tile(values, (_ROUNDS, 1)), axis=1)
    return (1 + int((between(permuted) >= between(values) - 1e-9).sum())) / (_ROUNDS + 1)


def paired_differences(evidence: Evidence, encoder: str, mix: str, english: str) -> dict[tuple[str, str], Estimate]:
    """(target, language) -> mix minus English only, where the language is zero-shot in both."""
    sides = [
        {(score.fields["target"], score.fields["language"]): score.delta for score in scores if score.delta}
        for scores in (evidence.chosen(encoder=encoder, recipe=recipe) for recipe in (mix, english))
    ]
    found = {}
    for place, delta in sides[0].items():
        if place in sides[1]:
            difference = combined([(1.0, delta), (-1.0, sides[1][place])])
            assert difference is not None
            found[place] = difference
    return found


def language_differences(differences: Mapping[tuple[str, str], Estimate]) -> dict[str, Estimate]:
    """Language -> the mean over its targets."""
    by_language: dict[str, list[Estimate]] = {}
    for (_, code), difference in differences.items():
        by_language.setdefault(code, []).append(difference)
    means = {code: average(parts) for code, parts in by_language.items()}
    return {code: mean for code, mean in means.items() if mean is not None}


def beyond_targets(differences: Mapping[tuple[str, str], Estimate]) -> dict[str, float]:
    """Language -> its mean distance from the means of its targets, so that which targets it has does not matter."""
    values = {place: difference.value for place, difference in differences.items()}
    means = {
        target: np.mean([value for (other, _), value in values.items() if other == target]) for target, _ in values
    }
    distances: dict[str, list[float]] = {}
    for (target, code), value in values.items():
        distances.setdefault(code, []).append(float(value - means[target]))
    return {code: float(np.mean(parts)) for code, parts in distances.items()}


def mix_table(evidence: Evidence) -> pl.DataFrame:
    """Every mix against English only, by group of languages.

    Returns:
        Columns encoder, english, mix, feature ("all" for the mean over languages), cluster, languages, delta (mix minus
        English only) with delta_low and delta_high, p, verdict, and p_interaction (of the feature, the same in all its
        rows; also adjusted for the number of features).
    """
    rows: list[dict[str, Any]] = []
    for encoder in evidence.encoders:
        for english, mix in mixes(evidence.recipes):
            differences = paired_differences(evidence, encoder, mix, english)
            if not differences:
                continue
            found, beyond = language_differences(differences), beyond_targets(differences)
            names = {"encoder": encoder, "english": english, "mix": mix}
            rows.append({**names, "feature": "all", "cluster": "all", **_tested(list(found.values()))})
            groups = {feature: [cluster_of(code, feature) for code in found] for feature in FEATURES}
            tests = {feature: interaction_p([beyond[code] for code in found], groups[feature]) for feature in FEATURES}
            adjusted = holm([p for p in tests.values() if p is not None])
            p_holm = dict(zip((feature for feature, p in tests.items() if p is not None), adjusted, strict=True))
            for feature in FEATURES:
                p = {"p_interaction": tests[feature], "p_interaction_holm": p_holm.get(feature)}
                for cluster in dict.fromkeys(groups[feature]):
                    members = [delta for code, delta in found.items() if cluster_of(code, feature) == cluster]
                    rows.append({**names, "feature": feature, "cluster": cluster, **p, **_tested(members)})
    return pl.DataFrame(rows, schema=_MIX_SCHEMA)


def interaction_table(evidence: Evidence) -> pl.DataFrame:
    """Mixed-effects models of every mix against English only, one per feature of languages.

    Returns:
        Columns encoder, english, mix, feature, groups and languages (their numbers), f with groups_degrees and
        languages_degrees, p, p_holm (over features), p_permutation (of `mix_table`), language_deviation and
        rest_deviation (points), and effects (each group's distance from the mean of groups, in words).
    """
    rows: list[dict[str, Any]] = []
    for encoder in evidence.encoders:
        for english, mix in mixes(evidence.recipes):
            found = paired_differences(evidence, encoder, mix, english)
            values, beyond = {place: delta.value for place, delta in found.items()}, beyond_targets(found)
            family: list[dict[str, Any]] = []
            for feature in FEATURES:
                groups = {code: cluster_of(code, feature) for code in beyond}
                model = fit_groups(values, groups) if values else None
                if model is None:
                    continue
                effects = sorted(model.effects.items(), key=lambda one: -one[1])
                family.append(
                    {
                        **{"encoder": encoder, "english": english, "mix": mix, "feature": feature},
                        **{"groups": len(model.effects), "languages": len(beyond), "f": model.f, "p": model.p},
                        **dict(zip(("groups_degrees", "languages_degrees"), model.degrees, strict=True)),
                        "p_permutation": interaction_p(list(beyond.values()), list(groups.values())),
                        "language_deviation": model.language_deviation,
                        "rest_deviation": model.rest_deviation,
                        "effects": ", ".join(f"{name} {number(effect, True)}" for name, effect in effects),
                    }
                )
            adjusted = holm([float(row["p"]) for row in family])
            rows += [{**row, "p_holm": p} for row, p in zip(family, adjusted, strict=True)]
    return pl.DataFrame(rows, schema=_MODEL_SCHEMA)


def _tested(members: Sequence[Estimate]) -> dict[str, Any]:
    mean = average(members)
    assert mean is not None
    low, high = mean.interval
    numbers = {"delta": mean.value, "delta_low": low, "delta_high": high, "p": p_value(mean), "verdict": verdict(mean)}
    return {"languages": len(members), **numbers}


def mixes_against_english(evidence: Evidence) -> Answer | None:
    """Mixes against English only, overall and by group of languages; None if the study has no such pair."""
    table = mix_table(evidence)
    if table.is_empty():
        return None
    sentences = []
    for encoder, english, mix in table.select("encoder", "english", "mix").unique(maintain_order=True).iter_rows():
        found = language_differences(paired_differences(evidence, encoder, mix, english))
        mean = average(list(found.values()))
        assert mean is not None
        mine = table.filter(pl.col("encoder") == encoder, pl.col("mix") == mix, pl.col("p_interaction_holm") < ALPHA)
        features = mine.select("feature", "p_interaction_holm").unique(maintain_order=True).rows()
        depends = listed([f"{feature} ({p_text(p)})" for feature, p in features]) if features else ""
        sentences.append(
            f"{mix} against {english}: {estimated(mean)} points over {counted(len(found), 'zero-shot language')}"
            f" ({verdict(mean)})"
            + (
                f"; the difference depends on {depends}."
                if depends
                else "; no group of languages clearly differs from the others."
            )
        )
    notes = (
        "Languages that a mix was trained on are left out of its row: they are no longer zero-shot.",
        "The test whether a difference depends on a group of languages is about the trained models at hand.",
    )
    return Answer(
        QUESTION,
        " ".join(sentences),
        {"mixes": table, "interactions": interaction_table(evidence), "clusters": cluster_table(evidence)},
        notes,
    )
