from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from tiny_study import tiny_study, write_data, write_working_encoder

from xstilts.analysis.transferability import ESTIMATORS
from xstilts.errors import InputError, RunError
from xstilts.estimating import Sample
from xstilts.executors.watching import Watcher
from xstilts.recommending import recommend
from xstilts.results import Results
from xstilts.running import run_study

RECIPES = {"direct": [], "qa": ["own_qa"], "qa-ner": ["own_qa", "own_ner"]}
TARGETS = {
    "own_nli": {"evaluate": ["en", "de"]},
    "own_ner": {"evaluate": ["de"]},
    "own_choice": {"evaluate": ["de"]},
    "own_qa": {"evaluate": ["de"]},
    "own_bitext": {"evaluate": ["de"]},
}


class Titles(Watcher):
    """Remembers which stages ran."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def started(self, stage) -> None:
        self.ran.append(stage.title)


def study(folder, **changes):
    return tiny_study(folder, **{"recipes": RECIPES, "targets": TARGETS, "seeds": [1, 2], **changes})


def recommended(folder, sample=None, first_seeds=1, **changes):
    watcher = Titles()
    loaded = study(folder, **changes)
    made = recommend(loaded, out=folder / "out", sample=sample, seeds=first_seeds, device="cpu", watcher=watcher)
    return made, watcher.ran


def logme(made, recipe):
    """An estimate of the first target."""
    return next(row["estimates"]["logme"] for row in made["targets"][0]["ranking"] if row["recipe"] == recipe)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recommending")
    write_data(folder)
    write_working_encoder(folder)
    return folder


@pytest.fixture(scope="module")
def first(prepared: Path, tmp_path_factory: pytest.TempPathFactory):
    """A folder in which recipes were recommended, what came of it, and what ran."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("first") / "study"))
    return folder, *recommended(folder)


@pytest.fixture
def copy(first, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first[0], tmp_path / "copy"))


def test_only_the_recipes_of_the_first_seed_are_trained(first):
    folder, made, ran = first
    assert ran == ["train own_qa (seed 1)", "train own_qa → own_ner (seed 1)"]
    assert not (folder / "store" / "predict").exists()
    assert made["seeds"] == [1]
    assert json.loads((folder / "out" / "recommend.json").read_text()) == made


def test_every_target_but_retrieval_has_a_ranking(first):
    _, made, _ = first
    assert [target["target"] for target in made["targets"]] == ["own_nli", "own_ner", "own_choice", "own_qa"]
    assert "retrieval" in made["left_out"]["own_bitext"]
    for target in made["targets"]:
        assert {row["recipe"] for row in target["ranking"]} == {"qa", "qa-ner"}
        assert [row["recipe"] for row in target["plain"]] == ["direct"]
        ranks = [row["mean_rank"] for row in target["ranking"]]
        assert ranks == sorted(ranks)
        for row in target["ranking"]:
            assert set(row["estimates"]) == {*ESTIMATORS, "similarity"}
            assert None not in row["estimates"].values()
        assert target["plain"][0]["estimates"]["similarity"] is None
        assert target["agreement"] is None
        assert target["samples"] >= 20


def test_a_task_is_most_similar_to_itself(first):
    _, made, _ = first
    qa = next(target for target in made["targets"] if target["target"] == "own_qa")
    similar = {row["recipe"]: row["estimates"]["similarity"] for row in qa["ranking"]}
    assert similar["qa"] == pytest.approx(1.0)
    assert similar["qa-ner"] < similar["qa"]


def test_a_second_call_needs_no_weights_and_says_the_same(copy, first):
    shutil.rmtree(copy / "store" / "train")
    assert recommended(copy) == (first[1], [])


def test_another_sample_needs_the_weights_again(copy):
    shutil.rmtree(copy / "store" / "train")
    _, ran = recommended(copy, Sample(rows=10))
    assert ran == ["train own_qa (seed 1)", "train own_qa → own_ner (seed 1)"]


def test_more_seeds_are_averaged(copy, first):
    made, ran = recommended(copy, first_seeds=2)
    assert ran == ["train own_qa (seed 2)", "train own_qa → own_ner (seed 2)"]
    one, two = (document["targets"][0]["plain"][0]["estimates"] for document in (first[1], made))
    assert one == two, "an encoder that was not trained has no seed"
    assert logme(first[1], "qa") != logme(made, "qa")


def test_results_of_the_same_study_are_compared_with_and_those_of_another_are_not(copy):
    changes = {"targets": {"own_nli": {"evaluate": ["de"]}}, "seeds": [1]}
    results = run_study(study(copy, **changes), out=copy / "out", device="cpu")
    # Three steps leave training at chance, and such runs have no gains.
    Results(results.table.with_columns(collapsed=pl.lit(False))).write(copy / "out")
    made, ran = recommended(copy, **changes)
    assert ran == []
    (target,) = made["targets"]
    assert all(row["gain"] is not None for row in target["ranking"])
    assert set(target["agreement"]) == {*ESTIMATORS, "similarity", "mean_rank", "at_random"}
    assert made["agreement"] == target["agreement"]
    other, _ = recommended(copy, **{**changes, "training": {"max_steps": 2, "batch_size": 4}})
    assert other["targets"][0]["agreement"] is None


def test_the_cost_is_that_of_the_recipes_against_all_training(first):
    _, made, _ = first
    cost = made["cost"]
    # Per seed: four targets after none, one and two stages; those two are themselves targets after none and after one.
    assert (cost["recommend"]["stages"], cost["recommend"]["steps"]) == (2, 2 * 3)
    assert (cost["study"]["stages"], cost["study"]["steps"]) == (2 * 12, 2 * 12 * 3)
    assert cost["ratio"]["steps"] == pytest.approx(1 / 12)
    assert 0 < cost["recommend"]["pieces"] < cost["study"]["pieces"]


def test_a_study_without_recipes_has_nothing_to_recommend(copy):
    with pytest.raises(InputError, match="no intermediate training to choose from"):
        recommended(copy, recipes={"direct": []})


def test_a_stage_that_fails_is_named_with_its_reason(copy):
    diverging = {"direct": [], "bad": [{"task": "own_qa", "training": {"learning_rate": 1e30}}]}
    with pytest.raises(RunError, match=r"train own_qa \(seed 1\): the loss of own_qa is"):
        recommended(copy, recipes=diverging)
