"""How translated rows stand in a plan: stages of their own, which training hangs on, and which are not zero-shot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_study import OWN_TASKS, tiny_study, write_data, write_encoder_files
from tiny_translator import write_translator

from xstilts.errors import InputError
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.stage import Stage, TrainSpec, TranslateSpec

SWAHILI = {"task": "own_nli", "translated": ["sw"], "translator": "mt"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan")
    write_data(path)
    write_encoder_files(path / "encoder")
    write_translator(path / "mt", ["Anna found the red lamp."], "codes")
    write_translator(path / "mt2", ["Anna found the red lamp."], "codes", seed=1)
    return path


def plan_of(folder: Path, *stages: object, **changes: Any) -> Plan:
    defaults = {
        "translators": {"mt": {"path": "mt"}},
        "recipes": {"direct": list(stages)},
        "targets": {"own_choice": {"evaluate": ["en"]}},
    }
    return make_plan(tiny_study(folder, **{**defaults, **changes}), None)


def of_kind(plan: Plan, kind: str) -> list[Stage]:
    return [stage for stage in plan.stages.values() if stage.kind == kind]


def test_training_hangs_on_the_stage_that_translates_its_rows(folder):
    plan = plan_of(folder, SWAHILI, seeds=[1, 2])
    (translate,) = of_kind(plan, "translate")
    assert translate.title == "translate own_nli train into sw by mt"
    assert translate.parents == ()
    train = of_kind(plan, "train")
    assert [stage.title for stage in train] == [
        "train own_nli (en, sw translated) (seed 1)",
        "train own_nli (en, sw translated) → own_choice (seed 1)",
        "train own_nli (en, sw translated) (seed 2)",
        "train own_nli (en, sw translated) → own_choice (seed 2)",
    ]
    assert train[0].parents == train[2].parents == (translate.key,)
    assert train[1].parents == (train[0].key,)
    keys = list(plan.stages)
    assert keys.index(translate.key) < keys.index(train[0].key)


def test_what_a_finished_training_was_made_from_is_not_made_again(folder):
    plan = plan_of(folder, SWAHILI)
    (translate,), (train, target) = of_kind(plan, "translate"), of_kind(plan, "train")
    needed = plan.needed(lambda stage: stage.key == train.key)
    assert (translate in needed, train in needed, target in needed) == (False, False, True)
    needed = plan.needed(lambda stage: stage.key == target.key)
    assert {stage.kind for stage in needed} == {"predict", "score"}
    assert plan.needed(lambda stage: False) == list(plan.stages.values())
    assert plan.ancestors(plan.cells[0].score)[-2:] == [train.key, translate.key]


def keys_of(folder: Path, *stages: object, **changes: Any) -> tuple[str, str]:
    plan = plan_of(folder, *stages, **changes)
    return of_kind(plan, "translate")[0].key, of_kind(plan, "train")[0].key


@pytest.mark.parametrize(
    ("stage", "translator"),
    [
        ({}, {"path": "mt2"}),
        ({}, {"beams": 2}),
        ({}, {"max_length": 64}),
        ({}, {"codes": {"sw": "deu_Latn"}}),
        ({}, {"precision": "fp32"}),
        ({"train": "train[:10]"}, {}),
        ({"translated": ["de"]}, {}),
    ],
    ids=str,
)
def test_translation_and_training_change_with_what_can_change_the_rows(folder, stage, translator):
    before = keys_of(folder, SWAHILI)
    after = keys_of(folder, {**SWAHILI, **stage}, translators={"mt": {"path": "mt", **translator}})
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_names_do_not_change_a_translation(folder):
    renamed = keys_of(folder, {**SWAHILI, "translator": "nllb"}, translators={"nllb": {"path": "mt"}})
    assert renamed == keys_of(folder, SWAHILI)


def test_a_language_that_was_trained_on_in_translation_is_not_zero_shot(folder):
    targets = {"own_nli": {"evaluate": ["en", "de", "sw"]}}
    recipes = {"direct": [], "sw": [SWAHILI]}
    plan = plan_of(folder, recipes=recipes, targets=targets)
    assert {(cell.recipe, cell.language) for cell in plan.cells if cell.zero_shot} == {
        ("direct", "de"),
        ("direct", "sw"),
        ("sw", "de"),
    }


def test_a_target_may_train_on_translations_alone(folder):
    target = {"languages": [], "translated": ["sw", "de"], "translator": "mt", "evaluate": ["en", "sw"]}
    plan = plan_of(folder, targets={"own_nli": target})
    (train,) = of_kind(plan, "train")
    assert isinstance(train.spec, TrainSpec)
    assert [(ref.language, ref.translation is None) for ref in train.spec.tasks[0].train] == [
        ("sw", False),
        ("de", False),
    ]
    assert train.title == "train own_nli (de translated, sw translated) (seed 1)"
    assert {cell.language: (cell.zero_shot, cell.selection) for cell in plan.cells} == {
        "en": (True, "oracle"),
        "sw": (False, "source dev"),
    }


def test_a_default_of_the_task_serves_every_stage(folder):
    plan = plan_of(folder, "own_nli", task_defaults={"own_nli": {"translated": ["sw"], "translator": "mt"}})
    assert of_kind(plan, "train")[0].key == keys_of(folder, SWAHILI)[1]


def test_rows_that_are_evaluated_are_not_trained_on_in_translation(folder):
    stage = {**SWAHILI, "languages": [], "train": "train[:50%]", "dev": "none"}
    with pytest.raises(InputError, match=r"were trained on in translation(?s:.*)own_nli en: train\[40%:\]"):
        plan_of(folder, stage, targets={"own_nli": {"train": "none", "test": {"en": "train[40%:]"}}})
    assert plan_of(folder, stage, targets={"own_nli": {"train": "none", "test": {"en": "train[50%:]"}}}).cells


def with_files(code: str = "sw") -> dict[str, Any]:
    """own_nli with a file of translations, which here are the Swahili test rows."""
    files = {**OWN_TASKS["own_nli"]["files"], code: {"translated": "mini/nli/test-sw.tsv"}}
    return {**OWN_TASKS, "own_nli": {**OWN_TASKS["own_nli"], "files": files}}


def test_without_a_translator_the_files_of_the_task_are_taken(folder):
    plan = plan_of(folder, {"task": "own_nli", "translated": ["sw"]}, tasks=with_files())
    (translate,) = of_kind(plan, "translate")
    assert translate.title == "translate own_nli train into sw from its files"
    assert isinstance(translate.spec, TranslateSpec)
    assert translate.spec.model is None
    assert translate.spec.given is not None
    assert (translate.spec.given.language, translate.spec.given.split) == ("sw", "translated")
    assert {(ref.language, ref.split, labels) for ref, labels in plan.data() if ref.task == "own_nli"} == {
        ("en", "train", True),
        ("sw", "translated", True),
        ("en", "dev", True),
    }
    assert not plan.translators


def test_given_translations_that_are_evaluated_are_not_trained_on(folder):
    files = {
        **OWN_TASKS["own_nli"]["files"],
        "sw": {"test": "mini/nli/test-sw.tsv", "translated": "mini/nli/test-sw.tsv"},
    }
    tasks = {**OWN_TASKS, "own_nli": {**OWN_TASKS["own_nli"], "files": files}}
    with pytest.raises(InputError, match="were trained on in translation"):
        plan_of(folder, tasks=tasks, targets={"own_nli": {"translated": ["sw"], "evaluate": ["sw"]}})


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({**SWAHILI, "translator": "mtt"}, r"there is no translator 'mtt'(?s:.*)did you mean 'mt'"),
        ({**SWAHILI, "translated": None}, r"own_nli has a translator, and nothing for it to translate"),
        ({**SWAHILI, "translated": ["en"]}, r"own_nli is in this language"),
        ({**SWAHILI, "translated": ["Swahili"]}, r"a language is named wrongly"),
        ({**SWAHILI, "translated": ["zh"]}, r"translators\.mt: (?s:.*)zho_Hans, zho_Hant"),
        ({**SWAHILI, "task": "own_ner"}, r"own_ner cannot be translated: its tags belong to words"),
        ({"task": "own_nli", "translated": ["sw"]}, r"own_nli has no translated rows of sw(?s:.*)`translator`"),
        ({"task": "own_nli", "languages": []}, r"no language of own_nli is trained on"),
        ({"task": "own_nli", "rate": 0.3}, r"`rate` is of masked language modeling alone"),
    ],
)
def test_what_cannot_be_translated_is_refused_before_anything_runs(folder, stage, message):
    with pytest.raises(InputError, match=message) as raised:
        plan_of(folder, stage)
    assert raised.value.exit_code == 2


def test_a_joint_stage_says_what_is_translated_under_the_defaults(folder):
    with pytest.raises(
        InputError, match=r"in a joint stage nothing says whose `translated` this is(?s:.*)task_defaults"
    ):
        plan_of(folder, {"tasks": ["own_nli", "own_qa"], "translated": ["sw"]})
    defaults = {"own_nli": {"translated": ["sw"], "translator": "mt"}}
    plan = plan_of(folder, {"tasks": ["own_nli", "own_qa"]}, task_defaults=defaults)
    assert len(of_kind(plan, "translate")) == 1
