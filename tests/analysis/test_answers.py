"""Which question a study's recipes ask, and the evidence that its folder holds."""

from pathlib import Path

import pytest
import yaml
from simulated import scored, table

from xstilts.analysis.answers import answers, leading_question
from xstilts.analysis.evidence import Evidence, StageShape, gain, recipes_of
from xstilts.errors import InputError
from xstilts.records import Records
from xstilts.results import Results

OFFLINE = Path(__file__).parents[2] / "studies" / "offline"


def evidence_of(study: dict, folder: Path, encoders: tuple[str, ...] = ("nano",)) -> Evidence:
    """Every recipe of a study with a score."""
    rows = [
        scored([1, 0] * 20, recipe, target="mini-ner", language="sw", encoder=encoder)
        for recipe in study["recipes"]
        for encoder in encoders
    ]
    return Evidence.of(table(*rows), study, Records.read(folder), draws=20)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("task_count", "task count"),
        ("model_scaling", "model size"),
        ("metric_correlation", "metric correlation"),
        ("multilingual_mix", "mix"),
        ("masakhane_qa", "differences"),
        ("phang2020", "differences"),
        ("../quickstart", "differences"),  # three recipes make no trend
    ],
)
def test_each_study_leads_with_its_own_question(name, question, tmp_path):
    study = yaml.safe_load((OFFLINE / f"{name}.yaml").read_text(encoding="utf-8"))
    assert leading_question(evidence_of(study, tmp_path, tuple(study["encoders"]))) == question


def test_the_leading_answer_comes_first_and_what_cannot_be_answered_is_left_out(tmp_path):
    study = yaml.safe_load((OFFLINE / "task_count.yaml").read_text(encoding="utf-8"))
    found = answers(evidence_of(study, tmp_path))
    assert [answer.question for answer in found] == [
        "How many intermediate tasks, jointly or in sequence?",
        "What did each recipe do?",
    ]


def test_the_make_up_of_recipes():
    study = {
        "recipes": {
            "direct": [],
            "one": ["a"],
            "all": [{"tasks": ["a", "b"]}],
            "line": ["a", {"task": "b", "translated": ["sw"]}],
            "odd": [{"tasks": ["a", "b"]}, "c"],
            "text": [{"task": "a", "mlm": {"task": "corpus"}}],
        },
        "task_defaults": {"c": {"languages": ["en", "de"]}},
    }
    made = recipes_of(study)
    assert [recipe.arrangement for recipe in made.values()] == [
        "none",
        "single",
        "joint",
        "sequence",
        "mixed",
        "single",
    ]
    assert made["odd"].tasks == ("a", "b", "c")
    assert made["odd"].languages == {"en", "de"}
    assert made["line"].stages[1] == StageShape(("b",), ("sw",), None, True)
    assert [name for name, recipe in made.items() if recipe.is_plain] == ["direct", "one", "all"]


def test_gains_are_means_over_languages_then_targets(tmp_path):
    rows = [
        scored([1] * (50 + more) + [0] * (50 - more), recipe, target=target, language=code)
        for recipe, gained in (("direct", 0), ("nli", 1))
        for target, code, more in (("a", "de", 4 * gained), ("a", "sw", 8 * gained), ("b", "sw", 20 * gained))
    ]
    rows += [
        scored([1] * 100, "nli", target="a", language="en"),
        scored([0] * 100, "direct", target="a", language="en"),
    ]
    found = Evidence.of(table(*rows), {}, Records.read(tmp_path), draws=20)
    assert gain(found.chosen(recipe="nli")).value == pytest.approx(((4 + 8) / 2 + 20) / 2)


def test_targets_are_named_by_kind_too(tmp_path):
    rows = [scored([1, 0], target=name, task=task) for name, task in (("t", "tatoeba"), ("x", "xnli"), ("o", "own"))]
    found = Evidence.of(table(*rows), {"tasks": {"own": {"kind": "span_qa"}}}, Records.read(tmp_path), draws=20)
    assert found.targets_named(["retrieval", "o"]) == ["t", "o"]
    assert found.targets_named(["span_qa"]) == ["o"]
    assert found.targets_named(["all"]) == ["t", "x", "o"]
    with pytest.raises(InputError, match="no target 'tagging'"):
        found.targets_named(["tagging"])


def test_evidence_is_read_from_a_folder(tmp_path):
    rows = [scored([1, 0], recipe) for recipe in ("plain", "nli")]
    Results(table(*rows)).write(tmp_path)
    (tmp_path / "study.yaml").write_text(
        yaml.safe_dump({"baseline": "plain", "recipes": {"plain": [], "nli": ["mnli"]}})
    )
    found = Evidence.read(tmp_path, draws=20)
    assert (found.baseline, found.compared, found.encoders) == ("plain", ["nli"], ["xlmr"])
    assert "statistics" not in found.table.columns
    assert found.records.costs.is_empty()
