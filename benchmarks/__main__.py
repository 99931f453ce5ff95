"""Runs every benchmark: ours against its peers, taking turns, medians and their ratios."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks import mining, page, planning, prediction, preprocessing, startup, study, training

PARTS: dict[str, Callable[[int], None]] = {
    "startup": startup.report,
    "mining": mining.report,
    "training": training.CONTEST.report,
    "prediction": prediction.CONTEST.report,
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
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {min(unknown)}; there are {', '.join(PARTS)}")
    for part in options.parts or PARTS:
        PARTS[part](options.rounds)


if __name__ == "__main__":
    main()
