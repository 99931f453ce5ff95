"""Half-widths against closed forms, and the coverage that numerical integration gives for them."""

import numpy as np
import pytest
from scipy import stats

from xstilts.analysis.critical_values import DEGREES, KNOTS, SHARES, coverage, half_width, solve

NORMAL = stats.norm.ppf(0.975)


@pytest.mark.parametrize("degrees", [1, 2, 4, 9])
def test_where_examples_do_not_matter_it_is_student_s_t(degrees):
    expected = stats.t.ppf(0.975, degrees) * 3
    assert half_width(9.0, 0.0, 0.0, degrees) == pytest.approx(expected)
    assert half_width(9.0, 1e-7, 0.0, degrees) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("degrees", [1, 2, 4, 9])
def test_seeds_that_agree_leave_what_the_examples_say(degrees):
    assert half_width(0.0, 4.0, 0.0, degrees) == pytest.approx(2 * NORMAL, rel=0.03)


def test_with_many_seeds_variances_are_known():
    # 3 of seeds, of which 1 is in the 4 of examples: 3 + 4 - 1
    assert half_width(3.0, 4.0, 1.0, 10_000) == pytest.approx(NORMAL * np.sqrt(6), rel=0.01)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0])
@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 6, 9, 11, 24])
def test_intervals_cover_95_percent_whatever_the_variance_of_seeds(degrees, share):
    found = coverage(degrees, share)
    slack = {1: 0.012, 2: 0.005}.get(degrees, 0.003)
    assert np.abs(found - 0.95).max() <= slack


@pytest.mark.parametrize(("level", "slack"), [(0.9, 0.005), (0.99, 0.004)])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("degrees", [1, 2, 4, 11])
def test_other_levels_are_kept_too(degrees, share, level, slack):
    assert np.abs(coverage(degrees, share, level) - level).max() <= (3.5 if degrees == 1 else 1) * slack


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("degrees", [1, 2, 5, 12, 40])
def test_a_larger_variance_of_seeds_never_makes_an_interval_narrower(degrees, share):
    widths = [half_width(float(variance), 1.0, share, degrees) for variance in np.linspace(0, 30, 400)]
    assert np.diff(widths).min() >= -0.02 * max(widths[0], 1)
    assert min(widths) >= (0.5 if degrees == 1 else 0.7) * NORMAL - 1e-9


def test_units_do_not_matter():
    assert half_width(0.03, 0.04, 0.01, 2) == pytest.approx(half_width(3.0, 4.0, 1.0, 2) / 10)


@pytest.mark.parametrize(("degrees", "share"), [(2, 0.5), (4, 0.0)])
def test_the_table_is_what_the_command_computes(degrees, share):
    values = solve(degrees, share)
    assert len(values) == len(KNOTS)
    assert degrees in DEGREES
    assert share in SHARES
    for ratio in (0.1, 1.0, 10.0):
        expected = np.interp(ratio / (1 + ratio), KNOTS, values) * np.sqrt(1 + ratio)
        assert half_width(ratio, 1.0, share, degrees) == pytest.approx(expected, rel=1e-2)
