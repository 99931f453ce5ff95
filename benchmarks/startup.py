"""How long `xstilts --help` takes, beside Python itself."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median


def report(rounds: int, short: bool = False) -> None:
    commands = {"python -c pass": ["-c", "pass"], "xstilts --help": ["-m", "xstilts", "--help"]}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, arguments in commands.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
            seconds[name].append(time.perf_counter() - began)
    print("start-up, seconds (median, the first of each left out)")
    for name, taken in seconds.items():
        print(f"  {name:20} {median(taken[1:]):6.3f}")
