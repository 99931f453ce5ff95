"""Constrained decoding as a study says it: which stages it changes, and that predictions keep to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tiny_study import TINY, tiny_study, write_data, write_encoder_files, write_working_encoder

from xstilts.errors import InputError
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.running import run_study
from xstilts.stage import PredictSpec, TrainSpec

CONSTRAINED = {"own_ner": {"constrained_decoding": True}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("decoding")
    write_data(path)
    write_encoder_files(path / "encoder")
    return path


def plan_of(folder: Path, target: dict[str, Any] | None = None, **changes: Any) -> Plan:
    targets = {"own_ner": {"evaluate": ["de"], **(target or {})}}
    return make_plan(tiny_study(folder, **{"recipes": {"direct": []}, "targets": targets, **changes}), None)


def decoded(plan: Plan) -> list[tuple[str, bool]]:
    """Kind of stage and whether it decodes so, of every stage that decodes."""
    refs = []
    for stage in plan.stages.values():
        if isinstance(stage.spec, TrainSpec):
            refs += [("train", task.dev) for task in stage.spec.tasks]
        elif isinstance(stage.spec, PredictSpec):
            refs.append(("predict", stage.spec.data))
    return [(kind, ref.kind.get("constrained_decoding", False)) for kind, ref in refs]


@pytest.mark.parametrize(
    "said", [{"target": {"constrained_decoding": True}}, {"task_defaults": CONSTRAINED}], ids=["target", "default"]
)
def test_dev_scores_and_predictions_are_decoded_alike(folder, said):
    assert decoded(plan_of(folder, **said)) == [("train", True), ("predict", True)]
    assert decoded(plan_of(folder)) == [("train", False), ("predict", False)]


def test_only_stages_that_decode_so_have_other_keys(folder):
    tasks = {"own_nli": {"evaluate": ["de"]}, "own_ner": {"evaluate": ["de"]}}
    plain = plan_of(folder, targets=tasks)
    changed = plan_of(folder, targets=tasks, task_defaults=CONSTRAINED)
    titles = {plain.stages[key].title for key in plain.stages.keys() - changed.stages.keys()}
    assert titles == {
        "train own_ner (seed 1)",
        "predict own_ner de test by own_ner (seed 1)",
        "score own_ner de test by own_ner (seed 1)",
    }


def test_saying_the_default_changes_nothing(folder):
    assert plan_of(folder, {"constrained_decoding": False}).stages.keys() == plan_of(folder).stages.keys()


def test_a_head_may_be_kept_and_used_across_ways_of_decoding(folder):
    recipe = {"direct": [{"task": "own_ner"}]}
    kept = plan_of(folder, {"keep_head": True, "constrained_decoding": True, "train": "train[:50%]"}, recipes=recipe)
    assert decoded(kept) == [("train", False), ("train", True), ("predict", True)]
    used = plan_of(folder, {"train": "none", "constrained_decoding": True}, recipes=recipe)
    assert decoded(used) == [("train", False), ("predict", True)]


def test_it_is_refused_for_other_kinds_and_other_tags(folder):
    with pytest.raises(InputError, match=r"`constrained_decoding` is of tagging alone(?s:.*)own_nli, a classification"):
        plan_of(folder, targets={"own_nli": {"constrained_decoding": True}})
    ner = {**tiny_study(folder).tasks["own_ner"], "labels": ["B-PER", "I-PER", "I-LOC", "O"]}
    with pytest.raises(InputError, match=r"targets\.own_ner: constrained decoding needs BIO tags(?s:.*)I-LOC"):
        plan_of(folder, {"constrained_decoding": True}, tasks={"own_ner": ner})


def predictions(folder: Path, out: str, **target: Any) -> list[list[str]]:
    """The tags of every sentence that a run predicts."""
    hardly = {**TINY["training"], "max_steps": 1, "learning_rate": 1e-9}  # random heads mix all tags
    targets = {"own_ner": {"evaluate": ["en", "de"], **target}}
    study = tiny_study(folder, recipes={"direct": []}, targets=targets, training=hardly)
    run_study(study, out=folder / out, store=folder / out / "store", device="cpu", offline=True)
    files = (folder / out / "store" / "predict").glob("*/predictions.parquet")
    return [tags for path in files for tags in pq.read_table(path)["prediction"].to_pylist()]


def strays(sentences: list[list[str]]) -> int:
    """How many tags continue a span that is not there."""
    pairs = [pair for tags in sentences for pair in zip(["O", *tags], tags, strict=False)]
    return sum(tag.startswith("I-") and before[2:] != tag[2:] for before, tag in pairs)


def test_a_run_predicts_only_spans_that_begin(tmp_path):
    write_data(tmp_path)
    write_working_encoder(tmp_path)
    assert strays(predictions(tmp_path, "plain")) > 0
    assert strays(predictions(tmp_path, "constrained", constrained_decoding=True)) == 0
