"""The page stays light: it has summaries of rows and never the rows, and what it has no room for it names."""

from __future__ import annotations

import polars as pl
import pytest
from conftest import simulate

from xstilts.report import chapters, showcase, traces
from xstilts.report.contents import Contents
from xstilts.report.page import page
from xstilts.samples import schema

STUDY = {"name": "s", "recipes": {"direct": []}}


def written(table: pl.DataFrame, **more: object) -> str:
    return page(Contents.of(table, STUDY, draws=20, **more))


def test_the_page_hardly_grows_with_seeds_and_examples():
    small = len(written(simulate(seeds=(1, 2), examples=50)))
    assert len(written(simulate(seeds=(1, 2, 3, 4, 5), examples=50))) < 1.02 * small
    assert len(written(simulate(seeds=(1, 2), examples=800))) < 1.02 * small


def test_a_cell_takes_a_few_hundred_bytes():
    # its score, difference and trace, and its row among the numbers behind the differences, which are cut at 150
    one = simulate(seeds=(1,), examples=20).filter(pl.col("target") == "panx")
    languages = [f"{a}{b}" for a in "qwx" for b in "bcdfghjklmnp"]
    wide = pl.concat(
        [one, *(one.filter(pl.col("language") == "de").with_columns(language=pl.lit(c)) for c in languages)]
    )
    cells = len(languages) * 3
    assert (len(written(wide)) - len(written(one))) / cells < 350


def test_keys_of_stages_are_left_out_of_large_studies(monkeypatch):
    table = simulate(seeds=(1,), examples=20).with_columns(stage=pl.lit("0123456789abcdef"))
    assert "01234567" in written(table)
    assert "012345678" not in written(table)
    monkeypatch.setattr(traces, "MOST_KEYS", 10)
    assert "01234567" not in written(table)


def test_test_sets_that_have_no_room_are_named(monkeypatch):
    monkeypatch.setattr(chapters, "MOST_CELLS", 50)
    text = written(simulate(seeds=(1,), examples=20))
    assert "Not on this page, so that it stays light: panx, tatoeba;" in text


@pytest.mark.parametrize(("most", "shown"), [(3000, 4), (8, 2), (1, 1)])
def test_every_language_keeps_fewer_samples_where_there_are_many(monkeypatch, most, shown):
    monkeypatch.setattr(showcase, "MOST_ANSWERS", most)
    rows = [
        {"encoder": "xlmr", "recipe": "nli", "target": "xquad", "language": code, "split": "test", "id": str(at),
         "texts": '[["question", "?"]]', "gold": "a", "prediction": "b", "points": 0.0, "stage": "", "seed": 1}
        for code in ("de", "sw", "zh", "hi") for at in range(4)
    ]  # fmt: skip
    samples = pl.DataFrame(rows, schema=schema())
    sets = showcase.sample_sets(samples, "xlmr", "xquad", "test", showcase.share_of(samples))
    assert [len(found.rows) for found in sets] == [shown] * 4
