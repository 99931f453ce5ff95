from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_study import MINED, OWN_TASKS, tiny_study, write_data, write_encoder_files, write_own, write_rows

from xstilts.errors import InputError
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.running import check_readable
from xstilts.stage import PredictSpec, TrainSpec


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan")
    write_data(path)
    write_encoder_files(path / "encoder")
    return path


def plan_of(folder: Path, data_dir: Path | None = None, **changes: object) -> Plan:
    return make_plan(tiny_study(folder, **changes), data_dir)


def count(plan: Plan, kind: str = "train") -> int:
    return Counter(stage.kind for stage in plan.stages.values())[kind]


def own_keys(folder: Path, data: Path, **changes: object) -> set[str]:
    """Keys of all stages of a study on the task of `write_own`."""
    study = {"task_files": ["own.py"], "tasks": {}, "recipes": {"direct": []}, "targets": {"own": {}}}
    return set(plan_of(folder, data, **{**study, **changes}).stages)


def test_recipes_share_the_stages_that_they_begin_with(folder):
    recipes = {"direct": [], "a": ["own_nli"], "ab": ["own_nli", "own_qa"]}
    plan = plan_of(folder, recipes=recipes, targets={"own_ner": {"evaluate": ["en", "sw"]}})
    titles = [stage.title for stage in plan.stages.values() if stage.kind == "train"]
    assert titles == [
        "train own_ner (seed 1)",
        "train own_nli (seed 1)",
        "train own_nli → own_ner (seed 1)",
        "train own_nli → own_qa (seed 1)",
        "train own_nli → own_qa → own_ner (seed 1)",
    ]
    assert (count(plan, "predict"), count(plan, "score"), len(plan.cells)) == (6, 6, 6)
    shared = dict(
        zip(
            titles,
            [r for r, s in zip(plan.recipes_of_stages(), plan.stages.values(), strict=True) if s.kind == "train"],
            strict=True,
        )
    )
    assert shared["train own_nli (seed 1)"] == ["a", "ab"]
    assert shared["train own_ner (seed 1)"] == ["direct"]


_NAMES = st.lists(st.sampled_from(["own_nli", "own_qa", "own_ner"]), max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    recipes=st.lists(_NAMES, min_size=1, max_size=5),
    targets=st.sets(st.sampled_from(["own_nli", "own_choice", "own_bitext"]), min_size=1),
    seeds=st.sets(st.integers(0, 5), min_size=1, max_size=3),
)
def test_each_distinct_chain_of_tasks_is_trained_once_per_seed(folder, recipes, targets, seeds):
    plan = plan_of(
        folder,
        recipes={f"r{at}": recipe for at, recipe in enumerate(recipes)},
        baseline="r0",
        targets={name: {"evaluate": ["de"]} for name in targets},
        seeds=sorted(seeds),
    )
    ends = [[*recipe, *([] if target == "own_bitext" else [target])] for recipe in recipes for target in targets]
    chains = {tuple(chain[:length]) for chain in ends for length in range(1, len(chain) + 1)}
    assert count(plan) == len(chains) * len(seeds)
    assert len(plan.cells) == len(recipes) * len(targets) * len(seeds)
    seen: set[str | None] = {None}
    for key, stage in plan.stages.items():
        assert stage.parent in seen, "a parent comes before its children"
        seen.add(key)


def test_targets_that_the_same_data_train_share_the_stage(folder):
    tasks = {**OWN_TASKS, "other": {**OWN_TASKS["own_nli"], "trained_on": "own_nli"}}
    plan = plan_of(
        folder,
        tasks=tasks,
        recipes={"direct": []},
        targets={"own_nli": {"evaluate": ["de"]}, "other": {"evaluate": ["de"]}},
    )
    assert (count(plan), count(plan, "predict")) == (1, 2)


