"""Upkeep of a store: how large it is, whether it is whole, and what of it no study needs."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import Timeout

from xstilts.durable import damage_of, read_json
from xstilts.errors import InputError
from xstilts.stage import PredictSpec, ScoreSpec, TrainSpec, TranslateSpec
from xstilts.store import ESTIMATES, FEATURES, LOCKS, MANIFEST, PARTIAL, STUDIES, VECTORS, Store

SCORES, TRAINED = ScoreSpec.kind, TrainSpec.kind
KINDS = (FEATURES, TranslateSpec.kind, TRAINED, PredictSpec.kind, SCORES, VECTORS, ESTIMATES)
"""Folders of a store that hold what was published; whatever else lies beside them is not the store's."""


@dataclass(frozen=True)
class StoredStudy:
    """A study as its folder's `plan.json` tells it.

    Attributes:
        out: The study's folder.
        stages: Key -> kind, title and parents of each stage.
        features: Keys of the features that its stages read; None if the plan was written before they were.
        is_running: Whether a run of it goes on.
    """

    out: Path
    stages: dict[str, dict[str, Any]]
    features: frozenset[str] | None
    is_running: bool = False

    @classmethod
    def read(cls, out: Path, store: Path, is_running: bool = False) -> StoredStudy:
        """Reads a study's folder.

        Raises:
            InputError: If the folder is not that of a run, or of a run on another store.
        """
        try:
            planned = read_json(out / "plan.json")
            stages = {stage["key"]: stage for stage in planned["stages"]}
            features = planned.get("features")
            place = Path(planned["store"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                "this is not the folder of a run", where=out, expected="plan.json", fix="name the --out of a run"
            ) from error
        if place.resolve() != store.resolve():
            raise InputError("this study was run on another store", where=out, found=place, expected=store.resolve())
        return cls(out, stages, None if features is None else frozenset(features), is_running)


@dataclass(frozen=True)
class Entry:
    """A finished stage or a cache.

    Attributes:
        kind: translate, train, predict, score, features, vectors, or estimates.
        key: Its key.
        folder: Where it is.
    """

    kind: str
    key: str
    folder: Path

    @property
    def size(self) -> int:
        """Bytes on disk, of all files."""
        return size_of(self.folder)


@dataclass(frozen=True)
class Removal:
    """Something that no study needs.

    Attributes:
        path: A file or folder.
        what: What it is, in a word: its kind, or `draft`, `checkpoints`, `lock`.
        why: Why it may go.
        size: Bytes on disk.
        key: The lock that must be had before it is removed.
    """

    path: Path
    what: str
    why: str
    size: int
    key: str


@dataclass
class Sweep:
    """What garbage collection found.

    Attributes:
        removals: What may go.
        busy: Keys that a process works on: what is theirs stays.
        kept: The studies whose needs stay.
        notes: What a person should know.
    """

    removals: list[Removal] = field(default_factory=list)
    busy: set[str] = field(default_factory=set)
    kept: list[StoredStudy] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; what vanishes meanwhile counts as nothing."""
    sizes = []
    for file in (path,) if path.is_file() else path.rglob("*"):
        try:
            status = file.stat()
        except OSError:
            continue
        if not file.is_dir():
            sizes.append(status.st_size)
    return sum(sizes)


def entries(store: Store) -> Iterator[Entry]:
    """Everything that was published, whole or not, by kind and key."""
    for kind in KINDS:
        for folder in sorted((store.root / kind).glob("*")):
            if folder.is_dir() and not folder.name.startswith("."):
                yield Entry(kind, folder.name, folder)


def drafts(store: Store) -> list[Path]:
    """What is being written, or was when its process died."""
    return [path for kind in (*KINDS, STUDIES) for path in sorted((store.root / kind).glob(".*.draft"))]


def known_studies(store: Store) -> tuple[list[StoredStudy], list[str]]:
    """The studies that were run on a store and whose folders are still there; and notes on the others."""
    found, notes = [], []
    for path in sorted((store.root / STUDIES).glob("study-*.json")):
        try:
            out = Path(read_json(path)["out"])
            found.append(StoredStudy.read(out, store.root, store.is_locked(path.stem)))
        except (InputError, OSError, ValueError, KeyError, TypeError):
            notes.append(f"{path.name} names a study's folder that is no longer there, or uses another store")
    return found, notes


def damaged_entries(store: Store) -> Iterator[tuple[Entry, list[str]]]:
    """Reads every byte of what was published; gives what is damaged, and the names of its damaged files."""
    for entry in entries(store):
        files = damage_of(entry.folder, MANIFEST)
        if files and entry.folder.is_dir():  # else it was removed meanwhile
            yield entry, files


def removable(
    store: Store, keep: Sequence[Path] | None = None, *, weights: bool = False, features: bool = False
) -> Sweep:
    """Finds what may go: what no kept study needs, and what dead processes left behind.

    A study whose run goes on is kept in any case, and so is what any process works on.

    Args:
        store: The store.
        keep: Folders of the studies to keep; all that the store knows unless said.
        weights: Of kept studies, training stages may go too if everything that starts from them is done with.
        features: Of kept studies, features may go too, and what recommendations made of them.

    Raises:
        InputError: If a folder is not that of a run on this store.
    """
    sweep = Sweep()
    known, notes = known_studies(store)
    if keep is None:
        sweep.kept, sweep.notes = known, notes
        if not known and any(entries(store)):
            raise InputError(
                "no study is known to use this store, so all of it would go",
                where=store.root,
                fix="name the studies to keep: --keep-studies OUT; or remove the folder yourself",
            )
    else:
        named = [StoredStudy.read(out, store.root) for out in keep]
        places = {study.out.resolve() for study in named}
        running = [study for study in known if study.is_running and study.out.resolve() not in places]
        sweep.kept = [*named, *running]
        sweep.notes += [f"{study.out} is kept: it is being run" for study in running]
    sweep.busy = {path.stem for path in (store.root / LOCKS).glob("*.lock") if store.is_locked(path.stem)}
    _find_entries(store, sweep, weights=weights, features=features)
    _find_leftovers(store, sweep)
    return sweep


def _find_entries(store: Store, sweep: Sweep, *, weights: bool, features: bool) -> None:
    needed = {key for study in sweep.kept for key in study.stages}
    spent = _done_with(store, sweep.kept) if weights else set()
    listed = [study.features for study in sweep.kept]
    used = None if None in listed else frozenset().union(*(keys for keys in listed if keys is not None))
    if used is None:
        sweep.notes.append("features are kept: a study's plan does not list its own; run it again, and it will")
    for entry in entries(store):
        if entry.key in sweep.busy:
            continue
        if entry.kind == FEATURES:
            why = "made again when needed" if features else "no kept study reads it"
            goes = features or (used is not None and entry.key not in used)
        elif entry.kind in (VECTORS, ESTIMATES):
            why, goes = "made again when needed", features
        else:
            why = "no kept study needs it" if entry.key not in needed else "all that starts from it is scored"
            goes = entry.key not in needed or (entry.kind == TRAINED and entry.key in spent)
        if goes:
            sweep.removals.append(Removal(entry.folder, entry.kind, why, entry.size, entry.key))


def _done_with(store: Store, studies: Iterable[StoredStudy]) -> set[str]:
    """Stages that no score still to be made needs, in any of the studies."""
    wanted: set[str] = set()
    known: set[str] = set()
    for study in studies:
        known |= set(study.stages)
        asked = [key for key, stage in study.stages.items() if stage["kind"] == SCORES]
        seen: set[str] = set()
        while asked:  # from scores that are not there back to what they still need
            key = asked.pop()
            if key in seen:
                continue
            seen.add(key)
            finished = _is_whole(store, study.stages[key]["kind"], key)
            if not finished:
                asked += study.stages[key]["parents"]
            if not finished or study.stages[key]["kind"] != SCORES:
                wanted.add(key)
    return known - wanted


def _is_whole(store: Store, kind: str, key: str) -> bool:
    """Whether a stage is finished; contents are compared with checksums, but of weights, which are large."""
    return store.has(kind, key) if kind == TRAINED else not damage_of(store.root / kind / key, MANIFEST)


def _find_leftovers(store: Store, sweep: Sweep) -> None:
    """Drafts, checkpoints, locks and memories that nothing alive holds."""
    needed = {key: stage["kind"] for study in sweep.kept for key, stage in study.stages.items()}
    for draft in drafts(store):
        key = draft.name.removeprefix(".").split(".", maxsplit=1)[0]
        if key not in sweep.busy:
            sweep.removals.append(Removal(draft, "draft", "its process is dead", size_of(draft), key))
    for folder in sorted((store.root / PARTIAL).glob("*")):
        key = folder.name
        if key in sweep.busy or (key in needed and not store.has(needed[key], key)):
            continue
        why = "its stage is finished" if key in needed else "no kept study needs it"
        sweep.removals.append(Removal(folder, "checkpoints", why, size_of(folder), key))
    kept = {study.out.resolve() for study in sweep.kept}
    for path in sorted((store.root / STUDIES).glob("study-*.json")):
        if path.stem not in sweep.busy and not _names_one_of(path, kept):
            sweep.removals.append(Removal(path, "study", "it is not kept, or gone", size_of(path), path.stem))
    for lock in sorted((store.root / LOCKS).glob("*.lock")):
        if not sweep.busy:
            sweep.removals.append(Removal(lock, "lock", "nobody holds it", 0, lock.stem))


def _names_one_of(path: Path, folders: set[Path]) -> bool:
    try:
        return Path(read_json(path)["out"]).resolve() in folders
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remove(store: Store, sweep: Sweep) -> tuple[list[Removal], list[Removal]]:
    """Removes what a sweep found, each under its lock; gives what went, and what some process has taken meanwhile."""
    gone: list[Removal] = []
    stayed: list[Removal] = []
    for removal in sweep.removals:
        if _removed(store, removal.path, removal.key, with_lock=not sweep.busy):
            gone.append(removal)
        else:
            stayed.append(removal)
    return gone, stayed


def remove_entry(store: Store, entry: Entry) -> bool:
    """Removes a finished stage or a cache; whether it could be, since no process holds its lock."""
    return _removed(store, entry.folder, entry.key, with_lock=False)


def _removed(store: Store, path: Path, key: str, *, with_lock: bool) -> bool:
    """The lock's file goes only where no process uses the store: one that waits for it must not wait in vain."""
    try:
        with store.lock(key).acquire(timeout=0):
            if path.is_dir():
                (path / MANIFEST).unlink(missing_ok=True)  # what a killed process leaves of it counts as nothing
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            if with_lock:
                (store.root / LOCKS / f"{key}.lock").unlink(missing_ok=True)
    except Timeout:
        return False
    return True
