"""Tables on a terminal: width, marks, colors."""

import polars as pl
import pytest

from xstilts.report.columns import Column
from xstilts.report.terminal import overview, printed, tables_of


def test_what_is_certain_is_colored_and_marked_and_the_rest_is_dim(simulated):
    text = printed(overview(simulated, "direct", 100, draws=100), color=True, width=100)
    lines = text.splitlines()
    panx = next(place for place, line in enumerate(lines) if line.split(None, 1)[:1] == ["panx"])
    assert "\x1b[1;31m" in lines[panx + 1]  # planted: nli loses 3 points
    assert "▼" in lines[panx + 1]
    assert "\x1b[2m" in lines[panx + 2]  # squad does nothing
    assert not set("▲▼") & set(lines[panx + 2])
    xquad = next(place for place, line in enumerate(lines) if line.split(None, 1)[:1] == ["xquad"])
    assert "\x1b[1;32m" in lines[xquad + 2]
    assert "▲" in lines[xquad + 2]
    plain = printed(overview(simulated, "direct", 100, draws=100), color=False, width=100)
    assert "\x1b" not in plain
    assert plain.count("▲") == text.count("▲") > 3


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(simulated, width):
    text = printed(overview(simulated, "direct", width, draws=60), color=False, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    words = text.split()
    for code in simulated["language"].unique():
        assert code in words
    opened = [word for word in words if word.startswith("[") and word.endswith(",")]
    closed = [word for word in words if word[0] in "+−0123456789" and word.endswith("]")]
    assert len(opened) == len(closed) > 10


def test_a_wide_table_is_cut_into_several_that_keep_their_names():
    columns = [Column("recipe", ["direct", "nli"], False, [None, None])]
    columns += [Column(f"l{place}", ["12.3", "45.6"], True, [None, 1]) for place in range(10)]
    tables = tables_of(columns, 40)
    assert sum(len(table.columns) - 1 for table in tables) == 10
    assert len(tables) > 1
    texts = [printed(table, color=False, width=40) for table in tables]
    assert all("nli" in text and "direct" in text for text in texts)
    assert len(tables_of(columns, 200)) == 1


def test_every_encoder_has_tables_of_its_own(simulated):
    both = pl.concat([simulated, simulated.with_columns(encoder=pl.lit("other"))])
    text = printed(overview(both, "direct", 80, draws=20), color=False, width=80)
    assert "By language: xlmr" in text
    assert "By language: other" in text
    assert "By language\n" in printed(overview(simulated, "direct", 80, draws=20), color=False, width=80)
