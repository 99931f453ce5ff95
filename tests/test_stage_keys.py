"""What is in a stage's key: everything that can change its result, and nothing else.

Each table below names every field of what it is about; a new field fails here until somebody says what it changes.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from tiny_study import MINED, OWN_TASKS, TINY, tiny_study, write_data, write_encoder_files, write_own, write_rows

from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.settings import Sampling, TrainingSettings
from xstilts.stage import (
    DataRef,
    PredictSpec,
    ScoreSpec,
    Spec,
    Stage,
    TrainedTask,
    TrainSpec,
    TranslateSpec,
    TranslationModel,
)
from xstilts.study import Study, Target, TaskRows

ALL = frozenset({"train", "predict", "score"})
SCORED = frozenset({"predict", "score"})
NONE: frozenset[str] = frozenset()
RAW_TEXT = {"kind": "masked_lm", "format": "text", "files": {"en": {"train": "mini/text/en.txt"}}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys")
    write_data(path)
    write_encoder_files(path / "encoder")
    write_encoder_files(path / "other", weights=b"other")
    shutil.copytree(path / "encoder", path / "same")
    write_own(path)
    write_own(path, name="mined", **MINED)
    write_rows(path / "data")
    write_rows(path / "data", name="mined")
    return path


def plan_of(folder: Path, changes: Mapping[str, Any]) -> Plan:
    base = {"recipes": {"direct": ["own_qa"]}, "targets": {"own_nli": {"evaluate": ["en", "de"]}}}
    return make_plan(tiny_study(folder, **{**base, **changes}), folder / "data")


def changed_kinds(before: Plan, after: Plan) -> frozenset[str]:
    """Kinds of the stages that the one plan has and the other does not."""
    keys = before.stages.keys() ^ after.stages.keys()
    return frozenset((before.stages | after.stages)[key].kind for key in keys)


REF = DataRef("t", 1, {"kind": "k"}, "en", "test", "d")
MODEL = TranslationModel("d", "s", "t", "p", 1, 8, "auto")
SPECS: tuple[Spec, ...] = (
    TranslateSpec(REF, "sw", MODEL, None),
    TrainSpec("e", "p", False, (TrainedTask("t", (REF,), REF),), None, {"epochs": 1}, 1, None),
    PredictSpec("e", "p", "h", REF, 8, 2, "auto", None, ("mean",), ("cosine",)),
    ScoreSpec("p", REF, ("accuracy",)),
)
OTHER_REFS = {
    "task": "u", "version": 2, "kind": {"kind": "l"}, "language": "de", "split": "dev", "digest": "e",
}  # fmt: skip
OTHERS: dict[type, dict[str, Any]] = {
    DataRef: OTHER_REFS,
    TranslationModel: {
        "digest": "e", "source": "u", "target": "u", "prefix": "q", "beams": 2, "max_length": 9, "precision": "fp32",
    },
    TrainedTask: {"task": "u", "train": (REF, REF), "dev": None},
    TranslateSpec: {"data": replace(REF, digest="e"), "language": "de", "model": None, "given": REF},
    TrainSpec: {
        "encoder": "f", "parent": None, "keep_head": True, "tasks": (), "sampling": {"method": "uniform"},
        "settings": {"epochs": 2}, "seed": 2, "classifier": "modernbert",
    },
    PredictSpec: {
        "encoder": "f", "parent": None, "head": None, "data": replace(REF, digest="e"), "max_length": 9,
        "doc_stride": 3, "precision": "fp32", "tune": REF, "pooling": ("cls",), "similarity": ("margin",),
    },
    ScoreSpec: {"parent": "q", "data": replace(REF, digest="e"), "metrics": ("f1",)},
}  # fmt: skip


@pytest.mark.parametrize("part", OTHERS)
def test_the_table_has_every_field(part):
    assert set(OTHERS[part]) == {field.name for field in fields(part)}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_every_field_of_a_spec_is_in_the_key_and_the_title_is_not(spec):
    keys = {Stage(replace(spec, **{name: value}), "title").key for name, value in OTHERS[type(spec)].items()}
    keys.add(Stage(spec, "title").key)
    assert len(keys) == 1 + len(OTHERS[type(spec)])
    assert Stage(spec, "title").key == Stage(spec, "another title").key


@pytest.mark.parametrize("name", OTHER_REFS)
def test_every_field_of_the_rows_is_in_the_key_of_whoever_reads_them(name):
    other = replace(REF, **{name: OTHER_REFS[name]})
    for spec in SPECS:
        if isinstance(spec, TrainSpec):
            for task in (TrainedTask("t", (other,), REF), TrainedTask("t", (REF,), other)):
                assert Stage(replace(spec, tasks=(task,)), "t").key != Stage(spec, "t").key
        else:
            assert Stage(replace(spec, data=other), "t").key != Stage(spec, "t").key


@pytest.mark.parametrize("name", OTHERS[TranslationModel])
def test_every_field_of_a_translation_model_is_in_the_key(name):
    other = replace(MODEL, **{name: OTHERS[TranslationModel][name]})
    assert Stage(replace(SPECS[0], model=other), "t").key != Stage(SPECS[0], "t").key  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("spec", "changed"), [(TrainSpec, ALL), (PredictSpec, SCORED), (ScoreSpec, frozenset({"score"}))]
)
def test_a_new_version_of_a_stages_code_changes_it_and_what_hangs_on_it(folder, monkeypatch, spec, changed):
    before = plan_of(folder, {})
    monkeypatch.setattr(spec, "version", spec.version + 1)
    assert changed_kinds(before, plan_of(folder, {})) == changed


SETTINGS = {
    "epochs": 2.0, "max_steps": 5, "batch_size": 8, "learning_rate": 1e-4, "warmup": 0.2, "weight_decay": 0.5,
    "max_grad_norm": 2.0, "dropout": 0.3, "frozen_layers": 0, "max_length": 64, "doc_stride": 32,
    "language_exponent": 0.5, "evaluations": 2, "patience": 1, "precision": "fp32", "collapse_retries": 2,
}  # fmt: skip


@pytest.mark.parametrize("name", TrainingSettings.model_fields)
def test_every_hyperparameter_changes_every_stage(folder, name):
    training = {**TINY["training"], name: SETTINGS[name]}
    assert changed_kinds(plan_of(folder, {}), plan_of(folder, {"training": training})) == ALL


SAMPLINGS = {
    "method": {"method": "uniform"},
    "temperature": {"method": "temperature", "temperature": 3.0},
    "cap": {"cap": 5},
    "weights": {"explicit": {"own_qa": 1.0, "own_ner": 3.0}},
    "shares": {"shares": {"own_ner": 0.3}},
}


@pytest.mark.parametrize("name", Sampling.model_fields)
def test_every_rule_of_sampling_changes_a_joint_stage_and_what_hangs_on_it(folder, name):
    joint = {"tasks": ["own_qa", "own_ner"]}
    before = plan_of(folder, {"recipes": {"direct": [joint]}})
    after = plan_of(folder, {"recipes": {"direct": [{**joint, "sampling": SAMPLINGS[name]}]}})
    assert changed_kinds(before, after) == ALL


NLI = OWN_TASKS["own_nli"]
STUDY: dict[str, tuple[dict[str, Any], frozenset[str]]] = {
    "name": ({"name": "another"}, NONE),
    "question": ({"question": "why?"}, NONE),
    "baseline": ({"baseline": "direct"}, NONE),
    "encoders": ({"encoders": {"tiny": {"path": "other"}}}, ALL),
    "encoders in another place": ({"encoders": {"renamed": {"path": "same"}}}, NONE),
    "recipes": ({"recipes": {"direct": ["own_ner"]}}, ALL),
    "recipes of another name": ({"recipes": {"renamed": ["own_qa"]}, "baseline": "renamed"}, NONE),
    "targets": ({"targets": {"own_nli": {"evaluate": ["en"]}}}, SCORED),
    "targets of another name": ({"targets": {"renamed": {"task": "own_nli", "evaluate": ["en", "de"]}}}, NONE),
    "seeds": ({"seeds": [2]}, ALL),
    "translators": ({"translators": {"unused": {"path": "nowhere"}}}, NONE),
    "training": ({"training": {**TINY["training"], "max_steps": 9}}, ALL),
    "task_defaults": ({"task_defaults": {"own_qa": {"train": "train[:9]"}}}, ALL),
    "tasks": ({"tasks": {**OWN_TASKS, "own_nli": {**NLI, "labels": NLI["labels"][::-1]}}}, ALL),
    "tasks that nothing uses": ({"tasks": {**OWN_TASKS, "unused": NLI}}, NONE),
    "task_files": ({"task_files": ["own.py"]}, NONE),
}


def test_the_table_has_every_field_of_a_study():
    assert {name.split(maxsplit=1)[0] for name in STUDY} == set(Study.model_fields)


@pytest.mark.parametrize("name", STUDY)
def test_a_field_of_the_study_changes_what_hangs_on_it(folder, name):
    changes, changed = STUDY[name]
    assert changed_kinds(plan_of(folder, {}), plan_of(folder, changes)) == changed


ROWS: dict[str, dict[str, Any]] = {
    "train": {"train": "train[:9]"},
    "dev": {"dev": "none"},
    "languages": {"languages": ["sw"]},
    "rate": {"rate": 0.4},
    "whole_words": {"whole_words": True},
    "constrained_decoding": {"constrained_decoding": True},
}
TRANSLATED = {"translated", "translator"}
"""They plan another stage; tests/test_plan_translation.py is about that."""


@pytest.mark.parametrize("name", [name for name in TaskRows.model_fields if name not in TRANSLATED])
def test_every_choice_of_rows_changes_what_is_trained_on_them(folder, name):
    if name in ("rate", "whole_words"):
        tasks = {**OWN_TASKS, "text": RAW_TEXT}
        plans = [
            plan_of(folder, {"tasks": tasks, "recipes": {"direct": [{"task": "text", "dev": "none", **more}]}})
            for more in ({}, ROWS[name])
        ]
    else:
        files = {"task_files": ["own.py"], "targets": {"own_nli": {"evaluate": ["en"]}}}
        task = "own_ner" if name == "constrained_decoding" else "own"
        plans = [
            plan_of(folder, {**files, "recipes": {"direct": [{"task": task, **more}]}}) for more in ({}, ROWS[name])
        ]
    assert changed_kinds(*plans) == ALL


OWN = {"task_files": ["own.py"], "recipes": {"direct": []}}
MINING = {"task_files": ["mined.py"], "recipes": {"direct": []}}
DEV_FILES = {"en": {"train": "mini/nli/dev-en.tsv", "dev": "mini/nli/dev-en.tsv"}}
NLI_TARGET = {"evaluate": ["en", "de"]}
TARGET: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], frozenset[str]]] = {
    "task": (OWN, {"own": {"task": "own"}}, {"own": {"task": "own", "evaluate": ["en"]}}, SCORED),
    "trained_on": (
        {"tasks": {**OWN_TASKS, "copy": {**NLI, "files": DEV_FILES}}},
        {"own_nli": NLI_TARGET},
        {"own_nli": {**NLI_TARGET, "trained_on": "copy"}},
        ALL,
    ),
    "training": ({}, {"own_nli": NLI_TARGET}, {"own_nli": {**NLI_TARGET, "training": {"dropout": 0.4}}}, ALL),
    "test": (OWN, {"own": {}}, {"own": {"test": "test[:2]"}}, SCORED),
    "evaluate": ({}, {"own_nli": NLI_TARGET}, {"own_nli": {"evaluate": ["en", "sw"]}}, SCORED),
    "keep_head": (
        {"recipes": {"direct": ["own_nli"]}, "task_defaults": {"own_nli": {"train": "train[:9]"}}},
        {"own_nli": NLI_TARGET}, {"own_nli": {**NLI_TARGET, "keep_head": True}}, ALL,
    ),
    "tune": (MINING, {"mined": {"test": "test"}}, {"mined": {"test": "test", "tune": "train"}}, SCORED),
    "pooling": (
        {}, {"own_bitext": {"evaluate": ["de"]}}, {"own_bitext": {"evaluate": ["de"], "pooling": ["cls"]}}, SCORED,
    ),
    "similarity": (
        {}, {"own_bitext": {"evaluate": ["de"]}}, {"own_bitext": {"evaluate": ["de"], "similarity": ["margin"]}},
        SCORED,
    ),
    "layer": ({}, {"own_bitext": {"evaluate": ["de"]}}, {"own_bitext": {"evaluate": ["de"], "layer": 3}}, NONE),
}  # fmt: skip


def test_the_table_has_every_field_of_a_target():
    assert {*TARGET, *TaskRows.model_fields} == set(Target.model_fields)


@pytest.mark.parametrize("name", TARGET)
def test_a_field_of_a_target_changes_what_hangs_on_it(folder, name):
    study, before, after, changed = TARGET[name]
    plans = [plan_of(folder, {**study, "targets": targets}) for targets in (before, after)]
    assert changed_kinds(*plans) == changed


def test_only_stages_with_a_classifier_say_whose_hidden_layer_it_has(folder):
    source = {"encoders": {"nano": {"embedded": "nano-tiny"}}, "recipes": {"direct": ["own_ner"]}}
    plan = plan_of(folder, {**source, "targets": {"own_nli": {"evaluate": ["en"]}}})
    said = {
        trained.task: stage.spec.classifier
        for stage in plan.stages.values()
        if isinstance(stage.spec, TrainSpec)
        for trained in stage.spec.tasks
    }
    assert said == {"own_ner": None, "own_nli": "modernbert"}
