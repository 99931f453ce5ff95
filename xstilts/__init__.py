"""xstilts: intermediate training for multilingual encoders, measured zero-shot."""

import os

# Before torch is loaded. Threads of GNU's OpenMP that wait for each other spin for milliseconds, and where others compute
# too, they take the cores from those that they wait for: fifteen times the time of a step was seen. Those that sleep at
# once are woken late: a quarter of the speed of small encoders. So they spin for as long as waking takes.
WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "2000"}
if not WAITING.keys() & os.environ.keys():
    os.environ |= WAITING

__version__ = "0.1.0"
