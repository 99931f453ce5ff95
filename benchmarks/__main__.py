"""Runs every benchmark: ours against its peers, taking turns, medians and their ratios."""

from __future__ import annotations

import argparse

from benchmarks import mining, planning, prediction, preprocessing, startup, study, training


def main() -> None:
    """Prints one table per case."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="alternations per case")
    rounds = parser.parse_args().rounds
    startup.report(rounds)
    planning.report(rounds)
    for contest in (training.CONTEST, prediction.CONTEST, preprocessing.CONTEST, study.CONTEST):
        contest.report(rounds)
    mining.report(rounds)


if __name__ == "__main__":
    main()
