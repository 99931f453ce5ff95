"""What finished stages say of themselves, of a tiny study with a sequence of two tasks."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from simulated import only
from tiny_study import tiny_study, write_data, write_working_encoder

from xstilts.records import Records
from xstilts.running import run_study

RECIPES = {"direct": [], "nli": ["own_nli"], "nli-choice": ["own_nli", "own_choice"]}
TARGETS = {"own_ner": {"evaluate": ["en", "de"]}, "own_bitext": {"evaluate": ["de"]}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("records")
    write_data(made)
    write_working_encoder(made)
    run_study(tiny_study(made, recipes=RECIPES, targets=TARGETS), out=made / "out", device="cpu", offline=True)
    return made


@pytest.fixture
def records(folder: Path) -> Records:
    return Records.read(folder / "out")


def test_a_shared_stage_has_a_row_for_each_recipe(records):
    shared = records.costs.filter(pl.col("title") == "train own_nli (seed 1)")
    assert shared["recipe"].to_list() == ["nli", "nli-choice"]
    assert shared["stage"].n_unique() == 1
    assert shared.select("role", "place", "target", "tasks", "steps", "attempts").unique().rows() == [
        ("intermediate", 0, None, "own_nli", 3, 1)
    ]


def test_costs_say_what_training_read_and_how_long_it_took(records):
    row = only(records.costs, recipe="nli-choice", role="intermediate", place=1)
    assert (row["role"], row["tasks"], row["units"]) == ("intermediate", "own_choice", 20)
    assert row["pieces"] > 3 * 4  # three steps of four rows
    assert row["seconds"] > 0
    assert row["parameters"] > 1000
    assert row["device"] == "cpu"


def test_target_training_and_prediction_belong_to_their_target(records):
    roles = records.costs.filter(pl.col("recipe") == "direct").select("role", "target", "place")
    assert set(roles.rows()) == {
        ("predict", "own_bitext", None),
        ("predict", "own_ner", None),
        ("target", "own_ner", 0),
    }
    assert records.costs.filter(pl.col("role") == "predict")["seconds"].null_count() == 0


def test_dev_scores_are_kept_by_task_and_metric(records):
    stage = only(records.costs, recipe="nli", role="intermediate")["stage"]
    mine = records.dev.filter((pl.col("stage") == stage) & (pl.col("task") == "own_nli"))
    assert {"accuracy", "loss", "score", "calibration_error", "entailment_contrast"} == set(mine["metric"])
    assert mine["selected"].all()
    assert only(records.dev, stage=stage, metric="train_loss")["value"] > 0


def test_forgetting_is_measured_by_the_head_of_the_stage_before(records):
    second = only(records.costs, recipe="nli-choice", role="intermediate", place=1)["stage"]
    first = only(records.costs, recipe="nli-choice", role="intermediate", place=0)["stage"]
    earlier = records.dev.filter((pl.col("stage") == second) & (pl.col("head") == first))
    assert set(earlier["task"]) == {"own_nli"}
    assert "accuracy" in set(earlier["metric"])
    targets = records.costs.filter(pl.col("role") == "target")["stage"].to_list()
    assert records.dev.filter(pl.col("stage").is_in(targets) & (pl.col("stage") != pl.col("head"))).is_empty()


def test_what_was_forgotten_is_measured_of_stages_that_are_still_there(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    first = only(Records.read(folder / "out").costs, recipe="nli", role="intermediate")["stage"]
    shutil.rmtree(tmp_path / "copy" / "store" / "train" / first)
    recipes = {**RECIPES, "longer": ["own_nli", "own_choice", "own_qa"]}
    run_study(
        tiny_study(tmp_path / "copy", recipes=recipes, targets=TARGETS),
        out=tmp_path / "copy" / "out",
        device="cpu",
        offline=True,
    )
    records = Records.read(tmp_path / "copy" / "out")
    last = only(records.costs, recipe="longer", role="intermediate", place=2)["stage"]
    assert set(records.dev.filter((pl.col("stage") == last) & (pl.col("head") != last))["task"]) == {"own_choice"}


def test_a_folder_without_records_has_empty_ones(tmp_path):
    empty = Records.read(tmp_path)
    assert empty.costs.is_empty()
    assert empty.dev.is_empty()
