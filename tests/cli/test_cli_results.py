"""`xstilts results` and `xstilts report` beside what was published and what an audit found."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
import yaml

from xstilts.durable import write_json
from xstilts.results import Results, schema

LANGUAGES = ("de", "en", "es", "fr", "ja", "ko", "zh")
STUDY = {"name": "s", "baseline": "plain", "recipes": {"plain": []}, "targets": {"pawsx": {}}, "task_defaults": {}}


@pytest.fixture
def out(tmp_path):
    """A recipe that has half of PAWS-X right, in all seven languages."""
    statistics = np.ones((2000, 2))
    statistics[1000:, 0] = 0
    fields = {
        **{"study": "s", "encoder": "xlmr", "recipe": "plain", "target": "pawsx", "task": "pawsx", "split": "test"},
        **{"seed": 1, "metric": "accuracy", "value": 50.0, "examples": 2000, "gold": "gold", "headline": True},
        **{"selection": "source dev", "collapsed": False, "layer": None, "pooling": None, "similarity": None},
        **{"stage": "k", "width": 2, "statistics": statistics.ravel().tolist()},
    }
    rows = [{**fields, "language": code, "zero_shot": code != "en"} for code in LANGUAGES]
    Results(pl.DataFrame(rows, schema=schema())).write(tmp_path)
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(STUDY))
    return tmp_path


@pytest.mark.parametrize("form", ["table", "markdown", "latex"])
def test_tables_for_reading_are_followed_by_published_results_with_their_source(call, out, form):
    called = call("results", out, "--format", form)
    assert called.code == 0, called.err
    first, second = called.out.split("Published results", 1)
    assert "87.7" not in first
    assert "X-STILTs" in second
    assert "87.7" in second
    assert "google-research/multilingual-t5" in second
    assert "50.0 [" in second


def test_tables_for_programs_hold_the_study_alone(call, out):
    rows = json.loads(call("results", out, "--format", "json").out)
    assert {row["recipe"] for row in rows} == {"plain"}
    assert "X-STILTs" not in call("results", out, "--by", "target", "--format", "csv").out


def test_the_report_finds_the_audit_in_the_folder_and_compares_with_the_baseline_of_the_study(call, out):
    assert call("report", out).code == 0
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "Nobody has looked yet for rows that are both trained on and evaluated" in text
    assert "plain scores 50.0" in text
    named = {name: STUDY[name] for name in ("recipes", "targets", "task_defaults")}
    audit = {"version": 1, "study": named, "method": {}, "seen": [], "evaluated": [], "overlaps": []}
    write_json(out / "audit.json", audit)
    assert call("report", out).code == 0
    assert "No row, no text and no near duplicate is in both" in (out / "report.html").read_text(encoding="utf-8")


def test_a_damaged_audit_is_exit_code_2(call, out):
    (out / "audit.json").write_text('{"version": 7}')
    called = call("report", out)
    assert called.code == 2
    assert "audit.json: this is no audit" in called.err


@pytest.fixture
def compared(out):
    """A second recipe, with 100 more of the 2,000 right."""
    table = Results.read(out).table
    statistics = np.ones((2000, 2))
    statistics[1100:, 0] = 0
    rows = [
        {**row, "recipe": "nli", "value": 55.0, "statistics": statistics.ravel().tolist()} for row in table.to_dicts()
    ]
    Results(pl.concat([table, pl.DataFrame(rows, schema=schema())])).write(out)
    return out


def test_tests_are_shown_with_p_and_verdict(call, compared):
    called = call("results", compared, "--tests", "--format", "csv")
    assert called.code == 0, called.err
    rows = called.out.splitlines()
    assert rows[0].startswith("encoder,recipe,target,language,baseline,delta,delta_low,delta_high,p,p_holm,p_bh,")
    assert any(row.startswith("xlmr,nli,pawsx,zero-shot languages,plain,5.0,") and ",better," in row for row in rows)
    assert "Published results" not in call("results", compared, "--tests").out


def test_randomization_is_shown_on_request(call, compared):
    rows = json.loads(call("results", compared, "--randomization", "--json").out)
    assert {row["language"] for row in rows} == set(LANGUAGES)
    assert {row["p_randomization"] for row in rows} == {0.0005}


@pytest.fixture
def two_encoders(compared):
    """A twin of the encoder, with 100 fewer right of each recipe: 900 and 1,000 of the 2,000."""
    table = Results.read(compared).table
    rows = []
    for row in table.to_dicts():
        right = round(20 * row["value"]) - 100
        statistics = np.ones((2000, 2))
        statistics[right:, 0] = 0
        rows.append({**row, "encoder": "twin", "value": right / 20, "statistics": statistics.ravel().tolist()})
    Results(pl.concat([table, pl.DataFrame(rows, schema=schema())])).write(compared)
    return compared


def test_encoders_are_compared_recipe_by_recipe(call, two_encoders):
    rows = json.loads(call("results", two_encoders, "--versus", "twin", "--json").out)
    found = {
        (row["encoder"], row["recipe"]): (row["mean"], row["delta"])
        for row in rows
        if row["group"] == "zero-shot languages"
    }
    assert found == {
        ("xlmr", "plain"): (50.0, 5.0),
        ("xlmr", "nli"): (55.0, 5.0),
        ("twin", "plain"): (45.0, None),
        ("twin", "nli"): (50.0, None),
    }
    assert {row["baseline"] for row in rows} == {"twin"}


def test_tables_of_encoders_name_them_so_and_show_nothing_published(call, two_encoders):
    called = call("results", two_encoders, "--versus", "xlmr", "--by", "language", "--format", "markdown")
    head, _, first, *_ = called.out.splitlines()
    assert head.split(" | ")[0].removeprefix("| ") == "recipe"
    assert "encoder" in head
    assert "Δ to xlmr" in head
    assert "Published" not in called.out
    assert "| plain |" in first
    tests = call("results", two_encoders, "--versus", "xlmr", "--tests", "--format", "csv").out.splitlines()
    assert tests[0].startswith("recipe,encoder,target,language,baseline,delta,")
    assert any(row.startswith("nli,twin,pawsx,zero-shot languages,xlmr,-5.0,") and ",worse," in row for row in tests)


def test_tests_say_which_encoders_meet_even_where_there_is_one_recipe(call, two_encoders):
    Results(Results.read(two_encoders).table.filter(pl.col("recipe") == "plain")).write(two_encoders)
    asked = ("results", two_encoders, "--versus", "twin", "--format", "markdown")
    head, _, first, *_ = call(*asked, "--tests").out.splitlines()
    assert "| encoder |" in head
    assert "Δ to twin [95 %]" in head
    assert "| xlmr |" in first
    head, _, first, *_ = call(*asked, "--randomization").out.splitlines()
    assert "| baseline |" in head
    assert "| xlmr |" in first
    assert "| twin |" in first
    rows = json.loads(call("results", two_encoders, "--versus", "twin", "--tests", "--json").out)
    assert {(row["encoder"], row["baseline"], row["recipe"]) for row in rows} == {("xlmr", "twin", "plain")}


def test_encoders_of_unequal_depth_are_compared_by_the_layers_that_count(call, two_encoders):
    table = Results.read(two_encoders).table
    depth = pl.when(pl.col("encoder") == "twin").then(1).otherwise(7)
    other = table.with_columns(layer=depth + 1, headline=pl.lit(False), value=pl.lit(0.0))
    Results(pl.concat([table.with_columns(layer=depth), other]).cast(schema())).write(two_encoders)
    rows = json.loads(call("results", two_encoders, "--versus", "twin", "--json").out)
    deltas = {(row["recipe"], row["delta"]) for row in rows if row["encoder"] == "xlmr"}
    assert deltas == {("plain", 5.0), ("nli", 5.0)}


def test_an_encoder_that_is_not_there_or_alone_is_exit_code_2(call, out, two_encoders):
    called = call("results", two_encoders, "--versus", "twim")
    assert called.code == 2
    assert "did you mean 'twin'?" in called.err
    Results(Results.read(out).table.filter(pl.col("encoder") == "xlmr")).write(out)
    called = call("results", out, "--versus", "xlmr")
    assert called.code == 2
    assert "nothing to compare it with" in called.err
