"""What a plan refuses or says aloud so that nobody is fooled: seen rows, oracle selection, readers that changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_study import TINY, tiny_study, write_data, write_encoder_files, write_own, write_rows

from xstilts.errors import InputError
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan


def plan_of(folder: Path, data_dir: Path | None = None, **changes: object) -> Plan:
    return make_plan(tiny_study(folder, **changes), data_dir)


def one_own_task(folder: Path, **changes: object) -> tuple[Path, dict[str, object]]:
    """A study on one task file of the user's own, and its data."""
    write_own(folder, **changes)
    write_encoder_files(folder / "encoder")
    study = {"task_files": ["own.py"], "tasks": {}, "recipes": {"direct": []}, "targets": {"own": {}}}
    return write_rows(folder / "data"), study


def test_another_reader_in_a_task_file_changes_every_key(tmp_path):
    data, study = one_own_task(tmp_path)
    before = set(plan_of(tmp_path, data, **study).stages)
    write_own(tmp_path, row="TextExample(str(number), line[2:].lower(), None, line[0])")
    assert not before & set(plan_of(tmp_path, data, **study).stages)


def test_another_way_to_read_the_same_file_changes_every_key(tmp_path):
    write_data(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    choices = {"targets": {"own_choice": {"evaluate": ["en"]}}, "recipes": {"direct": []}}
    before = set(plan_of(tmp_path, **choices).stages)
    counted_from_one = {**TINY["tasks"], "own_choice": {**TINY["tasks"]["own_choice"], "label_base": 1}}
    assert not before & set(plan_of(tmp_path, **choices, tasks=counted_from_one).stages)


@pytest.mark.parametrize(
    ("use", "target"),
    [
        ({}, {"test": "train"}),
        ({"train": "train[:67%]"}, {"test": {"en": "train[1:]", "sw": "test"}}),
        ({"train": "train[:2]", "languages": ["en", "sw"]}, {"test": {"sw": "train[33%:]"}}),
    ],
)
def test_rows_that_were_trained_on_are_not_evaluated(tmp_path, use, target):
    data, study = one_own_task(tmp_path)
    study |= {"task_defaults": {"own": use}, "targets": {"own": target}}
    with pytest.raises(InputError, match=r"targets\.own: rows that are evaluated were trained on"):
        plan_of(tmp_path, data, **study)


def test_rows_that_an_intermediate_stage_saw_are_not_evaluated_either(tmp_path):
    data, study = one_own_task(tmp_path)
    write_own(tmp_path, name="other", more='trained_on="own"')
    write_rows(tmp_path / "data", name="other", text="a v\nb w\n")
    study |= {"task_files": ["own.py", "other.py"], "recipes": {"direct": [], "other": ["other"]}}
    study |= {"targets": {"other": {"test": "train[2:]"}}}
    with pytest.raises(InputError, match="rows that are evaluated were trained on"):
        plan_of(tmp_path, data, **study)
    study["recipes"] = {"direct": []}
    assert plan_of(tmp_path, data, **study).cells


def test_scoring_the_rows_that_chose_the_checkpoint_is_noted(tmp_path):
    data, study = one_own_task(tmp_path)
    study |= {"task_defaults": {"own": {"train": "train[:1]", "dev": "train[1:]"}}}
    study |= {"targets": {"own": {"test": {"en": "train[1:]", "sw": "train"}}}}
    (note,) = plan_of(tmp_path, data, **study).notes
    assert note.startswith("own en train[1:]: scored on rows that chose the checkpoint")


def test_selection_on_a_zero_shot_language_is_called_oracle(tmp_path):
    data, study = one_own_task(tmp_path)
    study |= {"targets": {"own": {"languages": ["fr"]}}}
    found = {cell.language: (cell.zero_shot, cell.selection) for cell in plan_of(tmp_path, data, **study).cells}
    assert found == {"en": (True, "oracle"), "sw": (True, "source dev"), "fr": (False, "source dev")}


def test_training_on_a_pair_counts_both_of_its_languages(tmp_path):
    write_own(tmp_path, languages="en sw en-sw")
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data", languages="en sw en-sw")
    study = {"task_files": ["own.py"], "tasks": {}, "recipes": {"direct": []}}
    study |= {"targets": {"own": {"languages": ["en-sw"]}}}
    assert not any(cell.zero_shot for cell in plan_of(tmp_path, data, **study).cells)


def test_of_a_split_per_language_only_the_languages_asked_for_are_evaluated(tmp_path):
    data, study = one_own_task(tmp_path)
    study |= {"targets": {"own": {"test": {"en": "test", "sw": "test", "fr": "test"}, "evaluate": ["sw"]}}}
    assert [cell.language for cell in plan_of(tmp_path, data, **study).cells] == ["sw"]


def test_defaults_that_nothing_uses_are_noted(tmp_path):
    data, study = one_own_task(tmp_path)
    write_own(tmp_path, name="other")
    study |= {"task_files": ["own.py", "other.py"], "task_defaults": {"other": {"train": "train[:1]"}}}
    assert plan_of(tmp_path, data, **study).notes == [
        "task_defaults.other is not used: no stage of this study trains on other"
    ]
