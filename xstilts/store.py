"""The store: finished stages, found by what they are. A folder per stage, published whole, verified when read."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import BaseFileLock, FileLock, Timeout

from xstilts.durable import damage_of, drafts_of, publish_folder, read_manifest, write_json
from xstilts.errors import InputError

if TYPE_CHECKING:
    from xstilts.stage import Stage

MANIFEST = "stage.json"
FEATURES, VECTORS, ESTIMATES = "features", "vectors", "estimates"
"""Folders of what is cached: features, and what `xstilts recommend` made of them."""
STUDIES, PARTIAL, LOCKS = "studies", "partial", "locks"
"""Folders of a store that hold no finished work: the studies that were run on it, work in progress, locks."""

Damage = Callable[[str, str, list[str]], None]
"""Is told of a damaged folder: its kind, its key, and the names of the files that are missing, cut or changed."""


def _untold(kind: str, key: str, files: list[str]) -> None:
    """Tells nobody."""


def finished_record(store: Path, kind: str, key: str) -> dict[str, Any]:
    """What `stage.json` of a finished stage says.

    Args:
        store: The folder of the store.
        kind: Of the stage.
        key: Of the stage.

    Raises:
        InputError: If it is not there.
    """
    found = read_manifest(store / kind / key, MANIFEST)
    if found is None:
        raise InputError(
            f"a {kind} stage is no longer in the store", where=store / kind / key, fix="run the study again"
        )
    return found


class Store:
    """Finished stages under one folder, `KIND/KEY/`; work in progress under `partial/KEY/`.

    Several processes, also of several machines, may use one store. Whoever writes a key holds its lock; whoever reads
    needs none, since a folder is published by one rename.

    Args:
        root: The folder; it is made when something is first written.
        on_damage: Is told of every damaged folder that is met, once.
    """

    def __init__(self, root: Path, on_damage: Damage = _untold) -> None:
        self.root, self._on_damage = root, on_damage
        self._verified: dict[Path, str] = {}
        self._damaged: set[Path] = set()

    def folder(self, stage: Stage) -> Path:
        """Where the finished stage is, or will be."""
        return self.root / stage.kind / stage.key

    def manifest(self, stage: Stage) -> dict[str, Any] | None:
        """What `stage.json` says; None unless the stage is finished and whole.

        Every file is compared with its checksum once per process, and again when the folder was published anew. A
        damaged stage is absent: it will be run again.
        """
        return self._whole(self.folder(stage))

    def _whole(self, folder: Path) -> dict[str, Any] | None:
        """The manifest of a folder that is there and whole."""
        manifest = read_manifest(folder, MANIFEST)
        if manifest is not None and self._verified.get(folder) == manifest["checksum"]:
            return manifest
        files = damage_of(folder, MANIFEST) if folder.is_dir() else []
        if files and folder not in self._damaged:
            self._damaged.add(folder)
            self._on_damage(folder.parent.name, folder.name, files)
        if manifest is None or files:
            return None
        self._damaged.discard(folder)
        self._verified[folder] = manifest["checksum"]
        return manifest

    def record(self, stage: Stage) -> dict[str, Any] | None:
        """What `stage.json` says; None unless the stage is finished. Contents are not compared with checksums."""
        return read_manifest(self.folder(stage), MANIFEST)

    def has(self, kind: str, key: str) -> bool:
        """Whether a stage is finished; contents are not compared with checksums."""
        return read_manifest(self.root / kind / key, MANIFEST) is not None

    def is_locked(self, key: str) -> bool:
        """Whether some process works on a stage."""
        if not (self.root / LOCKS / f"{key}.lock").exists():
            return False
        try:
            with self.lock(key).acquire(timeout=0):
                return False
        except Timeout:
            return True

    @contextmanager
    def publish(self, stage: Stage, record: dict[str, Any]) -> Iterator[Path]:
        """Yields an empty folder to fill; afterwards the stage is finished, its work in progress gone.

        Args:
            stage: The stage; the caller holds its lock.
            record: Goes into `stage.json`; may be added to until the folder is left.
        """
        record.update(kind=stage.kind, key=stage.key, title=stage.title, spec=stage.spec_json())
        self._clear(self.folder(stage))
        with publish_folder(self.folder(stage), MANIFEST, record) as draft:
            yield draft
        shutil.rmtree(self.workspace(stage), ignore_errors=True)

    def workspace(self, stage: Stage) -> Path:
        """Where a stage keeps what lets it resume."""
        return self.root / PARTIAL / stage.key

    def remove_leftovers(self, stages: Iterable[Stage]) -> None:
        """Removes the checkpoints of stages that were published, where their process died before it could."""
        for stage in stages:
            if self.workspace(stage).exists() and self.manifest(stage) is not None:
                shutil.rmtree(self.workspace(stage), ignore_errors=True)

    def lock(self, key: str) -> BaseFileLock:
        """A lock that holds between processes, and machines on one file system; it ends with its process."""
        folder = self.root / LOCKS
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{key}.lock")

    @contextmanager
    def cached(self, kind: str, key: str, name: str) -> Iterator[tuple[Path, bool]]:
        """A derived file, such as features: yields where it is and whether it is there; if not, the caller writes it.

        What is written becomes visible, whole, when the caller is done.
        """
        folder = self.root / kind / key
        if self._whole(folder) is not None:
            yield folder / name, True
            return
        with self.lock(key):
            if self._whole(folder) is not None:
                yield folder / name, True
                return
            self._clear(folder)
            with publish_folder(folder, MANIFEST, {"kind": kind, "key": key}) as draft:
                yield draft / name, False

    @contextmanager
    def used_by(self, out: Path) -> Iterator[None]:
        """Remembers, while a run lasts and after it, that the study in a folder uses this store.

        `xstilts store gc` keeps what a study needs whose run has not ended.
        """
        out = out.resolve()
        name = f"study-{hashlib.sha256(str(out).encode()).hexdigest()[:16]}"
        (self.root / STUDIES).mkdir(parents=True, exist_ok=True)
        write_json(self.root / STUDIES / f"{name}.json", {"out": str(out)})
        lock = self.lock(name)
        try:
            lock.acquire(timeout=0)
        except Timeout:  # another run of the same study holds it
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def _clear(self, folder: Path) -> None:
        """Removes a damaged folder and what killed processes left beside it. Call with its lock held."""
        damaged = [] if self._whole(folder) is not None else [folder]
        for path in (*damaged, *drafts_of(folder)):
            shutil.rmtree(path, ignore_errors=True)
        self._damaged.discard(folder)
