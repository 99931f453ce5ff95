"""Where tensors are computed, in which precision, how many pieces at a time; none of it is in a stage's key."""

from __future__ import annotations

import ctypes
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from xstilts.errors import InputError

# glibc's M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD: large blocks have no map of their own, nothing is given back, and
# memory is asked for in steps of 64 MiB.
_MALLOC = {-4: 0, -1: 2**31 - 1, -2: 2**26}


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
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for option, value in _MALLOC.items():
        mallopt(option, value)


def has_bf16(device: torch.device) -> bool:
    """Whether the device multiplies matrices of bfloat16 natively."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
