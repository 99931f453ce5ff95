from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xstilts.durable import read_json, read_manifest
from xstilts.stage import DataRef, ScoreSpec, Stage
from xstilts.store import Store


def stage(digest: str = "d") -> Stage:
    return Stage(ScoreSpec("parent", DataRef("t", 1, {}, "en", "test", digest), ("accuracy",)), f"score {digest}")


def finish(store: Store, one: Stage, content: bytes = b"scores") -> Path:
    with store.publish(one, {"collapsed": []}) as draft:
        (draft / "scores.bin").write_bytes(content)
    return store.folder(one)


def test_a_finished_stage_is_found_by_what_it_is(tmp_path):
    store = Store(tmp_path / "store")
    assert store.manifest(stage()) is None
    folder = finish(store, stage())
    assert folder == tmp_path / "store" / "score" / stage().key
    manifest = Store(tmp_path / "store").manifest(stage())
    assert manifest is not None
    assert (manifest["key"], manifest["kind"], manifest["title"]) == (stage().key, "score", "score d")
    assert manifest["spec"]["data"]["digest"] == "d"
    assert store.has("score", stage().key)
    assert store.manifest(stage("other")) is None


def test_looking_makes_no_folder(tmp_path):
    store = Store(tmp_path / "store")
    assert store.manifest(stage()) is None
    assert not store.is_locked(stage().key)
    assert list(tmp_path.iterdir()) == []


