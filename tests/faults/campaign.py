"""Kills a study at random moments, starts it again until it is done, compares its table with an undisturbed one.

PYTHONPATH=tests python -m faults.campaign --kills 200 --executor local
PYTHONPATH=tests python -m faults.campaign --kills 100 --study quickstart --record kills.json
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import random
import shutil
import signal
import socket
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from forks import forked
from tiny_study import TINY, write_data, write_study, write_working_encoder

import xstilts
from xstilts.durable import write_json

MARK = "XSTILTS_CAMPAIGN"
STAGES = tuple(f"ray::{kind} ".encode() for kind in ("translate", "train", "predict", "score"))  # titles of workers
PORTS = ("metrics_agent_port", "metrics_export_port", "dashboard_agent_listen_port", "runtime_env_agent_port")
PATIENCE = 7200.0  # seconds that nothing may take
QUICKSTART = Path(xstilts.__file__).with_name("quickstart.yaml")


def study_of(folder: Path) -> Path:
    """A study with a sequence, a mixture with masked language modeling, dropout, two seeds, and every kind of stage."""
    write_data(folder)
    write_working_encoder(folder)
    text = {code: {"train": f"mini/text/{code}.txt"} for code in ("en", "de", "sw")}
    joint = {"tasks": ["own_qa", "own_ner", "own_text"], "sampling": {"temperature": 3}}
    changes = {
        "tasks": {**TINY["tasks"], "own_text": {"kind": "masked_lm", "format": "text", "files": text}},
        "task_defaults": {"own_text": {"languages": ["en", "de", "sw"], "dev": "none"}},
        "recipes": {"direct": [], "qa": ["own_qa"], "joint": [joint]},
        "targets": {"own_nli": {"evaluate": ["en", "de"]}, "own_bitext": {"evaluate": ["de"]}},
        "training": {**TINY["training"], "max_steps": 8, "evaluations": 2, "dropout": 0.1},
        "seeds": [1, 2],
    }
    return write_study(folder, changes)


def run(study: Path, place: Path, address: str | None) -> None:
    """One start of the run, with a checkpoint after every step; what a child process does."""
    from xstilts.running import run_study
    from xstilts.study import Study

    executor = None
    if address is not None:
        from xstilts.executors.ray import OnRay

        executor = OnRay(address, gpus=0, device="cpu")
    run_study(
        Study.from_yaml(study),
        out=place / "out",
        store=place / "store",
        offline=True,
        device="cpu",
        checkpoint_seconds=0.0,
        executor=executor,
    )


@dataclass
class Counts:
    """What a campaign came to.

    Attributes:
        kills: What was killed, in the middle of which kind of work -> how often.
        tables: Runs that were brought to their end and compared.
        aborted: Drivers that Ray's core aborted; they are not among the kills.
    """

    kills: Counter[str] = field(default_factory=Counter)
    tables: int = 0
    aborted: int = 0


class Campaign:
    """Rounds of one study on a fresh store each.

    Args:
        folder: Where everything is written.
        seed: Draws the moments.
        address: Of the Ray cluster whose drivers and workers are killed; None kills local runs.
        study: The study; a small one unless said.
        whole: The folder of an undisturbed run of the study; it is made unless said.
        pause: The longest time between two kills; a part of what an undisturbed run takes unless said.
    """

    def __init__(
        self,
        folder: Path,
        seed: int,
        address: str | None = None,
        study: Path | None = None,
        whole: Path | None = None,
        pause: float | None = None,
    ) -> None:
        self._folder, self._random, self._address = folder, random.Random(seed), address
        self._study, self._pause = study or study_of(folder), pause
        self._whole = whole or folder / "whole"
        self.counts = Counts()

    def run(self, kills: int) -> Counts:
        """Kills so many runs and workers, and compares the table of every round.

        Args:
            kills: How many.

        Raises:
            AssertionError: If a table differs, a stage is finished twice, or anything is left over.
        """
        if self._whole == self._folder / "whole":
            self._finish(self._started(self._whole))
        pause = self._pause or took(self._whole) * (0.1 if self._address else 0.5)
        while self.counts.kills.total() < kills:
            place = self._folder / f"round-{self.counts.tables}"
            self._round(place, kills, pause)
            self._compare(place)
            shutil.rmtree(place)
            print(f"{self.counts.kills.total()} kills, {self.counts.tables} tables", flush=True)
        return self.counts

    def _started(self, place: Path) -> Any:
        return forked(run, self._study, place, self._address)  # so that kills meet the run and not its imports

    def _finish(self, process: Any) -> None:
        process.join(PATIENCE)
        assert process.exitcode == 0, f"a run that nobody disturbed ended with {process.exitcode}"

    def _round(self, place: Path, kills: int, pause: float) -> None:
        """Starts the run until it ends by itself, and kills it or a worker now and then."""
        process, seen = self._started(place), 0
        while process.exitcode is None:
            process.join(self._random.uniform(0.0, pause))
            if process.exitcode is not None or self.counts.kills.total() >= kills:
                break
            if self._address and written(place) == seen:
                continue  # drivers and workers are slow to begin; always killed before they do, they get nowhere
            at, workers, seen = moment(place), ray_workers() if self._address else [], written(place)
            if workers and self._random.random() < 0.7:
                if kill(self._random.choice(workers)):
                    self.counts.kills[f"worker, {at}"] += 1
                continue
            process.kill()
            process.join(PATIENCE)
            if process.exitcode != -signal.SIGKILL:
                break  # it had just ended
            self.counts.kills[f"driver, {at}"] += 1
            process = self._started(place)
        self._finish_after_losses(process, place)

    def _finish_after_losses(self, process: Any, place: Path) -> None:
        """Brings a round to its end; a stage that lost all its workers failed, and the next run does it.

        Ray's core may abort the process of a driver whose workers are killed; that counts as one that was killed.
        """
        process.join(PATIENCE)
        while self._address is not None and (
            (process.exitcode == 1 and "worker_lost" in log(place))
            or process.exitcode in (-signal.SIGABRT, -signal.SIGSEGV)
        ):
            if process.exitcode != 1:
                self.counts.aborted += 1
            process = self._started(place)
            process.join(PATIENCE)
        assert process.exitcode == 0, f"the run ended with {process.exitcode}: {log(place)[-2000:]}"

    def _compare(self, place: Path) -> None:
        from xstilts.results import Results

        whole, again = (Results.read(folder / "out").table for folder in (self._whole, place))
        assert again.equals(whole, null_equal=True), "the table differs from that of an undisturbed run"
        finished = Counter(line for line in log(place).splitlines() if '"finished"' in line)
        keys = Counter(line.partition('"key": "')[2][:24] for line in finished)
        assert set(keys.values()) == {1}, "a stage was finished twice"
        drafts = [path for path in place.rglob("*.draft") if path.parent.name != "out"]
        assert not drafts, f"left over: {drafts}"
        assert not any((place / "store" / "partial").rglob("*.safetensors")), "checkpoints are left over"
        self.counts.tables += 1


def log(place: Path) -> str:
    """The journal of a round."""
    path = place / "out" / "log.jsonl"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def written(place: Path) -> int:
    """When a stage was published last, or a checkpoint; what planning writes does not count."""
    last = 0
    for kind in ("train", "predict", "score", "partial"):
        for folder, _, names in os.walk(place / "store" / kind):  # it passes over folders that vanish meanwhile
            for name in names:
                with suppress(FileNotFoundError):
                    last = max(last, Path(folder, name).stat().st_mtime_ns)
    return last


def took(place: Path) -> float:
    """Seconds from the first to the last word of a round's journal."""
    times = [json.loads(line)["time"] for line in log(place).splitlines()]
    return float(times[-1] - times[0])


