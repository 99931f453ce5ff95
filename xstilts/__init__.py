"""xstilts: intermediate training for multilingual encoders, measured zero-shot."""

import os

# Before torch is loaded. Threads that wait by spinning take the cores from those that they wait for, where others
# compute too: fifteen times the time of a step was seen. Whoever wants that says OMP_WAIT_POLICY=ACTIVE.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
