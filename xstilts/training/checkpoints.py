"""What a training stage needs to go on after it was killed, written beside the training and found again.

`best-STEP/` holds the weights with the best dev score so far, `checkpoint-STEP/` weights, optimizer and course. One
thread writes them, one after the other, from copies; the training waits only if the write before is not done.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from xstilts.durable import damage_of, publish_folder, read_json, read_manifest, remove_drafts, write_json

Tensors = dict[str, Tensor]

_MANIFEST = "checkpoint.json"
_ROOM = "pieces_at_once.json"
_WEIGHTS, _STATE = "weights.safetensors", "state.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """A whole checkpoint.

    Attributes:
        course: The course of the training as JSON, with `step`, `best_step` and `best_score`, which is minus infinity
            while there are no best weights.
        tensors: Weights and the optimizer's moments.
    """

    course: dict[str, Any]
    tensors: Tensors


class Checkpoints:
    """The checkpoints of one training run.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoints")
        self._pending: Future[None] | None = None

    def clear(self) -> None:
        """Removes what killed runs left unfinished, damaged, or ahead of the newest whole checkpoint."""
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_drafts(self.folder)
        for path in (*self.folder.glob("checkpoint-*"), *self.folder.glob("best-*")):
            if damage_of(path, _MANIFEST):
                shutil.rmtree(path)  # what is there stays there, so it would be in the way of the whole one
        newest = self._newest()
        for path in self.folder.glob("best-*"):  # what was selected after the checkpoint will be selected again
            if newest is None or _step(path) > newest["best_step"]:
                shutil.rmtree(path)

    def newest(self) -> Checkpoint | None:
        """The newest checkpoint, after `clear`."""
        course = self._newest()
        return None if course is None else Checkpoint(course, load_file(self._checkpoint(course["step"]) / _STATE))

    def remove(self) -> None:
        """Removes all of them."""
        self.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def save(self, course: Mapping[str, Any], tensors: Mapping[str, Tensor], *, are_copies: bool = False) -> None:
        """Writes a checkpoint, then removes what it replaces.

        Args:
            course: It must not be changed afterwards.
            tensors: Weights and moments.
            are_copies: The tensors are not changed afterwards, and in main memory.
        """
        target = self._checkpoint(course["step"])
        self._write(target, {"course": course}, _STATE, tensors, course["best_step"], are_copies)

    def save_best(self, step: int, weights: Mapping[str, Tensor], *, are_copies: bool = False) -> None:
        """Writes the weights with the best dev score so far, then removes those before."""
        self._write(self._best(step), {}, _WEIGHTS, weights, step, are_copies)

    def best(self, step: int) -> Tensors:
        """The weights that were the best at a step."""
        self.wait()
        weights: Tensors = load_file(self._best(step) / _WEIGHTS)
        return weights

    def note_room(self, pieces: int) -> None:
        """Keeps, for a run that must start again because memory ran out, how many pieces it shall take at a time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self.folder / _ROOM, {"pieces": pieces})

    def room(self) -> int | None:
        """What `note_room` kept."""
        path = self.folder / _ROOM
        return int(read_json(path)["pieces"]) if path.is_file() else None

    def wait(self) -> None:
        """Waits until everything is written.

        Raises:
            OSError: If something could not be written.
        """
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def close(self) -> None:
        """Waits, and ends the thread; raises as `wait`."""
        try:
            self.wait()
        finally:
            self._writer.shutdown()

    def _write(
        self,
        target: Path,
        manifest: Mapping[str, Any],
        name: str,
        tensors: Mapping[str, Tensor],
        best_step: int,
        are_copies: bool,
    ) -> None:
        self.wait()
        copies = {key: tensor.detach().to("cpu", copy=not are_copies).contiguous() for key, tensor in tensors.items()}

        def write() -> None:
            with publish_folder(target, _MANIFEST, manifest) as draft:
                save_file(copies, draft / name)
            self._prune(best_step)

        self._later(write)

    def _later(self, write: Callable[[], None]) -> None:
        self._pending = self._writer.submit(write)

    def _prune(self, best_step: int) -> None:
        """Keeps the newest checkpoint and the best weights that it, or the run, refers to."""
        keep = {self._best(best_step)}
        if courses := self._courses():
            keep |= {self._checkpoint(courses[-1]["step"]), self._best(courses[-1]["best_step"])}
        for path in (*self.folder.glob("checkpoint-*"), *self.folder.glob("best-*")):
            if path not in keep:
                shutil.rmtree(path, ignore_errors=True)

    def _newest(self) -> dict[str, Any] | None:
        """The course of the newest checkpoint whose best weights are there."""
        has_best = (c for c in self._courses() if c["best_score"] == -math.inf or self._best(c["best_step"]).is_dir())
        return max(has_best, key=lambda course: int(course["step"]), default=None)

    def _courses(self) -> list[dict[str, Any]]:
        """The courses of whole checkpoints, oldest first."""
        manifests = (read_manifest(path, _MANIFEST) for path in self.folder.glob("checkpoint-*"))
        courses: list[dict[str, Any]] = [manifest["course"] for manifest in manifests if manifest is not None]
        return sorted(courses, key=lambda course: int(course["step"]))

    def _checkpoint(self, step: int) -> Path:
        return self.folder / f"checkpoint-{step}"

    def _best(self, step: int) -> Path:
        return self.folder / f"best-{step}"


def _step(path: Path) -> int:
    return int(path.name.rpartition("-")[2])
