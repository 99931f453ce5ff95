"""Runs a plan as tasks of Ray, on this machine or a cluster whose nodes see the same files.

Ray places the tasks, counts GPUs and memory, and starts a task again whose worker or node was lost; the locks of the
store keep a stage from being run twice, and what is finished lies in the store. So a driver that dies takes nothing
with it but the steps since the last checkpoints, and the next one goes on.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from xstilts.errors import InputError, RunError
from xstilts.executors.agenda import Agenda, Outcome
from xstilts.executors.attempt import Attempt, attempt
from xstilts.executors.failures import Failure, failure_of
from xstilts.executors.watching import Watcher
from xstilts.executors.workbench import Workbench
from xstilts.plan import Plan
from xstilts.stage import Stage
from xstilts.stages import join_training
from xstilts.stopping import StoppedError, stopping_on_signals
from xstilts.store import Store
from xstilts.study import Study
from xstilts.training.compute import Compute
from xstilts.training.parallel import Processes

_LOSSES = 5  # a stage is begun again so often whose worker was lost
_GREETING = 10.0  # seconds until an address must have answered
_HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])  # the preface, and no settings
_SETTINGS = b"\x04"  # type of a frame, its fourth byte
_PAUSE = 0.5  # seconds between two reports of a worker, and between two looks of the driver


@dataclass(frozen=True)
class OnRay:
    """Runs a plan on Ray. Nothing of this is in the key of a stage.

    Attributes:
        address: Of a running cluster; unless said that of RAY_ADDRESS, or one that was started on this machine, or one
            of the run's own here.
        gpus: Of a stage that runs the encoder; 1 where a node has any, unless said. Several stages share a GPU of
            which each asks for a part. Of more than 1, training takes all, a process on each; the others take 1.
        cpus: Of such a stage.
        memory: Of such a stage, in GB of main memory; not counted unless said.
        device: `auto`, `cpu` or `cuda`, on the node of the stage.
        processes: That train a stage together; as many as it has GPUs unless said.
        sharded: Each of these processes holds a part of the encoder only (FSDP).
    """

    address: str | None = None
    gpus: float | None = None
    cpus: float = 1.0
    memory: float | None = None
    device: str = "auto"
    processes: int | None = None
    sharded: bool = False

    def __call__(self, bench: Workbench, watcher: Watcher) -> Outcome:
        """Runs every needed stage; one that fails stops only what needs it.

        Args:
            bench: Plan, store, data and study file, in folders that all nodes see.
            watcher: Is told what happens.

        Raises:
            InputError: If there is no such cluster, or no node has what a stage asks for.
            StoppedError: If the run is asked to stop, after all workers did.
        """
        with _connected(self.address):
            return _Driver(bench, watcher, self).run()

    def needs(self, stage: Stage) -> dict[str, Any]:
        """What a stage asks Ray for; scoring asks for little."""
        if stage.kind == "score":
            return {"num_cpus": min(1.0, self.cpus), "num_gpus": 0}
        memory = {} if self.memory is None else {"memory": self.memory * 1e9}
        gpus = self.gpus or 0
        return {"num_cpus": self.cpus, "num_gpus": gpus if stage.kind == "train" else min(gpus, 1), **memory}

    def fitted(self) -> OnRay:
        """The same, with the GPUs that a stage gets here.

        Raises:
            InputError: If no node has what a stage asks for: it would be waited for without end.
        """
        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        there = self.device != "cpu" and any(node.get("GPU", 0) for node in nodes)
        fitted = replace(self, gpus=float(there)) if self.gpus is None else self
        if self.sharded and (self.processes or int(fitted.gpus or 0)) < 2:
            raise InputError(
                "one process alone has no others to hold parts of the encoder",
                where="--fsdp",
                found=f"{fitted.gpus:g} GPUs of a stage",
                fix="--gpus-per-stage 2 or more",
            )
        asked = {"GPU": fitted.gpus or 0, "CPU": fitted.cpus, "memory": (fitted.memory or 0) * 1e9}
        if not any(all(node.get(name, 0) >= amount for name, amount in asked.items()) for node in nodes):
            raise InputError(
                "no node of the cluster has what a stage asks for",
                where="--executor ray",
                found="; ".join(_listed({name: node.get(name, 0) for name in asked}) for node in nodes),
                expected=_listed(asked),
                fix="lower --gpus-per-stage, --cpus-per-stage or --memory-per-stage, or add a node",
            )
        return fitted


def _listed(resources: dict[str, float]) -> str:
    return f"{resources['GPU']:g} GPUs, {resources['CPU']:g} CPUs, {resources['memory'] / 1e9:.1f} GB"


def check_address(address: str | None) -> None:
    """Whether something that may be Ray listens at an address; Ray itself would try for minutes.

    The head of a cluster speaks HTTP/2, so it sends its settings as soon as it is greeted; the dashboard, whose port
    is often named by mistake, does not.

    Args:
        address: `HOST:PORT`. Others, such as `auto`, and one of a cluster with TLS, are Ray's to find.

    Raises:
        InputError: If nothing listens there, or something else.
    """
    if address is None or address in ("auto", "local") or "://" in address or "RAY_USE_TLS" in os.environ:
        return
    expected = "HOST:PORT of the head node, as `ray start --head` shows it; the port is 6379 unless it was chosen"
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise InputError("this is no address of Ray", where="--ray-address", found=address, expected=expected)
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_GREETING) as connection:
            connection.sendall(_HTTP2)
            answer = connection.recv(9, socket.MSG_WAITALL)
    except OSError as error:
        reason = f"{address}: {error.strerror or error}"
        raise InputError("Ray cannot be reached", where="--ray-address", found=reason, expected=expected) from error
    if answer[3:4] != _SETTINGS:
        raise InputError(
            "what listens there is not the head of a Ray cluster",
            where="--ray-address",
            found=address,
            expected=expected,
        )


@contextmanager
def _connected(address: str | None) -> Iterator[None]:
    """Joins a cluster or starts one, unless this process is in one already, and leaves it at the end."""
    if ray.is_initialized():
        yield
        return
    named = address or os.environ.get("RAY_ADDRESS")
    check_address(named)
    handler = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address=address, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    except Exception as error:  # of a node that is slow to start, Ray raises a bare one
        reason = str(error).strip().partition("\n")[0]
        if named is None:
            raise RunError(
                f"Ray did not start on this machine: {reason}\n  a busy one needs longer than Ray waits: run again, or "
                "start Ray first (ray start --head) and give --ray-address auto"
            ) from error
        raise InputError(f"Ray cannot be reached: {reason}", where="--ray-address", found=named) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)  # Ray has put its own in the place of the run's
    try:
        yield
    finally:
        ray.shutdown()


class _Driver:
    """One run: gives out what can begin, hears of it, takes what it came to."""

    def __init__(self, bench: Workbench, watcher: Watcher, needs: OnRay) -> None:
        self._bench, self._watcher, self._needs = bench, watcher, needs.fitted()
        self._agenda = Agenda(bench.plan, bench.store)
        assert bench.study_file is not None
        self._job = _Job(
            bench.study_file.resolve(),
            bench.store.root.resolve(),
            bench.data_dir.resolve() if bench.data_dir else None,
            self._needs.device if self._needs.gpus else "cpu",
            bench.checkpoint_seconds,
            self._needs.processes or max(int(self._needs.gpus or 0), 1),
            self._needs.sharded,
            ray.put(
                replace(
                    bench.plan,
                    encoders=_resolved(bench.plan.encoders),
                    translators=_resolved(bench.plan.translators),
                )
            ),
        )
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
        self._board = ray.remote(_Board).options(num_cpus=0, max_restarts=-1, scheduling_strategy=here).remote()
        self._task = ray.remote(_work)
        self._running: dict[Any, Stage] = {}
        self._unsettled: dict[str, Stage] = {}
        self._begun: set[str] = set()

    def run(self) -> Outcome:
        """Runs until nothing can begin any more, or the run is asked to stop."""
        stop = self._bench.stop
        while stop.signal is None:
            while (stage := self._agenda.take()) is not None:
                self._running[self._submitted(stage)] = stage
            if not self._running:
                return self._agenda.outcome
            self._settle(timeout=_PAUSE)
        for ref in self._running:
            ray.cancel(ref, force=False)  # in a worker that is a SIGINT
        while self._running:
            self._settle(timeout=_PAUSE)
        raise StoppedError(stop.signal)

    def _submitted(self, stage: Stage) -> Any:
        losses = {"max_retries": _LOSSES, "retry_exceptions": [StoppedError, ChildFailedError]}
        job = replace(self._job, device="cpu") if stage.kind == "score" else self._job
        task = self._task.options(name=stage.title, **self._needs.needs(stage), **losses)
        self._unsettled[stage.key] = stage
        return task.remote(job, stage.key, self._board)

    def _settle(self, timeout: float) -> None:
        """Tells what workers report, and takes the next result, if there is one in time."""
        done, _ = ray.wait(list(self._running), timeout=timeout)
        self._hear()
        for ref in done:
            stage = self._running.pop(ref)
            del self._unsettled[stage.key]
            attempt = self._result(stage, ref)
            if attempt is None:
                continue
            if stage.key not in self._begun and attempt.seconds:
                self._watcher.started(stage)
            self._agenda.settle(stage, attempt, self._watcher)

    def _hear(self) -> None:
        try:
            events = ray.get(self._board.read.remote(), timeout=10 * _PAUSE)
        except ray.exceptions.RayError:  # nothing but progress is lost with it
            return
        for name, key, *details in events:
            if key in self._unsettled:
                if name == "started":
                    self._begun.add(key)
                getattr(self._watcher, name)(self._unsettled[key], *details)

    def _result(self, stage: Stage, ref: Any) -> Attempt | None:
        """What a task came to; None if it ended because the run is asked to stop."""
        try:
            attempt: Attempt = ray.get(ref)
        except ray.exceptions.RayError as error:
            if self._bench.stop.signal is not None:
                return None
            if isinstance(error, ray.exceptions.RayTaskError):
                return Attempt(failure=failure_of(error.cause, stage, self._bench))
            cause = "out_of_memory" if isinstance(error, ray.exceptions.OutOfMemoryError) else "worker_lost"
            reason = f"its worker was lost {_LOSSES + 1} times, at last so: {str(error).strip()}"
            return Attempt(failure=Failure(cause, reason))
        return attempt


def _resolved(folders: dict[str, Path]) -> dict[str, Path]:
    """Folders as workers can find them, who stand elsewhere."""
    return {name: folder.resolve() for name, folder in folders.items()}


class _Board:
    """Where workers write what they do, and the driver reads it."""

    def __init__(self) -> None:
        self._events: list[tuple[Any, ...]] = []

    def write(self, *event: Any) -> None:
        self._events.append(event)

    def read(self) -> list[tuple[Any, ...]]:
        events, self._events = self._events, []
        return events


class _Reporter(Watcher):
    """Writes to the board, progress only now and then."""

    def __init__(self, board: Any) -> None:
        self._board, self._told = board, 0.0

    def waiting(self, stage: Stage) -> None:
        self._board.write.remote("waiting", stage.key)

    def started(self, stage: Stage) -> None:
        self._board.write.remote("started", stage.key)

    def progressed(self, stage: Stage, done: int, total: int, note: str) -> None:
        if time.monotonic() - self._told > _PAUSE:
            self._told = time.monotonic()
            self._board.write.remote("progressed", stage.key, done, total, note)


@dataclass(frozen=True)
class _Job:
    """What a worker makes its bench of."""

    study_file: Path
    store: Path
    data_dir: Path | None
    device: str
    checkpoint_seconds: float
    processes: int
    sharded: bool
    plan: Any

    def bench(self, plan: Plan) -> Workbench:
        """A bench like the driver's."""
        tasks = Study.from_yaml(self.study_file).within(self.data_dir).known_tasks
        compute = Compute.choose(self.device)
        return Workbench(plan, Store(self.store), tasks, self.data_dir, compute, self.checkpoint_seconds)


