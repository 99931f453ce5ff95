"""A disk that fails at a chosen moment: every call that changes something under a folder is one, found by itself.

The calls are those that Python makes. What libraries write in native code is disturbed by `limited_files`.
"""

from __future__ import annotations

import builtins
import errno
import hashlib
import io
import os
import resource
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

FAULTS = ("full disk", "I/O error", "short write", "death before", "death after", "power loss")


class Died(BaseException):
    """The process is no more: nothing that follows has an effect on the disk."""


class FaultyDisk:
    """While it is entered, counts the calls that change a folder, and disturbs one of them.

    - `full disk`: nothing is created or written from this call on; renaming and removing works.
    - `I/O error`: this call fails.
    - `short write`: a call that writes writes half, and fails.
    - `death before`, `death after`: the process ends before or after the call, so that no cleaning up is done.
    - `power loss`: it ends after the call, and what was not flushed is lost: content of files, renames of folders.

    Args:
        folder: What is done elsewhere does not count.
        at: Number of the call, from 1; 0 only counts.
        fault: One of `FAULTS`.
    """

    def __init__(self, folder: Path, at: int = 0, fault: str = "") -> None:
        self.folder, self.at, self.fault = folder, at, fault
        self.calls: list[str] = []
        self.is_dead = False
        self._is_full = False
        self._thread = threading.local()
        self._counting_lock = threading.Lock()
        self._flushed: dict[int, tuple[int, int]] = {}
        self._renamed: list[tuple[Path, Path]] = []
        self._stack = ExitStack()

    def __enter__(self) -> FaultyDisk:
        for path in self.folder.rglob("*"):  # what is there was flushed
            self._note_flush(path.stat())
        opened = io.open
        changing = {"mkdir": 0, "rename": 1, "replace": 1, "unlink": 0, "remove": 0, "rmdir": 0, "open": 0, "fsync": 0}
        for name, place in changing.items():
            call = _no_flush if name == "fsync" else getattr(os, name)
            self._patch(os, name, self._counting(name, call, place))
        self._patch(shutil, "rmtree", self._counting("rmtree", shutil.rmtree, 0))
        for owner in (io, builtins):
            self._patch(owner, "open", lambda *arguments, **options: self._open(opened, *arguments, **options))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _patch(self, owner: Any, name: str, call: Callable[..., Any]) -> None:
        self._stack.enter_context(patch.object(owner, name, call))

    def _counting(self, name: str, call: Callable[..., Any], place: int) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            target = arguments[place]
            if not isinstance(target, int) and not self._is_ours(target):
                return call(*arguments, **options)
            what = "flush" if isinstance(target, int) else str(Path(target).relative_to(self.folder))

            def done() -> Any:
                result = call(*arguments, **options)
                if name == "fsync":
                    self._note_flush(os.fstat(target))
                elif name in ("rename", "replace") and Path(target).is_dir():
                    self._renamed.append((Path(arguments[0]), Path(target)))
                return result

            try:
                return self._call(name, what, done)
            except OSError:
                if options.get("ignore_errors"):  # of rmtree
                    return None
                raise

        return counted

    def _is_ours(self, path: Any) -> bool:
        return str(path).startswith(f"{self.folder}{os.sep}")

    def _open(self, opened: Callable[..., Any], file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if isinstance(file, int) or not self._is_ours(file):
            return opened(file, mode, *arguments, **options)
        if not set(mode) & set("wax+"):
            self._check_alive()
            return opened(file, mode, *arguments, **options)
        what = str(Path(file).relative_to(self.folder))
        return _Written(self._call("create", what, lambda: opened(file, mode, *arguments, **options)), what, self)

    def _check_alive(self) -> None:
        if self.is_dead:
            raise Died

    def _call(self, name: str, what: str, call: Callable[[], Any], short: Callable[[], Any] | None = None) -> Any:
        self._check_alive()
        if getattr(self._thread, "is_inside", False):  # of rmtree, which is one call
            return call()
        with self._counting_lock:
            self.calls.append(f"{name} {what}")
            is_hit = len(self.calls) == self.at
        self._is_full |= is_hit and self.fault == "full disk"
        if self._is_full and name in ("create", "write", "mkdir", "fsync", "open"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), what)
        if is_hit and self.fault in ("I/O error", "short write"):
            if short is not None and self.fault == "short write":
                short()
            raise OSError(errno.EIO, os.strerror(errno.EIO), what)
        if is_hit and self.fault == "death before":
            self._die()
        self._thread.is_inside = True
        try:
            return call()
        finally:
            self._thread.is_inside = False
            if is_hit and self.fault in ("death after", "power loss"):
                self._die()

    def _note_flush(self, status: os.stat_result) -> None:
        self._flushed[status.st_ino] = (status.st_size, status.st_mtime_ns)
        self._renamed = [(old, new) for old, new in self._renamed if new.parent.stat().st_ino != status.st_ino]

    def _die(self) -> None:
        if self.fault == "power loss":
            self._lose(self.folder)
        self.is_dead = True
        raise Died

    def _lose(self, copy: Path) -> None:
        """Loses, in the folder or a copy of it, what was not flushed: half of a file, the new name of a folder."""
        for path in list(self.folder.rglob("*")):
            status = path.stat()
            if path.is_file() and self._flushed.get(status.st_ino) != (status.st_size, status.st_mtime_ns):
                os.truncate(copy / path.relative_to(self.folder), status.st_size // 2)
        for old, new in reversed(self._renamed):
            shutil.move(copy / new.relative_to(self.folder), copy / old.relative_to(self.folder))


class WatchedDisk(FaultyDisk):
    """Keeps what a disk would hold if the process, or the machine, had died after each of its calls.

    That is what `death after` and `power loss` leave, and `death before` at the call that follows, in one run for all.

    Args:
        folder: As of `FaultyDisk`.
        kept: Gets `NUMBER-death` and `NUMBER-power`, copies of the folder; of equal ones the first is there.
    """

    def __init__(self, folder: Path, kept: Path) -> None:
        super().__init__(folder)
        self._kept, self._known = kept, set[str]()
        self._keeping = threading.RLock()

    def _call(self, name: str, what: str, call: Callable[[], Any], short: Callable[[], Any] | None = None) -> Any:
        if getattr(self._thread, "is_inside", False):
            return call()
        with self._keeping:  # other threads stand still
            result = super()._call(name, what, call, short)
            self._thread.is_inside = True
            try:
                for how in ("death", "power"):
                    copy = self._kept / f"{len(self.calls):04}-{how}"
                    shutil.copytree(self.folder, copy)
                    if how == "power":
                        self._lose(copy)
                    digest = content_of(copy)
                    if digest in self._known:
                        shutil.rmtree(copy)
                    self._known.add(digest)
            finally:
                self._thread.is_inside = False
        return result


def content_of(folder: Path) -> str:
    """A digest of the names and the content of all files and folders."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        digest.update(f"{path.relative_to(folder)}\0{content}\0".encode())
    return digest.hexdigest()


def _no_flush(handle: int) -> None:
    """What a flush would save is kept track of; the real one only takes time."""


class _Written:
    """A file open for writing whose writes are counted."""

    def __init__(self, file: Any, what: str, disk: FaultyDisk) -> None:
        self._file, self._what, self._disk = file, what, disk

    def write(self, data: Any) -> Any:
        def short() -> None:
            self._file.write(data[: len(data) // 2])
            self._file.flush()

        return self._disk._call("write", self._what, lambda: self._file.write(data), short)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@contextmanager
def limited_files(most: int) -> Iterator[None]:
    """No file grows beyond so many bytes: a write across the limit is short, and the next fails, in any library."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
