"""The store: finished stages, found by what they are. A folder per stage, published whole, verified when read."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import BaseFileLock, FileLock, Timeout

from xstilts.durable import damaged_files, publish_folder, read_manifest

if TYPE_CHECKING:
    from xstilts.stage import Stage

MANIFEST = "stage.json"


class Store:
    """Finished stages under one folder, `KIND/KEY/`; work in progress under `partial/KEY/`.

    Args:
        root: The folder; it is made when something is first written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._verified: set[str] = set()

    def folder(self, stage: Stage) -> Path:
        """Where the finished stage is, or will be."""
        return self.root / stage.kind / stage.key

    def manifest(self, stage: Stage) -> dict[str, Any] | None:
        """What `stage.json` says; None unless the stage is finished and whole.

        Every file is compared with its checksum once per process. A damaged stage is absent: it will be run again.
        """
        folder = self.folder(stage)
        return read_manifest(folder, MANIFEST) if self._is_whole(folder) else None

    def _is_whole(self, folder: Path) -> bool:
        manifest = read_manifest(folder, MANIFEST)
        if manifest is None:
            return False
        if folder.name not in self._verified:
            if damaged_files(folder, manifest):
                return False
            self._verified.add(folder.name)
        return True

    def has(self, kind: str, key: str) -> bool:
        """Whether a stage is finished; contents are not compared with checksums."""
        return read_manifest(self.root / kind / key, MANIFEST) is not None

    def is_locked(self, key: str) -> bool:
        """Whether some process works on a stage."""
        if not (self.root / "locks" / f"{key}.lock").exists():
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
            stage: The stage.
            record: Goes into `stage.json`; may be added to until the folder is left.
        """
        record.update(kind=stage.kind, key=stage.key, title=stage.title, spec=stage.spec_json())
        self._clear(self.folder(stage))
        with publish_folder(self.folder(stage), MANIFEST, record) as draft:
            yield draft
        shutil.rmtree(self.workspace(stage), ignore_errors=True)

    def workspace(self, stage: Stage) -> Path:
        """Where a stage keeps what lets it resume."""
        return self.root / "partial" / stage.key

    def remove_leftovers(self, stages: Iterable[Stage]) -> None:
        """Removes the checkpoints of stages that were published, where their process died before it could."""
        for stage in stages:
            if self.workspace(stage).exists() and self.manifest(stage) is not None:
                shutil.rmtree(self.workspace(stage), ignore_errors=True)

    def lock(self, key: str) -> BaseFileLock:
        """A lock that holds between processes; it ends with its process."""
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{key}.lock")

    @contextmanager
    def cached(self, kind: str, key: str, name: str) -> Iterator[tuple[Path, bool]]:
        """A derived file, such as features: yields where it is and whether it is there; if not, the caller writes it.

        What is written becomes visible, whole, when the caller is done.
        """
        folder = self.root / kind / key
        if self._is_whole(folder):
            yield folder / name, True
            return
        with self.lock(key):
            if self._is_whole(folder):
                yield folder / name, True
                return
            self._clear(folder)
            with publish_folder(folder, MANIFEST, {"kind": kind, "key": key}) as draft:
                yield draft / name, False

    def _clear(self, folder: Path) -> None:
        """Removes an unfinished or damaged folder and what killed processes left beside it. Call with its lock held."""
        for path in (folder, *folder.parent.glob(f".{folder.name}.*.draft")):
            shutil.rmtree(path, ignore_errors=True)