@lru_cache(maxsize=1)
def _bench(job: _Job) -> Workbench:
    """The bench of this worker, which keeps rows and the last model from task to task."""
    return job.bench(ray.get(job.plan))


def _work(job: _Job, key: str, board: Any) -> Attempt:
    """One task: an attempt at one stage."""
    bench, reporter = _bench(job), _Reporter(board)
    stage = bench.plan.stages[key]
    if stage.kind == "train" and job.processes > 1:
        reporter.started(stage)
        return _launched(replace(job, plan=bench.plan), key)
    with stopping_on_signals() as bench.stop:
        return attempt(stage, bench, reporter)


def _launched(job: _Job, key: str) -> Attempt:
    """An attempt by several processes of this node, as `torchrun` starts them; a signal is passed on to them."""
    launch = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=job.processes,
        run_id=key,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        max_restarts=0,
    )
    try:
        attempts: dict[int, Attempt] = elastic_launch(launch, _member)(job, key)
    except SignalException as error:
        raise StoppedError(error.sigval) from None
    return attempts[0]


def _member(job: _Job, key: str) -> Attempt | None:
    """What each of these processes does; the first one makes the attempt."""
    bench = job.bench(job.plan)
    bench.processes = Processes.launched(job.device, job.sharded)
    with stopping_on_signals() as bench.stop:
        if not bench.processes.is_first:
            join_training(bench)
            return None
        with bench.processes.dismissed():
            return attempt(bench.plan.stages[key], bench, Watcher())
