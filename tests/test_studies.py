"""The studies that come with the project: each plans with nothing but its file, and its small form runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from xstilts.analysis.claims import read_claims
from xstilts.planning.planner import make_plan
from xstilts.study import Study

STUDIES = Path(__file__).parent.parent / "studies"
SIX = ("phang2020", "task_count", "model_scaling", "metric_correlation", "multilingual_mix", "masakhane_qa")
PHANG_TASKS = "anli_plus qqp squad_v2 squad_v1 hellaswag ccg cosmos_qa commonsense_qa mnli"
XTREME = "xnli pawsx udpos panx xquad mlqa tydiqa bucc2018 tatoeba"


@pytest.mark.parametrize("name", SIX)
def test_a_study_plans_without_data_and_encoders(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    study = Study.from_yaml(STUDIES / f"{name}.yaml")
    plan = make_plan(study, None, draft=True)
    assert {(cell.recipe, cell.target, cell.seed) for cell in plan.cells} == {
        (recipe, target, seed) for recipe in study.recipes for target in study.targets for seed in study.seeds
    }
    assert {absence.what for absence in plan.absences.values()} >= {f"encoder {name}" for name in study.encoders}


@pytest.mark.parametrize("path", sorted(STUDIES.rglob("*.yaml")), ids=lambda path: str(path.relative_to(STUDIES)))
def test_every_study_names_tasks_that_there_are_and_how_it_is_launched(path):
    if "claims" in path.stem:
        assert read_claims(path)
        return
    study = Study.from_yaml(path)
    used = {target.task or name for name, target in study.targets.items()}
    used |= {name for stages in study.recipes.values() for stage in stages for name in stage.task_names}
    assert used <= {*study.known_tasks.names()}
    launches = (f"xstilts run studies/{path.relative_to(STUDIES)}", f"xstilts {path.stem}", "make_nano.py")
    assert any(launch in path.read_text(encoding="utf-8") for launch in launches)


def test_the_paper_s_study_names_its_tasks_and_targets():
    study = Study.from_yaml(STUDIES / "phang2020.yaml")
    trained = [stage.task_names for stages in study.recipes.values() for stage in stages]
    assert {name for names in trained if len(names) == 1 for name in names} == set(PHANG_TASKS.split())
    assert sorted(max(trained, key=len)) == sorted(PHANG_TASKS.split())
    assert set(study.targets) == set(XTREME.split())


@pytest.mark.parametrize("name", SIX)
def test_a_header_says_how_the_study_is_launched_what_it_needs_and_costs(name):
    header = (STUDIES / f"{name}.yaml").read_text(encoding="utf-8").partition("name:")[0]
    for words in (f"xstilts run studies/{name}.yaml", "Needs:", "Cost:", f"studies/offline/{name}.yaml"):
        assert words in header


@pytest.mark.parametrize("name", SIX)
def test_the_small_form_runs_every_recipe(name, tmp_path):
    study = Study.from_yaml(STUDIES / "offline" / f"{name}.yaml")
    document = yaml.safe_load((STUDIES / "offline" / f"{name}.yaml").read_text(encoding="utf-8"))
    document |= {"encoders": {"nano": {"embedded": "nano-tiny"}}, "seeds": [1]}
    document["training"] |= {"max_steps": 2}
    for target in document["targets"].values():
        target |= {"evaluate": [code for code in target["evaluate"] if code != "en"][:1], "test": "test[:10]"}
        target.pop("layer", None)
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    small = Study.from_yaml(tmp_path / "study.yaml")
    results = small.run(out=tmp_path / "out", store=tmp_path / "store", offline=True)
    scored = results.table.filter(results.table["headline"])
    assert set(scored["recipe"]) == set(study.recipes)
    assert set(scored["target"]) == set(study.targets)
