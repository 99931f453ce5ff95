from __future__ import annotations

import json

import pytest
from tiny_study import TINY, write_study

from xstilts.cli.plan import _duration, _short


def lines_of(call, folder, *options) -> dict[str, str]:
    """The lines of the table by the name of the training."""
    called = call("plan", folder / "study.yaml", "--out", folder / "out", *options)
    assert (called.code, called.err) == (0, "")
    lines: dict[str, str] = {}
    for line in called.out.splitlines():
        if line[:3] in ("✓  ", "·  ", "…  "):
            lines.setdefault(line[3:].strip().split("  ")[0], line)  # the first of a name stands outermost
    return lines


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")


def test_a_line_shows_who_shares_a_training_and_how_much_it_is(call, fresh):
    tasks = {**TINY["tasks"], "other": {**TINY["tasks"]["own_nli"], "trained_on": "own_nli"}}
    write_study(
        fresh,
        {
            "tasks": tasks,
            "recipes": {"direct": [], "qa": ["own_qa"], "qa-ner": ["own_qa", "own_ner"]},
            "targets": {"own_nli": {"evaluate": ["en"]}, "other": {"evaluate": ["de"]}},
            "seeds": [1, 2],
        },
    )
    lines = lines_of(call, fresh)
    assert "direct" in lines["own_nli"]
    assert lines["own_qa"].split()[:6] == ["·", "own_qa", "qa,", "qa-ner", "all", "2"]
    assert lines["own_qa"].split()[6:8] == ["2", "~3"], "two seeds of three steps"
    out = call("plan", fresh / "study.yaml", "--out", fresh / "out").out
    assert "shared    own_nli trains own_nli, other" in out
    # Per seed: own_nli, own_qa with own_nli, own_ner with own_nli; without sharing, 1 + 2 + 3 for each of two targets.
    assert "sharing   10 training stages in place of 24" in out
    assert "--measure times a few steps here" in out


def test_what_is_finished_is_marked_and_counted(call, finished):
    lines = lines_of(call, finished)
    assert {line[0] for line in lines.values()} == {"✓"}
    assert "~" not in "".join(lines.values()), "features are cached, so nothing is estimated"
    more = lines_of(call, finished, "--set", "seeds=[1, 2]")
    assert {line[0] for line in more.values()} == {"…"}
    out = call("plan", finished / "study.yaml", "--out", finished / "out", "--set", "seeds=[1, 2]").out
    assert "by the pace of finished stages on cpu" in out


def test_a_measurement_gives_times_and_changes_nothing(call, fresh, listing):
    before = listing(fresh)
    called = call("plan", fresh / "study.yaml", "--out", fresh / "out", "--measure", "--device", "cpu", "--json")
    planned = json.loads(called.out)
    assert planned["paces"] == "a few steps of each kind on cpu"
    seconds = {stage["kind"]: stage["seconds"] for stage in planned["stages"]}
    assert seconds["train"] > seconds["predict"] > 0
    assert seconds["score"] is None
    assert listing(fresh) == before


def test_a_long_table_has_one_line_for_what_ends_the_chains_of_a_recipe(call, fresh):
    recipes = {f"r{at}": [{"task": "own_qa", "training": {"max_steps": at + 1}}] for at in range(20)}
    targets = {"own_nli": {"evaluate": ["en"]}, "own_ner": {"evaluate": ["en"]}, "own_choice": {"evaluate": ["en"]}}
    write_study(fresh, {"recipes": recipes, "baseline": "r0", "targets": targets})
    called = call("plan", fresh / "study.yaml", "--out", fresh / "out")
    ends = [line for line in called.out.splitlines() if "own_nli, own_ner, own_choice" in line]
    assert len(ends) == 20
    assert all("~9" in line.split() for line in ends), "three stages of three steps each"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (999, "999"), (1000, "1.0 k"), (12_345, "12.3 k"), (4.5e6, "4.5 M"), (2.5e12, "2,500.0 G")],
)
def test_numbers_are_short(count, shown):
    assert _short(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.2, "1 s"), (59, "59 s"), (90, "2 min"), (3600, "1 h 0 min"), (5400, "1 h 30 min"), (90_000, "1 d 1 h")],
)
def test_times_are_in_units_that_fit(seconds, shown):
    assert _duration(seconds) == shown


def test_what_must_be_put_there_is_said_last(call, fresh):
    write_study(fresh, {"targets": {"own_nli": {"evaluate": ["sw"]}}})
    (fresh / "mini/nli/test-sw.tsv").rename(fresh / "mini/nli/test_sw.tsv")
    try:
        called = call("plan", fresh / "study.yaml", "--out", fresh / "out")
    finally:
        (fresh / "mini/nli/test_sw.tsv").rename(fresh / "mini/nli/test-sw.tsv")
    *_, missing, last = called.out.rstrip().splitlines()
    assert missing.startswith("not there: own_nli test (sw): expected as ")
    assert missing.endswith("test-sw.tsv; did you mean 'test_sw.tsv'?")
    assert last == "This study cannot run yet: 1 thing that it needs must be put there."
