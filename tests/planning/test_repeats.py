"""Texts that a task of one's own trains on and evaluates."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from xstilts.planning.planner import make_plan
from xstilts.running import check_readable
from xstilts.study import Study

STUDY = {
    "name": "mine",
    "encoders": {"nano": {"embedded": "nano-tiny"}},
    "tasks": {
        "mood": {
            "kind": "classification",
            "format": "tsv",
            "labels": ["good", "bad"],
            "columns": {"text": 0, "label": 1},
            "files": {"en": {"train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"}, "swa": {"test": "sw.tsv"}},
        }
    },
    "recipes": {"direct": []},
    "targets": {"mood": {}},
    "seeds": [1],
}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "train.tsv").write_text("a cat\tgood\na dog\tbad\na cat\tbad\n")
    (tmp_path / "dev.tsv").write_text("a bird\tgood\na Cat\tgood\n")
    (tmp_path / "test.tsv").write_text("a fish\tgood\na dog\tgood\na cat\tgood\n")
    (tmp_path / "sw.tsv").write_text("a cat\tgood\n")
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(STUDY))
    return Study.from_yaml(tmp_path / "mine.yaml")


def test_evaluated_texts_that_are_trained_on_are_counted_with_the_first_place(study):
    plan = make_plan(study, None, draft=True)
    check_readable(study, plan, None)
    assert plan.notes == [
        "tasks.mood: swa is Swahili, whose usual code is sw",
        "mood en: 2 of 3 rows of test have a text that train has too; the first is row 2 of test, row 2 of train",
    ]


def test_a_dev_set_that_repeats_training_rows_is_noted(study, tmp_path):
    (tmp_path / "test.tsv").write_text("a fish\tgood\n")
    (tmp_path / "dev.tsv").write_text("a cat\tbad\n")
    plan = make_plan(study, None, draft=True)
    check_readable(study, plan, None)
    assert plan.notes[1:] == [
        "mood en: 1 of 1 rows of dev have a text that train has too; the first is row 1 of dev, row 1 of train"
    ]