def test_a_retrieval_target_trains_nothing(folder):
    plan = plan_of(folder, recipes={"direct": [], "qa": ["own_qa"]}, targets={"own_bitext": {"evaluate": ["de"]}})
    assert count(plan) == 1
    specs = [stage.spec for stage in plan.stages.values() if isinstance(stage.spec, PredictSpec)]
    assert [spec.head for spec in specs] == [None, None]
    assert specs[0].parent is None


def test_untrained_predictions_are_shared_by_all_seeds(folder):
    plan = plan_of(folder, recipes={"direct": []}, targets={"own_bitext": {"evaluate": ["de"]}}, seeds=[1, 2, 3])
    assert (count(plan, "predict"), count(plan, "score"), len(plan.cells)) == (1, 1, 3)


def test_a_key_does_not_change_with_places_times_or_order(folder, tmp_path):
    write_own(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data")
    keys = own_keys(tmp_path, data)
    moved = Path(shutil.copytree(data, tmp_path / "elsewhere"))
    for file in moved.rglob("*.txt"):
        os.utime(file, (1, 1))
    assert own_keys(tmp_path, moved) == keys
    shutil.copytree(tmp_path / "encoder", tmp_path / "moved")
    assert own_keys(tmp_path, data, encoders={"other": {"path": "moved"}}) == keys
    assert own_keys(tmp_path, data, targets={"own": {"evaluate": ["fr", "en", "sw"]}}) == keys
    assert own_keys(tmp_path, data, targets={"renamed": {"task": "own"}}, name="renamed", question="?") == keys
    write_own(tmp_path, languages="fr sw en", more='description="other words", license="MIT", cite="x"')
    assert own_keys(tmp_path, data) == keys


@pytest.mark.parametrize(
    "what", ["train rows", "dev rows", "version", "labels", "order of labels", "weights", "config", "tokenizer"]
)
def test_every_key_changes_with_data_version_labels_and_encoder(tmp_path, what):
    write_own(tmp_path)
    encoder = tmp_path / "encoder"
    write_encoder_files(encoder)
    data = write_rows(tmp_path / "data")
    before = own_keys(tmp_path, data)
    match what:
        case "train rows" | "dev rows":
            (data / "own" / f"own-en-{what.split()[0]}.txt").write_text("a x\nb other\n")
        case "version":
            write_own(tmp_path, version=2)
        case "labels":
            write_own(tmp_path, labels='labels=("a", "b", "c")')
        case "order of labels":
            write_own(tmp_path, labels='labels=("b", "a")')
        case "weights":
            write_encoder_files(encoder, weights=b"others!")
        case "config":
            write_encoder_files(encoder, layers=12)
        case "tokenizer":
            (encoder / "tokenizer.json").write_text("[]")
    assert before.isdisjoint(own_keys(tmp_path, data))


def test_changed_test_rows_of_a_language_change_the_stages_of_that_language_alone(tmp_path):
    write_own(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data")
    before = own_keys(tmp_path, data)
    (data / "own" / "own-sw-test.txt").write_text("b x\n")
    assert len(before - own_keys(tmp_path, data)) == 2  # predict and score of sw


def test_a_changed_metric_scores_again_and_predicts_nothing(tmp_path):
    write_own(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data")
    study = {"task_files": ["own.py"], "tasks": {}, "recipes": {"direct": []}, "targets": {"own": {}}}
    before = plan_of(tmp_path, data, **study).stages
    write_own(tmp_path, more='metrics=("accuracy", "token_accuracy")')
    after = plan_of(tmp_path, data, **study).stages
    assert {before[key].kind for key in set(before) - set(after)} == {"score"}


def zero_shot(plan: Plan) -> dict[tuple[str, str], bool]:
    return {(cell.recipe, cell.language): cell.zero_shot for cell in plan.cells}


def test_zero_shot_means_that_no_stage_was_trained_on_the_language(tmp_path):
    write_own(tmp_path, languages="en swa sw fr en-fr sw-fr")
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data", languages="en swa sw fr en-fr sw-fr")
    plan = plan_of(
        tmp_path,
        data,
        task_files=["own.py"],
        tasks={},
        recipes={
            "direct": [],
            "swahili": [{"task": "own", "languages": ["en", "swa"]}],
            "french": [{"task": "own", "languages": ["fr"]}],
        },
        targets={"own": {}},
    )
    flags = zero_shot(plan)
    assert {code: flags["direct", code] for code in ("en", "sw", "fr", "en-fr")} == {
        "en": False,
        "sw": True,
        "fr": True,
        "en-fr": True,
    }
    # swa and sw are two codes of Swahili; of a pair one unseen half is enough.
    assert [flags["swahili", code] for code in ("sw", "swa", "fr", "en-fr", "sw-fr")] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert [flags["french", code] for code in ("fr", "en-fr", "sw-fr", "sw")] == [False, False, True, True]


def test_a_head_with_other_labels_or_of_another_kind_cannot_serve_a_target(folder):
    other = {**OWN_TASKS["own_nli"], "labels": ["contradiction", "neutral", "entailment"], "trained_on": "own_nli"}
    with pytest.raises(InputError, match=r"other cannot be predicted by a head that was trained on own_nli"):
        plan_of(folder, tasks={**OWN_TASKS, "other": other}, targets={"other": {}})
    with pytest.raises(
        InputError, match=r"own_nli cannot be predicted(?s:.*)found: +span_qa(?s:.*)expected: +classification"
    ):
        plan_of(folder, targets={"own_nli": {"trained_on": "own_qa"}})


def kept(task: str) -> dict[str, object]:
    return {"task": task, "keep_head": True}


@pytest.mark.parametrize(
    "recipe",
    [
        [kept("own_nli")],
        ["own_qa", kept("own_nli")],
        [{"tasks": ["own_nli", "copy"]}, kept("own_nli")],
        [{"tasks": ["own_ner", "own_qa"]}, kept("own_nli")],
    ],
    ids=["nothing before", "another kind", "two such heads", "no such head"],
)
def test_a_head_is_kept_only_from_one_of_the_same_kind(folder, recipe):
    tasks = {**OWN_TASKS, "copy": OWN_TASKS["own_nli"]}
    with pytest.raises(InputError, match="`keep_head` of own_nli"):
        plan_of(folder, tasks=tasks, recipes={"direct": recipe}, targets={"own_bitext": {}})


@pytest.mark.parametrize("first", ["copy", {"tasks": ["copy", "own_qa"]}])
def test_a_kept_head_is_another_stage_than_a_fresh_one(folder, first):
    tasks = {**OWN_TASKS, "copy": OWN_TASKS["own_nli"]}
    recipes = {"direct": [first, "own_nli"], "kept": [first, kept("own_nli")]}
    plan = plan_of(folder, tasks=tasks, recipes=recipes, targets={"own_bitext": {"evaluate": ["de"]}})
    specs = [stage.spec for stage in plan.stages.values() if isinstance(stage.spec, TrainSpec)]
    assert [spec.keep_head for spec in specs] == [False, False, True]


def test_a_target_may_be_predicted_by_the_head_that_the_recipe_trained(folder):
    recipes = {"direct": ["own_nli"], "joint": [{"tasks": ["own_nli", "own_qa"]}]}
    plan = plan_of(folder, recipes=recipes, targets={"own_nli": {"train": "none", "evaluate": ["de"]}})
    trained = [stage.title for stage in plan.stages.values() if isinstance(stage.spec, TrainSpec)]
    assert trained == ["train own_nli (seed 1)", "train own_nli+own_qa (seed 1)"]
    predicted = [stage.spec for stage in plan.stages.values() if isinstance(stage.spec, PredictSpec)]
    assert [spec.head for spec in predicted] == ["own_nli", "own_nli"]


@pytest.mark.parametrize("recipe", [[], ["own_qa"], [{"tasks": ["copy", "other"]}]])
def test_a_target_that_trains_nothing_needs_one_head_that_predicts_it(folder, recipe):
    tasks = {**OWN_TASKS, "copy": OWN_TASKS["own_nli"], "other": OWN_TASKS["own_nli"]}
    with pytest.raises(InputError, match=r"targets\.own_nli: `train: none` of own_nli(?s:.*)trains own_nli"):
        plan_of(folder, tasks=tasks, recipes={"direct": recipe}, targets={"own_nli": {"train": "none"}})


@pytest.mark.parametrize(
    "beside", [{"dev": "dev"}, {"languages": ["en"]}, {"training": {"epochs": 1}}, {"keep_head": True}]
)
def test_nothing_may_stand_beside_no_training(folder, beside):
    with pytest.raises(InputError, match=r"targets\.own_nli: with `train: none` nothing is trained"):
        plan_of(folder, recipes={"direct": ["own_nli"]}, targets={"own_nli": {"train": "none", **beside}})


TEXT = {"kind": "masked_lm", "format": "text", "files": {"en": {"train": "mini/text/en.txt"}}}


def test_text_that_was_trained_on_is_not_evaluated_under_another_name(folder):
    def plan(train: str, test: str) -> Plan:
        return plan_of(
            folder,
            tasks={**OWN_TASKS, "one": TEXT, "two": TEXT},
            task_defaults={"one": {"train": train, "dev": "none"}},
            recipes={"direct": ["one"]},
            targets={"two": {"train": "none", "trained_on": "one", "test": test}},
        )

    with pytest.raises(InputError, match=r"two en: train\[:6\], trained on train\[5:\] by one"):
        plan("train[5:]", "train[:6]")
    assert [cell.zero_shot for cell in plan("train[6:]", "train[:6]").cells] == [False]


def test_reading_the_text_of_what_is_evaluated_is_noted(folder):
    files = OWN_TASKS["own_nli"]["files"]["en"]["test"]
    text = {"kind": "masked_lm", "format": "text", "files": {"en": {"train": files}}}
    plan = plan_of(
        folder,
        tasks={**OWN_TASKS, "read": text},
        task_defaults={"read": {"dev": "none"}},
        recipes={"direct": ["read"]},
        targets={"own_nli": {"evaluate": ["en", "de"]}},
    )
    assert plan.notes == ["own_nli en test: read read the text of rows that are evaluated, not their labels"]


def test_a_language_that_was_only_read_stays_zero_shot(folder):
    (folder / "sw.txt").write_text("Juma anakimbia.\n")
    read = {"kind": "masked_lm", "format": "text", "files": {"sw": {"train": "sw.txt"}}, "train_language": "sw"}
    use = {"read": {"languages": ["sw"], "dev": "none"}}
    plan = plan_of(
        folder,
        tasks={**OWN_TASKS, "read": read},
        task_defaults=use,
        recipes={"direct": [], "read": ["read"]},
        targets={"own_nli": {"evaluate": ["en", "sw"]}},
    )
    zero_shot = {(cell.recipe, cell.language): cell.zero_shot for cell in plan.cells}
    assert zero_shot == {(recipe, code): code == "sw" for recipe in ("direct", "read") for code in ("en", "sw")}


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ({"test": "test"}, True),
        ({"test": "test[50%:]", "tune": "test[:50%]"}, True),
        ({"test": "dev"}, False),
        ({"test": "dev[:60%]", "tune": "dev[40%:]"}, False),
        ({"test": {"sw": "test", "fr": "dev"}}, False),
    ],
)
def test_a_threshold_is_never_tuned_on_what_is_evaluated(tmp_path, target, allowed):
    write_own(tmp_path, **MINED)
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data")
    study = {"task_files": ["own.py"], "tasks": {}, "recipes": {"direct": []}, "targets": {"own": target}}
    if allowed:
        plan = plan_of(tmp_path, data, **study)
        assert all(spec.tune for spec in (s.spec for s in plan.stages.values()) if isinstance(spec, PredictSpec))
    else:
        with pytest.raises(
            InputError, match=r"targets\.own: the threshold of mining would be tuned on what is evaluated"
        ):
            plan_of(tmp_path, data, **study)


def test_languages_without_files_are_noted_and_only_refused_if_asked_for_by_name(tmp_path):
    write_own(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data", languages="en fr")
    study = {"task_files": ["own.py"], "tasks": {}, "recipes": {"direct": []}}
    plan = plan_of(tmp_path, data, targets={"own": {}}, **study)
    assert [cell.language for cell in plan.cells] == ["en", "fr"]
    assert plan.notes == ["own test: no files for sw; not evaluated"]
    with pytest.raises(
        InputError, match=r"the files of own, language sw, split test are not there(?s:.*)own/own-sw-test\.txt"
    ):
        plan_of(tmp_path, data, targets={"own": {"evaluate": ["en", "sw"]}}, **study)
    with pytest.raises(InputError, match="no data folder was named"):
        plan_of(tmp_path, None, targets={"own": {}}, **study)


def test_a_training_task_without_dev_set_says_how_to_cut_one(tmp_path):
    write_own(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    data = write_rows(tmp_path / "data")
    (data / "own" / "own-en-dev.txt").unlink()
    study = {"task_files": ["own.py"], "tasks": {}, "recipes": {"direct": []}, "targets": {"own": {}}}
    with pytest.raises(InputError, match=r"own has no dev set(?s:.*)train\[:90%\](?s:.*)dev: none"):
        plan_of(tmp_path, data, **study)
    cut = {"task_defaults": {"own": {"train": "train[:90%]", "dev": "train[90%:]"}}}
    assert count(plan_of(tmp_path, data, **study, **cut)) == 1


def test_an_empty_slice_and_a_broken_row_are_found_before_anything_is_trained(folder, tmp_path):
    study = tiny_study(folder, targets={"own_nli": {"evaluate": ["de"], "test": "test[:0]"}})
    with pytest.raises(InputError, match=r"own_nli test\[:0\] of de is empty\n  found:    6 rows in test"):
        check_readable(study, make_plan(study, None), None)
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "mini" / "nli" / "test-de.tsv").open("a") as file:
        file.write("one\ttwo\tmaybe\n")
    study = tiny_study(tmp_path)
    with pytest.raises(InputError, match=r"own_nli(?s:.*)'maybe'(?s:.*)entailment, neutral, contradiction"):
        check_readable(study, make_plan(study, None), None)


def test_a_layer_that_the_encoder_does_not_have_is_refused(folder):
    targets = {"own_bitext": {"evaluate": ["de"], "layer": 25}}
    message = r"targets\.own_bitext: tiny has not so many layers\n  found:    layer: 25\n  expected: layer: 0 to 24"
    with pytest.raises(InputError, match=message):
        plan_of(folder, targets=targets)
    assert {cell.layer for cell in plan_of(folder, targets={"own_bitext": {"evaluate": ["de"]}}).cells} == {14}


def test_more_frozen_layers_than_there_are_is_refused(folder):
    message = r"targets\.own_nli: tiny has not so many layers\n  found:    frozen_layers: 25\n"
    with pytest.raises(InputError, match=message):
        plan_of(folder, recipes={"direct": []}, training={"frozen_layers": 25})
    assert plan_of(folder, recipes={"direct": []}, training={"frozen_layers": 24}).stages


def test_layers_that_share_their_weights_are_not_frozen(folder, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "encoder" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "num_hidden_groups": 1}))
    with pytest.raises(InputError, match=r"has not so many layers of their own weights\n  found:    frozen_layers: 1"):
        plan_of(tmp_path, recipes={"direct": []}, training={"frozen_layers": 1})
