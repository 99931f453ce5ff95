from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import yaml

from xstilts.own_tasks import task_from_mapping
from xstilts.toy.suite import Rows, write_suite

STUDY = yaml.safe_load((files("xstilts.toy") / "quickstart.yaml").read_text("utf-8"))


def test_every_file_that_the_quickstart_names_is_written_and_read(tmp_path: Path):
    write_suite(tmp_path / "toy", rows=Rows(train=50, dev=10, test=20))
    for name, entry in STUDY["tasks"].items():
        task = task_from_mapping(name, entry, tmp_path)
        found = {
            (language, split): task.load(tmp_path, language, split).found
            for language, splits in entry["files"].items()
            for split in splits
        }
        assert {count for (_, split), count in found.items() if split == "test"} == {20}
        if name != "toy_bitext":
            assert found["en", "dev"] == 10
            assert found["en", "train"] == (50 if name in ("toy_nli", "toy_qa") else 10)


def test_recipes_and_targets_name_tasks_of_the_study():
    stages = [stage for recipe in STUDY["recipes"].values() for stage in recipe]
    trained = {name for stage in stages for name in (stage["tasks"] if isinstance(stage, dict) else [stage])}
    assert trained == {"toy_nli", "toy_qa"}
    assert set(STUDY["targets"]) == set(STUDY["tasks"])
