"""`xstilts claims`: the outcome of every claim, with its numbers, in words and as JSON."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest
import yaml
from simulated import scored

from xstilts.results import Results, schema


@pytest.fixture
def out(tmp_path):
    """MNLI gives ten points more than direct on XNLI, in every seed."""
    rows = [
        scored([1] * (100 + more) + [0] * (100 - more), recipe, target="xnli", language=code, seed=seed)
        for recipe, more in (("direct", 0), ("mnli", 20))
        for code in ("de", "sw")
        for seed in (1, 2, 3)
    ]
    Results(pl.DataFrame(rows, schema=schema())).write(tmp_path)
    study = {"name": "s", "baseline": "direct", "recipes": {"direct": [], "mnli": ["mnli"]}, "targets": {"xnli": {}}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study))
    return tmp_path


def test_the_paper_s_claims_are_checked_as_far_as_the_study_has_their_tasks(call, out):
    called = call("claims", out)
    assert called.code == 0, called.err
    lines = called.out.splitlines()
    assert lines[0] == "holds: SQuAD, MNLI and HellaSwag as intermediate tasks improve the average over targets."
    assert lines[1] == "    holds: mean_delta(recipe=mnli, languages=all) > 0"
    assert lines[2].startswith("      +10.0 [+")
    assert "published +7.5; power " in lines[2]
    assert "fails: XNLI does not benefit: no intermediate task improves it by a point." in lines
    untested = [line for line in lines if line.startswith("not tested")]
    assert untested == lines[-1:]
    assert re.fullmatch(r"not tested: \d+ of \d+ claims: the study has no recipes .* --json names them", untested[0])
    assert "TyDiQA improves" not in called.out


def test_claims_of_a_file_are_checked_instead(call, out):
    (out / "mine.yaml").write_text(
        'claims: {gain: mean_delta(recipe=mnli) > 5, flat: "-1 < mean_delta(recipe=mnli) < 1"}'
    )
    found = json.loads(call("claims", out, "--claims", out / "mine.yaml", "--json").out)
    assert [(row["claim"], row["outcome"]) for row in found] == [("gain", "holds"), ("flat", "fails")]
    assert found[0]["tests"][0]["estimate"] == pytest.approx(10.0)
    assert found[0]["tests"][0]["threshold"] == 5.0


@pytest.mark.parametrize("form", ["csv", "markdown", "latex"])
def test_claims_are_written_as_a_table(call, out, form):
    called = call("claims", out, "--format", form)
    assert called.code == 0, called.err
    assert "single-tasks" in called.out
    assert "mean" in called.out


def test_a_claim_that_is_none_is_exit_code_2_with_its_line(call, out):
    (out / "mine.yaml").write_text("claims:\n  gain: mean_delta(recipe=mnly) > 5\n")
    called = call("claims", out, "--claims", out / "mine.yaml")
    assert called.code == 2
    assert "mine.yaml:2, claims.gain: " in called.err
    assert "did you mean 'mnli'" in called.err


def test_a_folder_without_results_is_exit_code_2(call, tmp_path):
    assert call("claims", tmp_path).code == 2
