from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tiny_study import TINY, tiny_study, write_data, write_working_encoder

from xstilts import stages
from xstilts.errors import InputError, RunError
from xstilts.executors.failures import Failure
from xstilts.executors.watching import Watcher
from xstilts.journal import stage_states
from xstilts.results import Results, schema
from xstilts.running import run_study
from xstilts.stage import Stage


class Counting(Watcher):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.wrong: dict[str, str] = {}
        self.announced: tuple[int, int] | None = None

    def begin(self, stages: Sequence[Stage], finished: int) -> None:
        self.announced = (len(stages), finished)

    def started(self, stage: Stage) -> None:
        self.ran.append(stage.title)

    def failed(self, stage: Stage, failure: Failure) -> None:
        self.wrong[stage.title] = failure.reason


def run(folder: Path, **changes: Any) -> tuple[Results, Counting]:
    watcher = Counting()
    results = run_study(tiny_study(folder, **changes), out=folder / "out", device="cpu", offline=True, watcher=watcher)
    return results, watcher


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data and encoder."""
    folder = tmp_path_factory.mktemp("running")
    write_data(folder)
    write_working_encoder(folder)
    return folder


@pytest.fixture(scope="module")
def finished(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny study, run."""
    folder = tmp_path_factory.mktemp("finished")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    run(folder)
    return folder


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    """A finished run that may be spoiled."""
    return Path(shutil.copytree(finished, tmp_path / "copy"))


@pytest.fixture
def fresh(prepared: Path, tmp_path: Path) -> Path:
    """Data and encoder that may be spoiled."""
    return Path(shutil.copytree(prepared, tmp_path / "fresh"))


# Two recipes train own_nli, one of them own_qa before it; the bitext is retrieved with and without own_qa.
TRAINED = ["train own_nli (seed 1)", "train own_qa (seed 1)", "train own_qa → own_nli (seed 1)"]
STAGES = len(TRAINED) + 2 * (2 * 2 + 2)


def test_a_run_leaves_the_study_plan_table_page_and_log(finished):
    tables = {"results.parquet", "costs.parquet", "dev.parquet", "samples.parquet"}
    names = {"study.yaml", "plan.json", "report.html", "log.jsonl", *tables}
    assert {path.name for path in (finished / "out").iterdir()} == names
    assert "tiny" in (finished / "out" / "report.html").read_text(encoding="utf-8")
    events = [json.loads(line) for line in (finished / "out" / "log.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events] == ["started", "finished"] * STAGES
    assert [event["title"] for event in events if event["kind"] == "train" and event["event"] == "started"] == TRAINED
    assert {state["state"] for state in stage_states(finished / "out")} == {"done"}
    assert not list((finished / "store" / "partial").iterdir())


def test_the_table_has_a_row_per_language_metric_and_variant(finished):
    table = Results.read(finished / "out").table
    assert dict(table.schema) == schema()
    nli = table.filter(pl.col("target") == "own_nli").sort("recipe", "language")
    assert nli.select("recipe", "language", "metric", "zero_shot", "gold", "examples").rows() == [
        ("direct", "de", "accuracy", True, "gold", 6),
        ("direct", "en", "accuracy", False, "gold", 6),
        ("qa", "de", "accuracy", True, "gold", 6),
        ("qa", "en", "accuracy", False, "gold", 6),
    ]
    # The value is that of the statistics: right answers of six.
    for value, statistics in nli.select("value", "statistics").iter_rows():
        assert value == pytest.approx(100 * sum(statistics[::2]) / 6)
        assert statistics[1::2] == [1.0] * 6
    bitext = table.filter(pl.col("target") == "own_bitext")
    # Embeddings and two layers, of which the one at 14/24 of the depth counts, per recipe.
    assert sorted(bitext.get_column("layer").to_list()) == [0, 0, 1, 1, 2, 2]
    assert bitext.filter("headline").get_column("layer").to_list() == [1, 1]
    assert table.height == 4 + 6


def test_a_second_run_runs_nothing_and_gives_the_same_table(copy):
    before = Results.read(copy / "out").table
    results, watcher = run(copy)
    assert (watcher.ran, watcher.announced) == ([], (0, STAGES))
    assert results.table.equals(before)


def test_weights_and_predictions_may_be_deleted_once_scores_are_there(copy):
    before = Results.read(copy / "out").table
    for kind in ("train", "predict", "features"):
        shutil.rmtree(copy / "store" / kind)
    results, watcher = run(copy)
    assert watcher.ran == []
    assert results.table.equals(before)


def folder_of(copy: Path, title: str) -> Path:
    (state,) = [state for state in stage_states(copy / "out") if state["title"] == title]
    return copy / "store" / state["kind"] / state["key"]


@pytest.mark.parametrize(
    ("deleted", "again"),
    [
        (["score own_nli de test by own_nli (seed 1)"], ["score own_nli de test by own_nli (seed 1)"]),
        (
            ["score own_nli de test by own_nli (seed 1)", "predict own_nli de test by own_nli (seed 1)"],
            ["predict own_nli de test by own_nli (seed 1)", "score own_nli de test by own_nli (seed 1)"],
        ),
        (["train own_nli (seed 1)"], []),
        (["predict own_nli de test by own_nli (seed 1)"], []),
    ],
)
def test_exactly_what_is_missing_and_needed_runs_again(copy, deleted, again):
    before = Results.read(copy / "out").table
    for title in deleted:
        shutil.rmtree(folder_of(copy, title))
    results, watcher = run(copy)
    assert watcher.ran == again
    assert results.table.equals(before)


def test_a_damaged_score_is_made_again(copy):
    before = Results.read(copy / "out").table
    title = "score own_nli en test by own_nli (seed 1)"
    path = folder_of(copy, title) / "scores.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    results, watcher = run(copy)
    assert watcher.ran == [title]
    assert results.table.equals(before)


def test_another_study_uses_the_finished_stages_of_the_same_store(copy):
    targets = {"own_nli": {"evaluate": ["en", "de", "sw"]}}
    _, watcher = run(copy, name="more", targets=targets, recipes={"direct": []})
    assert watcher.ran == [f"{verb} own_nli sw test by own_nli (seed 1)" for verb in ("predict", "score")]


def test_a_failing_stage_stops_only_what_needs_it_and_a_later_run_completes(fresh, finished, monkeypatch):
    train = stages._run_train

    def broken(spec, stage, bench, record):
        if stage.title == "train own_qa (seed 1)":
            raise RuntimeError("the device fell off")
        train(spec, stage, bench, record)

    with monkeypatch.context() as patch:
        patch.setattr(stages, "_run_train", broken)
        watcher = Counting()
        with pytest.raises(RunError, match="RuntimeError: the device fell off") as raised:
            run_study(tiny_study(fresh), out=fresh / "out", device="cpu", watcher=watcher)
    assert raised.value.exit_code == 1
    assert watcher.wrong == {"train own_qa (seed 1)": "RuntimeError: the device fell off"}
    states = {state["title"]: state for state in stage_states(fresh / "out")}
    assert states["train own_qa (seed 1)"]["state"] == "failed"
    assert states["train own_qa (seed 1)"]["reason"] == "RuntimeError: the device fell off"
    for title, state in states.items():
        if title != "train own_qa (seed 1)":
            assert state["state"] == ("skipped" if "own_qa" in title else "done"), title
    assert set(Results.read(fresh / "out").table.get_column("recipe")) == {"direct"}
    assert (fresh / "out" / "report.html").is_file()
    (failure,) = [e for e in map(json.loads, (fresh / "out" / "log.jsonl").open()) if e["event"] == "failed"]
    assert "Traceback" in failure["detail"]

    results, watcher = run(fresh)
    assert all("own_qa" in title for title in watcher.ran)
    assert "train own_qa (seed 1)" in watcher.ran
    assert {state["state"] for state in stage_states(fresh / "out")} == {"done"}
    assert results.table.equals(Results.read(finished / "out").table)


def test_training_that_diverges_is_a_failure_that_says_what_to_do(fresh):
    training = {**TINY["training"], "learning_rate": 1e30}
    with pytest.raises(RunError, match=r"the loss of own_nli is (nan|inf) at step \d+: lower the learning rate"):
        run(fresh, training=training, recipes={"direct": []}, targets={"own_nli": {"evaluate": ["en"]}})
    assert not (fresh / "store" / "score").exists()


HIDDEN = '''\
"""Texts of which one split has no labels."""
from xstilts.data.examples import TextExample
from xstilts.kinds.classification import Classification
from xstilts.data.sources import Files
from xstilts.task import Task

def read(paths, drops):
    for number, line in enumerate(paths[0].read_text().splitlines()):
        label, text = line.split("\\t")
        yield TextExample(str(number), text, None, label or None)

TASK = Task(
    name="own", kind=Classification(labels=("a", "b")), languages="en sw",
    sources=(Files("own/{language}-{split}.tsv", read, ("train", "dev", "test")),),
)
'''


def write_own(folder: Path, rows: str, test: str) -> dict[str, Any]:
    """A task of the user's own; returns what a study says of it."""
    (folder / "own.py").write_text(HIDDEN)
    (folder / "own").mkdir()
    for name in ("en-train", "en-dev"):
        (folder / "own" / f"{name}.tsv").write_text(rows)
    for name in ("en-test", "sw-test"):
        (folder / "own" / f"{name}.tsv").write_text(test)
    return {"task_files": ["own.py"], "tasks": {}, "recipes": {"direct": []}, "targets": {"own": {}}}


def run_own(folder: Path, study: dict[str, Any]) -> pl.DataFrame:
    read = tiny_study(folder, **study)
    return run_study(read, data_dir=folder, out=folder / "out", device="cpu").table


def test_rows_with_hidden_labels_are_predicted_and_not_scored(fresh):
    study = write_own(fresh, "a\tred\nb\tblue\n" * 4, "\tred\n\tblue\n\told\n")
    table = run_own(fresh, study)
    rows = table.select("language", "value", "gold", "examples", "width").rows()
    assert rows == [("en", None, "hidden", 3, 0), ("sw", None, "hidden", 3, 0)]
    (folder,) = [
        fresh / "store" / "predict" / state["key"]
        for state in stage_states(fresh / "out")
        if state["title"].startswith("predict own sw")
    ]
    predictions = pl.read_parquet(folder / "predictions.parquet")
    assert predictions.get_column("id").to_list() == ["0", "1", "2"]
    assert set(predictions.get_column("prediction")) <= {"a", "b"}


def test_training_on_hidden_labels_is_refused(fresh):
    study = write_own(fresh, "a\tred\n\tblue\n" * 4, "a\tred\n")
    with pytest.raises(InputError, match="row 1: own train of en has hidden labels"):
        run_own(fresh, study)
    assert not (fresh / "out").exists()


def record_of(folder: Path, title: str) -> dict[str, Any]:
    (key,) = [state["key"] for state in stage_states(folder / "out") if state["title"] == title]
    return dict(json.loads((folder / "store" / "train" / key / "stage.json").read_text()))


def test_a_stage_that_stays_at_chance_is_trained_again_once_and_marked(fresh):
    # Equal texts with both labels: whatever is learned, the prediction is constant.
    study = write_own(fresh, "a\tsame\nb\tsame\n" * 8, "a\tsame\nb\tsame\n")
    table = run_own(fresh, {**study, "training": {**TINY["training"], "collapse_retries": 1}})
    assert table.get_column("collapsed").to_list() == [True, True]
    assert table.get_column("value").to_list() == [50.0, 50.0]
    record = record_of(fresh, "train own (seed 1)")
    assert (record["attempts"], record["at_chance"], record["collapsed"]) == (2, ["own"], ["train own (seed 1)"])


def test_shuffled_labels_are_marked_as_collapsed_too(fresh):
    words = [f"word{number}" for number in range(16)]
    # Every text stands in dev once with each label, so no prediction can be right more than half of the time.
    rows = "".join(f"{label}\t{word}\n" for word in words for label in "ab")
    table = run_own(fresh, write_own(fresh, rows, "a\tword0\nb\tword1\n"))
    assert table.get_column("collapsed").to_list() == [True, True]
    assert record_of(fresh, "train own (seed 1)")["attempts"] == 1  # the tiny study allows no second attempt


def test_a_stage_that_learns_is_not_marked(fresh):
    study = write_own(fresh, "a\tred\nb\tblue\n" * 8, "a\tred\nb\tblue\n")
    training = {**TINY["training"], "max_steps": 30, "batch_size": 8, "collapse_retries": 1}
    table = run_own(fresh, {**study, "training": training})
    assert table.get_column("value").to_list() == [100.0, 100.0]
    assert not table.get_column("collapsed").any()
    assert record_of(fresh, "train own (seed 1)")["attempts"] == 1


def test_a_wrong_study_leaves_no_files(fresh):
    before = sorted(fresh.rglob("*"))
    study = {**TINY, "targets": {"own_nli": {"evaluate": ["zz"]}}}
    read = tiny_study(fresh, **study)
    (fresh / "study.yaml").unlink()
    with pytest.raises(InputError):
        run_study(read, out=fresh / "out")
    assert sorted(fresh.rglob("*")) == before


def test_a_folder_that_no_run_wrote_is_refused(tmp_path):
    with pytest.raises(InputError, match="not the folder of a run"):
        stage_states(tmp_path)
    with pytest.raises(InputError, match="there are no results here"):
        Results.read(tmp_path)


def test_a_joint_stage_collapses_only_if_nothing_in_it_is_learned(fresh):
    learned = write_own(fresh, "a\tred\nb\tblue\n" * 8, "a\tred\nb\tblue\n")
    (fresh / "hopeless.py").write_text(HIDDEN.replace('"own"', '"hopeless"').replace("own/", "hopeless/"))
    (fresh / "hopeless").mkdir()
    for name in ("en-train", "en-dev"):
        (fresh / "hopeless" / f"{name}.tsv").write_text("a\tsame\nb\tsame\n" * 8)
    study = {
        **learned,
        "task_files": ["own.py", "hopeless.py"],
        "recipes": {"joint": [{"tasks": ["own", "hopeless"], "sampling": "uniform"}]},
        "training": {**TINY["training"], "max_steps": 60, "batch_size": 8, "collapse_retries": 1},
    }
    table = run_own(fresh, study)
    record = record_of(fresh, "train own+hopeless (seed 1)")
    assert (record["attempts"], record["at_chance"], record["collapsed"]) == (1, ["hopeless"], [])
    assert not table.get_column("collapsed").any()


def test_ids_that_repeat_are_found_before_anything_is_trained(fresh):
    study = write_own(fresh, "a\tred\nb\tblue\n" * 4, "a\tred\n")
    text = (fresh / "own.py").read_text()
    (fresh / "own.py").write_text(text.replace("str(number)", '"same"'))
    with pytest.raises(InputError, match="an id is not unique"):
        run_own(fresh, study)
    assert not (fresh / "out").exists()


def test_a_stage_keeps_no_dropout_of_the_stage_before(fresh):
    from xstilts.encoders.encoder import Encoder

    run(fresh, recipes={"direct": []}, targets={"own_nli": {"evaluate": ["en"]}})
    (trained,) = (fresh / "store" / "train").iterdir()
    pretrained = fresh / "encoder"
    config = json.loads((pretrained / "config.json").read_text())
    (pretrained / "config.json").write_text(json.dumps({**config, "hidden_dropout_prob": 0.3}))
    assert Encoder.load(trained, config_from=pretrained).model.config.hidden_dropout_prob == 0.3
    assert Encoder.load(trained, 0.2, config_from=pretrained).model.config.hidden_dropout_prob == 0.2


def test_weights_that_were_deleted_after_their_scores_are_not_waited_for(fresh):
    run(fresh, recipes={"direct": []}, targets={"own_nli": {"evaluate": ["en"]}})
    shutil.rmtree(fresh / "store" / "train")
    assert {state["state"] for state in stage_states(fresh / "out")} == {"done"}
