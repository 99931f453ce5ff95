"""Tables for reading and for programs."""

import csv
import io
import json

import polars as pl
import pytest
from rich.console import Console

from xstilts.errors import InputError
from xstilts.report.tables import language_table, render, score_table
from xstilts.report.terminal import final_table
from xstilts.wording import number, with_interval

FRAME = pl.DataFrame(
    {
        "recipe": ["direct", "a|b_c & <d>", "bad"],
        "mean": [50.04, 61.26, 40.0],
        "low": [49.0, 60.0, 39.0],
        "high": [51.0, 62.0, 41.0],
        "baseline": ["direct"] * 3,
        "delta": [None, 11.22, -0.04],
        "delta_low": [None, 9.96, -1.0],
        "delta_high": [None, 12.5, 1.0],
        "gold": ["gold", "gold", "hidden"],
    }
)


@pytest.mark.parametrize(
    ("value", "signed", "expected"),
    [(1.25, False, "1.2"), (-0.04, True, "0.0"), (0.04, True, "0.0"), (3.0, True, "+3.0"), (-3.0, False, "−3.0")],
)
def test_numbers_have_one_decimal_and_no_negative_zero(value, signed, expected):
    assert number(value, signed) == expected


def test_interval_stands_in_brackets():
    assert with_interval(1.0, -0.5, 2.5, signed=True) == "+1.0 [−0.5, +2.5]"


def test_markdown_escapes_what_would_break_the_table():
    lines = render(FRAME, "markdown").splitlines()
    assert lines[0] == "| recipe | score [95 %] | Δ to direct [95 %] |"
    assert lines[1] == "| --- | ---: | ---: |"
    assert lines[2] == "| direct | 50.0 [49.0, 51.0] | – |"
    assert lines[3] == r"| a\|b_c & \<d> | 61.3 [60.0, 62.0] | +11.2 [+10.0, +12.5] |"
    assert lines[4] == "| bad | no gold | 0.0 [−1.0, +1.0] |"


def test_latex_escapes_and_keeps_true_minus_signs():
    text = render(FRAME, "latex")
    assert r"a\textbar{}b\_c \& \textless{}d\textgreater{} & 61.3 [60.0, 62.0] & +11.2 [+10.0, +12.5] \\" in text
    assert r"$\Delta$ to direct [95~\%]" in text
    assert r"[$-$1.0, +1.0]" in text


def test_csv_and_json_keep_numbers_apart_and_precise():
    rows = list(csv.DictReader(io.StringIO(render(FRAME, "csv"))))
    assert (rows[1]["recipe"], rows[1]["mean"], rows[0]["delta"]) == ("a|b_c & <d>", "61.26", "")
    assert json.loads(render(FRAME, "json"))[1]["delta_low"] == 9.96


def test_differences_are_colored_only_where_the_interval_excludes_zero():
    lines = render(FRAME, "table", color=True).splitlines()
    assert "\x1b[1;32m+11.2" in next(line for line in lines if "61.3" in line)
    assert "\x1b[1;3" not in next(line for line in lines if "bad" in line).split("no gold")[1]
    assert "\x1b[" not in render(FRAME, "table")


def test_brackets_in_names_are_text_and_not_markup():
    assert "[red]x[/red]" in render(pl.DataFrame({"recipe": ["[red]x[/red]"]}), "table")


def test_a_narrow_terminal_never_cuts_a_number():
    text = render(FRAME, "table", width=20)
    assert "61.3 [60.0, 62.0]" in text
    assert "+11.2 [+10.0, +12.5]" in text


def test_unknown_format_names_the_nearest():
    with pytest.raises(InputError, match="did you mean 'markdown'"):
        render(FRAME, "markdwn")


def test_language_table_has_a_column_per_language_and_says_no_gold(simulated):
    hidden = (pl.col("target") == "panx") & (pl.col("language") == "th")
    data = simulated.with_columns(
        gold=pl.when(hidden).then(pl.lit("hidden")).otherwise("gold"),
        value=pl.when(hidden).then(None).otherwise("value"),
    )
    wide = language_table(data, draws=20)
    assert set(wide.columns) >= {"en", "sw", "th"}
    panx = wide.filter((pl.col("target") == "panx") & (pl.col("recipe") == "direct")).row(0, named=True)
    mean = data.filter(target="panx", recipe="direct", language="sw")["value"].mean()
    assert (panx["th"], panx["sw"]) == ("no gold", f"{mean:.1f}")
    assert wide.filter(target="tatoeba")["en"].to_list() == ["", "", ""]


def test_score_table_can_be_grouped_by_family(simulated):
    groups = set(score_table(simulated, by="family", draws=20)["group"])
    assert {"Indo-European", "Sino-Tibetan", "Turkic"} <= groups


def test_final_table_fits_a_hundred_columns_and_names_the_planted_effects(simulated):
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(final_table(simulated, draws=200))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 100
    rows = [line.split() for line in text.splitlines()]
    assert [row[0] for row in rows if "direct" in row[1:3] and row[0] != "target"] == [
        "xquad",
        "panx",
        "tatoeba",
        "all",
    ]
    gain = float(next(row for row in rows if row[:1] == ["squad"])[5])  # squad on xquad, planted: +8
    assert 6 < gain < 10


def test_final_table_tells_collapsed_seeds(simulated):
    broken = (pl.col("recipe") == "nli") & (pl.col("target") == "panx") & (pl.col("seed") == 2)
    data = simulated.with_columns(collapsed=broken)
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(final_table(data, draws=20))
    assert "1 (−1)" in console.export_text()


def test_p_correlations_and_slopes_are_written_as_they_are_read():
    frame = pl.DataFrame(
        {
            "metric": ["loss", "f1"],
            "spearman": [-0.456, None],
            "spearman_low": [-0.8, None],
            "spearman_high": [0.127, None],
            "slope": [1.0, -1.0],
            "slope_low": [0.5, -2.0],
            "slope_high": [1.5, -0.25],
            "p_holm": [0.0004, 0.03125],
            "power": [0.815, None],
        }
    )
    assert render(frame, "markdown").splitlines() == [
        "| metric | spearman [95 %] | slope [95 %] | p (Holm) | power |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| loss | −0.46 [−0.80, +0.13] | +1.0 [+0.5, +1.5] | \\<0.001 | 0.81 |",
        "| f1 | – | −1.0 [−2.0, −0.2] | 0.031 | – |",
    ]
