"""The work of a plan is that of its run: estimates are near, what is cached is counted, what is finished is timed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_study import TINY, tiny_study, write_data, write_working_encoder

from xstilts.data.features import read_features
from xstilts.executors.pacing import Paces, measured_paces, paces_of_finished, pacing_of
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.planning.workload import Pace, Work, Workload
from xstilts.running import check_readable, run_study
from xstilts.stage import PredictSpec, Stage, TrainSpec
from xstilts.store import Store
from xstilts.study import Study

JOINT = {"joint": [{"tasks": ["own_qa", "own_ner"], "sampling": "uniform"}]}
EPOCHS = {name: value for name, value in TINY["training"].items() if name != "max_steps"} | {"epochs": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workload")
    write_data(path)
    write_working_encoder(path)
    return path


@pytest.fixture(scope="module")
def finished(folder: Path) -> Path:
    """The store of a study that was run."""
    run_study(tiny_study(folder, training=EPOCHS), out=folder / "out", device="cpu")
    return folder / "store"


def planned(folder: Path, **changes: object) -> tuple[Study, Plan]:
    study = tiny_study(folder, **{"training": EPOCHS, **changes})
    return study, make_plan(study, None, draft=True)


def works(study: Study, plan: Plan, store: Path, *, official: bool = False) -> dict[str, Work | None]:
    workload = Workload(plan, study.known_tasks, None, Store(store), official=official)
    check_readable(study, plan, None, workload.look)
    return {stage.title: workload.work(stage) for stage in plan.stages.values()}


def test_where_features_are_cached_steps_and_pieces_are_counted(folder, finished):
    study, plan = planned(folder)
    work = works(study, plan, finished)["train own_nli (seed 1)"]
    assert work is not None
    assert work.counted
    # 20 rows, twice, four a step.
    assert work.steps == 10
    (train,) = (
        features for features in all_features(finished) if len(features) == 20 and mean(features) == work.trained / 40
    )
    assert len(train) == 20


def all_features(store: Path):
    return [read_features(path) for path in store.glob("features/*/features.arrow")]


def mean(features) -> float:
    return float(features.lengths.mean())


def test_estimates_of_few_rows_are_what_would_be_counted(folder, finished, tmp_path):
    """Every row of so small a split is in the sample, some twice where blocks overlap."""
    study, plan = planned(folder)
    counted, estimated = works(study, plan, finished), works(study, plan, tmp_path)
    for title, work in counted.items():
        guess = estimated[title]
        if work is None:
            assert title.startswith("score ")
            assert guess is None
            continue
        assert guess is not None
        assert work.counted
        assert not guess.counted
        assert guess.steps == work.steps
        assert guess.trained == pytest.approx(work.trained, rel=0.02)
        assert guess.read == pytest.approx(work.read, rel=0.02)


def test_a_joint_stage_has_the_steps_of_both_tasks_and_pieces_by_their_chances(folder, tmp_path):
    alone = works(*planned(folder, recipes={"a": ["own_qa"], "b": ["own_ner"]}, baseline="a"), tmp_path)
    joint = works(*planned(folder, recipes=JOINT, baseline="joint"), tmp_path)["train own_qa+own_ner (seed 1)"]
    first, second = alone["train own_qa (seed 1)"], alone["train own_ner (seed 1)"]
    assert joint is not None
    assert first is not None
    assert second is not None
    assert joint.steps == first.steps + second.steps
    a_step = (first.trained / first.steps + second.trained / second.steps) / 2
    assert joint.trained == pytest.approx(joint.steps * a_step)


def with_dev_alone(folder: Path, test: str, **changes: Any) -> tuple[Study, Plan]:
    """A study of the package's XNLI, of which thirty rows of the dev set are there; and the draft of its plan."""
    (folder / "data" / "xnli").mkdir(parents=True)
    rows = "".join(f"A man sleeps in room {at}.\tSomebody is awake.\tneutral\n" for at in range(30))
    (folder / "data" / "xnli" / "dev-en.tsv").write_text(rows)
    write_data(folder)
    write_working_encoder(folder)
    study = tiny_study(
        folder, tasks={}, recipes={"direct": []}, targets={"xnli": {"evaluate": ["en"], "test": test}},
        task_defaults={"mnli": {"dev": "none"}}, **changes,
    )  # fmt: skip
    return study, make_plan(study, folder / "data", offline=True, draft=True)


