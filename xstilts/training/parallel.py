"""Several processes on one training stage: each computes a part of every step, and their gradients are summed.

A loss is a sum over rows that is divided by the items of the whole step, so the sum over processes is the gradient that
one process alone has, up to rounding. The first process leads: it alone predicts, scores, writes and publishes.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xstilts.errors import RunError
from xstilts.training.sharding import filled, is_part, whole

_BUCKET = 1 << 25  # numbers that are sent at once
_PATIENCE = timedelta(days=7)  # the others wait while the first one predicts; who dies is noticed by the launcher

T = TypeVar("T")


class Processes:
    """The processes that train together, seen from one of them; one alone needs nothing of all this.

    Attributes:
        rank: The place of this process; the first one has 0.
        size: How many there are.
        sharded: Each holds a part of the encoder only.
    """

    def __init__(self, accelerator: Any = None, sharded: bool = False) -> None:
        self._accelerator = accelerator
        self.sharded = sharded
        self.rank = int(accelerator.process_index) if accelerator is not None else 0
        self.size = int(accelerator.num_processes) if accelerator is not None else 1

    @classmethod
    def launched(cls, device: str, sharded: bool = False) -> Processes:
        """Those that `torchrun` or `accelerate launch` started together, each bound to its GPU.

        Args:
            device: `auto`, `cpu` or `cuda`.
            sharded: Each shall hold a part of the encoder only; of one process alone that is all of it.
        """
        if int(os.environ.get("WORLD_SIZE", "1")) == 1:
            return cls()
        from accelerate import Accelerator
        from accelerate.utils import InitProcessGroupKwargs

        cpu = device == "cpu" or not torch.cuda.is_available()
        # Gradients are summed where they are; what processes tell each other is in main memory, which nccl cannot send.
        backend = "gloo" if cpu else "cpu:gloo,cuda:nccl"
        patience = InitProcessGroupKwargs(backend=backend, timeout=_PATIENCE)
        return cls(Accelerator(cpu=cpu, kwargs_handlers=[patience]), sharded)

    @property
    def is_first(self) -> bool:
        """Whether this process leads."""
        return self.rank == 0

    def part(self, units: NDArray[np.int64], lengths: NDArray[np.int64], whole: bool) -> NDArray[np.int64]:
        """The units of a step that this process computes: every size-th by length, so that all have about as much.

        Args:
            units: Indices of the step's units.
            lengths: The pieces of each.
            whole: The rows of the step bear on each other's losses, so the first process computes all of them.
        """
        if self.size == 1:
            return units
        if whole:
            return units if self.is_first else units[:0]
        return units[np.argsort(-lengths, kind="stable")[self.rank :: self.size]]

    def sum(self, numbers: Sequence[float]) -> list[float]:
        """Numbers, each summed over all processes."""
        if self.size == 1:
            return list(numbers)
        return [float(x) for x in self._accelerator.reduce(torch.tensor(numbers, dtype=torch.float64), "sum")]

    def step(
        self, work: Callable[[], tuple[float, float]], parameters: Sequence[nn.Parameter], flags: Sequence[bool]
    ) -> tuple[float, list[bool]]:
        """One step of several processes: sums losses and gradients, and divides them by the items of all.

        Args:
            work: Computes the part of this process; returns its loss and its items, neither divided.
            parameters: The same in every process; they get the gradient of the whole step.
            flags: What this process would tell the others.

        Returns:
            The loss of the step, and the flags that any process has raised.

        Raises:
            RunError: If the work failed in another process; where it failed, its own exception is raised.
        """
        failure: Exception | None = None
        loss = items = 0.0
        try:
            loss, items = work()
        except Exception as error:
            failure = error
        loss, items, failed, *raised = self.sum([loss, items, failure is not None, *flags])
        _raise(failure, bool(failed))
        self._sum_gradients(parameters, 1 / max(items, 1))
        return loss / max(items, 1), [bool(count) for count in raised]

    def _sum_gradients(self, parameters: Sequence[nn.Parameter], scale: float) -> None:
        """Sums the gradients of all processes; what has none in any of them is left without.

        Of weights that are held in parts, they were averaged already when they were sent to their owner.
        """
        for parameter in parameters:
            if is_part(parameter) and parameter.grad is not None:
                parameter.grad.mul_(scale * self.size)
        parameters = [parameter for parameter in parameters if not is_part(parameter)]
        has = self.sum([parameter.grad is not None for parameter in parameters])
        for bucket in _buckets([p for p, count in zip(parameters, has, strict=True) if count]):
            mine = [p.grad if p.grad is not None else torch.zeros_like(p) for p in bucket]
            summed = self._accelerator.reduce(torch.cat([gradient.reshape(-1) for gradient in mine]), "sum") * scale
            for parameter, part in zip(bucket, summed.split([p.numel() for p in bucket]), strict=True):
                parameter.grad = part.view_as(parameter)

    def told_by_first(self, work: Callable[[], T]) -> T:
        """What the first process makes of some work, in all of them.

        Raises:
            RunError: In the others, if it fails in the first, where its own exception is raised.
        """
        if self.size == 1:
            return work()
        failure: Exception | None = None
        said: list[Any] = [None, True]
        if self.is_first:
            try:
                said = [work(), False]
            except Exception as error:
                failure = error
        torch.distributed.broadcast_object_list(said, src=0, device=torch.device("cpu"))
        _raise(failure, said[1])
        return said[0]  # type: ignore[no-any-return]

    def rounds(self, mine: int) -> int:
        """How often all must compute something, where sharded processes gather weights together: the most of any.

        Args:
            mine: How often this one has to.
        """
        if not self.sharded:
            return mine
        most = torch.tensor(mine)
        torch.distributed.all_reduce(most, torch.distributed.ReduceOp.MAX)
        return int(most)

    @contextmanager
    def entwined(self, before: Callable[[Exception], None] = lambda error: None) -> Iterator[None]:
        """Work in which sharded processes wait for each other all the time.

        A failure of one cannot be told to the others, which wait for its weights. So it ends the process; what
        launched them ends the others.

        Args:
            before: Gets the failure.
        """
        try:
            yield
        except Exception as error:
            if not self.sharded:
                raise
            try:
                before(error)
            finally:
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(1)

    def whole(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """Tensors as they can be written; where processes hold parts, whole copies for the first one, none for others.

        Args:
            tensors: The same names in every process, all of which ask together.
        """
        return whole(tensors, kept=self.is_first) if self.sharded else tensors

    def put_together(self, model: Any, shape: Any, device: torch.device) -> Any:
        """In the first process, the ordinary model of which all hold parts; in the others, their part as it is.

        Args:
            model: The model; all processes ask together.
            shape: What `shard` returned.
            device: Where the model goes.
        """
        weights = self.whole(model.state_dict())
        return filled(shape, weights, device) if self.is_first else model

    def led(self, work: Callable[[], T]) -> T:
        """What the first process makes of some work with the encoder; the others do it too if they hold parts of it."""
        if not self.sharded:
            return self.told_by_first(work)
        with self.entwined():
            result = work()
        return self.told_by_first(lambda: result)

    @contextmanager
    def dismissed(self) -> Iterator[None]:
        """In the first process: whatever comes, at the end the others hear that nothing follows."""
        try:
            yield
        finally:
            self.told_by_first(lambda: None)

    def together(self, work: Callable[[], T]) -> T:
        """Does the same in all processes; if it fails in one, it fails in all, so that none waits for another.

        Raises:
            RunError: If it failed in another process.
        """
        failure: Exception | None = None
        try:
            result = work()
        except Exception as error:
            failure = error
        (failed,) = self.sum([failure is not None])
        _raise(failure, bool(failed))
        return result


def _raise(failure: Exception | None, anywhere: bool) -> None:
    if failure is not None:
        raise failure
    if anywhere:
        raise RunError("another process of the run failed; it says why")


def _buckets(parameters: Sequence[nn.Parameter]) -> Iterable[list[nn.Parameter]]:
    """Parameters in groups of about as many numbers as are sent at once."""
    bucket: list[nn.Parameter] = []
    for parameter in parameters:
        if bucket and sum(p.numel() for p in bucket) + parameter.numel() > _BUCKET:
            yield bucket
            bucket = []
        bucket.append(parameter)
    if bucket:
        yield bucket
