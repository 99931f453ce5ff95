from __future__ import annotations

import pytest
import yaml
from tiny_study import OWN_TASKS, TINY, tiny_study, write_data, write_encoder_files, write_study

from xstilts.errors import InputError
from xstilts.planning.planner import make_plan
from xstilts.settings import Sampling
from xstilts.study import Study

STUDY = """\
name: s
encoders:
  tiny: {path: encoder}
recipes:
  direct: []
  nli:
    - own_nli
    - task: own_qa
      training:
        epochs: 2
targets:
  own_nli:
    evaluate: [en]
"""


def study(folder, text=STUDY, overrides=()):
    path = folder / "s.yaml"
    path.write_text(text, encoding="utf-8")
    return Study.from_yaml(path, overrides)


def changed(old: str, new: str) -> str:
    assert STUDY.count(old) == 1
    return STUDY.replace(old, new)


WRONG = {
    "a field of the study": (
        changed("targets:", "target:"),
        r"s\.yaml:11, target: unknown field 'target'(?s:.*)did you mean 'targets'",
    ),
    "a field of a stage": (
        changed("- task: own_qa", "- tsk: own_qa"),
        r"s\.yaml:8, recipes\.nli\.1\.tsk: unknown field 'tsk'(?s:.*)did you mean 'tasks?'",
    ),
    "a field of a target": (
        changed("evaluate: [en]", "evaluat: [en]"),
        r"s\.yaml:13, targets\.own_nli\.evaluat: unknown field(?s:.*)did you mean 'evaluate'",
    ),
    "a field of an encoder": (
        changed("path: encoder", "pth: encoder"),
        r"s\.yaml:3, encoders\.tiny\.pth: unknown field(?s:.*)did you mean 'path'",
    ),
    "a hyperparameter": (
        changed("epochs: 2", "epoch: 2"),
        r"s\.yaml:10, recipes\.nli\.1\.training\.epoch: unknown field 'epoch'(?s:.*)warmup(?s:.*)did you mean 'epochs'",
    ),
    "a value of a hyperparameter": (
        changed("epochs: 2", "epochs: -2"),
        r"s\.yaml:10, recipes\.nli\.1\.training\.epochs: (?s:.*)found:    -2\n  expected: greater than 0",
    ),
    "a missing field": (changed("name: s\n", ""), r"the field 'name' is missing"),
    "no encoder": (changed("  tiny: {path: encoder}", "  {}"), r"s\.yaml:2, encoders: (?s:.*)at least 1"),
    "an encoder with two places": (
        changed("path: encoder", "path: a, hub: b"),
        r"s\.yaml:3, encoders\.tiny: an encoder needs one source",
    ),
    "an encoder without a place": (changed("path: encoder", "revision: main"), r"s\.yaml:3, encoders\.tiny: "),
    "a stage with task and tasks": (
        changed("- task: own_qa", "- task: own_qa\n      tasks: [own_ner]"),
        r"s\.yaml:8, recipes\.nli\.1: a stage needs either `task` or `tasks`",
    ),
    "a stage without a task": (
        changed("- task: own_qa\n", "- keep_head: true\n"),
        r"recipes\.nli\.1: a stage needs either",
    ),
    "a joint stage with a task twice": (
        changed("task: own_qa", "tasks: [own_qa, own_qa]"),
        r"recipes\.nli\.1: a task stands twice under `tasks`",
    ),
    "a joint stage with a split": (
        changed("- task: own_qa", "- tasks: [own_qa, own_ner]\n      train: dev"),
        r"recipes\.nli\.1: in a joint stage(?s:.*)task_defaults",
    ),
    "a slice": (
        changed("- task: own_qa", "- task: own_qa\n      train: 'train[10%]'"),
        r"s\.yaml:9, recipes\.nli\.1\.train: a split is named wrongly\n  found:    'train\[10%\]'",
    ),
    "a slice beyond the end": (
        changed("evaluate: [en]", "test: 'test[:101%]'"),
        r"s\.yaml:13, targets\.own_nli\.test.*beyond 100 %",
    ),
    "a slice of one language": (
        changed("evaluate: [en]", "test: {en: 'test['}"),
        r"s\.yaml:13, targets\.own_nli\.test.*named wrongly",
    ),
    "seeds twice": (
        STUDY + "seeds: [1, 2, 1]\n",
        r"s\.yaml:14, seeds: a seed stands twice\n  found:    \[1, 2, 1\]",
    ),
    "a negative seed": (STUDY + "seeds: [-1]\n", r"s\.yaml:14, seeds\.0: (?s:.*)at least 0"),
    "no seeds": (STUDY + "seeds: []\n", r"s\.yaml:14, seeds: (?s:.*)at least 1"),
    "a sampling rule": (
        changed("task: own_qa", "tasks: [own_qa, own_ner]\n      sampling: fair"),
        r"s\.yaml:9, recipes\.nli\.1\.sampling\.method: (?s:.*)'fair'",
    ),
    "a temperature": (
        changed("task: own_qa", "tasks: [own_qa, own_ner]\n      sampling: {temperature: 0}"),
        r"s\.yaml:9, recipes\.nli\.1\.sampling\.temperature: (?s:.*)greater than 0",
    ),
    "a recipe that is no list": (
        changed("direct: []", "direct: own_nli"),
        r"s\.yaml:5, recipes\.direct: (?s:.*)a list",
    ),
    "a stage that is a number": (changed("- own_nli", "- 3"), r"s\.yaml:7, recipes\.nli\.0: "),
    "a name": (changed("  tiny: {", "  'a/b': {"), r"s\.yaml:3, encoders\.a/b: "),
    "a key that is no text": (STUDY + "1: x\n", r"s\.yaml:14"),
    "a repeated key": (STUDY + "name: t\n", r"s\.yaml:14: the key 'name' is repeated"),
    "the folder": (STUDY + "folder: /\n", r"s\.yaml:14, folder: unknown field"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_study_is_named_with_file_line_and_field(tmp_path, text, message):
    with pytest.raises(InputError, match=message) as raised:
        study(tmp_path, text)
    assert raised.value.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_no_error_offers_the_field_that_a_person_must_not_write(tmp_path):
    with pytest.raises(InputError) as raised:
        study(tmp_path, STUDY + "foldr: x\n")
    assert "folder" not in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipes": {"direct": [], "x": ["own_nil"]}}, r"there is no task 'own_nil'(?s:.*)did you mean 'own_nli'"),
        ({"targets": {"own_nile": {}}}, r"there is no task 'own_nile'(?s:.*)did you mean 'own_nli'"),
        ({"targets": {"t": {"task": "own_qq"}}}, r"there is no task 'own_qq'"),
        ({"targets": {"own_nli": {"trained_on": "mnlli"}}}, r"there is no task 'mnlli'(?s:.*)did you mean 'mnli'"),
        ({"task_defaults": {"own_qas": {}}}, r"there is no task 'own_qas'(?s:.*)did you mean 'own_qa'"),
        ({"baseline": "direkt"}, r"the baseline is not a recipe(?s:.*)did you mean 'direct'"),
        ({"recipes": {"a": [], "b": ["own_qa"]}}, r"the baseline is not a recipe(?s:.*)one of a, b"),
        ({"targets": {"own_nli": {"evaluate": ["dx"]}}}, r"own_nli has no language 'dx'(?s:.*)one of en de"),
        ({"recipes": {"direct": [{"task": "own_qa", "languages": ["xx"]}]}}, r"own_qa has no language 'xx'"),
        ({"targets": {"own_nli": {"test": "tset"}}}, r"own_nli has no split 'tset'(?s:.*)train, dev, test"),
        ({"task_files": ["gone.py"]}, r"gone\.py: there is no such task file"),
        ({"encoders": {"e": {"path": "gone"}}}, r"gone: there is no such encoder directory"),
        (
            {"tasks": {"mine": {"kind": "tagging"}}},
            r"study\.yaml:\d+, tasks\.mine: the field 'format' is missing",
        ),
    ],
)
def test_a_name_that_nothing_has_is_an_error_that_says_the_nearest(tmp_path, changes, message):
    write_data(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    with pytest.raises(InputError, match=message) as raised:
        make_plan(tiny_study(tmp_path, **changes), None)
    assert raised.value.exit_code == 2


def test_overrides_are_applied_before_checking(tmp_path):
    read = study(tmp_path, overrides=["seeds=[7]", "recipes.nli.1.training.epochs=5", "targets.own_nli.layer=3"])
    assert read.seeds == [7]
    assert read.recipes["nli"][1].training == {"epochs": 5}
    assert read.targets["own_nli"].layer == 3
    assert study(tmp_path, overrides=["recipes.nli.0=own_ner"]).recipes["nli"][0].task == "own_ner"
    with pytest.raises(InputError, match=r"unknown field 'seed'(?s:.*)did you mean 'seeds'"):
        study(tmp_path, overrides=["seed=3"])
    with pytest.raises(InputError, match="--set: an override leads nowhere"):
        study(tmp_path, overrides=["recipes.nli.9=own_ner"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("proportional", Sampling(method="proportional")),
        ("uniform", Sampling(method="uniform")),
        ("{temperature: 5, cap: 1000}", Sampling(method="temperature", temperature=5, cap=1000)),
        ("{explicit: {a: 1, b: 3}}", Sampling(method="explicit", weights={"a": 1, "b": 3})),
        ("{method: proportional, cap: 10}", Sampling(method="proportional", cap=10)),
        ("{cap: 10}", Sampling(method="proportional", cap=10)),
    ],
)
def test_sampling_may_be_written_short(tmp_path, written, expected):
    text = changed("task: own_qa", f"tasks: [a, b]\n      sampling: {written}")
    assert study(tmp_path, text).recipes["nli"][1].sampling == expected


def test_a_stage_takes_its_own_word_then_the_task_default_then_the_study(tmp_path):
    default = "task_defaults: {own_qa: {train: 'train[:50%]', training: {epochs: 4}}}\n"
    text = STUDY + "training: {epochs: 9, batch_size: 7}\n" + default
    read = study(tmp_path, text)
    stage = read.recipes["nli"][1]
    assert read.settings("own_qa", stage.training).epochs == 2
    assert read.settings("own_qa", {}).epochs == 4
    assert read.settings("own_nli", {}).epochs == 9
    assert read.settings("own_qa", {}).batch_size == 7
    assert read.use("own_qa", stage).train == "train[:50%]"
    assert read.use("own_nli").train is None


def test_the_effective_study_is_read_again_as_an_equal_one(tmp_path):
    everything = {
        **TINY,
        "question": "Does de: help? # yes",
        "baseline": "x",
        "encoders": {
            "a": {"hub": "org/name", "revision": "abc"},
            "b": {"path": "encoder"},
            "c": {"embedded": "nano", "random_weights": 7},
        },
        "recipes": {
            "x": ["own_qa", {"task": "own_nli", "train": "train[:50%]", "dev": "none", "keep_head": True}],
            "y": [{"tasks": ["own_qa", "own_nli"], "sampling": {"explicit": {"own_qa": 1, "own_nli": 2.5}}}],
            "z": [{"tasks": ["own_qa", "own_nli"], "sampling": {"temperature": 5, "cap": 100}}],
        },
        "targets": {
            "own_nli": {"test": {"en": "dev[:3]"}},
            "b": {"task": "own_bitext", "layer": 1, "pooling": ["cls"]},
        },
        "task_defaults": {"own_qa": {"languages": ["en"], "training": {"epochs": 1.0e-1}}},
        "tasks": {**OWN_TASKS, "text": {"kind": "masked_lm", "text_of": "mini-nli", "rate": 0.25}},
        "task_files": ["own.py"],
        "seeds": [0, 4294967295],
    }
    first = Study.from_yaml(write_study(tmp_path, everything))
    (tmp_path / "again.yaml").write_text(first.effective_yaml(tmp_path), encoding="utf-8")
    again = Study.from_yaml(tmp_path / "again.yaml")
    assert again.model_dump() == first.model_dump()
    assert again.effective_yaml(tmp_path) == first.effective_yaml(tmp_path)


def test_the_effective_study_writes_every_default_out(tmp_path):
    effective = yaml.safe_load(study(tmp_path).effective_yaml(tmp_path))
    assert effective["seeds"] == [1, 2, 3]
    assert effective["baseline"] == "direct"
    assert effective["recipes"]["nli"][0]["task"] == "own_nli"
    assert "folder" not in effective
