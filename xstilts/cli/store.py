"""`xstilts store`: how large a store of finished stages is, whether it is whole, and removing what is not needed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xstilts.cli.options import Json
from xstilts.errors import InputError, RunError

if TYPE_CHECKING:
    from xstilts.store import Store
    from xstilts.upkeep import Entry, Removal, Sweep

StoreFolder = Annotated[Path, typer.Option("--store", metavar="DIR", help="The store.")]
_STORE = Path("runs/store")
_UNITS = ("B", "kB", "MB", "GB", "TB")

app = typer.Typer(
    help="Says what a store of finished stages holds, and removes what is not needed.", no_args_is_help=True
)


@app.callback()
def _group() -> None:
    """The store of finished stages."""


@app.command(short_help="Says how much is stored, by kind of stage and by study.")
def size(store: StoreFolder = _STORE, as_json: Json = False) -> None:
    """Says how much is stored, by kind of stage and by study, and how much each study alone needs."""
    from xstilts.store import LOCKS, PARTIAL
    from xstilts.upkeep import drafts, entries, known_studies, size_of

    opened = _opened(store)
    found = list(entries(opened))
    sizes = {entry.key: entry.size for entry in found}
    kinds = [_row(kind, [sizes[entry.key] for entry in found if entry.kind == kind]) for kind in _kinds(found)]
    beside = {
        "unfinished": (opened.root / PARTIAL).glob("*"),
        "drafts": drafts(opened),
        "locks": (opened.root / LOCKS).glob("*"),
    }
    kinds += [_row(name, list(map(size_of, paths))) for name, paths in beside.items()]
    studies, notes = known_studies(opened)
    uses = {study.out: {*study.stages, *(study.features or ())} & set(sizes) for study in studies}
    users = Counter(key for keys in uses.values() for key in keys)
    rows: list[dict[str, Any]] = [
        {
            "out": str(study.out),
            "running": study.is_running,
            "bytes": sum(sizes[key] for key in uses[study.out]),
            "alone": sum(sizes[key] for key in uses[study.out] if users[key] == 1),
        }
        for study in studies
    ]
    nobody = sum(size for key, size in sizes.items() if not users[key])
    if as_json:
        typer.echo(json.dumps({"kinds": kinds, "studies": rows, "unused": nobody, "notes": notes}, indent=1))
        return
    for kind in kinds:
        typer.echo(f"{kind['kind']:11} {kind['folders']:7,}  {_shown(kind['bytes']):>9}")
    typer.echo(f"{'in all':11} {'':7}  {_shown(sum(kind['bytes'] for kind in kinds)):>9}")
    for row in rows:
        running = ", being run" if row["running"] else ""
        typer.echo(f"{_shown(row['bytes']):>9}, of it {_shown(row['alone'])} for it alone: {row['out']}{running}")
    if nobody:
        typer.echo(f"{_shown(nobody):>9} of no study that is known here; `xstilts store gc` shows it")


def _kinds(found: list[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.kind for entry in found))


def _row(kind: str, sizes: list[int]) -> dict[str, Any]:
    return {"kind": kind, "folders": len(sizes), "bytes": sum(sizes)}


@app.command(short_help="Compares what is finished with its checksums.")
def verify(
    store: StoreFolder = _STORE,
    remove: Annotated[bool, typer.Option("--remove", help="Remove what is damaged; a run makes it again.")] = False,
    as_json: Json = False,
) -> None:
    """Reads every byte of what is finished and compares it with its checksum; exit code 1 if anything is damaged."""
    from xstilts.upkeep import damaged_entries, entries, known_studies, remove_entry

    opened = _opened(store)
    titles = {key: stage["title"] for study in known_studies(opened)[0] for key, stage in study.stages.items()}
    total = sum(1 for _ in entries(opened))
    rows = []
    for entry, files in damaged_entries(opened):
        title = titles.get(entry.key)
        row: dict[str, Any] = {
            "title": title,
            "kind": entry.kind,
            "key": entry.key,
            "files": files,
            "folder": str(entry.folder),
        }
        if remove:
            row["removed"] = remove_entry(opened, entry)
        rows.append(row)
        if not as_json:
            gone = {True: " (removed)", False: " (in use, not removed)", None: ""}[row.get("removed")]
            of = f" of {title}" if title is not None else ""
            typer.echo(f"damaged: {entry.kind}/{entry.key}: {', '.join(files)}{of}{gone}")
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
    if rows:
        fix = "" if remove else "; what is needed of it a run makes again, and --remove takes it away"
        raise RunError(f"{len(rows):,} of {total:,} finished stages and caches are damaged{fix}")
    if not as_json:
        typer.echo(f"{total:,} finished stages and caches, all whole")


@app.command(short_help="Shows what no kept study needs; removes it with --yes.")
def gc(
    studies: Annotated[list[Path] | None, typer.Argument(metavar="[OUT]...", help="More studies to keep.")] = None,
    keep_studies: Annotated[
        list[Path] | None,
        typer.Option("--keep-studies", metavar="OUT", help="Folders of studies to keep; all known ones unless said."),
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", metavar="DIR", help="The store [default: that of the kept studies].")
    ] = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="Weights go too, of stages whose scores are all finished.")
    ] = False,
    features: Annotated[bool, typer.Option("--features", help="All features go too; they are made again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this it is only shown.")] = False,
    as_json: Json = False,
) -> None:
    """Shows what no kept study needs, and with --yes removes it; what a running process holds stays.

    Goes: stages and features of other studies, checkpoints of finished stages, drafts of dead processes, locks.
    """
    from xstilts.upkeep import removable, remove

    keep = [*(keep_studies or []), *(studies or [])]
    opened = _opened(store or _store_of(keep))
    sweep = removable(opened, keep or None, weights=weights, features=features)
    gone, stayed = remove(opened, sweep) if yes else (sweep.removals, [])
    if as_json:
        rows = [{"path": str(one.path), "what": one.what, "why": one.why, "bytes": one.size} for one in gone]
        kept = [str(study.out) for study in sweep.kept]
        typer.echo(json.dumps({"removed": yes, "kept": kept, "removals": rows, "notes": sweep.notes}, indent=1))
        return
    _show(sweep, gone, stayed, done=yes)


def _show(sweep: Sweep, gone: list[Removal], stayed: list[Removal], *, done: bool) -> None:
    for study in sweep.kept:
        typer.echo(f"kept: {study.out}")
    for note in sweep.notes:
        typer.echo(f"note: {note}")
    groups: dict[tuple[str, str], list[int]] = {}
    for removal in gone:
        groups.setdefault((removal.what, removal.why), []).append(removal.size)
    for (what, why), sizes in groups.items():
        typer.echo(f"{what:11} {len(sizes):7,}  {_shown(sum(sizes)):>9}  {why}")
    for removal in stayed:
        typer.echo(f"in use, so not removed: {removal.path}")
    if sweep.busy:
        typer.echo(f"{len(sweep.busy)} locks are held by processes that run; what is theirs stays")
    total = _shown(sum(removal.size for removal in gone))
    if done:
        typer.echo(f"removed {total}")
    else:
        typer.echo(f"{total} would go; do it with --yes" if gone else "nothing to remove")


def _store_of(studies: list[Path]) -> Path:
    from xstilts.durable import read_record

    for out in studies:
        if (out / "plan.json").is_file():
            return Path(read_record(out / "plan.json", "store", "stages")["store"])
    return _STORE


def _opened(folder: Path) -> Store:
    from xstilts.store import Store

    if not folder.is_dir():
        problem = "this is a file, no store" if folder.exists() else "there is no such store"
        raise InputError(problem, where="--store", found=folder, fix="name the store of your runs")
    return Store(folder)


def _shown(count: float) -> str:
    """Bytes in a unit of which there are fewer than a thousand."""
    for unit in _UNITS:
        if count < 1000 or unit == _UNITS[-1]:
            return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError
