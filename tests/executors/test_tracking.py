"""What trackers are told of training, read back from what they wrote."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from xstilts.errors import InputError
from xstilts.executors.tracking import Tracking, check_trackers
from xstilts.executors.watching import Watcher
from xstilts.stage import DataRef, ScoreSpec, Stage, TrainedTask, TrainSpec

REF = DataRef("nli", 1, {"kind": "k"}, "en", "train", "d")
SPEC = TrainSpec(
    "e", None, False, (TrainedTask("nli", (REF,), REF),), None, {"learning_rate": 0.5, "patience": None}, 3, None
)
STAGE = Stage(SPEC, "train nano → nli (seed 3)")
RECORD = {
    "seconds": 2.5,
    "training": {
        "steps": 20,
        "best_step": 10,
        "pieces": 640,
        "evaluations": [
            {"step": 10, "train_loss": 0.75, "dev": {"nli": {"accuracy": 60.0}}, "score": 60.0},
            {"step": 20, "train_loss": 0.25, "dev": {"nli": {"accuracy": 55.0}}, "score": 55.0},
        ],
    },
}
CURVES = {
    "train/loss": [(10, 0.75), (20, 0.25)],
    "dev/nli/accuracy": [(10, 60.0), (20, 55.0)],
    "seconds": [(20, 2.5)],
    "pieces": [(20, 640.0)],
    "best_step": [(20, 10.0)],
}


class Listening(Watcher):
    def __init__(self):
        self.heard = []

    def finished(self, stage, seconds, record):
        self.heard.append(stage.kind)


def told(name: str, out: Path) -> Tracking:
    tracking = Tracking(Listening(), [name], "study", out)
    tracking.finished(STAGE, 3.0, RECORD)
    tracking.finished(Stage(ScoreSpec("p", REF, ("accuracy",)), "score"), 1.0, {})
    assert tracking._screen.heard == ["train", "score"]
    assert tracking.problems == []
    return tracking


def test_tensorboard_has_the_curves_in_its_event_file(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    told("tensorboard", tmp_path)
    (folder,) = (tmp_path / "tracking").iterdir()
    assert folder.name == f"nano.nli--seed-3-{STAGE.key[:8]}"
    events = EventAccumulator(str(folder))
    events.Reload()
    found = {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    assert found == CURVES
    (settings,) = folder.glob("*/hparams.yml")
    assert "learning_rate: 0.5" in settings.read_text()
    assert "patience" not in settings.read_text()


@pytest.mark.parametrize("said", [True, False])
def test_mlflow_has_the_curves_in_a_store_of_files(tmp_path, monkeypatch, said):
    import mlflow
    from mlflow.tracking import MlflowClient

    place = tmp_path / ("runs" if said else "tracking/mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    mlflow.set_tracking_uri(place.as_uri() if said else None)
    told("mlflow", tmp_path)
    assert place.is_dir()
    client = MlflowClient()
    (experiment,) = client.search_experiments(filter_string="name = 'study'")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.run_name == f"nano.nli--seed-3-{STAGE.key[:8]}"
    assert run.info.status == "FINISHED"
    assert run.data.params["learning_rate"] == "0.5"
    found = {
        name: [(one.step, one.value) for one in client.get_metric_history(run.info.run_id, name)]
        for name in run.data.metrics
    }
    assert found == CURVES


def test_wandb_writes_its_file_without_a_network(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    told("wandb", tmp_path)
    (file,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    # A process of its own writes the file, and may still do so when the run is over for us.
    for _ in range(300):
        if b"dev/nli/accuracy" in file.read_bytes():
            break
        time.sleep(0.1)
    assert b"dev/nli/accuracy" in file.read_bytes()
    assert b"learning_rate" in file.read_bytes()


def test_a_tracker_that_fails_is_named_once_and_the_run_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(Tracking, "_tracker", lambda *_: 1 / 0)
    tracking = Tracking(Listening(), ["tensorboard"], "study", tmp_path)
    for _ in range(2):
        tracking.finished(STAGE, 3.0, RECORD)
    assert tracking.problems == ["tensorboard is not told any more: ZeroDivisionError: division by zero"]
    assert tracking._screen.heard == ["train", "train"]


def test_a_tracker_that_is_not_there_is_named_before_anything_runs(monkeypatch):
    with pytest.raises(InputError, match="did you mean 'tensorboard'"):
        check_trackers(["tensorbord"])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install wandb"):
        check_trackers(["wandb"])


def test_what_is_told_is_plain_json(tmp_path):
    from xstilts.executors.tracking import curves_of, settings_of

    assert json.loads(json.dumps(settings_of(SPEC, "k")))["tasks"] == "nli"
    assert [step for step, _ in curves_of(RECORD)] == [10, 20, 20]
