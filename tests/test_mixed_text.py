"""Masked language modeling beside the tasks of a stage: a short form of a mixture, and the same stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_study import OWN_TASKS, TINY, tiny_study, write_data, write_encoder_files, write_working_encoder

from xstilts.errors import InputError
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.settings import Sampling
from xstilts.stage import TrainSpec
from xstilts.training.mixture import probabilities, schedule, steps

TEXT = {
    "kind": "masked_lm",
    "format": "text",
    "files": {code: {"train": f"mini/text/{code}.txt"} for code in ("en", "de", "sw")},
}
MLM = {"task": "own_text", "languages": ["en", "sw"], "weight": 0.2}
LONG = {"own_text": {"languages": ["en", "sw"], "dev": "none"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mixed")
    write_data(path)
    write_encoder_files(path / "encoder")
    return path


def plan_of(folder: Path, stage: dict[str, Any], **changes: Any) -> Plan:
    defaults = {
        "tasks": {**OWN_TASKS, "own_text": TEXT},
        "recipes": {"direct": [stage]},
        "targets": {"own_bitext": {"evaluate": ["de"]}},
    }
    return make_plan(tiny_study(folder, **{**defaults, **changes}), None)


def trained(folder: Path, stage: dict[str, Any], **changes: Any) -> tuple[str, TrainSpec]:
    """The key and the spec of the only training stage."""
    (stage_,) = [stage for stage in plan_of(folder, stage, **changes).stages.values() if stage.kind == "train"]
    assert isinstance(stage_.spec, TrainSpec)
    return stage_.key, stage_.spec


def test_beside_one_task_it_is_the_joint_stage_with_a_share(folder):
    short, spec = trained(folder, {"task": "own_nli", "mlm": MLM})
    joint = {"tasks": ["own_nli", "own_text"], "sampling": {"shares": {"own_text": 0.2}}}
    long, _ = trained(folder, joint, task_defaults=LONG)
    assert short == long
    assert [(task.task, [ref.language for ref in task.train]) for task in spec.tasks] == [
        ("own_nli", ["en"]),
        ("own_text", ["en", "sw"]),
    ]
    assert spec.tasks[1].dev is None


def test_beside_several_tasks_their_own_rule_divides_the_rest(folder):
    short, _ = trained(folder, {"tasks": ["own_nli", "own_qa"], "sampling": {"temperature": 2}, "mlm": MLM})
    joint = {
        "tasks": ["own_nli", "own_qa", "own_text"],
        "sampling": {"temperature": 2, "shares": {"own_text": 0.2}},
    }
    assert trained(folder, joint, task_defaults=LONG)[0] == short


def test_rate_and_whole_words_replace_those_of_the_task(folder):
    plain, _ = trained(folder, {"task": "own_nli", "mlm": MLM})
    rated, spec = trained(folder, {"task": "own_nli", "mlm": {**MLM, "rate": 0.4, "whole_words": True}})
    assert rated != plain
    assert {ref.kind["rate"] for ref in spec.tasks[1].train} == {0.4}
    assert {ref.kind["whole_words"] for ref in spec.tasks[1].train} == {True}
    defaults = {"own_text": {"rate": 0.4, "whole_words": True}}
    assert trained(folder, {"task": "own_nli", "mlm": MLM}, task_defaults=defaults)[0] == rated
    # The task has these already: nothing is replaced.
    assert trained(folder, {"task": "own_nli", "mlm": {**MLM, "rate": 0.15, "whole_words": False}})[0] == plain


def test_the_task_keeps_its_hyperparameters(folder):
    defaults = {"own_nli": {"training": {"learning_rate": 0.5}}, "own_text": {"training": {"learning_rate": 0.7}}}
    _, spec = trained(folder, {"task": "own_nli", "mlm": MLM}, task_defaults=defaults)
    assert spec.settings["learning_rate"] == 0.5


def test_a_language_that_was_only_read_beside_a_task_stays_zero_shot(folder):
    plan = plan_of(folder, {"task": "own_qa", "mlm": MLM}, targets={"own_nli": {"evaluate": ["en", "sw"]}})
    assert {cell.language: cell.zero_shot for cell in plan.cells} == {"en": False, "sw": True}
    assert next(iter(plan.stages.values())).title == "train own_qa+20% own_text (en, sw) (seed 1)"


def test_another_weight_is_another_stage(folder):
    weights = {trained(folder, {"task": "own_nli", "mlm": {**MLM, "weight": weight}})[0] for weight in (0.1, 0.2)}
    assert len(weights | {trained(folder, {"task": "own_nli"})[0]}) == 3


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"task": "own_nli", "mlm": {**MLM, "task": "own_qa"}}, "`mlm` reads raw text, and own_qa is a span_qa task"),
        ({"task": "own_text", "mlm": MLM}, "the task under `mlm` is one of the stage's own"),
        ({"task": "own_nli", "mlm": {**MLM, "weight": 1}}, r"(?s)mlm\.weight: .*less than 1"),
        ({"task": "own_nli", "mlm": {"task": "own_text"}}, "the field 'weight' is missing"),
        ({"task": "own_nli", "mlm": {**MLM, "rates": 0.2}}, "unknown field 'rates'(?s:.*)did you mean 'rate'"),
        ({"task": "own_nli", "mlm": {**MLM, "languages": ["xx"]}}, "own_text has no language 'xx'"),
        ({"tasks": ["own_nli", "own_text"], "sampling": {"shares": {"own_text": 1.2}}}, r"(?s)own_text.*less than 1"),
        (
            {"tasks": ["own_nli", "own_text", "own_qa"], "sampling": {"shares": {"own_text": 0.6, "own_qa": 0.4}}},
            "the shares leave no steps",
        ),
    ],
)
def test_what_is_wrong_is_named(folder, stage, message):
    with pytest.raises(InputError, match=message) as raised:
        plan_of(folder, stage)
    assert raised.value.exit_code == 2


SIZES = {"nli": 90, "text": 1000, "qa": 10}


def test_a_share_is_taken_first_and_the_rule_divides_the_rest():
    chances = probabilities(SIZES, Sampling.model_validate({"shares": {"text": 0.2}}))
    assert list(chances) == ["nli", "text", "qa"]
    assert list(chances.values()) == pytest.approx([0.72, 0.2, 0.08])
    explicit = {"method": "explicit", "weights": {"qa": 3, "nli": 1}, "shares": {"text": 0.2}}
    assert list(probabilities(SIZES, Sampling.model_validate(explicit)).values()) == pytest.approx([0.2, 0.2, 0.6])
    drawn = schedule(chances, 10_000, 1)
    assert (drawn == 1).mean() == pytest.approx(0.2, abs=0.02)


def test_epochs_count_the_rows_of_the_tasks_without_a_share():
    """Two epochs over 100 rows in steps of 10 are 20 steps; with a share of 20 % beside them, 25."""
    assert steps(SIZES, Sampling.model_validate({"shares": {"text": 0.2}}), 2, 10) == 25
    assert steps(SIZES, Sampling.model_validate({}), 2, 10) == 220


@pytest.mark.parametrize("shares", [{"other": 0.2}, {"nli": 0.2, "text": 0.2, "qa": 0.2}])
def test_shares_of_other_tasks_or_of_all_make_no_mixture(shares):
    with pytest.raises(InputError, match=r"shares are for some tasks of the stage(?s:.*)nli, text, qa"):
        probabilities(SIZES, Sampling.model_validate({"shares": shares}))


def test_a_stage_with_text_beside_it_is_trained(tmp_path):
    write_data(tmp_path)
    write_working_encoder(tmp_path)
    study = tiny_study(
        tmp_path,
        tasks={**OWN_TASKS, "own_text": TEXT},
        recipes={"direct": [{"task": "own_nli", "mlm": {**MLM, "rate": 0.5, "weight": 0.5}}]},
        targets={"own_nli": {"train": "none", "evaluate": ["en", "sw"]}},
        training={**TINY["training"], "max_steps": 4},
    )
    table = study.run(out=tmp_path / "out", device="cpu").table
    assert table.select("language", "zero_shot").rows() == [("en", False), ("sw", True)]
