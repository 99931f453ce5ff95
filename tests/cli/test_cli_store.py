from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_study import tiny_study, write_study

from xstilts.durable import read_json, write_json
from xstilts.results import Results
from xstilts.running import run_study
from xstilts.store import Store

# A second study, that shares the stages of recipe `direct` with the first.
OTHER = {"recipes": {"direct": [], "ner": ["own_ner"]}, "name": "other"}


def moved(folder: Path) -> None:
    """Has the studies of a copied folder, and the copied store, know of each other alone."""
    for path in (folder / "store" / "studies").glob("*"):
        path.unlink()
    for out in ("out", "other"):
        if (folder / out).is_dir():
            planned = read_json(folder / out / "plan.json")
            write_json(folder / out / "plan.json", {**planned, "store": str(folder / "store")})
            with Store(folder / "store").used_by(folder / out):
                pass


@pytest.fixture(scope="module")
def two(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two studies on one store, in `out` and `other`; only to be looked at."""
    folder = tmp_path_factory.mktemp("two")
    shutil.copytree(finished, folder, dirs_exist_ok=True)
    moved(folder)
    run_study(tiny_study(folder, **OTHER), out=folder / "other", store=folder / "store", device="cpu")
    write_study(folder)
    return folder


@pytest.fixture
def stored(two: Path, tmp_path: Path) -> Path:
    """The same, that may be spoiled."""
    folder = Path(shutil.copytree(two, tmp_path / "stored"))
    moved(folder)
    return folder


def keys(folder: Path, out: str) -> set[str]:
    """KIND/KEY of every stage of a study, and of its features."""
    planned = read_json(folder / out / "plan.json")
    return {f"{stage['kind']}/{stage['key']}" for stage in planned["stages"]} | {
        f"features/{key}" for key in planned["features"]
    }


def there(folder: Path) -> set[str]:
    """KIND/KEY of all that the store holds."""
    return {f"{path.parent.parent.name}/{path.parent.name}" for path in (folder / "store").glob("*/*/stage.json")}


def test_a_plan_names_exactly_what_the_store_holds_for_it(stored):
    assert there(stored) == keys(stored, "out") | keys(stored, "other")
    assert keys(stored, "out") & keys(stored, "other")


def test_sizes_are_told_by_kind_and_by_study(call, two):
    called = call("store", "size", "--store", two / "store", "--json")
    assert called.code == 0
    told = json.loads(called.out)
    expected = {
        kind: sum(path.stat().st_size for path in (two / "store" / kind).rglob("*") if path.is_file())
        for kind in ("features", "train", "predict", "score")
    }
    assert {row["kind"]: row["bytes"] for row in told["kinds"] if row["kind"] in expected} == expected
    assert {row["out"] for row in told["studies"]} == {str(two / "out"), str(two / "other")}
    assert told["unused"] == 0
    sizes = {name: sum(p.stat().st_size for p in (two / "store" / name).rglob("*")) for name in there(two)}
    for row in told["studies"]:
        mine, others = keys(two, Path(row["out"]).name), keys(two, "other" if row["out"].endswith("out") else "out")
        assert row["bytes"] == sum(sizes[name] for name in mine)
        assert row["alone"] == sum(sizes[name] for name in mine - others)
    shown = call("store", "size", "--store", two / "store").out
    assert "train             5" in shown
    assert str(two / "other") in shown


def test_a_whole_store_is_verified(call, two):
    called = call("store", "verify", "--store", two / "store")
    assert (called.code, called.err) == (0, "")
    assert called.out == f"{len(there(two))} finished stages and caches, all whole\n"


def test_damage_is_named_removed_if_asked_and_made_again(call, stored):
    before = Results.read(stored / "out").table
    mine = sorted(keys(stored, "out"))
    score, train = (
        stored / "store" / next(name for name in mine if name.startswith(f"{kind}/")) for kind in ("score", "train")
    )
    (score / "stage.json").write_bytes((score / "stage.json").read_bytes().replace(b"own", b"owm", 1))
    content = bytearray((train / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (train / "model.safetensors").write_bytes(content)
    called = call("store", "verify", "--store", stored / "store")
    assert called.code == 1
    assert f"damaged: score/{score.name}: stage.json of score own_" in called.out
    assert f"damaged: train/{train.name}: model.safetensors of train own_" in called.out
    assert f"2 of {len(there(stored))} finished stages and caches are damaged" in called.err
    assert score.exists()
    assert train.exists()
    removed = call("store", "verify", "--store", stored / "store", "--remove", "--json")
    assert removed.code == 1
    assert [row["removed"] for row in json.loads(removed.out)] == [True, True]
    assert not score.exists()
    assert not train.exists()
    assert call("store", "verify", "--store", stored / "store").code == 0
    run_study(tiny_study(stored), out=stored / "out", device="cpu")
    assert score.exists()
    assert Results.read(stored / "out").table.equals(before, null_equal=True)


def test_nothing_goes_while_all_studies_are_kept(call, stored):
    before = there(stored)
    called = call("store", "gc", "--store", stored / "store", "--yes", "--json")
    assert called.code == 0
    assert {row["what"] for row in json.loads(called.out)["removals"]} == {"lock"}
    assert there(stored) == before


def test_what_no_kept_study_needs_is_shown_and_goes_when_told(call, stored):
    before, kept = there(stored), keys(stored, "out")
    shown = call("store", "gc", "--keep-studies", stored / "out")
    assert shown.code == 0
    assert f"kept: {stored / 'out'}" in shown.out
    assert "would go; do it with --yes" in shown.out
    assert there(stored) == before
    done = call("store", "gc", "--keep-studies", stored / "out", "--yes")
    assert done.code == 0
    assert "no kept study needs it" in done.out
    assert there(stored) == kept
    assert {path.name for path in (stored / "store" / "studies").iterdir() if "out" in path.read_text()}
    table = Results.read(stored / "other").table
    run_study(tiny_study(stored, **OTHER), out=stored / "other", store=stored / "store", device="cpu")
    assert Results.read(stored / "other").table.equals(table, null_equal=True)
    assert there(stored) == before


@pytest.mark.parametrize("form", [["--keep-studies", "out", "other"], ["out", "other"]])
def test_several_studies_are_kept(call, stored, form, monkeypatch):
    monkeypatch.chdir(stored)
    before = there(stored)
    assert call("store", "gc", *form, "--yes").code == 0
    assert there(stored) == before


def test_weights_of_scored_stages_go_and_are_not_trained_again(call, stored):
    assert call("store", "gc", "--store", stored / "store", "--weights", "--features", "--yes").code == 0
    assert {name.partition("/")[0] for name in there(stored)} == {"predict", "score"}
    (stored / "out" / "log.jsonl").unlink()
    run_study(tiny_study(stored), out=stored / "out", device="cpu")
    assert not (stored / "out" / "log.jsonl").exists(), "finished scores need nothing"


def test_weights_that_a_score_still_needs_stay(call, stored):
    planned = read_json(stored / "out" / "plan.json")["stages"]
    one = next(stage for stage in planned if stage["kind"] == "score" and "own_qa → own_nli" in stage["title"])
    shutil.rmtree(stored / "store" / "score" / one["key"])
    (predict,) = one["parents"]
    shutil.rmtree(stored / "store" / "predict" / predict)
    (train,) = next(stage for stage in planned if stage["key"] == predict)["parents"]
    assert call("store", "gc", "--store", stored / "store", "--weights", "--yes").code == 0
    assert {name for name in there(stored) if name.startswith("train/")} == {f"train/{train}"}


def test_what_dead_processes_left_goes_and_what_resumes_a_stage_stays(call, stored):
    store = stored / "store"
    planned = read_json(stored / "out" / "plan.json")["stages"]
    done, unfinished = [stage["key"] for stage in planned if stage["kind"] == "train"][:2]
    shutil.rmtree(store / "train" / unfinished)
    left = {
        store / "train" / f".{done}.0000abcd.draft" / "model.safetensors": "draft",
        store / "studies" / ".study-0.json.0000abcd.draft": "draft",
        store / "partial" / done / "attempt-0" / "x": "checkpoints",
        store / "partial" / ("0" * 24) / "x": "checkpoints",
    }
    stays = store / "partial" / unfinished / "attempt-0" / "checkpoint-1" / "x"
    for path in (*left, stays):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    called = call("store", "gc", "--store", store, "--yes", "--json")
    told = [row["what"] for row in json.loads(called.out)["removals"] if row["what"] != "lock"]
    assert sorted(told) == sorted(left.values())
    assert not any(path.exists() for path in left)
    assert stays.exists()
    assert list((store / "locks").iterdir()) == []


def test_what_is_not_the_stores_stays(call, stored):
    """A study's folder, say, whose --store was the folder that it lies in."""
    strange = stored / "store" / "strange" / "deep" / "file"
    strange.parent.mkdir(parents=True)
    strange.write_text("x")
    (strange.parent / ".x.draft").write_text("x")
    assert call("store", "gc", "--keep-studies", stored / "out", "--yes").code == 0
    assert sorted(path.name for path in strange.parent.iterdir()) == [".x.draft", "file"]
    assert call("store", "verify", "--store", stored / "store").code == 0


HOLDER = """
import sys, time
from pathlib import Path
from xstilts.store import Store
store = Store(Path(sys.argv[1]))
with store.used_by(Path(sys.argv[2])), store.lock(sys.argv[3]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_what_a_running_process_holds_stays_and_so_does_its_study(call, stored):
    store, foreign = stored / "store", "f" * 24
    for path in (store / "partial" / foreign / "x", store / "train" / f".{foreign}.00.draft" / "x"):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    before = there(stored)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", HOLDER, str(store), str(stored / "other"), foreign]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            called = call("store", "gc", "--keep-studies", stored / "out", "--yes")
        finally:
            holder.kill()
    assert called.code == 0
    assert f"{stored / 'other'} is kept: it is being run" in called.out
    assert there(stored) == before
    assert (store / "partial" / foreign / "x").exists()
    assert (store / "train" / f".{foreign}.00.draft" / "x").exists()
    assert (store / "locks" / f"{foreign}.lock").exists()
    assert call("store", "gc", "--keep-studies", stored / "out", "--yes").code == 0
    assert there(stored) == keys(stored, "out")
    assert not (store / "partial" / foreign).exists()


@pytest.mark.parametrize("verb", ["size", "verify", "gc"])
def test_a_store_that_is_not_there_is_exit_code_2(call, tmp_path, verb):
    called = call("store", verb, "--store", tmp_path / "gone")
    assert (called.code, called.out) == (2, "")
    assert "there is no such store" in called.err
    assert list(tmp_path.iterdir()) == []


def test_studies_that_cannot_be_kept_are_exit_code_2_and_nothing_goes(call, stored, tmp_path):
    before = there(stored)
    called = call("store", "gc", "--keep-studies", tmp_path, "--store", stored / "store", "--yes")
    assert called.code == 2
    assert "this is not the folder of a run" in called.err
    (tmp_path / "empty").mkdir()
    called = call("store", "gc", "--keep-studies", stored / "out", "--store", tmp_path / "empty", "--yes")
    assert called.code == 2
    assert "this study was run on another store" in called.err
    shutil.rmtree(stored / "store" / "studies")
    called = call("store", "gc", "--store", stored / "store", "--yes")
    assert called.code == 2
    assert "no study is known to use this store" in called.err
    assert there(stored) == before
