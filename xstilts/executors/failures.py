"""What became of a stage that could not be finished: one word for programs, one message for people."""

from __future__ import annotations

import errno
import shutil
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from xstilts.encoders.encoder import weight_files
from xstilts.errors import InputError, RunError, XstiltsError
from xstilts.executors.workbench import Workbench
from xstilts.stage import Stage, TrainSpec
from xstilts.training.compute import is_out_of_memory

# Of a weight, in float32, while a checkpoint is written: it and its two moments in the checkpoint before and in the
# new one; it alone in the best weights before and in the new best.
_BYTES_PER_WEIGHT = 4 * (3 + 3 + 1 + 1)


@dataclass(frozen=True)
class Failure:
    """Why a stage was not finished.

    Attributes:
        cause: `out_of_memory`, `diverged`, `bad_data`, `disk_full`, `worker_lost` or `error`.
        reason: What happened, and what to do.
        detail: The traceback, for the log.
    """

    cause: str
    reason: str
    detail: str = ""


def failure_of(error: BaseException, stage: Stage, bench: Workbench) -> Failure:
    """What an exception says of the stage that it ended."""
    if is_disk_full(error):
        cause, reason = "disk_full", no_space(bench.store.root, _space(stage, bench), _kept_space(bench))
    elif isinstance(error, XstiltsError):
        cause = error.cause if isinstance(error, RunError) else "bad_data" if isinstance(error, InputError) else "error"
        reason = str(error)
    else:
        cause = "out_of_memory" if is_out_of_memory(error) else "error"
        reason = f"{type(error).__name__}: {error}"
    return Failure(cause, reason, "".join(traceback.format_exception(error)))


def is_disk_full(error: BaseException) -> bool:
    """Whether there was no space, or no quota, for a file; some libraries tell it in their message only."""
    known = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return known or "no space left on device" in str(error).lower()


def no_space(folder: Path, needed: int | None = None, kept: int = 0) -> str:
    """The message of a full disk: how much is free there, how much is needed, and what to do.

    Args:
        folder: A folder on it.
        needed: By the stage while it runs, in bytes, if that is known.
        kept: By what is left of the study, for its weights, in bytes.
    """
    free = shutil.disk_usage(folder).free
    more = f", and the stage needs up to {_readable(needed)} there while it runs" if needed is not None else ""
    more += f"; the encoders that are still to be trained take {_readable(kept)}" if kept else ""
    return (
        f"the disk is full: {_readable(free)} are free in {folder}{more}; make room, or name another place, "
        "and run the same command again"
    )


def _space(stage: Stage, bench: Workbench) -> int | None:
    """The most bytes that a training stage takes at a time; what others take is little."""
    if not isinstance(stage.spec, TrainSpec):
        return None
    return _BYTES_PER_WEIGHT * sum(map(_weights, weight_files(bench.plan.encoders[stage.spec.encoder])))


def _kept_space(bench: Workbench) -> int:
    """The bytes of the weights that training stages have yet to publish, in float32."""
    specs = [stage.spec for stage in bench.plan.needed(lambda stage: bench.store.record(stage) is not None)]
    trained = Counter(spec.encoder for spec in specs if isinstance(spec, TrainSpec))
    folders = bench.plan.encoders
    return sum(4 * count * sum(map(_weights, weight_files(folders[name]))) for name, count in trained.items())


def _weights(path: Path) -> int:
    """How many numbers a safetensors file holds."""
    import math

    from safetensors import safe_open

    with safe_open(path, "numpy") as file:
        return sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118 - no mapping


def _readable(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
