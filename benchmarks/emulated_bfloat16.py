"""`xstilts` with products as a processor with bfloat16 makes them, on one that has none, at the speed of float32.

`python -m benchmarks.emulated_bfloat16 run STUDY --set training.precision=bf16` trains what such a processor trains, up
to the order of sums: operands are rounded to bfloat16, multiplied and summed in float32, and the result is rounded.
Without it, torch makes such products about thirty times slower. For questions of quality, never for ones of speed.
Attention of encoders that are not packed is torch's own, which sums in float32 by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from xstilts.cli import main

_PRODUCTS = ("mm", "addmm", "bmm", "baddbmm", "linear", "matmul")  # the last two where no gradient is asked for


class EmulatedBfloat16(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Makes products of bfloat16 tensors in float32 and rounds them.

    Attributes:
        made: How many products it made.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.made = 0

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload[Any, Any],
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        """Calls an operation, a product by way of float32."""
        kwargs = dict(kwargs or {})
        if func.overloadpacket.__name__ not in _PRODUCTS or not _is_half(args[1]):
            return func(*args, **kwargs)
        self.made += 1
        out = kwargs.pop("out", None)
        wide = [value.float() if _is_half(value) else value for value in args]
        with torch.autocast("cpu", enabled=False):  # which would round the operands again, and multiply them slowly
            product = func.overloadpacket(*wide, **kwargs).bfloat16()
        return product if out is None else out.copy_(product)


def _is_half(value: object) -> TypeGuard[Tensor]:
    return isinstance(value, Tensor) and value.dtype == torch.bfloat16


if __name__ == "__main__":
    with EmulatedBfloat16():
        main()
