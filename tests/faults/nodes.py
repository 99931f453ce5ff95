"""Runs a study on three nodes of Ray, kills one in the middle, and compares the table with that of one process.

PYTHONPATH=tests python -m faults.nodes
PYTHONPATH=tests python -m faults.nodes --study small
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.campaign import PATIENCE, QUICKSTART, cluster, kill, log, ray_workers, run, study_of
from forks import forked

from xstilts.durable import read_json, write_json

NODES = 3


@dataclass(frozen=True)
class Outcome:
    """What a run with a lost node came to.

    Attributes:
        stages: Of the study.
        before: How many of them were finished when the node was killed.
        again: How many were begun more than once.
        seconds: How long the run took.
    """

    stages: int
    before: int
    again: int
    seconds: float


def lose_a_node(folder: Path, study: Path, whole: Path | None = None) -> Outcome:
    """Runs a study on three nodes, of which one is killed in a stage, when a third of the stages is finished.

    Args:
        folder: Where everything is written.
        study: The study.
        whole: The folder of an undisturbed run in one process; it is made unless said.

    Raises:
        AssertionError: If the run fails, or its table differs.
    """
    if whole is None:
        whole = folder / "whole"
        alone = forked(run, study, whole, None)
        alone.join(PATIENCE)
        assert alone.exitcode == 0, "the run in one process failed"
    stages = len(read_json(whole / "out" / "plan.json")["stages"])
    place = folder / "nodes"
    began = time.monotonic()
    with cluster(NODES) as nodes:
        process, busy = forked(run, study, place, nodes.address), None
        while process.exitcode is None and busy is None:
            process.join(0.02)
            if finished(place).total() >= stages // 3:
                busy = next((node for node in nodes.worker_nodes if workers_of(node)), None)
        before = finished(place).total()
        if busy is not None:
            for worker in workers_of(busy):  # as when a machine dies; Ray alone would leave them a second to end
                kill(worker)
            nodes.remove_node(busy, allow_graceful=False)
        process.join(PATIENCE)
    assert process.exitcode == 0, f"the run ended with {process.exitcode}: {log(place)[-2000:]}"
    assert 0 < before < stages, "the node was killed in the middle"
    check_same(whole, place)
    assert set(finished(place).values()) == {1}, "a stage was finished twice"
    again = sum(count > 1 for count in events(place, "started").values())
    return Outcome(stages, before, again, time.monotonic() - began)


def workers_of(node: Any) -> list[int]:
    """The workers of a node that are in a stage; they are children of its raylet."""
    (raylet,) = node.all_processes["raylet"]
    return ray_workers(raylet.process.pid)


def events(place: Path, name: str) -> Counter[str]:
    """How often the journal of a run has an event of each stage; its last line may be half written."""
    lines = (line for line in log(place).splitlines() if line.endswith("}"))
    return Counter(event["key"] for event in map(json.loads, lines) if event["event"] == name)


def finished(place: Path) -> Counter[str]:
    """How often each stage was finished."""
    return events(place, "finished")


def check_same(whole: Path, place: Path) -> None:
    """The results of two runs are the same."""
    from xstilts.results import Results

    tables = [Results.read(path / "out").table for path in (whole, place)]
    assert tables[1].equals(tables[0], null_equal=True), "the table differs from that of one process"


def main() -> None:
    """Prints what was lost and what came of it."""
    parser = argparse.ArgumentParser(prog="PYTHONPATH=tests python -m faults.nodes", description=__doc__)
    parser.add_argument("--study", choices=("small", "quickstart"), default="quickstart")
    parser.add_argument("--whole", type=Path, help="the folder of an undisturbed run of the study in one process")
    parser.add_argument("--record", type=Path, help="a JSON file for what came of it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xstilts-nodes-") as folder:
        study = QUICKSTART if options.study == "quickstart" else study_of(Path(folder))
        found = lose_a_node(Path(folder), study, options.whole)
    print(f"{found.before} of {found.stages} stages were finished when one of {NODES} nodes was killed")
    print(f"{found.again} stages were begun again; the table equals that of one process; {found.seconds:.0f} seconds")
    if options.record:
        write_json(
            options.record, {"study": options.study, "nodes": NODES, **vars(found), "seconds": round(found.seconds)}
        )


if __name__ == "__main__":
    main()
