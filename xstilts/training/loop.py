"""One training loop for every stage: steps, dev scores, checkpoints, exact resume, collapse.

Nothing random is carried from step to step: the data of a step and its dropout are functions of (seed, step). So a
run that was killed continues from its last checkpoint with the very numbers that it would have had.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xstilts.data.features import Features
from xstilts.encoders.encoder import Encoder
from xstilts.encoders.freezing import freeze
from xstilts.encoders.layers import renew
from xstilts.errors import RunError
from xstilts.inference.prediction import Progress, apply, head_outputs
from xstilts.kinds.base import TrainableKind
from xstilts.scoring import headline_score, score_examples
from xstilts.settings import Sampling, TrainingSettings
from xstilts.stopping import Stop, StoppedError
from xstilts.task import Task
from xstilts.training.batching import Stream, UnitArray, input_tensors, micro_batches
from xstilts.training.checkpoints import Checkpoints
from xstilts.training.compute import Compute, forget_freed, is_out_of_memory, predicting_within_memory
from xstilts.training.course import Course, Evaluation
from xstilts.training.heads import Head, Heads
from xstilts.training.mixture import probabilities, schedule, steps
from xstilts.training.optimization import adamw, clipped_step, linear_schedule
from xstilts.training.parallel import Processes
from xstilts.training.sharding import join_rounds, load_parts, part_of, shard
from xstilts.training.training_task import DevSet, TrainingTask

_WEIGHTS = "weights/"  # and a name, in a checkpoint
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")  # of AdamW, by parameter
_WORTH_TRIMMING = 0.9  # of the embeddings


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
        stop: Says when to end after the running step.
        processes: Who else trains the stage; each has a run of its own, and one of them writes.
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
        stop: Stop | None = None,
        processes: Processes | None = None,
    ) -> None:
        self.encoder, self.tasks, self.settings, self.seed = encoder, list(tasks), settings, seed
        self.compute, self.pad_id, self.checkpoints = compute, pad_id, Checkpoints(folder)
        self.checkpoint_seconds, self.progress, self.processes = checkpoint_seconds, progress, processes or Processes()
        self._asked = stop or Stop()
        # Several processes stop at one step: what one is asked becomes the stop of all when they next add up gradients.
        self.stop = self._asked if self.processes.size == 1 else Stop()
        self.heads = Heads(heads)
        self._trim()
        if settings.frozen_layers is not None:
            with compute.autocast(settings.precision):
                freeze(encoder, settings.frozen_layers)
        half = compute.halves(settings.precision)
        self._shape = shard(encoder.model, compute.device, half=half) if self.processes.sharded else None
        self.learner = nn.ModuleDict({"encoder": encoder.model, "heads": self.heads})
        self.learner.to(compute.device)
        self.optimizer = adamw(self.learner, settings)
        sizes = {task.task.name: task.features.units for task in self.tasks}
        self.steps = settings.max_steps or steps(sizes, sampling, settings.epochs, settings.batch_size)
        self.plan = schedule(probabilities(sizes, sampling), self.steps, seed)
        exponent = settings.language_exponent
        self.streams = [Stream(task.language_units, seed, at, exponent) for at, task in enumerate(self.tasks)]
        self.course = Course()
        self._kept, self._written = 0, time.monotonic()  # the step of the newest checkpoint, and when it was written
        self._due = False  # several processes write it when the first one's clock says so

    def run(self) -> Course:
        """Trains, or continues where a killed run left off; the learner ends with the selected weights.

        Raises:
            RunError: If the loss is not a number, or a single row does not fit into memory.
            StoppedError: If that was asked for; what was done is in a checkpoint.
        """
        self.processes.told_by_first(self.checkpoints.clear)
        self._resume()
        room = self.processes.told_by_first(self.checkpoints.room)
        if room is not None and room < self.compute.training_pieces:
            self._take(room)
        try:
            self._train()
            if self.course.best_step not in (0, self.course.step):
                self.processes.told_by_first(self.checkpoints.wait)
                self._load_weights(self.checkpoints.best(self.course.best_step))
        except StoppedError:
            if self.course.step > self._kept:
                self._checkpoint()
            raise
        finally:
            self.checkpoints.close()
        if self._shape is not None:
            self.encoder.model = self.processes.put_together(self.encoder.model, self._shape, self.compute.device)
        self.optimizer.state.clear()
        forget_freed(self.compute)  # the whole embeddings come in its place
        if self.processes.is_first:
            self.encoder.make_whole(self._decay(self.course.best_step))
        return self.course

    def _train(self) -> None:
        due = {round((at + 1) * self.steps / self.settings.evaluations) for at in range(self.settings.evaluations)}
        began = time.monotonic()
        while True:
            # First of all, since a run may have been stopped while it was scored.
            if self.course.step in due - {0} and self.course.step not in [e.step for e in self.course.evaluations]:
                self._evaluate()
            now = time.monotonic()
            self.course.seconds, began = self.course.seconds + now - began, now
            if self.course.step >= self.steps or self._out_of_patience():
                return
            if self.course.step > self._kept and (self._is_time() if self.processes.size == 1 else self._due):
                self._checkpoint()
            self.stop.check()
            self._step()

    def _is_time(self) -> bool:
        return time.monotonic() - self._written > self.checkpoint_seconds

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
        """What weight decay alone leaves of an embedding after so many steps."""
        if self.settings.frozen_layers is not None:
            return 1.0
        rates = [linear_schedule(step, self.steps, self.settings.warmup) for step in range(steps)]
        return math.prod(1 - self.settings.learning_rate * rate * self.settings.weight_decay for rate in rates)

    def at_chance(self) -> list[str]:
        """Tasks whose selected dev score is within a standard error of what a constant prediction scores."""
        selected = [
            evaluation.dev for evaluation in self.course.evaluations if evaluation.step == self.course.best_step
        ]
        scores = {name: dev["score"] for name, dev in selected[0].items()} if selected else {}
        names = [(task, task.task.name) for task in self.tasks]
        return [name for task, name in names if name in scores and task.is_at_chance(scores[name])]

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
        sharded, compute = self.processes.sharded, self.compute
        if sharded:  # all compute the same batches, none may try smaller ones: as many as training has room for
            compute = replace(compute, prediction_pieces=compute.training_pieces)
        outputs, self.compute = predicting_within_memory(
            compute,
            lambda compute: head_outputs(
                self.encoder,
                head,
                kind,
                dev.features,
                compute,
                pad_id=self.pad_id,
                precision=self.settings.precision,
                with_loss=True,
                progress=lambda *_: self.stop.check() if self.processes.size == 1 else None,
            ),
            again=not sharded,
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
            "out_of_memory": [{"step": step, "pieces_at_once": pieces} for step, pieces in course.out_of_memory],
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
        loss = self._whole_gradient(task, units, _mixed(self.seed, step))
        if not math.isfinite(loss):
            self.processes.told_by_first(self.checkpoints.remove)  # they lead to the same end
            raise RunError(
                f"the loss of {task.task.name} is {loss} at step {step}: lower the learning rate", cause="diverged"
            )
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * linear_schedule(step, self.steps, self.settings.warmup)
        clipped_step(self.optimizer, self.settings.max_grad_norm)
        renew(self.encoder.model)
        self.optimizer.zero_grad(set_to_none=True)
        self.course.step += 1
        self.course.pieces += _pieces(task.features, units)
        self.course.loss_sum += loss
        self.course.loss_steps += 1
        self.progress(self.course.step, self.steps, f"loss {loss:.3f}")

    def _whole_gradient(self, task: TrainingTask, units: UnitArray, seed: int) -> float:
        """The gradient of the mean loss of a step's units, added up over all processes; returns that loss."""
        if self.processes.size == 1:
            return self._gradient(task, units, seed)[0]
        lengths = np.asarray([_pieces(task.features, units[at : at + 1]) for at in range(len(units))])
        mine = self.processes.part(units, lengths, task.kind.whole_steps)
        trained = dict.fromkeys([*self.encoder.model.parameters(), *self.heads[task.task.name].parameters()])
        flags = [self._asked.signal is not None, self.processes.is_first and self._is_time()]
        loss, (asking, self._due) = self.processes.step(lambda: self._gradient(task, mine, seed), list(trained), flags)
        if asking:
            self.stop.signal = self._asked.signal or signal.SIGTERM
        return loss

    def _gradient(self, task: TrainingTask, units: UnitArray, seed: int) -> tuple[float, float]:
        """The gradient of the loss of some units, in parts that fit into memory; returns that loss, and its items.

        Of one process alone it is the mean over items; otherwise their sum, which is divided when all are known.
        """
        while True:
            budget = math.inf if task.kind.whole_steps else self.compute.training_pieces
            parts = list(micro_batches(task.features, units, budget, padded=not self.encoder.packs))
            idle = self.processes.rounds(len(parts)) - len(parts)
            torch.manual_seed(seed + self.processes.rank)
            try:
                with self.processes.entwined(partial(self._note_room, task, parts)):
                    result = self._accumulate(task, parts, seed)
                    join_rounds(self.encoder, task.features, idle, self.compute, self.settings.precision, self.pad_id)
                return result
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if len(parts) == (1 if task.kind.whole_steps else len(units)):
                    raise RunError(_no_room(task), cause="out_of_memory") from error
            # Here, and not above, since an exception that is handled keeps the tensors of its frames.
            self._halve(_most_pieces(task, parts))

    def _halve(self, pieces: int) -> None:
        """Takes half as many pieces at a time as there was no room for, in this step and in those that follow."""
        self.optimizer.zero_grad(set_to_none=True)
        self._take(min(pieces, self.compute.training_pieces) // 2)

    def _take(self, pieces: int) -> None:
        """Takes no more than so many pieces at a time from now on."""
        self.compute = replace(self.compute, training_pieces=pieces)
        self.course.out_of_memory.append((self.course.step, pieces))
        forget_freed(self.compute)

    def _accumulate(self, task: TrainingTask, parts: Sequence[NDArray[np.int64]], seed: int) -> tuple[float, float]:
        """Adds up the gradient of the loss of all rows, part by part; returns that loss, and its items."""
        self.learner.train()
        head = self.heads[task.task.name]
        batches = []
        for rows in parts:
            inputs = input_tensors(task.features, rows, self.pad_id)
            batches.append((inputs, task.kind.targets(task.features, rows, inputs["input_ids"].shape[1], seed)))
        items = sum(task.kind.loss_items(targets) for _, targets in batches)
        divisor = max(items, 1) if self.processes.size == 1 else 1
        total = 0.0
        for inputs, targets in batches:
            whole = {**inputs, **{name: torch.from_numpy(array) for name, array in targets.items()}}
            batch = {name: tensor.to(self.compute.device) for name, tensor in whole.items()}
            outputs = apply(self.encoder, head, batch, self.compute, self.settings.precision)
            loss = head.loss(outputs, batch) / divisor
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
        return total, items

    def _note_room(self, task: TrainingTask, parts: Sequence[NDArray[np.int64]], error: Exception) -> None:
        """Keeps for the next start that there was no memory: sharded processes cannot try again where they are."""
        if is_out_of_memory(error):
            self.checkpoints.note_room(min(_most_pieces(task, parts), self.compute.training_pieces) // 2)

    def _evaluate(self) -> None:
        course = self.course
        sets = [(task, task.dev) for task in self.tasks if task.dev is not None]
        dev = self.processes.led(
            lambda: {
                task.task.name: self.dev_scores(task.task, task.kind, dev, self.heads[task.task.name])
                for task, dev in sets
            }
        )
        score = float(np.mean([scores["score"] for scores in dev.values()])) if dev else None
        course.evaluations.append(Evaluation(course.step, course.loss_sum / max(course.loss_steps, 1), dev, score))
        course.loss_sum, course.loss_steps = 0.0, 0
        if score is None:
            course.best_step = course.step
        elif score > course.best_score:
            course.best_score, course.best_step, course.since_best = score, course.step, 0
            weights = self.processes.whole(self.learner.state_dict())
            copied = self.processes.sharded
            self.processes.told_by_first(lambda: self.checkpoints.save_best(course.step, weights, are_copies=copied))
        else:
            course.since_best += 1

    def _load_weights(self, weights: dict[str, Tensor]) -> None:
        if self._shape is None:
            self.learner.load_state_dict(weights)
        else:
            load_parts(self.learner, weights)
        renew(self.encoder.model)

    def _checkpoint(self) -> None:
        """Has weights, optimizer and course written."""
        tensors, copied = self.processes.whole(self._state()), self.processes.sharded
        self.processes.told_by_first(lambda: self.checkpoints.save(asdict(self.course), tensors, are_copies=copied))
        self._kept, self._written = self.course.step, time.monotonic()

    def _state(self) -> dict[str, Tensor]:
        """Weights and moments."""
        tensors = {f"{_WEIGHTS}{name}": tensor for name, tensor in self.learner.state_dict().items()}
        for name, parameter in self.learner.named_parameters():
            for key, value in self.optimizer.state.get(parameter, {}).items():
                tensors[f"{key}/{name}"] = value
        return tensors

    def _resume(self) -> None:
        found = self.checkpoints.newest()
        if found is None:
            return
        tensors = found.tensors
        self._load_weights({k.removeprefix(_WEIGHTS): v for k, v in tensors.items() if k.startswith(_WEIGHTS)})
        for name, parameter in self.learner.named_parameters():
            moments = {key: tensors[f"{key}/{name}"] for key in _MOMENTS if f"{key}/{name}" in tensors}
            if moments:
                self.optimizer.state[parameter] = {
                    key: part_of(value, parameter) if value.ndim else value.to(parameter.device)
                    for key, value in moments.items()
                }
        self.course = Course.from_json(found.course)
        self._kept = self.course.step
        if self.course.out_of_memory:
            self.compute = replace(self.compute, training_pieces=self.course.out_of_memory[-1][1])


def _pieces(features: Features, units: UnitArray) -> int:
    bounds = features.unit_bounds
    return sum(int(features.lengths[bounds[unit] : bounds[unit + 1]].sum()) for unit in units)


def _most_pieces(task: TrainingTask, parts: Sequence[NDArray[np.int64]]) -> int:
    """The pieces, with padding, of the largest part."""
    return max(len(rows) * int(task.features.lengths[rows].max()) for rows in parts)


def _no_room(task: TrainingTask) -> str:
    if task.kind.whole_steps:
        return f"there is no memory for a step of {task.task.name}, which cannot be cut: lower batch_size or max_length"
    return f"there is no memory for a single row of {task.task.name}: lower max_length, or take a smaller encoder"


def _mixed(seed: int, step: int) -> int:
    """One well-mixed 63-bit seed from two numbers."""
    return int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0] >> np.uint64(1))
