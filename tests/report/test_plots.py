"""The plots of each question, on tables with planted effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from planted_studies import correlation, counts, mix, scaling

from xstilts.analysis.answers import answers
from xstilts.records import Records
from xstilts.report.blocks import Block, Fold, Row
from xstilts.report.chapters import chapters_of
from xstilts.report.charts import Figure
from xstilts.report.contents import Contents
from xstilts.report.curves import learning_curves
from xstilts.report.forest import Forest
from xstilts.report.grids import Grid
from xstilts.report.plots import answer_blocks


def within(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks and all that is in them."""
    for block in blocks:
        yield block
        if isinstance(block, Fold | Row):
            yield from within(block.blocks)


def plots(made: Contents) -> list[Block]:
    return list(within(answer_blocks(made.evidence, answers(made.evidence)[0])))


def test_scaling_has_the_fitted_line_with_its_band_and_the_slope():
    found = plots(scaling())
    figures = [block for block in found if isinstance(block, Figure)]
    assert [figure.caption for figure in figures] == [
        f"Gain by size of the encoder, {target} (gain in points)" for target in ("all targets", "panx", "xquad")
    ]
    assert (7, "fitted line, with 95 % band") in figures[0].legend
    assert figures[0].svg.count("<polygon") == 1
    assert "nli, large: +10.0" in figures[0].svg
    slopes = next(block for block in found if isinstance(block, Forest))
    assert [line.text.split(" ")[0] for line in slopes.lines] == ["+4.0", "+4.0"]


def test_a_trade_off_has_its_pareto_front():
    figure = next(block for block in plots(counts()) if isinstance(block, Figure))
    assert (7, "Pareto front") in figure.legend
    front = figure.svg.split("<polyline")[1].split('"')[1].split()
    assert (
        len(front) == 4
    )  # direct, a, joint and joint-3: b gains less for more than a, a-b less than joint for as much
    assert "joint-3: +12.0" in figure.svg


def test_mixes_have_forests_by_group_of_languages_and_heat_maps():
    found = plots(mix())
    forests = [block for block in found if isinstance(block, Forest)]
    assert [line.name for line in forests[0].lines] == ["mix − english"]
    lines = {line.name: line for line in forests[1].lines}
    assert lines["script: Cyrillic (2)"].text.startswith("+10.0")
    assert lines["script: Latin (2)"].text.startswith("+1.0")
    grids = [block for block in found if isinstance(block, Grid) and "by script" in block.caption]
    assert [head.text for head in grids[0].heads] == ["recipe", "Latin", "Cyrillic", "Devanagari"]


def test_correlations_have_a_scatter_of_runs_and_a_forest_of_measures():
    found = plots(correlation())
    figure = next(block for block in found if isinstance(block, Figure))
    assert figure.svg.count("data-tip=") == 12  # six recipes, two seeds
    measures = next(block for block in found if isinstance(block, Forest))
    assert {line.name for line in measures.lines} == {"accuracy", "score"}
    assert all(line.text.startswith("+1.00") for line in measures.lines)


def test_learning_curves_have_a_line_for_each_recipe_and_thin_ones_for_seeds():
    (figure,) = learning_curves(correlation().records)
    assert "Intermediate training on n" in figure.caption
    assert [name for _, name in figure.legend] == [f"n-{at}" for at in range(1, 7)]
    assert figure.svg.count("faint") == 12
    assert "n-6, step 20: 80.0, mean of 2; kept by 2" in figure.svg


def test_trainings_that_were_evaluated_once_have_no_curve():
    made = correlation()
    once = Records(made.records.costs, made.records.dev.filter(pl.col("step") == 20))
    assert learning_curves(once) == []


def test_cost_has_a_row_for_each_recipe_in_the_order_of_the_study():
    chapters = {chapter.anchor: chapter for chapter in chapters_of(counts())}
    grid = next(block for block in chapters["cost"].blocks if isinstance(block, Grid))
    assert [name for name, _ in grid.rows] == ["a", "b", "a-b", "joint", "joint-3"]
    # a: 100 steps, 1,000 pieces, a minute of intermediate training; the unit is that of the longest
    assert [cell.text for cell in grid.rows[0][1]] == ["100", "1,000", "60.0", "60.0"]
    assert [head.text for head in grid.heads[3:]] == ["intermediate, seconds", "all, seconds"]


def test_every_question_has_its_chapter_and_the_study_s_own_comes_first():
    titles = [chapter.title for chapter in chapters_of(mix())]
    assert titles[0] == "English only, or a mix with other languages, and for which languages?"
    assert "What did each recipe do?" in titles
    assert titles[-1] == "Configuration"
