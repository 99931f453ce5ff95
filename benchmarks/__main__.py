"""Runs every benchmark: ours against its peers, taking turns, medians and their ratios."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks import mining, page, planning, prediction, preprocessing, startup, study, training
from benchmarks.contest import machine

PARTS: dict[str, Callable[[int, bool], None]] = {
    "startup": startup.report,
    "training": training.CONTEST.report,
    "prediction": prediction.CONTEST.report,
    "mining": mining.report,
    "preprocessing": preprocessing.CONTEST.report,
    "study": study.CONTEST.report,
    "planning": planning.report,
    "page": page.report,
}


def main() -> None:
    """Prints one table per case."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all unless said")
    parser.add_argument("--rounds", type=int, default=5, help="alternations per case")
    parser.add_argument(
        "--short", action="store_true", help="fewer cases, with less work, and the first four parts unless said"
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {min(unknown)}; there are {', '.join(PARTS)}")
    print(machine())
    for part in options.parts or (list(PARTS)[:4] if options.short else PARTS):
        PARTS[part](options.rounds, options.short)


if __name__ == "__main__":
    main()
