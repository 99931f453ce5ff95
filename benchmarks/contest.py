"""Contests: each measurement is a process of its own, the contestants take turns, and medians are compared."""

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
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.cases import write_encoders

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
        share: Share of the matrix peak, where that means anything.
        peak: The matrix peak beside it, in GFLOP/s.
    """

    speed: float
    memory: float
    share: float = float("nan")
    peak: float = float("nan")


@dataclass(frozen=True)
class Contest:
    """A benchmark.

    Attributes:
        module: Its module, which calls `main` when it is run.
        title: What is done.
        unit: What is counted.
        cases: Case -> who takes part.
        measure: Case, contestant, and the folder with the encoders -> what came of it.
    """

    module: str
    title: str
    unit: str
    cases: Mapping[str, Sequence[str]]
    measure: Callable[[str, str, Path], Measurement]

    def report(self, rounds: int, chosen: str = "") -> None:
        """Prints a table for every case whose name has `chosen` in it."""
        with tempfile.TemporaryDirectory() as folder:
            write_encoders(Path(folder))
            gpu = bool(list(Path("/dev").glob("nvidia[0-9]*")))
            for case, contestants in self.cases.items():
                if chosen in case and (gpu or not case.endswith("GPU")):
                    self._show(case, rounds, self._alternate(case, contestants, rounds, folder))

    def _alternate(
        self, case: str, contestants: Sequence[str], rounds: int, folder: str
    ) -> dict[str, list[Measurement]]:
        found: dict[str, list[Measurement]] = {who: [] for who in contestants}
        for _ in range(rounds):
            for who in contestants:
                command = [sys.executable, "-m", self.module, "--folder", folder, "--case", case, "--who", who]
                environment = {**os.environ, **(_ALLOCATOR if who == BEST else {})}
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
                if done.returncode:
                    raise SystemExit(f"{case}, {who}:\n{done.stderr}")
                found[who].append(Measurement(**json.loads(done.stdout.splitlines()[-1])))
        return found

    def _show(self, case: str, rounds: int, found: Mapping[str, Sequence[Measurement]]) -> None:
        middle = {
            who: Measurement(**{name: median(getattr(one, name) for one in all_) for name in asdict(all_[0])})
            for who, all_ in found.items()
        }
        ours = middle[OURS]
        print(f"{self.title}: {case} (median of {rounds})")
        print(f"  {'':20} {self.unit:>10}   ours is  share of peak  peak GFLOP/s  memory GB  ours is")
        for who, row in middle.items():
            print(
                f"  {who:20} {row.speed:10.1f} {ours.speed / row.speed:7.2f} x {row.share:13.0%} {row.peak:13.0f} "
                f"{row.memory:10.2f} {ours.memory / row.memory:6.2f} x",
                flush=True,
            )

    def main(self) -> None:
        """The command line of the benchmark, and of one of its measurements."""
        parser = argparse.ArgumentParser(prog=f"python -m {self.module}", description=self.title)
        parser.add_argument("--rounds", type=int, default=5, help="alternations")
        parser.add_argument("--case", default="", help="a part of the names of the cases to measure")
        parser.add_argument("--who", help=argparse.SUPPRESS)
        parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
        options = parser.parse_args()
        if options.who is None:
            self.report(options.rounds, options.case)
        else:
            print(json.dumps(asdict(self.measure(options.case, options.who, options.folder))))


def matrix_peak() -> float:
    """GFLOP/s of products in bfloat16, in the shape of a feed-forward layer, on the GPU if there is one."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    rows = 1024 if device == "cpu" else 16384
    left, right = (torch.randn(size, 1024, device=device).bfloat16() for size in (rows, 4096))
    rates = []
    for _ in range(12):
        began = time.perf_counter()
        left @ right.T
        if device == "cuda":
            torch.cuda.synchronize()
        rates.append(2 * rows * 1024 * 4096 / (time.perf_counter() - began) / 1e9)
    return median(rates)


def most_memory() -> float:
    """GB that this process, or its part on the GPU, has held at most."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
