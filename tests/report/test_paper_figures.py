"""The figures of the paper, on studies with planted effects."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from planted_studies import contents, correlation, counts, mix, scaling

from xstilts.analysis.answers import answers
from xstilts.report.contents import Contents
from xstilts.report.document import Figure, Forest, Scatter
from xstilts.report.paper import write_paper
from xstilts.report.paper_figures import question_figure


def figure_of(made: Contents) -> Figure | None:
    """The figure of the answer that leads."""
    return question_figure(made, answers(made.evidence)[0], 1)


def test_the_number_of_tasks_is_drawn_as_gain_against_pieces():
    figure = figure_of(counts())
    assert isinstance(figure, Scatter)
    drawn = {point.name: (point.x, round(point.y.value, 6)) for point in figure.points}
    assert drawn == {"a": (1000, 4), "b": (2000, 2), "a-b": (3000, 3), "joint": (3000, 8), "joint-3": (6000, 12)}
    assert all(point.y.low <= point.y.value <= point.y.high for point in figure.points)
    assert figure.x_axis == "pieces read in intermediate training"


def test_size_is_drawn_with_the_line_through_the_gains():
    figure = figure_of(scaling())
    assert isinstance(figure, Scatter)
    assert figure.logarithmic
    drawn = {point.name: (point.x, round(point.y.value, 6)) for point in figure.points}
    assert drawn == {"small": (1, 2), "middle": (10, 6), "large": (100, 10)}
    assert figure.line is not None
    assert [value for end in figure.line for value in end] == pytest.approx([1, 2, 100, 10])


def test_a_predictor_is_drawn_run_by_run():
    figure = figure_of(correlation())
    assert isinstance(figure, Scatter)
    drawn = sorted((point.x, round(point.y.value, 6)) for point in figure.points)
    assert drawn == sorted((50 + 5 * at, 40 + 3 * at) for at in range(1, 7) for _ in (1, 2))
    assert figure.x_axis in ("score of the last intermediate stage", "accuracy of the last intermediate stage")


def test_mixes_are_drawn_by_group_of_languages():
    figure = figure_of(mix())
    assert isinstance(figure, Forest)
    ((title, intervals),) = figure.panels
    assert title == "mix less english"
    drawn = {name: round(found.value, 6) for name, found in zip(figure.names, intervals, strict=True) if found}
    assert drawn["script: Cyrillic"] == 10
    assert drawn["all languages"] == pytest.approx((1 + 10 + 10 + 1 + 1) / 5)
    assert drawn["script: Latin"] == 1


def test_one_recipe_has_no_trade_off_to_draw():
    percents = {("xlmr", recipe, "de"): 50 + gain for recipe, gain in {"direct": 0, "a": 4}.items()}
    made = contents({"name": "one", "recipes": {"direct": [], "a": ["a"]}}, percents)
    assert all(question_figure(made, answer, 1) is None for answer in answers(made.evidence))


def test_points_and_line_stand_where_the_axes_say(tmp_path):
    path = write_paper(scaling(), (), "markdown", tmp_path)
    pictures = [file.read_text("utf-8") for file in sorted(path.parent.glob("*.svg"))]
    (picture,) = [text for text in pictures if "logarithmic" in text]
    name = "{http://www.w3.org/2000/svg}"
    drawn = ElementTree.fromstring(picture)
    labels = {node.text: float(node.get("x", "nan")) for node in drawn.iter(f"{name}text")}
    # a tenfold size is the same way to the right each time
    assert labels["100"] - labels["10"] == pytest.approx(labels["10"] - labels["1"], abs=0.2)
    assert labels["large"] - labels["middle"] == pytest.approx(labels["middle"] - labels["small"], abs=0.2)
    titles = [node.text or "" for node in drawn.iter(f"{name}title")]
    assert [re.sub(r" \[.*", "", title) for title in titles] == ["small: +2.0", "middle: +6.0", "large: +10.0"]
