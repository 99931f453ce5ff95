"""Drafts of plans: what is not there is named, and the graph is that of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_study import tiny_study, write_data, write_encoder_files

from xstilts.errors import InputError
from xstilts.planning.planner import make_plan
from xstilts.stage import TrainSpec, TranslateSpec


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_data(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def shape(plan):
    return [(stage.kind, stage.title, len(stage.parents)) for stage in plan.stages.values()]


def test_where_everything_is_there_a_draft_is_the_plan(folder):
    study = tiny_study(folder)
    draft = make_plan(study, None, draft=True)
    assert list(draft.stages) == list(make_plan(study, None).stages)
    assert draft.absences == {}


def test_files_that_are_gone_are_named_and_planned(folder):
    study = tiny_study(folder, targets={"own_nli": {"evaluate": ["en", "sw"]}})
    whole = make_plan(study, None)
    (folder / "mini/nli/test-sw.tsv").unlink()
    with pytest.raises(InputError, match="the files of own_nli, language sw, split test are not there"):
        make_plan(study, None)
    draft = make_plan(study, None, draft=True)
    assert shape(draft) == shape(whole)
    (absence,) = draft.absences.values()
    assert (absence.what, absence.languages) == ("own_nli test", ["sw"])
    assert absence.why == f"expected as {folder / 'mini/nli/test-sw.tsv'}"
    different = [key for key in draft.stages if key not in whole.stages]
    assert [draft.stages[key].kind for key in different] == ["predict", "score"] * len(study.recipes)
    assert all(not ref.is_absent for ref, _ in draft.data())


def test_of_a_target_whose_languages_are_not_named_those_that_a_run_would_evaluate_are_planned(folder):
    study = tiny_study(folder, targets={"own_nli": {}})
    (folder / "mini/nli/test-sw.tsv").unlink()
    draft = make_plan(study, None, draft=True)
    assert shape(draft) == shape(make_plan(study, None))
    assert draft.absences == {}
    for code in ("en", "de"):
        (folder / f"mini/nli/test-{code}.tsv").unlink()
    (absence,) = make_plan(study, None, draft=True).absences.values()
    assert absence.languages == ["en", "de", "sw"]


def test_models_of_the_hub_are_named_and_never_asked_for(folder):
    study = tiny_study(
        folder,
        encoders={"far": {"hub": "nobody/encoder"}, "twin": {"hub": "nobody/encoder", "random_weights": 1}},
        translators={"mt": {"hub": "nobody/translator"}},
        recipes={"direct": [{"task": "own_nli", "translated": ["sw"], "translator": "mt"}]},
        targets={"own_bitext": {}},
    )
    draft = make_plan(study, None, draft=True)
    assert {name: absence.why for name, absence in draft.absences.items()} == {
        "encoder far": "nobody/encoder of the hub, a run fetches it",
        "encoder twin": "nobody/encoder of the hub, a run fetches it",
        "translator mt": "nobody/translator of the hub, a run fetches it",
    }
    encoders = {stage.spec.encoder for stage in draft.stages.values() if isinstance(stage.spec, TrainSpec)}
    assert len(encoders) == 2
    assert sum(isinstance(stage.spec, TranslateSpec) for stage in draft.stages.values()) == 1
    (offline, *_) = make_plan(study, None, offline=True, draft=True).absences.values()
    assert offline.why == "nobody/encoder of the hub, not in the cache"


@pytest.mark.parametrize(
    "changes",
    [
        {"encoders": {"e": {"path": "gone"}}},
        {"targets": {"own_nli": {"test": "validation"}}},
        {"targets": {"own_nli": {"evaluate": ["xx"]}}},
        {"task_defaults": {"own_nli": {"train": "train[:0]"}}},
    ],
)
def test_what_is_wrong_is_wrong_in_a_draft_too(folder, changes):
    from xstilts.running import check_readable

    study = tiny_study(folder, **changes)
    with pytest.raises(InputError):
        check_readable(study, make_plan(study, None, draft=True), None)


def test_rows_that_are_not_there_still_may_not_be_trained_on_and_evaluated(folder):
    for path in (folder / "mini/nli").glob("*"):
        path.unlink()
    targets = {"own_nli": {"train": "train[:50%]", "test": "train[40%:]", "dev": "none", "evaluate": ["en"]}}
    with pytest.raises(InputError, match="rows that are evaluated were trained on"):
        make_plan(tiny_study(folder, targets=targets, recipes={"direct": []}), None, draft=True)
    targets["own_nli"]["test"] = "train[50%:]"
    assert make_plan(tiny_study(folder, targets=targets, recipes={"direct": []}), None, draft=True).absences


def test_a_file_of_a_similar_name_is_suggested_and_none_that_the_task_names_itself(folder):
    study = tiny_study(folder, targets={"own_nli": {"evaluate": ["sw"]}})
    (folder / "mini/nli/test-sw.tsv").rename(folder / "mini/nli/test_sw.tsv")
    (absence,) = make_plan(study, None, draft=True).absences.values()
    assert absence.why == f"expected as {folder / 'mini/nli/test-sw.tsv'}; did you mean 'test_sw.tsv'?"
    assert not absence.is_fetched
    with pytest.raises(InputError, match=r"to fix: +did you mean 'test_sw\.tsv'\? Else put the files there"):
        make_plan(study, None)
