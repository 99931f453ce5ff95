"""Runs every benchmark: ours against the peer, alternating in one process, medians and their ratio."""

from __future__ import annotations

import argparse

from benchmarks import mining, planning, startup, training


def main() -> None:
    """Prints one table per benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="alternations per case")
    rounds = parser.parse_args().rounds
    startup.report(rounds)
    planning.report(rounds)
    mining.report(rounds)
    training.report(rounds)


if __name__ == "__main__":
    main()
