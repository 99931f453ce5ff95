"""The suite as a source of tasks: files of a data folder if they are there, else made when they are needed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, get_args

from xstilts.data.sources import Files, Origin, Reader
from xstilts.durable import cache_folder
from xstilts.errors import InputError
from xstilts.mini.pools import Pool
from xstilts.mini.suite import file_names, splits_of, write_split


@dataclass(frozen=True)
class Made(Files):
    """Files of the suite: `mini/...` in the data folder, as `write_suite` leaves them there, or made in a cache.

    Attributes:
        task: The suite's own name of the task.
    """

    task: str = ""

    folder_may_be_collection: ClassVar[bool] = False  # `text/en.txt` may be anybody's

    def can_obtain(self, language: str, split: str, *, offline: bool, folder: Path | None = None) -> bool:
        """Every language and split of the task can be made."""
        return self.paths(language, split) is not None

    def obtain(self, language: str, split: str, *, offline: bool = False, folder: Path | None = None) -> list[Path]:
        """The files in the cache, each written in one step, so that processes do not disturb each other.

        Raises:
            InputError: If the cache cannot be written.
        """
        folder = suite_folder()
        paths = [folder / name.format(language=language, split=split) for name in file_names(self.task)]
        if not all(path.is_file() for path in paths):
            pool = next(name for name in get_args(Pool) if name == split)
            try:
                write_split(folder, self.task, language, pool)
            except OSError as error:
                raise InputError(
                    f"the files of mini cannot be written: {error.strerror or error}",
                    where=folder,
                    fix="name another folder for caches with the environment variable XDG_CACHE_HOME",
                ) from error
        return paths

    def origins(self) -> list[Origin]:
        """The data folder, then the suite's rules."""
        return [*super().origins(), Origin("rules", "the embedded suite", self.splits, how="made when needed")]


def made(task: str, read: Reader) -> Made:
    """The source of one of the suite's tasks, with the default sizes."""
    return Made(tuple(f"mini/{name}" for name in file_names(task)), read, splits_of(task), task=task)


def suite_folder() -> Path:
    """Where files are made: one folder per state of the suite's source, in the user's cache."""
    return cache_folder() / f"mini-{_source_digest()}"


@cache
def _source_digest() -> str:
    """Changes with every file of the package that can change what is written."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(here.rglob("*.py"), key=lambda path: path.relative_to(here).as_posix()):
        digest.update(f"{path.relative_to(here).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
