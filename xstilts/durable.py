"""Folders that are either whole or absent, whatever happens while they are written.

A folder is filled under a temporary name, every file is flushed to disk, a manifest with checksums is written last,
and one rename publishes it. A folder without a valid manifest does not exist for any reader.
"""

from __future__ import annotations

import errno
import glob
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from xstilts.errors import InputError


@contextmanager
def publish_folder(target: Path, manifest_name: str, manifest: Mapping[str, Any]) -> Iterator[Path]:
    """Yields an empty folder to fill; on leaving without an error it becomes `target`, at once and whole.

    Several may publish the same target: the first whole folder stays.

    Args:
        target: The folder's final place; if a whole one is there already, what was written is thrown away, and if a
            damaged one is, that is replaced.
        manifest_name: Name of the JSON file that makes the folder valid.
        manifest: Its content; `files` (name -> size and SHA-256) and `checksum` (of the manifest itself) are added.
    """
    _make_folder(target.parent)
    draft = _draft_of(target)
    draft.mkdir()
    try:
        yield draft
        inside = sorted(draft.rglob("*"))
        files = {path.relative_to(draft).as_posix(): _sealed(path) for path in inside if path.is_file()}
        content = json.loads(json.dumps({**manifest, "files": files}))  # as it will be read
        write_json(draft / manifest_name, {**content, "checksum": _checksum(content)})
        for folder in (*(path for path in inside if path.is_dir()), draft):
            _flush_folder(folder)
        _take_place(draft, target, manifest_name)
        _flush_folder(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _take_place(draft: Path, target: Path, manifest_name: str) -> None:
    """Renames the draft to the target, unless a whole folder is there."""
    while True:
        try:
            draft.replace(target)
            return
        except OSError as error:  # a folder takes the place of none, or of an empty one
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
        if not damage_of(target, manifest_name):
            return
        aside = _draft_of(target)
        with suppress(FileNotFoundError):
            target.replace(aside)
        shutil.rmtree(aside, ignore_errors=True)


def read_manifest(folder: Path, manifest_name: str) -> dict[str, Any] | None:
    """The manifest of a whole folder; None if the folder is absent, unfinished, or a file is missing or cut.

    A manifest that is not what was written, by a single bit, counts as none.
    """
    manifest = _intact_manifest(folder / manifest_name)
    return None if manifest is None or _misfits(folder, manifest) else manifest


def damaged_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Names of files whose content is no longer what the manifest says, or cannot be read."""
    return [name for name, file in manifest["files"].items() if _digest_of(folder / name) != file["sha256"]]


def damage_of(folder: Path, manifest_name: str) -> list[str]:
    """Names of the files of a published folder that are missing, cut or changed; empty if it is whole.

    Every byte is read. Where the manifest is damaged, it alone is named: nothing can be said of the others.
    """
    manifest = _intact_manifest(folder / manifest_name)
    if manifest is None:
        return [manifest_name]
    misfits = _misfits(folder, manifest)
    rest = {name: file for name, file in manifest["files"].items() if name not in misfits}
    return sorted([*misfits, *damaged_files(folder, {"files": rest})])


def _intact_manifest(path: Path) -> dict[str, Any] | None:
    try:
        manifest = read_json(path)
        content = {name: value for name, value in manifest.items() if name != "checksum"}
        return manifest if manifest["checksum"] == _checksum(content) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _misfits(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Files that are missing or have another size."""

    def fits(name: str, size: int) -> bool:
        try:
            return (folder / name).stat().st_size == size
        except OSError:
            return False

    return [name for name, file in manifest["files"].items() if not fits(name, file["bytes"])]


def _checksum(manifest: Mapping[str, Any]) -> str:
    text = json.dumps(manifest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_json(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_record(path: Path, *names: str) -> dict[str, Any]:
    """A JSON object that this program wrote into a study's folder, where a person may have spoiled it.

    Args:
        path: The file.
        names: Fields that it must have.

    Raises:
        InputError: If it cannot be read, or is something else.
    """
    expected = f"what `xstilts run` wrote, with {' and '.join(names)}" if names else "what `xstilts run` wrote"
    fix = "run the study again: what is finished is kept"
    try:
        record = read_json(path)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}"
        raise InputError("this is not JSON", where=where, found=error.msg, expected=expected, fix=fix) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError("the file cannot be read", where=path, found=error, expected=expected, fix=fix) from None
    absent = [name for name in names if not isinstance(record, dict) or name not in record]
    if absent or not isinstance(record, dict):
        found = f"no {absent[0]}" if isinstance(record, dict) else f"a {type(record).__name__}"
        raise InputError("the file is of another kind", where=path, found=found, expected=expected, fix=fix)
    return record


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
    draft = _draft_of(path)
    try:
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
        _flush_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _draft_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.draft")


def drafts_of(target: Path) -> list[Path]:
    """What processes that were killed while they published `target` left beside it."""
    return list(target.parent.glob(f".{glob.escape(target.name)}.*.draft"))


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


def _digest_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _make_folder(folder: Path) -> None:
    """Makes a folder and what it is in; the names of new ones are flushed to disk."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