def moment(place: Path) -> str:
    """What a run was at: the kind of the stage that it began last, or before or between stages."""
    lines = log(place).splitlines()
    if not lines:
        return "while planning"
    event, kind = (lines[-1].partition(f'"{name}": "')[2].partition('"')[0] for name in ("event", "kind"))
    return f"in {kind}" if event == "started" else "between stages"


def kill(pid: int) -> bool:
    """Kills a process with SIGKILL; whether it was still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def ray_workers(raylet: int | None = None) -> list[int]:
    """The processes of this campaign's cluster that work on a stage; of one node, whose raylet started them, if given.

    Ray's own agents have such titles too (`ray::DashboardAgent`), and a node dies with its agent.
    """
    mark = f"{MARK}={os.environ[MARK]}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            title, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
        if title.startswith(STAGES) and mark in environment.split(b"\0") and raylet in (None, parent):
            found.append(int(process.name))
    return found


def patient(look: Callable[..., Any]) -> Callable[..., Any]:
    """Looks for a node longer than Ray does, which gives up after thirty seconds: on a busy machine that is too few."""

    def looked(*arguments: Any) -> Any:
        until = time.monotonic() + 600
        while True:
            try:
                return look(*arguments)
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    return looked


def ports() -> dict[str, int]:
    """Free ports for what stands beside a node."""
    with ExitStack() as stack:
        free = [stack.enter_context(socket.create_server(("", 0))) for _ in PORTS]
        return {name: found.getsockname()[1] for name, found in zip(PORTS, free, strict=True)}


def announced(start: Callable[..., Any]) -> Callable[..., Any]:
    """Starts a node whose ports are written down where it looks for them.

    Otherwise what stands beside it writes them once it has started, and if that takes more than fifteen seconds, as on
    a busy machine, the node ends: https://github.com/ray-project/ray/issues/65983.
    """

    def started(*arguments: Any, **options: Any) -> Any:
        from ray import _raylet

        given = inspect.signature(start).bind(*arguments, **options).arguments
        for name in PORTS:
            kept_as = getattr(_raylet, f"{name.upper()}_NAME")
            _raylet.persist_port(given["session_dir"], given["node_id"], kept_as, given[name])
        return start(*arguments, **options)

    return started


@contextmanager
def cluster(nodes: int) -> Iterator[Any]:
    """Several nodes of Ray on this machine, each with one CPU."""
    from ray._private import services
    from ray.cluster_utils import Cluster

    os.environ[MARK] = uuid.uuid4().hex
    os.environ["OMP_NUM_THREADS"] = str(torch.get_num_threads())  # Ray would set it to the CPUs of a task
    os.environ["RAY_health_check_timeout_ms"] = "60000"  # noqa: SIM112 - nor is a node lost that is only slow
    os.environ["RAY_health_check_failure_threshold"] = "20"  # noqa: SIM112
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 - or they get no time beside other work on this machine
    small = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
    with ExitStack() as patches:
        patches.enter_context(patch("ray._private.services.get_node", patient(services.get_node)))
        patches.enter_context(patch("ray._private.services.start_raylet", announced(services.start_raylet)))
        started = Cluster(initialize_head=True, head_node_args={**small, **ports(), "include_dashboard": False})
        try:
            for _ in range(nodes - 1):
                started.add_node(**small, **ports())
        except BaseException:
            started.shutdown()
            raise
    try:
        yield started
    finally:
        started.shutdown()


def main() -> None:
    """Prints how often what was killed, and how many tables were compared."""
    parser = argparse.ArgumentParser(prog="PYTHONPATH=tests python -m faults.campaign", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--executor", choices=("local", "ray"), default="local")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--study", choices=("small", "quickstart"), default="small")
    parser.add_argument("--whole", type=Path, help="the folder of an undisturbed run of the study")
    parser.add_argument("--pause", type=float, help="the longest time between two kills, in seconds")
    parser.add_argument("--record", type=Path, help="a JSON file for the counts")
    options = parser.parse_args()
    began = time.monotonic()
    is_small, on_ray = options.study == "small", options.executor == "ray"
    with tempfile.TemporaryDirectory(prefix="xstilts-campaign-") as folder, ExitStack() as stack:
        address = stack.enter_context(cluster(2)).address if on_ray else None
        study = None if is_small else QUICKSTART
        campaign = Campaign(Path(folder), options.seed, address, study, options.whole, options.pause)
        counts = campaign.run(options.kills)
    if options.record:
        record = {"study": options.study, "executor": options.executor, "seed": options.seed}
        record |= {"kills": counts.kills.total(), "of": dict(counts.kills.most_common()), "tables": counts.tables}
        record["aborted_by_ray"] = counts.aborted
        write_json(options.record, {**record, "seconds": round(time.monotonic() - began)})
    for what, number in counts.kills.most_common():
        print(f"{number:5} kills of a {what}")
    print(f"{counts.kills.total():5} kills in all, {counts.tables} tables equal to that of an undisturbed run")
    print(f"{time.monotonic() - began:5.0f} seconds")


if __name__ == "__main__":
    main()
