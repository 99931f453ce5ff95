"""The tasks that are known: those of the package, which are the files of the folder `tasks/`, and the user's own."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from xstilts.errors import InputError, nearest
from xstilts.task import Task


class Tasks:
    """The tasks that a command knows: those of the package, and the user's own."""

    def __init__(self, own: Iterable[Task] = ()) -> None:
        self._own = {task.name: task for task in own}

    def within(self, folder: Path | None) -> Tasks:
        """The same tasks, each with the labels that the files of a folder hold, where only they say them."""
        return _TasksWithin(self._own.values(), folder)

    def __or__(self, other: Tasks) -> Tasks:
        """All tasks of both; of two with one name, the other's."""
        return Tasks({**self._own, **other._own}.values())

    def names(self) -> list[str]:
        """All names, sorted; nothing is imported."""
        return sorted(_packaged_names() | set(self._own))

    def __getitem__(self, name: str) -> Task:
        """The task of this name.

        Raises:
            InputError: If there is none.
        """
        if name in self._own:
            return self._own[name]
        if name not in _packaged_names():
            near, known = nearest(name, self.names()), f"xstilts tasks lists all {len(_packaged_names())}"
            raise InputError(
                f"there is no task {name!r}",
                expected=f"{', '.join(sorted(self._own))} of the study, or one of the package" if self._own else None,
                fix=f"{near} {known}" if near else known,
            )
        return _packaged(name)


class _TasksWithin(Tasks):
    """Tasks of which those that need it are fitted to a data folder, once."""

    def __init__(self, own: Iterable[Task], folder: Path | None) -> None:
        super().__init__(own)
        self._folder = folder
        self._fitted: dict[str, Task] = {}

    def __getitem__(self, name: str) -> Task:
        if name not in self._fitted:
            task = super().__getitem__(name)
            if task.fit is None:
                return task
            self._fitted[name] = task.within(self._folder)
        return self._fitted[name]


@cache
def _packaged_names() -> frozenset[str]:
    from xstilts import tasks as package

    return frozenset(_task_name(module.name) for module in pkgutil.iter_modules(package.__path__))


@cache
def _packaged(name: str) -> Task:
    module = importlib.import_module(f"xstilts.tasks.{name.replace('-', '_')}")
    return described(module.TASK, module.__doc__)


def _task_name(module: str) -> str:
    """The tasks of the embedded suite are named `mini-...`; all others are named as their files."""
    return module.replace("mini_", "mini-", 1) if module.startswith("mini_") else module


def described(task: Task, docstring: str | None) -> Task:
    """The task with its file's docstring as description, unless it has one."""
    return task if task.description or not docstring else replace(task, description=docstring.strip())
