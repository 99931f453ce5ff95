"""The mixed model against analyses of variance by hand, and on planted groups."""

import numpy as np
import pytest
from scipy import stats

from xstilts.analysis.mixed_model import fit_groups

GROUPS = {"de": "a", "nl": "a", "fr": "a", "ja": "b", "ko": "b", "tr": "c", "fi": "c", "hu": "c"}


def drawn(seed: int, targets: str = "x", of_groups: float = 0.0, of_languages: float = 1.0) -> dict:
    generator = np.random.default_rng(seed)
    language = {code: generator.normal(0, of_languages) for code in GROUPS}
    group = {"a": 0.0, "b": of_groups, "c": -of_groups}
    return {
        (target, code): 5.0 * at + group[GROUPS[code]] + language[code] + generator.normal(0, 0.5)
        for at, target in enumerate(targets)
        for code in GROUPS
    }


def test_with_one_target_it_is_the_one_way_analysis_of_variance():
    values = drawn(1)
    samples = [[value for (_, code), value in values.items() if GROUPS[code] == name] for name in "abc"]
    expected = stats.f_oneway(*samples)
    found = fit_groups(values, GROUPS)
    assert (found.f, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.degrees == (2, 5)
    assert found.language_deviation is None


def test_with_several_targets_groups_are_tested_against_languages():
    # balanced, so the F test is that of the languages' means over targets, however often a language was measured
    values = drawn(2, "xyz")
    means = {code: np.mean([values[target, code] for target in "xyz"]) for code in GROUPS}
    expected = stats.f_oneway(*([mean for code, mean in means.items() if GROUPS[code] == name] for name in "abc"))
    found = fit_groups(values, GROUPS)
    assert found.f == pytest.approx(expected.statistic, rel=1e-3)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-2)


def test_variances_are_those_of_the_analysis_of_variance():
    # balanced: languages within groups MS = rest + targets * languages
    values = drawn(3, "xyz")
    table = np.array([[values[target, code] for target in "xyz"] for code in GROUPS])
    means = table.mean(axis=1)
    members = [means[[GROUPS[code] == name for code in GROUPS]] for name in "abc"]
    within = sum(((part - part.mean()) ** 2).sum() for part in members)
    of_languages = 3 * within / 5
    rest = table - means[:, None] - table.mean(axis=0) + table.mean()
    of_rest = (rest**2).sum() / (7 * 2)
    found = fit_groups(values, GROUPS)
    assert found.rest_deviation == pytest.approx(np.sqrt(of_rest), rel=1e-2)
    assert found.language_deviation == pytest.approx(np.sqrt((of_languages - of_rest) / 3), rel=1e-2)


def test_effects_are_distances_from_the_mean_of_the_groups():
    values = {("x", code): {"a": 1.0, "b": 4.0, "c": -2.0}[name] for code, name in GROUPS.items()}
    noisy = {place: value + (0.01 if place[1] in ("de", "ja", "tr") else 0.0) for place, value in values.items()}
    assert fit_groups(noisy, GROUPS).effects == pytest.approx({"a": 0.0, "b": 3.0, "c": -3.0}, abs=0.01)


def test_what_cannot_be_told_apart_has_no_model():
    assert fit_groups({("x", "de"): 1.0, ("x", "nl"): 2.0}, GROUPS) is None  # one group
    assert fit_groups({("x", "de"): 1.0, ("x", "ja"): 2.0}, GROUPS) is None  # no language more than groups
    assert fit_groups(dict.fromkeys(drawn(1), 3.0), GROUPS) is None  # nothing varies
    apart = {("x", "de"): 1.0, ("x", "nl"): 2.0, ("y", "ja"): 3.0, ("y", "ko"): 5.0}
    assert fit_groups(apart, GROUPS) is None  # target or group, who knows


@pytest.mark.parametrize("targets", ["x", "xyz"])
@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_groups_are_found_where_they_are_planted_and_else_in_5_percent(targets, count):
    hits = {0.0: 0, 4.0: 0}
    for experiment in range(count):
        for planted in hits:
            hits[planted] += fit_groups(drawn(experiment, targets, planted), GROUPS).p < 0.05
    size = hits[0.0] / count
    assert abs(size - 0.05) <= (0.015 if count == 2000 else 4 * np.sqrt(0.05 * 0.95 / count))
    assert hits[4.0] / count > 0.9
