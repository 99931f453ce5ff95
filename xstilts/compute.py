"""Where tensors are computed, in which precision, how many pieces at a time; none of it is in a stage's key."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from xstilts.errors import InputError


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
        gpus = torch.cuda.device_count()
        if device.type not in ("cpu", "cuda") or (device.type == "cuda" and (device.index or 0) >= gpus):
            there = ", ".join(["cpu", *(f"cuda:{at}" for at in range(gpus))])
            raise InputError("the device cannot be used here", where="--device", found=name, expected=there)
        return cls(device, *((2048, 8192) if device.type == "cpu" else (16384, 65536)))

    def autocast(self, precision: str) -> AbstractContextManager[None]:
        """Matrix products in bfloat16 if the precision says so, or says `auto` and the device computes it natively."""
        enabled = precision == "bf16" or (precision == "auto" and has_bf16(self.device))
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=enabled)


def has_bf16(device: torch.device) -> bool:
    """Whether the device multiplies matrices of bfloat16 natively."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