def damage(folder: Path, how: str) -> None:
    path = folder / "scores.bin"
    match how:
        case "truncated":
            path.write_bytes(b"score")
        case "flipped":
            path.write_bytes(b"scoreS")
        case "missing":
            path.unlink()
        case "no manifest":
            (folder / "stage.json").unlink()
        case "cut manifest":
            text = (folder / "stage.json").read_text()
            (folder / "stage.json").write_text(text[: len(text) // 2])
        case "empty":
            for file in folder.iterdir():
                file.unlink()


@pytest.mark.parametrize("how", ["truncated", "flipped", "missing", "no manifest", "cut manifest", "empty"])
def test_a_damaged_stage_is_absent_and_can_be_made_again(tmp_path, how):
    folder = finish(Store(tmp_path), stage())
    damage(folder, how)
    store = Store(tmp_path)
    assert store.manifest(stage()) is None
    finish(store, stage(), b"new scores")
    assert (folder / "scores.bin").read_bytes() == b"new scores"
    assert store.manifest(stage()) is not None


def test_contents_are_compared_once_per_process_and_sizes_each_time(tmp_path, monkeypatch):
    store = Store(tmp_path)
    folder = finish(store, stage())
    compared = []
    monkeypatch.setattr("xstilts.store.damage_of", lambda *args: compared.append(args) or [])
    for _ in range(3):
        assert store.manifest(stage()) is not None
    assert len(compared) == 1
    (folder / "scores.bin").write_bytes(b"x")
    assert store.manifest(stage()) is None


def test_publishing_clears_what_dead_processes_left_of_this_stage_alone(tmp_path):
    store = Store(tmp_path)
    left = [store.folder(one).parent / f".{one.key}.0000abcd.draft" for one in (stage(), stage("other"))]
    for draft in left:
        draft.mkdir(parents=True)
        (draft / "half").write_text("x")
    store.workspace(stage()).mkdir(parents=True)
    store.workspace(stage("other")).mkdir(parents=True)
    finish(store, stage())
    assert [draft.exists() for draft in left] == [False, True]
    assert [store.workspace(one).exists() for one in (stage(), stage("other"))] == [False, True]


def test_a_stage_that_fails_while_it_is_written_is_absent_and_keeps_its_work(tmp_path):
    store = Store(tmp_path)
    store.workspace(stage()).mkdir(parents=True)

    def half_written() -> None:
        with store.publish(stage(), {}) as draft:
            (draft / "scores.bin").write_bytes(b"half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        half_written()
    assert store.manifest(stage()) is None
    assert store.workspace(stage()).is_dir()
    assert list((tmp_path / "score").iterdir()) == []


def test_a_derived_file_is_made_once_and_shows_only_when_whole(tmp_path):
    store = Store(tmp_path)

    def half_written() -> None:
        with store.cached("features", "k", "f.bin") as (path, there):
            assert not there
            path.write_bytes(b"half")
            raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        half_written()
    with store.cached("features", "k", "f.bin") as (path, there):
        assert not there, "what was half written is not there"
        path.write_bytes(b"whole")
        assert not (tmp_path / "features" / "k").exists()
    with store.cached("features", "k", "f.bin") as (path, there):
        assert there
        assert path.read_bytes() == b"whole"
    (tmp_path / "features" / "k" / "f.bin").write_bytes(b"cut")
    with store.cached("features", "k", "f.bin") as (path, there):
        assert not there
        path.write_bytes(b"whole")
    assert read_manifest(tmp_path / "features" / "k", "stage.json") is not None


HOLDER = """
import sys, time
from pathlib import Path
from xstilts.store import Store
with Store(Path(sys.argv[1])).lock("k"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_holds_between_processes_and_ends_with_its_process(tmp_path):
    store = Store(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            assert store.is_locked("k")
            assert not store.is_locked("another")
        finally:
            holder.kill()
    assert not store.is_locked("k")
    with store.lock("k").acquire(timeout=0):
        pass


def test_a_damaged_stage_is_told_of_once_with_the_names_of_its_files(tmp_path):
    told: list[tuple[str, str, list[str]]] = []
    folder = finish(Store(tmp_path), stage())
    damage(folder, "flipped")
    store = Store(tmp_path, lambda *damage: told.append(damage))
    assert store.manifest(stage("other")) is None, "what is absent is not damaged"
    assert [store.manifest(stage()), store.manifest(stage())] == [None, None]
    assert told == [("score", stage().key, ["scores.bin"])]
    finish(store, stage())
    damage(folder, "cut manifest")
    assert store.manifest(stage()) is None
    assert told[1:] == [("score", stage().key, ["stage.json"])]


def test_what_was_published_anew_is_compared_anew(tmp_path):
    reader = Store(tmp_path)
    folder = finish(Store(tmp_path), stage())
    assert reader.manifest(stage()) is not None
    damage(folder, "truncated")
    finish(Store(tmp_path), stage(), b"SCORES")
    damage(folder, "flipped")
    assert reader.manifest(stage()) is None


def test_a_whole_stage_is_never_replaced(tmp_path):
    folder = finish(Store(tmp_path), stage(), b"first")
    finish(Store(tmp_path), stage(), b"second")
    assert (folder / "scores.bin").read_bytes() == b"first"


def test_a_store_remembers_who_uses_it_and_whether_still(tmp_path):
    store = Store(tmp_path / "store")
    with store.used_by(tmp_path / "out"):
        (known,) = (tmp_path / "store" / "studies").iterdir()
        assert read_json(known) == {"out": str(tmp_path / "out")}
        assert Store(tmp_path / "store").is_locked(known.stem)
        with Store(tmp_path / "store").used_by(tmp_path / "out"):
            pass
        assert store.is_locked(known.stem), "a second run of the same study does not end the first"
    assert not store.is_locked(known.stem)


def test_a_record_is_read_without_comparing_contents(tmp_path):
    store = Store(tmp_path)
    assert store.record(stage()) is None
    folder = finish(store, stage())
    damage(folder, "flipped")
    record = store.record(stage())
    assert record is not None
    assert (record["title"], record["collapsed"]) == ("score d", [])
    damage(folder, "truncated")
    assert store.record(stage()) is None, "sizes are"


def test_leftovers_are_removed_of_finished_stages_alone(tmp_path):
    store = Store(tmp_path)
    finished, damaged, absent = (stage(name) for name in ("finished", "damaged", "absent"))
    finish(store, finished)
    damage(finish(store, damaged), "flipped")
    for one in (finished, damaged, absent):
        store.workspace(one).mkdir(parents=True)
        (store.workspace(one) / "checkpoint").write_text("x")
    Store(tmp_path).remove_leftovers([stage("without work"), finished, damaged, absent])
    assert [store.workspace(one).exists() for one in (finished, damaged, absent)] == [False, True, True]
    assert store.folder(finished).is_dir()


def test_a_lock_makes_the_folders_that_it_needs(tmp_path):
    store = Store(tmp_path / "not" / "there")
    for _ in range(2):
        with store.lock("k"):
            assert (tmp_path / "not" / "there" / "locks" / "k.lock").is_file()
