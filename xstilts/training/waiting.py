"""How a process's threads wait for each other: awake while it has the machine to itself, asleep where others compute.

Threads of GNU's OpenMP that wait awake go on at once, but where others compute too, they take the cores from those that
they wait for: a step then took eight times as long. Threads that sleep are woken late, which costs small encoders a
quarter of their speed. The library chooses when it is loaded, with one exception that it makes at any time: threads of
a process that has more of them than there are cores wait awake for a moment only. So a second team of threads, which
does nothing, sends them to sleep.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import torch

_LOAD = Path("/proc/loadavg")
_CHOSEN = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")  # by the user
_SECONDS = 1.0  # between two looks at the machine
_LOOKS_TO_SLEEP, _LOOKS_TO_WAKE = 2, 10
_IN_PARALLEL = 1 << 18  # numbers that several threads add up


class Manners(threading.Thread):
    """Looks at what the machine computes, and has the threads of this process sleep while that is more than it can.

    Args:
        crowded: Whether more is computed than there are cores.
    """

    def __init__(self, crowded: Callable[[], bool]) -> None:
        super().__init__(name="manners", daemon=True)
        self._crowded = crowded
        self._sleep: threading.Event | None = None  # set when it is to end
        self._looks = 0  # in a row that speak for a change

    @property
    def asleep(self) -> bool:
        """Whether threads that wait are to sleep."""
        return self._sleep is not None

    def run(self) -> None:
        """Looks as long as the process lasts."""
        while True:
            time.sleep(_SECONDS)
            self.look()

    def look(self) -> None:
        """Looks once; what is seen several times in a row counts."""
        self._looks = self._looks + 1 if self._crowded() != self.asleep else 0
        if self._looks < (_LOOKS_TO_WAKE if self.asleep else _LOOKS_TO_SLEEP):
            return
        self._looks = 0
        if self._sleep is None:
            self._sleep = threading.Event()
            threading.Thread(target=_second_team, args=(self._sleep,), name="second team", daemon=True).start()
        else:
            self._sleep.set()
            self._sleep = None


def mind_others() -> None:
    """Has the threads of this process mind others from now on, where threads wait and nobody said how."""
    if torch.get_num_threads() == 1 or any(name in os.environ for name in _CHOSEN) or not _LOAD.is_file():
        return
    if not any(isinstance(thread, Manners) for thread in threading.enumerate()):
        Manners(_is_crowded).start()


def _is_crowded() -> bool:
    running = int(_LOAD.read_text(encoding="ascii").split()[3].partition("/")[0]) - 1  # but for this thread
    return running > (os.cpu_count() or 1)


def _second_team(over: threading.Event) -> None:
    """Belongs to a team of threads until it is over."""
    torch.ones(_IN_PARALLEL).sum()
    over.wait()
