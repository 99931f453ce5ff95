"""`xstilts run`: plans a study, runs what is missing, writes results and report."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xstilts.cli.options import DataDir, Offline, Out, Overrides, StoreDir, StudyFile

if TYPE_CHECKING:
    from xstilts.executors.watching import Watcher
    from xstilts.running import Executor
    from xstilts.study import Study


def run(
    study: StudyFile,
    data_dir: DataDir = None,
    out: Out = None,
    store: StoreDir = None,
    overrides: Overrides = None,
    offline: Offline = False,
    device: Annotated[str, typer.Option(metavar="DEVICE", help="auto, cpu or cuda.")] = "auto",
    checkpoint_minutes: Annotated[
        float, typer.Option(metavar="MINUTES", min=0, help="Time between checkpoints of a training stage.")
    ] = 5.0,
    executor: Annotated[
        Literal["local", "ray"], typer.Option(help="One stage after the other here, or as tasks of Ray.")
    ] = "local",
    ray_address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Ray: the cluster [default: one here].")
    ] = None,
    gpus_per_stage: Annotated[
        float | None,
        typer.Option(
            metavar="N", min=0, help="Ray: 0.25: four share a GPU; 4: one trains on four [default: 1 if any]."
        ),
    ] = None,
    cpus_per_stage: Annotated[float, typer.Option(metavar="N", min=0, help="Ray: CPUs of a stage.")] = 1.0,
    memory_per_stage: Annotated[
        float | None, typer.Option(metavar="GB", min=0, help="Ray: GB of main memory of a stage.")
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option(
            "--track", metavar="TRACKER", help="Also tell tensorboard, wandb or mlflow of training; may be repeated."
        ),
    ] = None,
    fsdp: Annotated[
        bool, typer.Option("--fsdp", help="Processes that train a stage together each hold a part of the encoder.")
    ] = False,
) -> None:
    """Plans a study, runs what is missing, resumes after any interruption, writes results and report."""
    from xstilts.study import Study

    on_ray = None
    if executor == "ray":
        on_ray = _on_ray(ray_address, gpus_per_stage, cpus_per_stage, memory_per_stage, device, fsdp)
        device = "cpu"  # of this process, which computes nothing
    read = Study.from_yaml(study, overrides or ())
    at_most = 60.0 * checkpoint_minutes
    run_and_show(read, data_dir, out, store, offline, device, at_most, on_ray, track or (), fsdp)


def _on_ray(
    address: str | None, gpus: float | None, cpus: float, memory: float | None, device: str, sharded: bool
) -> Executor:
    from xstilts.errors import InputError

    try:
        from xstilts.executors.ray import OnRay
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise InputError("Ray is not installed", where="--executor ray", fix="pip install 'xstilts[ray]'") from error
    return OnRay(address, gpus, cpus, memory, device, sharded=sharded)


def run_and_show(
    study: Study,
    data_dir: Path | None,
    out: Path | None,
    store: Path | None,
    offline: bool = False,
    device: str = "auto",
    checkpoint_seconds: float = 300.0,
    executor: Executor | None = None,
    track: Sequence[str] = (),
    sharded: bool = False,
) -> None:
    """Runs a study under a progress display, then prints the final table and the report's path."""
    from rich.console import Console

    from xstilts.cli.display import Display
    from xstilts.errors import RunError
    from xstilts.executors.tracking import Tracking
    from xstilts.report.terminal import final_table
    from xstilts.results import Results
    from xstilts.running import Places, run_study

    places = Places.of(study, out, store)
    leads = os.environ.get("RANK", "0") == "0"  # of several processes that were launched together, the first one shows
    failure: RunError | None = None
    watcher: Watcher | None = Display(Console(stderr=True)) if leads else None
    tracking = Tracking(watcher, track, study.name, places.out) if watcher is not None and track else None
    try:
        run_study(
            study,
            data_dir,
            out,
            store,
            offline=offline,
            device=device,
            checkpoint_seconds=checkpoint_seconds,
            watcher=tracking or watcher,
            executor=executor,
            sharded=sharded,
        )
    except RunError as error:
        failure = error
    for problem in tracking.problems if tracking is not None else ():
        print(f"note: {problem}", file=sys.stderr)
    if not leads:
        return
    table = Results.read(places.out).table if failure is None or (places.out / "results.parquet").is_file() else None
    if table is not None and table.height:
        console = Console()
        console.print(final_table(table, study.baseline, width=console.width))
        console.print(
            f"results: {places.out / 'results.parquet'}\nreport:  {places.out / 'report.html'}", soft_wrap=True
        )
    if failure is not None:
        raise failure
