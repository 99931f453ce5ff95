"""Contests: each measurement is a process of its own, between two probes of matrix speed, and contestants take turns.

What is compared are medians of the ratios within rounds. A round during which the machine's matrix speed changed is
discarded and measured again.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.cases import write_encoders

if TYPE_CHECKING:
    import torch

_STEADY = 0.85  # the least that the lowest matrix peak of a round is of its highest
OURS = "xstilts"
BEST, EXAMPLES = "Trainer, best", "Trainer, examples"
# What glibc needs to keep memory; ours says so itself.
_ALLOCATOR = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "2147483647", "MALLOC_TOP_PAD_": "67108864"}


@dataclass(frozen=True)
class Measurement:
    """What one process came to.

    Attributes:
        speed: Units a second.
        memory: The most memory that the process held, in GB; on a GPU, of the GPU.
        work: GFLOP/s of matrix products, without those that padding makes; not a number where that means nothing.
        before: The matrix peak just before, in GFLOP/s.
        after: The matrix peak just after.
    """

    speed: float
    memory: float
    work: float = float("nan")
    before: float = float("nan")
    after: float = float("nan")

    @property
    def peak(self) -> float:
        """The matrix peak beside it, in GFLOP/s."""
        return (self.before + self.after) / 2


Round = Mapping[str, Measurement]  # of the contestants, one after the other


@dataclass(frozen=True)
class Contest:
    """A benchmark.

    Attributes:
        module: Its module, which calls `main` when it is run.
        title: What is done.
        unit: What is counted.
        cases: Case -> who takes part.
        measure: Case, contestant, the folder with the encoders, and whether little is measured -> what came of it.
        in_short: The cases of the short form; None stands for all.
    """

    module: str
    title: str
    unit: str
    cases: Mapping[str, Sequence[str]]
    measure: Callable[[str, str, Path, bool], Measurement]
    in_short: Sequence[str] | None = None

    def report(self, rounds: int, short: bool = False, chosen: str = "") -> None:
        """Prints a table for every case whose name has `chosen` in it.

        Args:
            rounds: Alternations per case.
            short: Fewer cases, with less work, and the examples' settings, whose ratios are large, once.
            chosen: A part of a case's name.
        """
        with tempfile.TemporaryDirectory() as folder:
            write_encoders(Path(folder))
            gpu = bool(list(Path("/dev").glob("nvidia[0-9]*")))
            cases = self.in_short if short and self.in_short is not None else list(self.cases)
            for case in cases:
                if chosen in case and (gpu or not case.endswith("GPU")):
                    self._show(case, *self._alternate(case, rounds, short, folder))

    def _alternate(self, case: str, rounds: int, short: bool, folder: str) -> tuple[list[Round], int]:
        """Rounds in which the machine was steady, and how many others there were, at most as many as were asked for."""
        kept: list[Round] = []
        unsteady: list[Round] = []
        while len(kept) < rounds and len(unsteady) < rounds:
            contestants = [who for who in self.cases[case] if not (short and kept and who == EXAMPLES)]
            found = {who: self._measured(case, who, short, folder) for who in contestants}
            steady = is_steady(found)
            (kept if steady else unsteady).append(found)
            speeds = ", ".join(f"{who} {one.speed:.1f}" for who, one in found.items())
            print(f"{case}: {speeds}; {'kept' if steady else 'discarded'}", file=sys.stderr, flush=True)
        return (kept, len(unsteady)) if kept else (unsteady, 0)

    def _measured(self, case: str, who: str, short: bool, folder: str) -> Measurement:
        command = [sys.executable, "-m", self.module, "--folder", folder, "--case", case, "--who", who]
        environment = {**os.environ, **(_ALLOCATOR if who == BEST else {})}
        done = subprocess.run(
            [*command, *(["--short"] if short else [])], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{case}, {who}:\n{done.stderr}")
        return Measurement(**json.loads(done.stdout.splitlines()[-1]))

    def _show(self, case: str, rounds: Sequence[Round], discarded: int) -> None:
        steady = "" if is_steady(rounds[0]) else "; the machine was never steady"
        print(f"{self.title}: {case} (medians of {len(rounds)} rounds, {discarded} discarded{steady})")
        print(f"  {'':20} {self.unit:>10}   ours is   from     to  share of peak  peak GFLOP/s  memory GB  ours is")
        for who in self.cases[case]:
            pairs = [(found[OURS], found[who]) for found in rounds if who in found]
            faster = sorted(ours.speed / other.speed for ours, other in pairs)
            speed, memory, share, peak, lighter = (
                median(values)
                for values in zip(
                    *(
                        (other.speed, other.memory, other.work / other.peak, other.peak, ours.memory / other.memory)
                        for ours, other in pairs
                    ),
                    strict=True,
                )
            )
            print(
                f"  {who:20} {speed:10.1f} {median(faster):7.2f} x {faster[0]:6.2f} {faster[-1]:6.2f} {share:14.0%} "
                f"{peak:13.0f} {memory:10.2f} {lighter:6.2f} x",
                flush=True,
            )

    def main(self) -> None:
        """The command line of the benchmark, and of one of its measurements."""
        parser = argparse.ArgumentParser(prog=f"python -m {self.module}", description=self.title)
        parser.add_argument("--rounds", type=int, default=5, help="alternations")
        parser.add_argument("--short", action="store_true", help="the most important cases, with less work")
        parser.add_argument("--case", default="", help="a part of the names of the cases to measure")
        parser.add_argument("--who", help=argparse.SUPPRESS)
        parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
        options = parser.parse_args()
        if options.who is None:
            print(machine())
            self.report(options.rounds, options.short, options.case)
        else:
            before = matrix_peak()
            found = self.measure(options.case, options.who, options.folder, options.short)
            print(json.dumps(asdict(replace(found, before=before, after=matrix_peak()))))


def is_steady(found: Round) -> bool:
    """Whether the matrix peak beside all measurements of a round was about the same."""
    peaks = [peak for one in found.values() for peak in (one.before, one.after)]
    return min(peaks) >= _STEADY * max(peaks)


def machine() -> str:
    """What the figures are of: processor, threads, the precision of products, versions."""
    import torch
    import transformers

    device = bench_device()
    if device.type == "cuda":
        name = torch.cuda.get_device_name()
    else:
        cpu = Path("/proc/cpuinfo")
        lines = cpu.read_text(encoding="utf-8").splitlines() if cpu.is_file() else []
        named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "CPU")
        name = f"{named}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"
    products = "bfloat16" if computes_half() else "float32, since bfloat16 is not native here"
    return f"{name}; products in {products}; torch {torch.__version__}, transformers {transformers.__version__}"


def bench_device() -> torch.device:
    """The GPU, if there is one."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def computes_half() -> bool:
    """Whether products are in bfloat16: where the device has it natively. Elsewhere it is slower, for Trainer too."""
    from xstilts.training.compute import has_bf16

    return has_bf16(bench_device())


def matrix_peak() -> float:
    """GFLOP/s of products in the shape of a feed-forward layer, on the GPU if there is one.

    In bfloat16 where the device has it, else in float32: in what ours and Trainer at its best compute.
    """
    import torch

    device = bench_device()
    dtype = torch.bfloat16 if computes_half() else torch.float32
    rows = 1024 if device.type == "cpu" else 16384
    left, right = (torch.randn(size, 1024, device=device).to(dtype) for size in (rows, 4096))
    rates = []
    for _ in range(12):
        began = time.perf_counter()
        left @ right.T
        if device.type == "cuda":
            torch.cuda.synchronize()
        rates.append(2 * rows * 1024 * 4096 / (time.perf_counter() - began) / 1e9)
    return median(rates)


def most_memory() -> float:
    """GB that this process, or its part on the GPU, has held at most."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
