"""One training loop for every stage: steps, dev scores, checkpoints, exact resume, collapse.

Nothing random is carried from step to step: the data of a step and its dropout are functions of (seed, step). So a
run that was killed continues from its last checkpoint with the very numbers that it would have had.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from xstilts.batching import Stream, UnitArray, input_tensors, micro_batches
from xstilts.compute import Compute
from xstilts.durable import damaged_files, publish_folder, read_manifest, remove_drafts
from xstilts.encoder import Encoder
from xstilts.errors import RunError
from xstilts.examples import Example
from xstilts.features import Features
from xstilts.heads import Head, Heads
from xstilts.kinds.base import TrainableKind
from xstilts.layers import renew
from xstilts.mixture import probabilities, schedule, steps
from xstilts.prediction import Progress, apply, head_outputs
from xstilts.scoring import headline_score, score_examples, scored_side
from xstilts.settings import Sampling, TrainingSettings
from xstilts.task import Task

_MANIFEST = "checkpoint.json"
_WORTH_TRIMMING = 0.9  # of the embeddings


@dataclass(frozen=True)
class DevSet:
    """Rows on which checkpoints are compared."""

    examples: Sequence[Example]
    features: Features
    language: str


@dataclass(frozen=True)
class TrainingTask:
    """One task of a stage.

    Attributes:
        task: The task.
        kind: Its kind.
        features: Training features of all its languages, one after the other.
        language_units: How many units of the features each language has.
        dev: Its dev set; None if the last step is to be taken.
    """

    task: Task
    kind: TrainableKind
    features: Features
    language_units: tuple[int, ...]
    dev: DevSet | None


@dataclass
class Evaluation:
    """Dev scores at one step: task -> metric -> points, and the training loss since the evaluation before."""

    step: int
    train_loss: float
    dev: dict[str, dict[str, float]]
    score: float | None


@dataclass
class Course:
    """What must be known to continue: where the run stands, what it saw, and what that took (pieces, seconds)."""

    step: int = 0
    best_step: int = 0
    best_score: float = -math.inf
    evaluations: list[Evaluation] = field(default_factory=list)
    since_best: int = 0
    loss_sum: float = 0.0
    loss_steps: int = 0
    pieces: int = 0
    seconds: float = 0.0

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Course:
        """The inverse of `asdict`."""
        return cls(**{**data, "evaluations": [Evaluation(**evaluation) for evaluation in data["evaluations"]]})


class TrainingRun:
    """One run of one stage with one seed.

    Args:
        encoder: The encoder to train; its weights are changed.
        heads: Task name -> head.
        tasks: What to train on.
        settings: Hyperparameters.
        sampling: How tasks are drawn.
        seed: Seed of data order, task order and dropout.
        compute: The device.
        pad_id: Piece id of padding.
        folder: Where checkpoints are kept while the run lasts.
        checkpoint_seconds: Time between checkpoints.
        progress: Called with steps done, steps in all, and a note.
    """

    def __init__(
        self,
        encoder: Encoder,
        heads: dict[str, Head],
        tasks: Sequence[TrainingTask],
        settings: TrainingSettings,
        sampling: Sampling,
        seed: int,
        compute: Compute,
        pad_id: int,
        folder: Path,
        checkpoint_seconds: float,
        progress: Progress,
    ) -> None:
        self.encoder, self.tasks, self.settings, self.seed = encoder, list(tasks), settings, seed
        self.compute, self.pad_id, self.folder = compute, pad_id, folder
        self.checkpoint_seconds, self.progress = checkpoint_seconds, progress
        self.heads = Heads(heads)
        self._trim()
        self.learner = nn.ModuleDict({"encoder": encoder.model, "heads": self.heads})
        self.learner.to(compute.device)
        self.optimizer = _optimizer(self.learner, settings)
        sizes = {task.task.name: task.features.units for task in self.tasks}
        self.steps = settings.max_steps or steps(sizes, sampling, settings.epochs, settings.batch_size)
        self.plan = schedule(probabilities(sizes, sampling), self.steps, seed)
        exponent = settings.language_exponent
        self.streams = [Stream(task.language_units, seed, at, exponent) for at, task in enumerate(self.tasks)]
        self.course = Course()

    def run(self) -> Course:
        """Trains, or continues where a killed run left off; the learner ends with the selected weights.

        Raises:
            RunError: If the loss is not a number.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_drafts(self.folder)
        self._resume()
        due = {round((at + 1) * self.steps / self.settings.evaluations) for at in range(self.settings.evaluations)}
        written = began = time.monotonic()
        while self.course.step < self.steps and not self._out_of_patience():
            self._step()
            if self.course.step in due:
                self._evaluate()
            now = time.monotonic()
            self.course.seconds, began = self.course.seconds + now - began, now
            if now - written > self.checkpoint_seconds:
                self._checkpoint()
                written = time.monotonic()
        if self.course.best_step not in (0, self.course.step):
            self._load_weights(self.folder / f"best-{self.course.best_step}" / "weights.safetensors")
        self.encoder.make_whole(self._decay(self.course.best_step))
        return self.course

    def _trim(self) -> None:
        """Leaves the embeddings that the stage looks up, where that is worth it and no loss needs the others."""
        if any(task.kind.self_supervised for task in self.tasks):
            return
        sets = [task.features for task in self.tasks] + [task.dev.features for task in self.tasks if task.dev]
        asked = [np.asarray([self.pad_id]), *(np.unique(features.ragged("input_ids").values) for features in sets)]
        pieces = np.unique(np.concatenate(asked)).astype(np.int64)
        if len(pieces) <= _WORTH_TRIMMING * self.encoder.model.get_input_embeddings().num_embeddings:
            self.encoder.trim(pieces)

    def _decay(self, steps: int) -> float:
        """What weight decay alone leaves of a weight after so many steps."""
        rates = [_linear_schedule(step, self.steps, self.settings.warmup) for step in range(steps)]
        return math.prod(1 - self.settings.learning_rate * rate * self.settings.weight_decay for rate in rates)

    def at_chance(self) -> list[str]:
        """Tasks whose selected dev score is within a standard error of what a constant prediction scores."""
        selected = [e for e in self.course.evaluations if e.step == self.course.best_step]
        stuck = []
        for task in self.tasks:
            if task.dev is None or not selected:
                continue
            chance = _constant_score(task, task.dev)
            error = 100.0 * math.sqrt(chance / 100 * (1 - chance / 100) / len(scored_side(task.dev.examples)))
            if selected[0].dev[task.task.name]["score"] <= chance + error:
                stuck.append(task.task.name)
        return stuck

    def collapsed(self) -> bool:
        """Whether training came to nothing: every task that has a dev set is at chance.

        A small task of a mixture may stay at chance while the others are learned; that is no collapse.
        """
        with_dev = [task for task in self.tasks if task.dev is not None]
        return bool(with_dev) and len(self.at_chance()) == len(with_dev)

    def dev_scores(self, task: Task, kind: TrainableKind, dev: DevSet, head: Head) -> dict[str, float]:
        """What a head on the encoder, as it is now, scores on a dev set of its task: metric -> value.

        Beside the task's metrics, in points: `score` (its headline), `loss`, and what its kind says of probabilities.
        """
        outputs = head_outputs(
            self.encoder,
            head,
            kind,
            dev.features,
            self.compute,
            pad_id=self.pad_id,
            precision=self.settings.precision,
            with_loss=True,
        )
        table = kind.decode(dev.examples, dev.features, outputs.rows)
        predictions = dict(zip(table["id"].to_pylist(), table["prediction"].to_pylist(), strict=True))
        scored = score_examples(task, dev.examples, predictions, dev.language)
        values = {metric.metric: metric.value for metric in scored if metric.value is not None}
        confidence = kind.confidence(dev.examples, table)
        return {**values, **confidence, "loss": outputs.loss, "score": headline_score(scored)}

    def record(self) -> dict[str, Any]:
        """What is kept of the run, but for the time it took: its course and its size."""
        course = self.course
        return {
            "steps": course.step,
            "planned_steps": self.steps,
            "best_step": course.best_step,
            "units": {task.task.name: task.features.units for task in self.tasks},
            "pieces": course.pieces,
            "parameters": sum(weight.numel() for weight in self.encoder.model.parameters()),
            "evaluations": [asdict(evaluation) for evaluation in course.evaluations],
        }

    def _out_of_patience(self) -> bool:
        return self.settings.patience is not None and self.course.since_best >= self.settings.patience

    def _step(self) -> None:
        step = self.course.step
        at = int(self.plan[step])
        task = self.tasks[at]
        position = int((self.plan[:step] == at).sum()) * self.settings.batch_size
        units = self.streams[at].take(position, self.settings.batch_size)
        seed = _mixed(self.seed, step)
        torch.manual_seed(seed)
        loss = self._accumulate(task, units, seed)
        if not math.isfinite(loss):
            shutil.rmtree(self.folder, ignore_errors=True)  # its checkpoints lead to the same end
            raise RunError(f"the loss of {task.task.name} is {loss} at step {step}: lower the learning rate")
        nn.utils.clip_grad_norm_(self.learner.parameters(), self.settings.max_grad_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * _linear_schedule(step, self.steps, self.settings.warmup)
        self.optimizer.step()
        renew(self.encoder.model)
        self.optimizer.zero_grad(set_to_none=True)
        self.course.step += 1
        self.course.loss_sum += loss
        self.course.loss_steps += 1
        self.progress(self.course.step, self.steps, f"loss {loss:.3f}")

    def _accumulate(self, task: TrainingTask, units: UnitArray, seed: int) -> float:
        """Adds up the gradient of the mean loss of some units; returns that loss."""
        self.learner.train()
        head = self.heads[task.task.name]
        batches = []
        budget = math.inf if task.kind.whole_steps else self.compute.training_pieces
        for rows in micro_batches(task.features, units, budget, padded=not self.encoder.packs):
            inputs = input_tensors(task.features, rows, self.pad_id)
            self.course.pieces += int(task.features.lengths[rows].sum())
            batches.append((inputs, task.kind.targets(task.features, rows, inputs["input_ids"].shape[1], seed)))
        items = max(sum(task.kind.loss_items(targets) for _, targets in batches), 1)
        total = 0.0
        for inputs, targets in batches:
            whole = {**inputs, **{name: torch.from_numpy(array) for name, array in targets.items()}}
            batch = {name: tensor.to(self.compute.device) for name, tensor in whole.items()}
            outputs = apply(self.encoder, head, batch, self.compute, self.settings.precision)
            loss = head.loss(outputs, batch) / items
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
        return total

    def _evaluate(self) -> None:
        course = self.course
        dev = {
            task.task.name: self.dev_scores(task.task, task.kind, task.dev, self.heads[task.task.name])
            for task in self.tasks
            if task.dev is not None
        }
        score = float(np.mean([scores["score"] for scores in dev.values()])) if dev else None
        course.evaluations.append(Evaluation(course.step, course.loss_sum / max(course.loss_steps, 1), dev, score))
        course.loss_sum, course.loss_steps = 0.0, 0
        if score is None:
            course.best_step = course.step
        elif score > course.best_score:
            course.best_score, course.best_step, course.since_best = score, course.step, 0
            with publish_folder(self.folder / f"best-{course.step}", _MANIFEST, {}) as draft:
                save_file(self._weights(), draft / "weights.safetensors")
            self._prune()
        else:
            course.since_best += 1

    def _weights(self) -> dict[str, Tensor]:
        return {name: tensor.detach().cpu().contiguous() for name, tensor in self.learner.state_dict().items()}

    def _load_weights(self, path: Path) -> None:
        self.learner.load_state_dict(load_file(path))
        renew(self.encoder.model)

    def _checkpoint(self) -> None:
        """Publishes weights, optimizer and course, then removes what they replace."""
        tensors = {f"weights/{name}": tensor for name, tensor in self._weights().items()}
        for name, parameter in self.learner.named_parameters():
            for key, value in self.optimizer.state.get(parameter, {}).items():
                tensors[f"optimizer/{key}/{name}"] = value.detach().cpu().contiguous()
        target = self.folder / f"checkpoint-{self.course.step}"
        with publish_folder(target, _MANIFEST, {"course": asdict(self.course)}) as draft:
            save_file(tensors, draft / "state.safetensors")
        self._prune()

    def _prune(self) -> None:
        """Keeps the newest checkpoint and the best weights that it, or the run, refers to."""
        checkpoints = self._checkpoints()
        keep = {f"best-{self.course.best_step}"}
        if checkpoints:
            newest, course = checkpoints[-1]
            keep |= {newest.name, f"best-{course.best_step}"}
        for path in (*self.folder.glob("checkpoint-*"), *self.folder.glob("best-*")):
            if path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)

    def _checkpoints(self) -> list[tuple[Path, Course]]:
        """Whole checkpoints, oldest first."""
        found = []
        for path in self.folder.glob("checkpoint-*"):
            manifest = read_manifest(path, _MANIFEST)
            if manifest is not None:
                found.append((path, Course.from_json(manifest["course"])))
        return sorted(found, key=lambda entry: entry[1].step)

    def _resume(self) -> None:
        for path in (*self.folder.glob("checkpoint-*"), *self.folder.glob("best-*")):
            if not _is_whole(path):  # what is there stays there, so it would be in the way of the whole one
                shutil.rmtree(path)
        for path, course in reversed(self._checkpoints()):
            if course.best_score > -math.inf and not (self.folder / f"best-{course.best_step}").is_dir():
                continue
            tensors = load_file(path / "state.safetensors")
            self.learner.load_state_dict({k[8:]: v for k, v in tensors.items() if k.startswith("weights/")})
            renew(self.encoder.model)
            for name, parameter in self.learner.named_parameters():
                state = {}
                for key in ("step", "exp_avg", "exp_avg_sq"):
                    if (value := tensors.get(f"optimizer/{key}/{name}")) is not None:
                        state[key] = value.to(parameter.device)
                if state:
                    self.optimizer.state[parameter] = state
            self.course = course
            break
        # What a killed run selected after its last checkpoint will be selected again.
        for path in self.folder.glob("best-*"):
            if int(path.name.removeprefix("best-")) > self.course.best_step:
                shutil.rmtree(path)


def _constant_score(task: TrainingTask, dev: DevSet) -> float:
    constant = task.kind.constant_predictions(dev.examples)
    predictions = {row.id: answer for row, answer in zip(scored_side(dev.examples), constant, strict=True)}
    return headline_score(score_examples(task.task, dev.examples, predictions, dev.language))


def _is_whole(folder: Path) -> bool:
    manifest = read_manifest(folder, _MANIFEST)
    return manifest is not None and not damaged_files(folder, manifest)


def _optimizer(learner: nn.Module, settings: TrainingSettings) -> torch.optim.AdamW:
    decayed = [p for p in learner.parameters() if p.ndim > 1]
    plain = [p for p in learner.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, fused=True)


def _linear_schedule(step: int, steps: int, warmup: float) -> float:
    """The learning rate's factor at a step (from 0): up to 1 over the warm-up, then down to 0 after the last step."""
    rising = math.ceil(steps * warmup)
    if step < rising:
        return (step + 1) / rising
    return (steps - step) / max(steps - rising, 1)


def _mixed(seed: int, step: int) -> int:
    """One well-mixed 63-bit seed from two numbers."""
    return int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0] >> np.uint64(1))
