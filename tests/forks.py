"""Processes forked from one that has loaded what a run needs: they begin at once, a new interpreter after seconds.

The process that is forked ends with the one that asks for forks.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "xstilts.cli",
        "xstilts.stages",
        "xstilts.report.page",
        "xstilts.executors.local",
        "xstilts.executors.ray",
        "xstilts.own_tasks",
        "transformers.models.xlm_roberta.modeling_xlm_roberta",
        "accelerate",
    ]
)


def forked(target: Callable[..., Any], *arguments: Any, environment: Mapping[str, object] | None = None) -> BaseProcess:
    """Starts a function of a module in a process of its own.

    Args:
        target: The function.
        arguments: Its arguments.
        environment: Variables that it has beside those of this process.
    """
    variables = {name: str(value) for name, value in {**os.environ, **(environment or {})}.items()}
    process = _CONTEXT.Process(target=_called, args=(variables, target, arguments))
    process.start()
    return process


def _called(environment: dict[str, str], target: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    os.environ.update(environment)
    target(*arguments)


def start_xstilts(place: Path, *arguments: object, environment: Mapping[str, object] | None = None) -> BaseProcess:
    """Starts the command line with some arguments; what it prints goes to `stdout` and `stderr` of a folder."""
    return forked(_commanded, place, ["xstilts", *map(str, arguments)], environment=environment)


def _commanded(place: Path, arguments: list[str]) -> None:
    from xstilts.cli import main

    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.argv = arguments
    main()


def team(size: int) -> list[dict[str, object]]:
    """The environments in which `torchrun` starts so many processes that work together on this machine."""
    if size == 1:
        return [{}]
    with socket.socket() as found:
        found.bind(("localhost", 0))
        port = found.getsockname()[1]
    everyone = {"WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size, "MASTER_ADDR": "localhost", "MASTER_PORT": port}
    return [{**everyone, "RANK": rank, "LOCAL_RANK": rank} for rank in range(size)]
