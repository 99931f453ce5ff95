"""Where the steps of our training go: shares of classes of operations, and what is left if products alone took time.

`python -m benchmarks.profile_steps --case questions` does it for the first case of `benchmarks.training` of that name.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from benchmarks.cases import write_encoders
from benchmarks.contest import bench_device, machine, matrix_peak
from benchmarks.training import CASES, layer_work, ours

PRODUCTS = "products of layers"
OUTSIDE = "outside of operations"
# The first class that an operation's name begins with; the rest are small operations.
_CLASSES = {
    PRODUCTS: ("aten::mm", "aten::addmm"),
    "attention": ("aten::bmm", "aten::baddbmm", "aten::_scaled_dot_product", "aten::_softmax", "aten::softmax"),
    "random numbers": ("aten::random", "aten::bernoulli", "aten::rand", "aten::native_dropout"),
    "clipping and AdamW": ("aten::_fused_adamw", "aten::_foreach", "aten::linalg_vector_norm", "aten::norm"),
    "normalization, GELU": ("aten::native_layer_norm", "aten::gelu"),
    "copies": ("aten::copy_", "aten::index", "aten::cat", "aten::embedding", "aten::gather"),
}


def class_of(name: str) -> str:
    """The class of an operation of torch."""
    return next((kind for kind, starts in _CLASSES.items() if name.startswith(starts)), "small operations")


def shares_of(times: Mapping[str, float], whole: float) -> dict[str, float]:
    """The share of each class of operations, largest first, and what Python and waiting take.

    Args:
        times: Operation -> seconds that it took itself, without the operations that it called.
        whole: Seconds of all steps.
    """
    sums: Counter[str] = Counter()
    for name, seconds in times.items():
        sums[class_of(name)] += seconds / whole
    return {**dict(sums.most_common()), OUTSIDE: 1.0 - sums.total()}


def main() -> None:
    """Prints the profile of a case."""
    import torch

    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile_steps", description=__doc__)
    parser.add_argument("--case", default="questions", help="a part of the name of a case of benchmarks.training")
    asked = parser.parse_args().case
    name = next((name for name in CASES if asked in name), None)
    if name is None:
        parser.error(f"no case has {asked!r} in its name; there are {'; '.join(CASES)}")
    print(machine())
    on_gpu = bench_device().type == "cuda"
    kinds = [torch.profiler.ProfilerActivity.CPU, *([torch.profiler.ProfilerActivity.CUDA] if on_gpu else [])]
    profiler, steps = torch.profiler.profile(activities=kinds), CASES[name].steps

    def stepped(done: int) -> None:
        if done == steps:
            profiler.start()
        elif done == 2 * steps:
            profiler.stop()

    with tempfile.TemporaryDirectory() as folder:
        write_encoders(Path(folder))
        peak = matrix_peak()
        timed = list(ours(CASES[name], Path(folder), stepped))
        peak = (peak + matrix_peak()) / 2
    pieces, whole = (sum(values) for values in zip(*timed, strict=True))
    times = {
        event.key: (event.self_device_time_total if on_gpu else event.self_cpu_time_total) / 1e6
        for event in profiler.key_averages()
    }
    shares = shares_of(times, whole)
    print(f"{name}: {steps} steps, {whole:.1f} s, {pieces / whole:.0f} pieces/s")
    for kind, share in shares.items():
        print(f"  {kind:22} {share:5.0%}")
    reached = layer_work(CASES[name], pieces / whole) / peak
    print(
        f"  share of the matrix peak {reached:.0%}; {reached / shares[PRODUCTS]:.0%} if the products of layers were all"
    )


if __name__ == "__main__":
    main()
