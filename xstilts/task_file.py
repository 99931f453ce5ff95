"""A task in a Python file of the user's own; the file is run, so it must be trusted."""

from __future__ import annotations

import ast
import importlib.util
import sys
import traceback
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from xstilts.catalogue import described
from xstilts.errors import InputError
from xstilts.task import Task


def task_from_file(path: Path) -> Task:
    """The `TASK` of a Python file of the user's own.

    Raises:
        InputError: If the file is missing or defines no task.
    """
    expected = "a Python file (.py) with TASK = Task(...)"
    if not path.is_file():
        problem = "this is a folder, no task file" if path.is_dir() else "there is no such task file"
        raise InputError(problem, where=path, expected=expected)
    if path.suffix != ".py":
        raise InputError("a task file is Python", where=path, found=f"a name in {path.suffix!r}", expected=expected)
    spec = importlib.util.spec_from_file_location(f"xstilts_own_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        source = path.read_text(encoding="utf-8")
        with _without_bytecode():
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise InputError(
            "the task file cannot be loaded",
            where=_place_in(path, error),
            found=f"{type(error).__name__}: {error}",
            expected=f"{expected}, in UTF-8",
            fix="mend the file, which is run as Python",
        ) from error
    task = getattr(module, "TASK", None)
    if not isinstance(task, Task):
        found = f"a {type(task).__name__}" if hasattr(module, "TASK") else "no TASK"
        raise InputError("the file defines no task", where=path, found=found, expected=expected)
    _check_metrics(task, path)
    version = _reading_version(task.version, source)
    return described(replace(task, version=version), module.__doc__)


@contextmanager
def _without_bytecode() -> Iterator[None]:
    """Python puts nothing beside the user's file."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _place_in(path: Path, error: BaseException) -> str:
    """The file, and the last line of it that was run, or that is no Python."""
    steps = traceback.extract_tb(error.__traceback__)
    lines = [step.lineno for step in steps if Path(step.filename).resolve() == path.resolve()]
    line = error.lineno if isinstance(error, SyntaxError) else next(reversed(lines), None)
    return f"{path}:{line}" if line else str(path)


def _check_metrics(task: Task, path: Path) -> None:
    from xstilts.metrics import metric

    try:
        for name in (*task.metric_names, *task.headline_names):
            metric(name)
    except InputError as error:
        raise InputError(str(error), where=f"{path}, TASK") from None


def _reading_version(version: int, source: str) -> int:
    """A number that changes with the code that reads, so that what other code read is not taken from the store.

    The docstring and the rest of TASK do not count: what matters of the task is in a stage's key on its own.
    """
    statements = [
        statement
        for statement in ast.parse(source).body
        if not isinstance(statement, ast.Expr) and "TASK" not in _assigned_names(statement)
    ]
    return zlib.crc32(f"{version}{''.join(map(ast.dump, statements))}".encode())


def _assigned_names(statement: ast.stmt) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}
