"""Whatever goes wrong with the disk at whatever moment of a study, the next run ends with the same results.

The moments are counted in a run that goes well, so whatever is written is disturbed without being listed here.
"""

from __future__ import annotations

import errno
import json
import resource
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from disk_faults import FAULTS, Died, FaultyDisk, WatchedDisk, limited_files
from tiny_study import TINY, tiny_study, write_data, write_working_encoder

from xstilts.durable import damage_of, read_manifest
from xstilts.planning.planner import make_plan
from xstilts.running import run_study
from xstilts.store import MANIFEST

SMALL: dict[str, Any] = {
    "recipes": {"direct": []},
    "targets": {"own_nli": {"evaluate": ["en"]}},
    "training": {**TINY["training"], "max_steps": 2},
}
DEATHS = ("death before", "death after", "power loss")
SHORT = 5
"""Moments of each fault in the short form, evenly spread."""


@dataclass(frozen=True)
class Undisturbed:
    """A run in which nothing went wrong: where, its table, the files of its store, and the calls that it made."""

    folder: Path
    place: Path
    table: pl.DataFrame
    files: dict[str, dict[str, Any]]
    calls: list[str]


def run(folder: Path, place: Path) -> pl.DataFrame:
    return run_study(
        tiny_study(folder, **SMALL), out=place / "out", store=place / "store", device="cpu", checkpoint_seconds=0.0
    ).table


