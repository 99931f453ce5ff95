"""Folders that are either whole or absent, whatever happens while they are written.

A folder is filled under a temporary name, every file is flushed to disk, a manifest with checksums is written last,
and one rename publishes it. A folder without a valid manifest does not exist for any reader.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def publish_folder(target: Path, manifest_name: str, manifest: Mapping[str, Any]) -> Iterator[Path]:
    """Yields an empty folder to fill; on leaving without an error it becomes `target`, at once and whole.

    Args:
        target: The folder's final place; if it exists already, what was written is thrown away.
        manifest_name: Name of the JSON file that makes the folder valid.
        manifest: Its content; `files` (name -> size and SHA-256) is added.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.draft"
    draft.mkdir()
    try:
        yield draft
        files = {
            path.relative_to(draft).as_posix(): _sealed(path) for path in sorted(draft.rglob("*")) if path.is_file()
        }
        write_json(draft / manifest_name, {**manifest, "files": files})
        _flush_folder(draft)
        if not target.exists():
            draft.replace(target)
            _flush_folder(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read_manifest(folder: Path, manifest_name: str) -> dict[str, Any] | None:
    """The manifest of a whole folder; None if the folder is absent, unfinished, or a file is missing or cut."""
    try:
        manifest = json.loads((folder / manifest_name).read_text(encoding="utf-8"))
        sizes_agree = all((folder / name).stat().st_size == file["bytes"] for name, file in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest if sizes_agree else None


def damaged_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Names of files whose content is no longer what the manifest says."""
    return [name for name, file in manifest["files"].items() if _sha256(folder / name) != file["sha256"]]


def read_json(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path: Path, data: Any) -> None:
    """Writes JSON in one step: a reader sees the old file or the new one, never a part."""
    write_text(path, json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Writes text in one step."""
    with publish_file(path) as draft:
        draft.write_text(text, encoding="utf-8")


@contextmanager
def publish_file(path: Path) -> Iterator[Path]:
    """Yields a path to write to; afterwards the file is there, flushed to disk, in place of the one before."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.draft")
    try:
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(folder: Path) -> None:
    """Removes what a killed process left behind."""
    for draft in folder.glob(".*.draft"):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


def _sealed(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return {"bytes": path.stat().st_size, "sha256": digest}


def cache_folder() -> Path:
    """Where what can be made again is kept for the user: `$XDG_CACHE_HOME/xstilts`, or `~/.cache/xstilts`."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "xstilts"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
