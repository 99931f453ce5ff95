"""The study that comes with the package: what it trains, and what it is tested on."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from xstilts.kinds.bitext import Bitext
from xstilts.mini.languages import language_codes
from xstilts.mini.suite import Sizes, write_split
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.stage import TrainSpec
from xstilts.study import Study

LANGUAGES = {"en", "ar", "de", "es", "fi", "hi", "id", "ru", "sw", "tr", "vi", "yo", "zh"}


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.from_yaml(Path(str(files("xstilts") / "quickstart.yaml")))


def write_few_rows(folder: Path) -> None:
    """What the study trains on and evaluates, in a data folder; a slice ends where the rows end."""
    sizes = Sizes(train=6, tagged=6, dev=4, test=4, retrieval=4, text=4)
    for task in ("pos", "topic", "ner"):
        for split in ("train", "dev"):
            write_split(folder / "mini", task, "en", split, sizes)
    for code in language_codes():
        for task in ("topic", "ner", *(["retrieval"] if code != "en" else [])):
            write_split(folder / "mini", task, code, "test", sizes)


@pytest.fixture(scope="module")
def plan(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("quickstart")
    write_few_rows(folder / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        made = make_plan(study, folder / "data", offline=True)
    assert not (folder / "cache").exists(), "all the files are in the data folder"
    return made


def test_targets_classify_tag_and_retrieve_and_one_of_them_is_not_trained_at_all(study):
    kinds = [study.known_tasks[target.task or name].kind for name, target in study.targets.items()]
    assert {kind.name for kind in kinds} == {"classification", "tagging", "bitext"}
    assert sum(isinstance(kind, Bitext) for kind in kinds) == 1


def test_recipes_are_direct_single_sequential_and_joint(study):
    shapes = {name: [len(stage.task_names) for stage in stages] for name, stages in study.recipes.items()}
    assert shapes[study.baseline] == []
    assert sorted(shapes.values()) == [[], [1], [1, 1], [2]]


def test_every_recipe_meets_every_target_with_three_seeds(study, plan):
    assert len(study.seeds) == 3
    found = {(cell.recipe, cell.target, cell.seed) for cell in plan.cells}
    assert found == {(r, t, seed) for r in study.recipes for t in study.targets for seed in study.seeds}


def test_every_target_is_evaluated_in_all_thirteen_languages(study, plan):
    assert set(language_codes()) == LANGUAGES
    for name, target in study.targets.items():
        bitext = isinstance(study.known_tasks[target.task or name].kind, Bitext)
        # In retrieval English is the other side of each language.
        assert {cell.language for cell in plan.cells if cell.target == name} == LANGUAGES - (
            {"en"} if bitext else set()
        )
    assert plan.notes == []


def test_labels_of_english_alone_are_trained_on(study, plan):
    specs = [stage.spec for stage in plan.stages.values() if isinstance(stage.spec, TrainSpec)]
    tasks = [task for spec in specs for task in spec.tasks]
    assert {ref.language for task in tasks for ref in task.train} == {"en"}
    assert {task.dev.language for task in tasks if task.dev is not None} == {"en"}
    assert {cell.zero_shot for cell in plan.cells if cell.language == "en"} == {False}
    assert {cell.zero_shot for cell in plan.cells if cell.language != "en"} == {True}