def published(store: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every folder that a reader believes, and the checksums of its files."""
    for manifest in store.glob(f"*/*/{MANIFEST}"):
        if not manifest.parent.name.startswith(".") and not damage_of(manifest.parent, MANIFEST):
            content = read_manifest(manifest.parent, MANIFEST)
            assert content is not None
            yield str(manifest.parent.relative_to(store)), content["files"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder, place = tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("undisturbed")
    write_data(folder)
    write_working_encoder(folder)
    run(folder, tmp_path_factory.mktemp("warm"))  # what is loaded or cached once is no part of what is counted
    with FaultyDisk(place) as disk:
        table = run(folder, place)
    return Undisturbed(folder, place, table, dict(published(place / "store")), disk.calls)


def check_next_run(place: Path, undisturbed: Undisturbed, what: str) -> None:
    """Nothing half-written is believed, and the next run ends as if nothing had happened."""
    for name, files in published(place / "store"):
        assert files == undisturbed.files[name], f"{what}: {name}"
    assert run(undisturbed.folder, place).equals(undisturbed.table, null_equal=True), what
    assert dict(published(place / "store")) == undisturbed.files, what
    left = [path for path in (place / "store").rglob("*.draft") if path.parent.name != "studies"]
    assert left == [], what
    assert list((place / "store" / "partial").glob("*/*")) == [], what


def disturb(place: Path, undisturbed: Undisturbed, at: int, fault: str) -> None:
    with FaultyDisk(place, at, fault) as disk, suppress(Exception, Died):
        run(undisturbed.folder, place)
    assert len(disk.calls) >= at, "the moment came"
    check_next_run(place, undisturbed, f"{fault} at call {at}: {disk.calls[at - 1]}")


def test_a_run_makes_calls_that_can_be_disturbed_in_every_part_of_the_store(undisturbed):
    for kind in ("features", "partial", "train", "predict", "score", "studies", "locks"):
        assert any(f" store/{kind}/" in call for call in undisturbed.calls), kind
    for name in ("create", "write", "fsync", "replace", "mkdir", "rmtree", "open"):
        assert any(call.startswith(f"{name} ") for call in undisturbed.calls), name


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_at_some_moments_the_next_run_ends_with_the_same_results(tmp_path, undisturbed, fault):
    calls = len(undisturbed.calls)
    first = 1 + FAULTS.index(fault) * calls // (SHORT * len(FAULTS))
    for at in range(first, calls + 1, calls // SHORT):
        disturb(tmp_path / str(at), undisturbed, at, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in DEATHS])
def test_after_an_error_at_any_moment_the_next_run_ends_with_the_same_results(tmp_path, undisturbed, fault):
    for at, call in enumerate(undisturbed.calls, 1):
        if fault != "short write" or call.startswith("write "):  # else it is an I/O error
            disturb(tmp_path / str(at), undisturbed, at, fault)


@pytest.mark.slow
def test_after_a_death_or_a_loss_of_power_at_any_moment_the_next_run_ends_with_the_same_results(tmp_path, undisturbed):
    place, kept = tmp_path / "place", tmp_path / "kept"
    place.mkdir()
    kept.mkdir()
    with WatchedDisk(place, kept) as disk:
        run(undisturbed.folder, place)
    assert len(disk.calls) == pytest.approx(len(undisturbed.calls), abs=2)  # a thread may meet another's folder
    found = sorted(kept.iterdir())
    assert len(found) > len(disk.calls) / 2, "most calls change something"
    for copy in found:
        # A run does not care where it is: what it keeps has no paths but those of the study.
        check_next_run(copy, undisturbed, f"{copy.name}: {disk.calls[int(copy.name[:4]) - 1]}")
        shutil.rmtree(copy)


def test_what_is_kept_of_every_call_is_what_a_death_there_leaves(tmp_path, undisturbed):
    """At some moments; else the test above would show nothing."""
    place, kept = tmp_path / "place", tmp_path / "kept"
    place.mkdir()
    kept.mkdir()
    with WatchedDisk(place, kept):
        (place / "a").mkdir()
        with (place / "a" / "file").open("w") as file:
            file.write("1234")
        (place / "a").replace(place / "b")

    def names(name: str) -> dict[str, int]:
        copy = kept / name
        return {str(path.relative_to(copy)): path.stat().st_size for path in copy.rglob("*") if path.is_file()}

    # The third call only fills a buffer of the process, so it leaves what the second one left.
    assert sorted(path.name for path in kept.glob("*-death")) == ["0001-death", "0002-death", "0004-death"]
    assert [names(f"000{call}-death") for call in (1, 2, 4)] == [{}, {"a/file": 0}, {"b/file": 4}]
    assert names("0004-power") == {"a/file": 2}, "neither content nor name was flushed"


def sizes(undisturbed: Undisturbed) -> list[int]:
    """One byte less than each file of the store needs."""
    return sorted({file["bytes"] - 1 for files in undisturbed.files.values() for file in files.values()})


def stop_short(place: Path, undisturbed: Undisturbed, most: int) -> None:
    place.mkdir()
    with suppress(Exception), limited_files(most):
        run(undisturbed.folder, place)
    check_next_run(place, undisturbed, f"no file beyond {most:,} bytes")


def test_after_writes_that_native_code_could_not_finish_the_next_run_ends_with_the_same_results(tmp_path, undisturbed):
    sizes_of_files = sizes(undisturbed)
    for most in {sizes_of_files[0], sizes_of_files[len(sizes_of_files) // 2], sizes_of_files[-1]}:
        stop_short(tmp_path / str(most), undisturbed, most)


@pytest.mark.slow
def test_after_any_write_that_native_code_could_not_finish_the_next_run_ends_with_the_same_results(
    tmp_path, undisturbed
):
    for most in {limit for size in sizes(undisturbed) for limit in (size, size // 2)}:
        stop_short(tmp_path / str(most), undisturbed, most)


def test_a_file_that_may_not_grow_is_cut_in_native_code_too(tmp_path):
    """Else the tests above would test nothing."""
    import torch
    from safetensors.torch import save_file

    with limited_files(1000), pytest.raises(Exception, match=str(errno.EFBIG)):
        save_file({"weights": torch.zeros(1000)}, tmp_path / "weights.safetensors")
    with limited_files(1000), pytest.raises(Exception, match="File too large"):
        pl.DataFrame({"values": range(10_000)}).write_parquet(tmp_path / "table.parquet")
    assert {path.stat().st_size for path in tmp_path.iterdir()} <= {0, 1000}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


DAMAGE = ("cut", "flipped byte", "missing", "flipped byte of stage.json", "cut stage.json")


def damage(folder: Path, how: str) -> str:
    """Damages one file of a published folder; returns its name."""
    path = folder / MANIFEST if MANIFEST in how else max(folder.iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    match how.split(maxsplit=1)[0]:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "flipped":
            path.write_bytes(content)
        case "missing":
            path.unlink()
    return path.name


def dependants(folder: Path, key: str) -> set[str]:
    """What hangs on a stage, each as KIND/KEY."""
    plan = make_plan(tiny_study(folder, **SMALL), None)
    return {f"{stage.kind}/{stage.key}" for stage in plan.stages.values() if key in plan.ancestors(stage.key)[1:]}


def events(place: Path, name: str) -> list[dict[str, Any]]:
    lines = (place / "out" / "log.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == name]


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_is_named_and_only_the_damaged_and_what_must_be_is_run_again(tmp_path, undisturbed, how):
    shutil.copytree(undisturbed.place, tmp_path / "whole")
    (tmp_path / "whole" / "out" / "log.jsonl").unlink()
    for number, name in enumerate(name for name in undisturbed.files if not name.startswith("features/")):
        place = Path(shutil.copytree(tmp_path / "whole", tmp_path / str(number)))
        file = damage(place / "store" / name, how)
        kind, key = name.split("/")
        hanging = dependants(undisturbed.folder, key)
        if hanging:
            assert run(undisturbed.folder, place).equals(undisturbed.table, null_equal=True)
            assert not (place / "out" / "log.jsonl").exists(), "a finished score needs nothing"
        for child in hanging:
            shutil.rmtree(place / "store" / child)
        assert run(undisturbed.folder, place).equals(undisturbed.table, null_equal=True)
        told = [(event["kind"], event["key"], event["files"]) for event in events(place, "damaged")]
        assert told == [(kind, key, [file])]
        assert {f"{event['kind']}/{event['key']}" for event in events(place, "finished")} == {name, *hanging}


def test_damaged_features_are_named_and_made_again(tmp_path, undisturbed):
    shutil.copytree(undisturbed.place, tmp_path / "again")
    store = tmp_path / "again" / "store"
    (tmp_path / "again" / "out" / "log.jsonl").unlink()
    names = [name for name in undisturbed.files if name.startswith("features/")]
    for name in names:
        damage(store / name, "flipped byte")
    for kind in ("train", "predict", "score"):
        shutil.rmtree(store / kind)
    check_next_run(tmp_path / "again", undisturbed, "damaged features")
    assert {f"features/{event['key']}" for event in events(tmp_path / "again", "damaged")} == set(names)
