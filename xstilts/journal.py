"""What happened in a run: `log.jsonl`, a line per event, and what it says of stages and of cells of the results."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.durable import read_record
from xstilts.errors import InputError
from xstilts.executors.watching import Watcher
from xstilts.store import Store
from xstilts.wording import counted

if TYPE_CHECKING:
    import polars as pl

    from xstilts.executors.failures import Failure
    from xstilts.plan import Plan
    from xstilts.stage import Stage

_LOG = "log.jsonl"


class Journal(Watcher):
    """Passes events on to another watcher and writes each as a line of the log.

    Args:
        screen: The other watcher.
        out: The study's folder.
    """

    def __init__(self, screen: Watcher, out: Path) -> None:
        self._screen, self._path = screen, out / _LOG

    def _write(self, event: str, stage: Stage, **more: Any) -> None:
        self._append({"event": event, "key": stage.key, "kind": stage.kind, "title": stage.title, **more})

    def _append(self, line: dict[str, Any]) -> None:
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"time": time.time(), **line}, ensure_ascii=False) + "\n")
        except OSError as error:
            if error.errno != errno.ENOSPC:  # a full disk is reported by the stage that met it
                raise

    def reading(self, what: str) -> None:
        """Not a line of the log."""
        self._screen.reading(what)

    def begin(self, stages: Sequence[Stage], finished: int) -> None:
        """Not a line of the log."""
        self._screen.begin(stages, finished)

    def stopping(self) -> None:
        """Not a line of the log."""
        self._screen.stopping()

    def end(self) -> None:
        """Not a line of the log."""
        self._screen.end()

    def damaged(self, kind: str, key: str, files: list[str]) -> None:
        """One line, with the files."""
        self._append({"event": "damaged", "key": key, "kind": kind, "files": files})
        self._screen.damaged(kind, key, files)

    def progressed(self, stage: Stage, done: int, total: int, note: str) -> None:
        """Not a line of the log."""
        self._screen.progressed(stage, done, total, note)

    def waiting(self, stage: Stage) -> None:
        """Not a line of the log."""
        self._screen.waiting(stage)

    def started(self, stage: Stage) -> None:
        """One line."""
        self._write("started", stage)
        self._screen.started(stage)

    def finished(self, stage: Stage, seconds: float, record: dict[str, Any]) -> None:
        """One line."""
        self._write("finished", stage, seconds=round(seconds, 3), collapsed=record.get("collapsed", []))
        self._screen.finished(stage, seconds, record)

    def failed(self, stage: Stage, failure: Failure) -> None:
        """One line, with its cause."""
        self._write("failed", stage, cause=failure.cause, reason=failure.reason, detail=failure.detail)
        self._screen.failed(stage, failure)

    def skipped(self, stage: Stage, because: Stage) -> None:
        """One line, with the key of what failed."""
        self._write("skipped", stage, because=because.key, reason=f"it needs {because.title}, which failed")
        self._screen.skipped(stage, because)


def stage_states(out: Path) -> list[dict[str, Any]]:
    """What became of every stage of a run.

    Returns:
        Key, kind, title, and state: done, running, failed (with cause and reason), skipped (with reason), waiting.

    Raises:
        InputError: If the folder is not that of a run.
    """
    path = out / "plan.json"
    if not path.is_file():
        raise InputError(
            "this is not the folder of a run", where=out, expected="plan.json", fix="name the --out of a run"
        )
    planned = read_record(path, "store", "stages")
    store = Store(Path(planned["store"]))
    bad = _bad_ends(out)
    done = {stage["key"] for stage in planned["stages"] if store.has(stage["kind"], stage["key"])}
    states = []
    for stage in reversed(planned["stages"]):  # children before parents: a parent is done with when its children are
        row: dict[str, Any] = {name: stage[name] for name in ("key", "kind", "title")}
        if stage["key"] in done:
            row["state"] = "done"
            done.update(stage.get("parents", ()))
        elif store.is_locked(stage["key"]):
            row["state"] = "running"
        elif (event := bad.get(stage["key"])) is not None:
            row["state"] = event["event"]
            row |= {name: event[name] for name in ("cause", "reason") if name in event}
        else:
            row["state"] = "waiting"
        states.append(row)
    return states[::-1]


def missing_cells(plan: Plan, store: Store, out: Path) -> list[dict[str, Any]]:
    """The cells that the results lack: which, and the stage that failed, its cause and reason; `not_run` if none did.

    Args:
        plan: The plan.
        store: What is finished.
        out: The study's folder.
    """
    bad = _bad_ends(out)
    missing = []
    for cell in plan.cells:
        if store.has("score", cell.score):
            continue
        event = bad.get(cell.score)
        if event is not None and event["event"] == "skipped":
            event = bad.get(event["because"])
        why = {name: event[name] for name in ("title", "cause", "reason")} if event else {"cause": "not_run"}
        names = ("encoder", "recipe", "target", "language", "split", "seed")
        missing.append({**{name: getattr(cell, name) for name in names}, **why})
    return missing


def missing_notes(missing: list[dict[str, Any]]) -> list[str]:
    """What `missing_cells` found, as a sentence per failure.

    Args:
        missing: What it found.
    """
    places: dict[tuple[str, str, str], dict[str, dict[str, None]]] = {}
    for cell in missing:
        failure = (cell.get("title", ""), cell["cause"], cell.get("reason", ""))
        where = f"{cell['encoder']}, {cell['recipe']}, {cell['target']}, seed {cell['seed']}"
        places.setdefault(failure, {}).setdefault(where, {})[cell["language"]] = None
    notes = []
    for (title, cause, reason), cells in places.items():
        why = f"{title} failed ({cause}): {reason}" if title else "the run was ended before they were scored"
        which = "; ".join(f"{where}: {', '.join(languages)}" for where, languages in cells.items())
        notes.append(f"Missing results, because {why}. These are {which}.")
    return notes


def incomplete(out: Path, table: pl.DataFrame) -> str | None:
    """Says that a table lacks results of its study, and which; None if it lacks none.

    Args:
        out: The study's folder.
        table: The long table that is there.

    Returns:
        For example `incomplete: 15 of 46 stages; missing: recipe topic, seed 2`.
    """
    path = out / "plan.json"
    planned = read_record(path) if path.is_file() else {}
    missing = planned.get("missing", [])
    if not missing:
        return None
    parts, rest = (["all results"], []) if table.is_empty() else ([], missing)
    for name in ("encoder", "recipe", "target", "seed"):
        there = set(table[name].to_list())
        gone = list(dict.fromkeys(cell[name] for cell in rest if cell[name] not in there))
        if gone:
            parts.append(f"{name}{'s' if len(gone) > 1 else ''} {', '.join(map(str, gone))}")
            rest = [cell for cell in rest if cell[name] not in gone]
    if rest:
        parts.append(f"{counted(len(rest), 'more score' if parts else 'score')}")
    done = ""
    if Path(planned["store"]).is_dir():
        states = stage_states(out)
        done = f" {sum(state['state'] == 'done' for state in states):,} of {len(states):,} stages;"
    return f"incomplete:{done} missing: {', '.join(parts)}"


def _bad_ends(out: Path) -> dict[str, dict[str, Any]]:
    """Stages whose last event is that they failed or were skipped; one that was started again has not failed yet."""
    last = {event["key"]: event for event in events(out)}
    failed = {key for key, event in last.items() if event["event"] == "failed"}
    return {key: event for key, event in last.items() if key in failed or event.get("because") in failed}


def events(out: Path) -> list[dict[str, Any]]:
    """The log's lines; the last one may be cut if its process was killed."""
    path = out / _LOG
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
