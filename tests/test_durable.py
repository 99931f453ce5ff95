from __future__ import annotations

import errno
import math
import os
from contextlib import suppress
from pathlib import Path

import pytest
from disk_faults import FAULTS, Died, FaultyDisk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xstilts.durable import (
    cache_folder,
    damage_of,
    damaged_files,
    drafts_of,
    publish_file,
    publish_folder,
    read_json,
    read_manifest,
    read_record,
    remove_drafts,
    write_json,
)
from xstilts.errors import InputError

FILES = {"a.txt": b"first", "deep/b.bin": bytes(range(256)) * 40, "c.txt": b""}


def disk_full() -> None:
    raise OSError(errno.ENOSPC, "no space left on device")


def fill(folder: Path) -> None:
    for name, content in FILES.items():
        if not (folder / name).parent.is_dir():
            (folder / name).parent.mkdir()
        (folder / name).write_bytes(content)


def publish(target: Path) -> None:
    with publish_folder(target, "m.json", {"who": "me"}) as draft:
        fill(draft)


def is_whole(folder: Path) -> bool:
    """Whether the folder holds exactly what `publish` writes; worked out without the manifest."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return set(found) == {*FILES, "m.json"} and all(found[name].read_bytes() == FILES[name] for name in FILES)


def test_a_published_folder_is_whole_and_says_what_it_holds(tmp_path):
    target = tmp_path / "new" / "folder"
    publish(target)
    manifest = read_manifest(target, "m.json")
    assert manifest is not None
    assert manifest["who"] == "me"
    assert {name: file["bytes"] for name, file in manifest["files"].items()} == {
        "a.txt": 5,
        "deep/b.bin": 10240,
        "c.txt": 0,
    }
    # SHA-256 of the empty text.
    assert manifest["files"]["c.txt"]["sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert damaged_files(target, manifest) == []
    assert list(tmp_path.rglob("*.draft")) == []


def test_a_folder_that_is_there_already_stays_as_it_is(tmp_path):
    publish(tmp_path / "t")
    with publish_folder(tmp_path / "t", "m.json", {"who": "another"}) as draft:
        (draft / "other").write_text("x")
    assert is_whole(tmp_path / "t")
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_an_error_while_the_folder_is_filled_leaves_nothing(tmp_path):
    def interrupted() -> None:
        with publish_folder(tmp_path / "t", "m.json", {}) as draft:
            fill(draft)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_takes_the_place_of_a_damaged_folder(tmp_path):
    for name in FILES:
        publish(tmp_path / "t")
        (tmp_path / "t" / name).write_bytes(b"other")
        publish(tmp_path / "t")
        assert is_whole(tmp_path / "t")
        assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_of_two_that_publish_at_the_same_time_one_stays_and_both_go_on(tmp_path):
    with publish_folder(tmp_path / "t", "m.json", {"who": "slow"}) as slow:
        fill(slow)
        with publish_folder(tmp_path / "t", "m.json", {"who": "quick"}) as quick:
            fill(quick)
    manifest = read_manifest(tmp_path / "t", "m.json")
    assert manifest is not None
    assert manifest["who"] == "quick"
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_every_file_and_folder_is_flushed_before_the_folder_shows(tmp_path):
    flushed: list[str] = []
    fsync = os.fsync

    def noting(handle: int) -> None:
        flushed.append(os.path.relpath(Path(f"/proc/self/fd/{handle}").readlink(), tmp_path))
        fsync(handle)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", noting)
        publish(tmp_path / "new" / "t")
    draft = flushed[-2]
    assert {f"{draft}/{name}" for name in ("a.txt", "deep/b.bin", "c.txt", "deep")} <= set(flushed[:-1])
    assert Path(draft).match("new/.t.*.draft"), "the names in the folder"
    assert flushed[0] == ".", "the name of a new parent"
    assert flushed[-1] == "new", "the name of the folder itself, at last"


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_at_any_moment_there_is_a_whole_folder_or_none(tmp_path, fault):
    with FaultyDisk(tmp_path / "0") as rehearsal:
        publish(tmp_path / "0" / "t")
    assert len(rehearsal.calls) > 20
    outcomes, drafts = [], 0
    for number in range(1, len(rehearsal.calls) + 1):
        target = tmp_path / str(number) / "t"
        with FaultyDisk(target.parent, number, fault) as disk, suppress(OSError, Died):
            publish(target)
        assert len(disk.calls) >= number
        whole = not damage_of(target, "m.json")
        assert whole == (read_manifest(target, "m.json") is not None)
        assert whole == target.exists(), disk.calls[number - 1]
        assert not whole or is_whole(target)
        outcomes.append(whole)
        drafts += len(drafts_of(target))
        publish(target)
        assert is_whole(target), disk.calls[number - 1]
        remove_drafts(target.parent)
        assert [path.name for path in target.parent.iterdir()] == ["t"]
    if fault != "full disk":  # nothing is created after the rename, so a full disk is met before
        assert {True, False} == set(outcomes)
    # The rename is the one moment at which the folder appears; what fails after it cannot take it back.
    assert outcomes == sorted(outcomes)
    assert drafts > 5 or "death" not in fault, "most deaths leave a draft behind, or nothing was tested"


@pytest.mark.parametrize("data", [{"b": "Größe", "a": {"y": 1, "x": 2}}, {"a": {"x": 2, "y": 1}, "b": "Größe"}])
def test_equal_data_are_equal_text_that_people_can_read(tmp_path, data):
    write_json(tmp_path / "a.json", data)
    expected = '{\n "a": {\n  "x": 2,\n  "y": 1\n },\n "b": "Größe"\n}\n'
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_at_any_moment_there_is_the_old_file_or_the_new_one(tmp_path, fault):
    path = tmp_path / "folder" / "table.json"
    path.parent.mkdir()
    with FaultyDisk(path.parent) as rehearsal:
        write_json(path, {"new": 1})
    assert len(rehearsal.calls) > 5
    outcomes = []
    for number in range(1, len(rehearsal.calls) + 1):
        path.write_text('{"old": 1}')
        with FaultyDisk(path.parent, number, fault), suppress(OSError, Died):
            write_json(path, {"new": 1})
        outcomes.append(read_json(path) == {"new": 1})
        assert outcomes[-1] or read_json(path) == {"old": 1}
        remove_drafts(path.parent)
        assert [entry.name for entry in path.parent.iterdir()] == ["table.json"]
    assert outcomes == sorted(outcomes)


def test_a_file_half_written_never_shows(tmp_path):
    path = tmp_path / "t"
    path.write_text("old")

    def half_written() -> None:
        with publish_file(path) as draft:
            draft.write_text("ne")
            disk_full()

    with pytest.raises(OSError, match="no space"):
        half_written()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("published") / "t"
    publish(target)
    return target


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["a.txt", "deep/b.bin"]), data=st.data())
def test_a_flipped_bit_is_found_anywhere(published, name, data):
    path = published / name
    content = bytearray(FILES[name])
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    manifest = read_manifest(published, "m.json")
    assert manifest is not None
    assert damaged_files(published, manifest) == [name]
    path.write_bytes(FILES[name])
    assert damaged_files(published, manifest) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_of_the_manifest_is_found_or_says_the_same(published, data):
    path = published / "m.json"
    written, said = path.read_bytes(), read_manifest(published, "m.json")
    content = bytearray(written)
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    assert read_manifest(published, "m.json") in (None, said)
    path.write_bytes(written)
    assert read_manifest(published, "m.json") == said is not None


def test_damage_is_named(tmp_path):
    publish(tmp_path / "t")
    assert damage_of(tmp_path / "t", "m.json") == []
    (tmp_path / "t" / "deep" / "b.bin").write_bytes(FILES["deep/b.bin"][::-1])
    (tmp_path / "t" / "a.txt").unlink()
    assert damage_of(tmp_path / "t", "m.json") == ["a.txt", "deep/b.bin"]
    (tmp_path / "t" / "m.json").write_text("{}")
    assert damage_of(tmp_path / "t", "m.json") == ["m.json"]


def test_a_manifest_may_hold_whatever_json_holds(tmp_path):
    with publish_folder(tmp_path / "t", "m.json", {"numbers": {10: -math.inf, 9: 1e-5}, "pair": ("ä", None)}):
        pass
    manifest = read_manifest(tmp_path / "t", "m.json")
    assert manifest is not None
    assert (manifest["numbers"], manifest["pair"]) == ({"10": -math.inf, "9": 1e-5}, ["ä", None])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (name, change)
        for name in FILES
        for change in ("missing", "longer", "shorter")
        if FILES[name] or change != "shorter"
    ],
)
def test_a_missing_longer_or_shorter_file_makes_the_folder_absent(tmp_path, name, change):
    publish(tmp_path / "t")
    path = tmp_path / "t" / name
    match change:
        case "missing":
            path.unlink()
        case "longer":
            path.write_bytes(FILES[name] + b"x")
        case "shorter":
            path.write_bytes(FILES[name][:-1])
    assert read_manifest(tmp_path / "t", "m.json") is None


def test_a_manifest_cut_anywhere_makes_the_folder_absent(tmp_path):
    publish(tmp_path / "t")
    manifest = tmp_path / "t" / "m.json"
    text = manifest.read_text().rstrip()
    for length in range(len(text)):
        manifest.write_text(text[:length])
        assert read_manifest(tmp_path / "t", "m.json") is None
    manifest.write_text(text)
    assert read_manifest(tmp_path / "t", "m.json") is not None


@pytest.mark.parametrize(
    "text", ["null", "[]", "3", '"x"', "{}", '{"files": null}', '{"files": []}', '{"files": {"a.txt": 1}}']
)
def test_json_that_is_no_manifest_makes_the_folder_absent(tmp_path, text):
    publish(tmp_path / "t")
    (tmp_path / "t" / "m.json").write_text(text)
    assert read_manifest(tmp_path / "t", "m.json") is None


def test_the_cache_is_where_the_user_says_or_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert cache_folder() == tmp_path / "elsewhere" / "xstilts"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the specification: such a path is ignored
    assert cache_folder() == tmp_path / ".cache" / "xstilts"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == tmp_path / ".cache" / "xstilts"


FIX = "to fix:   run the study again: what is finished is kept"


@pytest.mark.parametrize(
    ("content", "names", "what", "place", "found", "expected"),
    [
        (b'{"a": 1,\n]', (), "this is not JSON", ":2", "", "what `xstilts run` wrote"),
        (b"\xff", ("a",), "the file cannot be read", "", "'utf-8'", "what `xstilts run` wrote, with a"),
        (None, (), "the file cannot be read", "", "No such file", "what `xstilts run` wrote"),
        (b"[1]", (), "the file is of another kind", "", "a list", "what `xstilts run` wrote"),
        (b"[1]", ("a",), "the file is of another kind", "", "a list", "what `xstilts run` wrote, with a"),
        (b'{"a": 1}', ("a", "b"), "the file is of another kind", "", "no b", "what `xstilts run` wrote, with a and b"),
    ],
)
def test_a_spoiled_record_is_an_error_that_says_what_to_do(tmp_path, content, names, what, place, found, expected):
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read_record(path, *names)
    first, *more = str(raised.value).split("\n")
    assert first == f"{path}{place}: {what}"
    assert [line.strip() for line in more[1:]] == [f"expected: {expected}", FIX]
    assert more[0].startswith("  found:    ")
    assert found in more[0]


def test_a_record_has_at_least_the_fields_that_are_asked_for(tmp_path):
    (tmp_path / "plan.json").write_text('{"a": 1, "b": null}')
    assert read_record(tmp_path / "plan.json") == read_record(tmp_path / "plan.json", "a", "b") == {"a": 1, "b": None}
