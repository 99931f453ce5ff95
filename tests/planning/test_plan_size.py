"""Plans of many stages: what is worked out once, and what grows with the stages alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from tiny_study import tiny_study, write_data, write_encoder_files, write_own, write_rows

import xstilts.stage
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.task import Task


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan-size")
    write_data(path)
    write_encoder_files(path / "encoder")
    return path


def plan_of(folder: Path, data_dir: Path | None = None, **changes: object) -> Plan:
    return make_plan(tiny_study(folder, **changes), data_dir)


def test_a_large_study_reads_each_file_once(tmp_path, monkeypatch):
    codes = [f"q{first}{second}" for first in "ab" for second in "abcdefghijklmnopqrst"]
    write_own(tmp_path, languages=" ".join(["en", *codes]))
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data", languages=" ".join(["en", *codes]))
    read: Counter[str] = Counter()
    digest = hashlib.file_digest

    def counted(file, name):
        read[file.name] += 1
        return digest(file, name)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    recipes = {f"r{at}": [{"task": "own", "training": {"max_steps": at + 1}}] for at in range(20)}
    study = {"task_files": ["own.py"], "tasks": {}, "targets": {"own": {"evaluate": codes}}, "seeds": [1, 2, 3]}
    plan = plan_of(tmp_path, data, recipes=recipes, baseline="r0", **study)
    # Per seed and recipe: the stage, the target's own training on top, and 40 languages predicted and scored.
    assert len(plan.cells) == 40 * 20 * 3
    kinds = Counter(stage.kind for stage in plan.stages.values())
    assert (kinds["train"], kinds["predict"]) == (2 * 20 * 3, 40 * 20 * 3)
    assert set(read.values()) == {1}
    assert len(read) == 40 + 2 + 3  # test files, English train and dev, and the encoder's three


def test_the_work_of_planning_grows_with_the_stages_alone(tmp_path, monkeypatch):
    codes = [f"q{first}{second}" for first in "ab" for second in "abcde"]
    write_own(tmp_path, languages=" ".join(["en", *codes]))
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data", languages=" ".join(["en", *codes]))
    calls: Counter[str] = Counter()

    def counted(owner: object, name: str) -> None:
        function = getattr(owner, name)

        def counting(*arguments, **options):
            calls[name] += 1
            return function(*arguments, **options)

        monkeypatch.setattr(owner, name, counting)

    counted(Task, "find")
    counted(xstilts.stage, "key_of")

    def work(recipes: int, seeds: int) -> Plan:
        calls.clear()
        return plan_of(
            tmp_path,
            data,
            recipes={f"r{at}": [{"task": "own", "training": {"max_steps": at + 1}}] for at in range(recipes)},
            baseline="r0",
            task_files=["own.py"],
            tasks={},
            targets={"own": {"evaluate": codes}},
            seeds=list(range(seeds)),
        )

    for recipes, seeds in ((2, 1), (8, 5)):
        plan = work(recipes, seeds)
        assert calls["find"] == len(codes) + 2, "the test sets, English train and dev, whoever asks"
        assert calls["key_of"] == len(plan.stages), "each stage is hashed once"


def test_who_hangs_on_a_stage_is_found_without_walking_from_every_score(folder, monkeypatch):
    plan = plan_of(folder, recipes={"direct": [], "a": ["own_nli"], "ab": ["own_nli", "own_qa"]})
    hanging = {key: [cell for cell in plan.cells if key in plan.ancestors(cell.score)] for key in plan.stages}
    recipes = [list(dict.fromkeys(cell.recipe for cell in cells)) for cells in hanging.values()]
    targets = [list(dict.fromkeys(cell.target for cell in cells)) for cells in hanging.values()]
    monkeypatch.setattr(Plan, "ancestors", None)
    assert plan.recipes_of_stages() == recipes
    assert plan.targets_of_stages() == targets


def test_chains_are_what_would_be_trained_if_nothing_were_shared(folder):
    plan = plan_of(folder, recipes={"direct": [], "ab": ["own_qa", "own_ner"]}, seeds=[1, 2])
    chains = {place: [stage.title for stage in stages] for place, stages in plan.chains().items()}
    assert len(chains) == 2 * 2 * 2
    assert chains["tiny", "direct", "own_bitext", 1] == []
    assert chains["tiny", "ab", "own_bitext", 2] == ["train own_qa → own_ner (seed 2)", "train own_qa (seed 2)"]
    assert len(chains["tiny", "ab", "own_nli", 1]) == 3
