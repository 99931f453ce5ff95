"""A table that lacks results says so, above itself: of a run that was ended early or killed, and of one that failed."""

from __future__ import annotations

import json
import shutil

import pytest
from tiny_study import tiny_study

from xstilts.executors.watching import Watcher
from xstilts.running import run_study


class Killed(BaseException):
    """Ends a run as no handler would."""


class Killing(Watcher):
    """Ends the run when a stage of this title begins."""

    def __init__(self, title: str) -> None:
        self._title = title

    def started(self, stage):
        if stage.title == self._title:
            raise Killed


@pytest.fixture
def cut(prepared, tmp_path):
    """A run that trained and scored the baseline alone: the recipe's first stage is where it ended."""
    folder = shutil.copytree(prepared, tmp_path / "study")
    with pytest.raises(Killed):
        run_study(tiny_study(folder), out=folder / "out", device="cpu", watcher=Killing("train own_qa (seed 1)"))
    return folder / "out"


LINE = "incomplete: 7 of 15 stages; missing: recipe qa\n"
"""Done are one training, and predictions and scores of three languages in all: what direct needs."""


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown", "latex"])
def test_what_a_table_lacks_is_said_beside_it_and_never_in_it(call, cut, form):
    called = call("results", cut, "--format", form)
    assert called.code == 0
    assert called.err == LINE
    assert "incomplete" not in called.out
    if form == "json":
        assert {row["recipe"] for row in json.loads(called.out)} == {"direct"}


def test_the_page_says_at_its_head_what_its_numbers_lack(call, cut):
    assert call("report", cut).code == 0
    page = (cut / "report.html").read_text(encoding="utf-8")
    assert page.index(LINE.strip()) < page.index("<h2")


def test_scores_of_recipes_that_have_others_are_counted(call, finished, tmp_path):
    out = shutil.copytree(finished / "out", tmp_path / "out")
    assert call("results", out).err == ""
    planned = json.loads((out / "plan.json").read_text())
    cell = {
        "encoder": "tiny",
        "recipe": "qa",
        "target": "own_nli",
        "language": "de",
        "split": "test",
        "cause": "not_run",
    }
    planned["missing"] = [{**cell, "seed": 1}, {**cell, "seed": 7}]
    planned["store"] = str(tmp_path / "gone")
    (out / "plan.json").write_text(json.dumps(planned))
    assert call("results", out).err == "incomplete: missing: seed 7, 1 more score\n", (
        "of a store that is gone no counts"
    )
