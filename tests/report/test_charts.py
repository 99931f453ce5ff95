"""Charts and forest plots: places in proportion, intervals in sight, names escaped."""

import re

import pytest

from xstilts.report.charts import Series, chart, nice_ticks, short_number
from xstilts.report.forest import forest


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 80, [0, 20, 40, 60, 80]), (41.2, 43.9, [41, 42, 43, 44]), (5, 5, None)],
)
def test_ticks_are_round_and_enclose_the_data(low, high, expected):
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert ticks[0] < ticks[-1]
    assert expected is None or ticks == expected


def test_points_are_placed_in_proportion():
    figure = chart([Series("nli", [(0, 0.0), (1, 40.0), (2, 80.0)])], "caption", "layer", "points", marked=2)
    (points,) = re.findall(r'polyline points="([^"]*)"', figure.svg)
    # x from 54 to 498, y from 256 (0) to 14 (80)
    assert points == "54,256 276,135 498,14"
    assert 'class="marked" x1="498.0"' in figure.svg


def test_a_logarithmic_axis_has_equal_ratios_at_equal_distances():
    points = [(1e6, 0.0), (1e7, 1.0), (1e8, 2.0)]
    figure = chart([Series("all", points)], "caption", "parameters", "points", log_x=True)
    (drawn,) = re.findall(r'polyline points="([^"]*)"', figure.svg)
    xs = [float(pair.split(",")[0]) for pair in drawn.split()]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1])
    assert ">1M<" in figure.svg
    assert ">100M<" in figure.svg


def test_intervals_are_bars_or_bands_and_always_in_sight():
    series = Series("nli", [(1, 1.0), (2, 2.0)], bounds=[(-30.0, 5.0), (1.0, 90.0)])
    band = chart([series], "caption", "x", "y").svg
    assert ">−50<" in band
    assert ">100<" in band
    assert band.count("<polygon") == 1
    bars = chart([Series("nli", [(1, 1.0)], bounds=[(0.0, 2.0)], band=False)], "caption", "x", "y").svg
    assert bars.count('class="whisker"') == 1


def test_names_and_tips_are_escaped():
    hostile = "<script>alert(1)</script>"
    figure = chart([Series(hostile, [(1, 1.0)], [hostile])], hostile, hostile, hostile)
    assert "<script>" not in figure.svg
    assert figure.svg.count("&lt;script&gt;") == 6  # label three times, tip twice, axis once


@pytest.mark.parametrize(("value", "text"), [(2_500_000, "2.5M"), (-3, "−3"), (40_000, "40k"), (1.1e10, "11B")])
def test_numbers_of_axes_are_short(value, text):
    assert short_number(value) == text


def test_a_forest_has_zero_in_sight_and_lines_in_proportion():
    rows = [("nli", {"delta": 5.0, "delta_low": 2.5, "delta_high": 7.5}), ("none", dict.fromkeys(
        ("delta", "delta_low", "delta_high")))]  # fmt: skip
    drawn = forest(rows, "caption")
    assert drawn is not None
    assert (drawn.ticks[0], drawn.ticks[-1], drawn.zero) == ((0.0, "0"), (100.0, "8"), 0.0)
    (line,) = drawn.lines
    assert (line.left, line.width, line.point, line.sign) == (31.25, 62.5, 62.5, 1)
    assert line.text == "+5.0 [+2.5, +7.5]"


def test_a_forest_of_nothing_is_none():
    assert forest([], "caption") is None
