"""Training on the boards of others: TensorBoard, Weights & Biases, MLflow, through the trackers of Accelerate.

A tracker is told what a stage's record says: the dev scores and the training loss at each evaluation, and then the time
that it took. It is told when a stage is finished, by the process that leads, wherever the stage ran, so that curves of
stages that were killed and resumed are whole. Nothing hangs on it: what a tracker cannot do is said once, and the run
goes on. `log.jsonl` is written in any case.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.errors import InputError, nearest
from xstilts.executors.watching import Watcher
from xstilts.stage import TrainSpec

if TYPE_CHECKING:
    from xstilts.executors.failures import Failure
    from xstilts.stage import Stage

TRACKERS = {"tensorboard": "tensorboard", "wandb": "wandb", "mlflow": "mlflow"}
"""Name of a tracker -> the module that it needs."""
FOLDER = "tracking"
"""Beside a study's results: what TensorBoard reads, and MLflow where nothing says where its store is."""


def check_trackers(names: Sequence[str]) -> None:
    """Every tracker is known and installed.

    Raises:
        InputError: If one is not.
    """
    for name in names:
        if name not in TRACKERS:
            raise InputError(
                "there is no such tracker",
                where="--track",
                found=name,
                expected=", ".join(TRACKERS),
                fix=nearest(name, list(TRACKERS)),
            )
        if importlib.util.find_spec(TRACKERS[name]) is None:
            raise InputError(
                f"{name} is not installed",
                where="--track",
                fix=f"pip install {name}, or pip install 'xstilts[tracking]'",
            )


class Tracking(Watcher):
    """Passes events on to another watcher, and what finished training stages say to trackers.

    Args:
        screen: The other watcher.
        names: Of trackers; see `check_trackers`.
        study: The study's name: project or experiment.
        out: The study's folder.
    """

    def __init__(self, screen: Watcher, names: Sequence[str], study: str, out: Path) -> None:
        check_trackers(names)
        self._screen, self._names, self._study, self._out = screen, tuple(dict.fromkeys(names)), study, out
        self._silent: set[str] = set()
        self.problems: list[str] = []

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        """Tells the trackers of a training stage."""
        self._screen.finished(stage, seconds, record)
        if not isinstance(stage.spec, TrainSpec):
            return
        for name in self._names:
            if name in self._silent:
                continue
            try:
                self._tell(name, stage, stage.spec, record)
            except Exception as error:  # of many kinds: accounts, networks, disks; none of them may end a run
                self._silent.add(name)
                said = next((line for line in str(error).splitlines() if line.strip()), "")
                self.problems.append(f"{name} is not told any more: {type(error).__name__}: {said}")

    def _tell(self, name: str, stage: Stage, spec: TrainSpec, record: Mapping[str, Any]) -> None:
        from accelerate.state import PartialState

        PartialState(cpu=True)  # trackers ask it who leads
        tracker = self._tracker(name, f"{_as_name(stage.title)}-{stage.key[:8]}")
        tracker.start()
        try:
            tracker.store_init_configuration(settings_of(spec, stage.key))
            for step, values in curves_of(record):
                tracker.log(values, step=step)
        finally:
            tracker.finish()

    def _tracker(self, name: str, run: str) -> Any:
        from accelerate import tracking

        if name == "tensorboard":
            return tracking.TensorBoardTracker(run, str(self._out / FOLDER))
        if name == "wandb":
            return tracking.WandBTracker(self._study, name=run, dir=str(self._out), reinit=True)
        import mlflow

        if not mlflow.is_tracking_uri_set():  # type: ignore[no-untyped-call] # its own default is a database that the small package cannot open
            os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
            mlflow.set_tracking_uri((self._out / FOLDER / "mlflow").resolve().as_uri())
        return tracking.MLflowTracker(self._study, run_name=run)

    def fetching(self, what: str) -> None:
        """Passed on."""
        self._screen.fetching(what)

    def reading(self, what: str) -> None:
        """Passed on."""
        self._screen.reading(what)

    def begin(self, stages: Sequence[Stage], finished: int) -> None:
        """Passed on."""
        self._screen.begin(stages, finished)

    def started(self, stage: Stage) -> None:
        """Passed on."""
        self._screen.started(stage)

    def damaged(self, kind: str, key: str, files: list[str]) -> None:
        """Passed on."""
        self._screen.damaged(kind, key, files)

    def waiting(self, stage: Stage) -> None:
        """Passed on."""
        self._screen.waiting(stage)

    def progressed(self, stage: Stage, done: int, total: int, note: str) -> None:
        """Passed on."""
        self._screen.progressed(stage, done, total, note)

    def failed(self, stage: Stage, failure: Failure) -> None:
        """Passed on."""
        self._screen.failed(stage, failure)

    def skipped(self, stage: Stage, because: Stage) -> None:
        """Passed on."""
        self._screen.skipped(stage, because)

    def stopping(self) -> None:
        """Passed on."""
        self._screen.stopping()

    def end(self) -> None:
        """Passed on."""
        self._screen.end()


def settings_of(spec: TrainSpec, key: str) -> dict[str, bool | str | float | int]:
    """What a tracker lists of a stage: its tasks and hyperparameters; what is not said is left out."""
    settings = {name: value for name, value in spec.settings.items() if isinstance(value, bool | str | float | int)}
    return {"stage": key, "tasks": "+".join(task.task for task in spec.tasks), "seed": spec.seed, **settings}


def curves_of(record: Mapping[str, Any]) -> list[tuple[int, dict[str, float]]]:
    """What a stage's record says by step: `train/loss`, `dev/TASK/METRIC`, and at the last step what it took."""
    training = record["training"]
    curves = []
    for evaluation in training["evaluations"]:
        values = {"train/loss": float(evaluation["train_loss"])}
        for task, scores in evaluation["dev"].items():
            values |= {f"dev/{task}/{metric}": float(value) for metric, value in scores.items()}
        curves.append((int(evaluation["step"]), values))
    took = {"seconds": float(record["seconds"]), "pieces": float(training["pieces"])}
    return [*curves, (int(training["steps"]), {**took, "best_step": float(training["best_step"])})]


def _as_name(title: str) -> str:
    """A title as the name of a folder."""
    plain = title.removeprefix("train ").replace(" → ", ".")
    return "".join(sign if sign.isalnum() or sign in "._+-" else "-" for sign in plain).strip("-")
