"""What is special about some of the real files: pairs, rows that are left out, labels that were derived."""

import os
from pathlib import Path

import pytest

from xstilts.catalogue import Tasks
from xstilts.task import Task

TASKS = Tasks()


# Lines of each gold file; those that are read and those that are counted as left out must add up to them.
AFRIQA_LINES = {
    "train": {"bem": 234, "fon": 289, "hau": 225, "ibo": 306, "kin": 259, "twi": 367, "yor": 248, "zul": 243},
    "dev": {"bem": 235, "fon": 289, "hau": 225, "ibo": 307, "kin": 260, "twi": 368, "zul": 244},
    "test": {
        **{"bem": 309, "fon": 386, "hau": 300, "ibo": 409, "kin": 347, "swa": 295, "twi": 486, "yor": 254},
        "zul": 325,
    },
}

pytestmark = pytest.mark.real


def _folder() -> Path:
    return Path(os.environ["XSTILTS_DATA"])


def test_all_49_pairs_of_mlqa_are_read_and_a_pair_has_the_same_questions_either_way():
    task = TASKS["mlqa"]
    assert task.available(_folder(), "dev") == task.language_codes
    ids = {code: {row.id for row in task.load(_folder(), code, "dev").examples} for code in ("en-de", "de-en", "de")}
    assert ids["en-de"] == ids["de-en"] == ids["de"]


@pytest.mark.parametrize("split", AFRIQA_LINES)
def test_afriqa_reads_or_counts_every_line(split):
    task = TASKS["afriqa"]
    assert set(task.available(_folder(), split)) == set(AFRIQA_LINES[split])
    assert {code: _lines(task, code, split) for code in AFRIQA_LINES[split]} == AFRIQA_LINES[split]


def _lines(task: Task, code: str, split: str) -> int:
    loaded = task.load(_folder(), code, split)
    return loaded.found + sum(int(note.split()[0]) for note in loaded.notes if " left out: " in note)


def test_afriqa_finds_the_153_rows_without_a_passage():
    task = TASKS["afriqa"]
    notes = [
        note
        for split, by_language in AFRIQA_LINES.items()
        for code in by_language
        for note in task.load(_folder(), code, split).notes
    ]
    assert sum(int(note.split()[0]) for note in notes if note.endswith("no passage")) == 153


def test_derived_labels_of_pawsx_agree_with_the_labeled_chinese_file_in_1983_rows():
    task = TASKS["pawsx"]
    labels = {code: [row.label for row in task.load(_folder(), code, "test").examples] for code in ("en", "zh")}
    assert sum(a == b for a, b in zip(labels["en"], labels["zh"], strict=True)) == 1983


def test_bucc_has_257_gold_pairs_and_all_its_english_sentences():
    rows = TASKS["bucc2018"].load(_folder(), "zh", "dev").examples
    assert sum(len(row.matches) for row in rows) == 257
    assert sum(row.side == "target" for row in rows) == 13_589


def test_half_of_squad_v2_dev_is_unanswerable():
    rows = TASKS["squad_v2"].load(_folder(), "en", "dev").examples
    assert sum(row.answers == () for row in rows) == 5063  # counted by a script of its own: is_impossible
