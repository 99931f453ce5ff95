"""Where tensors are computed, in which precision, how many pieces at a time; none of it is in a stage's key."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import TypeVar

import torch

from xstilts.errors import InputError
from xstilts.training.waiting import mind_others

# glibc's M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD: large blocks have no map of their own, nothing is given back, and
# memory is asked for in steps of 64 MiB.
_MALLOC = {-4: 0, -1: 2**31 - 1, -2: 2**26}
_FEWEST_PIECES = 128  # a smaller budget does not make a batch of one row smaller

T = TypeVar("T")


@dataclass(frozen=True)
class Compute:
    """A device and how much it takes at once.

    Attributes:
        device: The device.
        training_pieces: Padded pieces per micro-batch in training.
        prediction_pieces: Padded pieces per batch in prediction.
    """

    device: torch.device
    training_pieces: int
    prediction_pieces: int

    @classmethod
    def choose(cls, name: str = "auto") -> Compute:
        """`auto` takes the first GPU if there is one.

        Raises:
            InputError: If the device is not there.
        """
        if name == "auto":
            name = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            device = torch.device(name)
        except RuntimeError as error:
            raise InputError("there is no such device", where="--device", found=name, expected="cpu or cuda") from error
        if device.type == "cpu":
            _keep_memory()
            mind_others()
        gpus = torch.cuda.device_count()
        if device.type not in ("cpu", "cuda") or (device.type == "cuda" and (device.index or 0) >= gpus):
            there = ", ".join(["cpu", *(f"cuda:{at}" for at in range(gpus))])
            raise InputError("the device cannot be used here", where="--device", found=name, expected=there)
        return cls(device, *((2048, 8192) if device.type == "cpu" else (16384, 65536)))

    def autocast(self, precision: str) -> AbstractContextManager[None]:
        """Matrix products in bfloat16 if the precision says so, or says `auto` and the device computes it natively."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.halves(precision))

    def halves(self, precision: str) -> bool:
        """Whether matrix products are in bfloat16."""
        return precision == "bf16" or (precision == "auto" and has_bf16(self.device))


def _keep_memory() -> None:
    """Has glibc keep what is freed: each step asks for the same again, and fresh pages are slow. Elsewhere, nothing."""
    for option, value in _MALLOC.items():
        _glibc("mallopt", option, value)


def _glibc(function: str, *arguments: int) -> None:
    """Calls one of glibc's functions for memory, where there is one."""
    with suppress(OSError, AttributeError):
        getattr(ctypes.CDLL(None), function)(*arguments)


def has_bf16(device: torch.device) -> bool:
    """Whether the device multiplies matrices of bfloat16 natively."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device, or this machine, had no room for a tensor or an array."""
    refused = isinstance(error, RuntimeError) and "can't allocate memory" in str(error)  # the allocator of the CPU
    return refused or isinstance(error, torch.OutOfMemoryError | MemoryError)


def predicting_within_memory(
    compute: Compute, work: Callable[[Compute], T], *, again: bool = True
) -> tuple[T, Compute]:
    """Predicts, with half as many pieces at a time as often as memory runs out; only rounding depends on it.

    Args:
        compute: What to begin with.
        work: Predicts.
        again: Less at a time may be tried; if not, there is one try.

    Returns:
        What the work returned, and what there was memory for.
    """
    while True:
        try:
            return work(compute), compute
        except Exception as error:
            if not again or not is_out_of_memory(error) or compute.prediction_pieces // 2 < _FEWEST_PIECES:
                raise
        # Here, and not above, since an exception that is handled keeps the tensors of its frames.
        compute = replace(compute, prediction_pieces=compute.prediction_pieces // 2)
        forget_freed(compute)


def forget_freed(compute: Compute) -> None:
    """Gives back what is kept of freed memory, a GPU's or this machine's, so that it can be had in other sizes."""
    if compute.device.type == "cuda":
        torch.cuda.empty_cache()
    else:
        _glibc("malloc_trim", 0)