def test_rows_that_are_not_there_are_as_many_as_officially_and_as_long_as_others_of_their_task(tmp_path):
    """The package's task of this name knows its sizes; its files here are a dev set alone."""
    study, plan = with_dev_alone(tmp_path, test="test[:50%]", training=EPOCHS)
    workload = Workload(plan, study.known_tasks, tmp_path / "data", Store(tmp_path / "store"))
    assert plan.absences
    predict = next(stage for stage in plan.stages.values() if isinstance(stage.spec, PredictSpec))
    train = next(stage for stage in plan.stages.values() if isinstance(stage.spec, TrainSpec))
    work = workload.work(predict)
    assert work is not None
    assert not work.counted
    shown = workload._amount(predict.spec.data, predict.spec.encoder, {"max_length": 256, "doc_stride": 128})
    assert shown is not None
    assert shown.units == pytest.approx(5010 / 2)
    assert workload.work(train) is None, "of MNLI nothing is there, and nothing is guessed"


def test_without_the_encoder_pieces_are_those_of_another_tokenizer(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    study, plan = planned(folder, encoders={"far": {"hub": "nobody/encoder"}})
    work = works(study, plan, tmp_path)["train own_nli (seed 1)"]
    assert work is not None
    assert (work.steps, work.counted) == (10, False)
    assert work.trained > 0


def test_the_official_number_of_rows_counts_where_files_hold_a_part_and_it_is_asked_for(tmp_path):
    study, plan = with_dev_alone(tmp_path, test="dev[:10%]")
    stage = next(stage for stage in plan.stages.values() if isinstance(stage.spec, PredictSpec))
    some, whole = (
        Workload(plan, study.known_tasks, tmp_path / "data", Store(tmp_path / "s"), official=official).work(stage)
        for official in (False, True)
    )
    assert some is not None
    assert whole is not None
    assert whole.read == pytest.approx(some.read * 249 / 3)


def test_a_finished_stage_tells_the_pace_of_others_with_its_encoder(folder, finished):
    study, plan = planned(folder)
    workload = Workload(plan, study.known_tasks, None, Store(finished))
    paces = paces_of_finished(plan, Store(finished), workload)
    assert paces.source == "the pace of finished stages on cpu"
    trained = [stage for stage in plan.stages.values() if isinstance(stage.spec, TrainSpec)]
    assert set(paces.known) == {pacing_of(stage.spec) for stage in trained}
    for stage in trained:
        record = Store(finished).record(stage)
        work = workload.work(stage)
        assert record is not None
        assert work is not None
        took = record["seconds_per_step"] * record["training"]["steps"]
        assert paces.seconds(stage, work) == pytest.approx(took, rel=2), "of the same order as it was"


def test_a_stage_of_another_kind_has_the_median_pace_of_its_encoder():
    stage = Stage(TrainSpec("e", None, False, (), None, {}, 1, None), "train")
    work = Work(10, 600.0, 90.0, counted=True)
    predict = Stage(PredictSpec("e", None, None, None, 1, 1, "auto"), "predict")  # type: ignore[arg-type]
    paces = Paces({("e", "a", 1, 1): 1.0, ("e", "b", 1, 1): 3.0, ("other", "a", 1, 1): 100.0}, "")
    assert paces.seconds(predict, Work(0, 0.0, 90.0, counted=True)) == pytest.approx(2.0 * 90 / 3)
    assert Paces({}, "").seconds(predict, work) is None
    assert Paces({("e", "a", 1, 1): 1.0}, "").seconds(Stage(predict.spec, "x"), work) == pytest.approx(600 + 30)
    assert stage.kind == "train"


def test_a_measurement_times_each_kind_of_training_once_and_leaves_nothing(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    study, plan = planned(folder, seeds=[1, 2])
    stages = list(plan.stages.values())
    paces = measured_paces(stages, plan, study.known_tasks, None, "cpu")
    kinds = {pacing[1] for pacing in paces.known}
    assert kinds == {"classification", "span_qa"}
    assert all(0 < seconds < 1 for seconds in paces.known.values())
    assert paces.source == "a few steps of each kind on cpu"
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_not_timed(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    study, plan = planned(folder, encoders={"far": {"hub": "nobody/encoder"}})
    assert measured_paces(plan.stages.values(), plan, study.known_tasks, None, "cpu").known == {}


def test_a_pace_is_taken_from_step_to_step_and_passed_on(monkeypatch):
    clock = iter([0.0, 5.0, 7.0, 8.0, 108.0, 110.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    told = []
    pace = Pace(lambda *progress: told.append(progress))
    for done, total in ((0, 1), (1, 4), (2, 4), (3, 4), (0, 1), (4, 4)):
        pace(done, total, "note")
    assert pace.seconds_per_step == pytest.approx((2.0 + 1.0) / 2)
    assert told[1] == (1, 4, "note")
    assert Pace(lambda *progress: None).seconds_per_step is None
