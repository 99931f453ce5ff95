from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xstilts.durable import (
    damaged_files,
    publish_file,
    publish_folder,
    read_json,
    read_manifest,
    remove_drafts,
    write_json,
)

FILES = {"a.txt": b"first", "deep/b.bin": bytes(range(256)) * 40, "c.txt": b""}
CALLS = ((os, "replace"), (os, "fsync"), (os, "open"), (Path, "open"), (Path, "mkdir"))


@contextmanager
def faults(monkeypatch: pytest.MonkeyPatch, number: int, fault: Callable[[], None]) -> Iterator[list[str]]:
    """Before the call of this number, among all that touch the disk, something happens; yields the calls' names."""
    calls: list[str] = []

    def counted(call, name):
        def counting(*args, **options):
            calls.append(name)
            if len(calls) == number:
                fault()
            return call(*args, **options)

        return counting

    with monkeypatch.context() as patch:
        for owner, name in CALLS:
            patch.setattr(owner, name, counted(getattr(owner, name), name))
        yield calls


def disk_full() -> None:
    raise OSError(errno.ENOSPC, "no space left on device")


def fill(folder: Path) -> None:
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def publish(target: Path) -> None:
    with publish_folder(target, "m.json", {"who": "me"}) as draft:
        fill(draft)


def is_whole(folder: Path) -> bool:
    """Whether the folder holds exactly what `publish` writes; worked out without the manifest."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return set(found) == {*FILES, "m.json"} and all(found[name].read_bytes() == FILES[name] for name in FILES)


def calls_of(monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> int:
    with faults(monkeypatch, -1, disk_full) as calls:
        work()
    return len(calls)


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


def test_a_failing_call_at_any_moment_leaves_a_whole_folder_or_none(tmp_path, monkeypatch):
    total = calls_of(monkeypatch, lambda: publish(tmp_path / "rehearsal"))
    assert total > 15
    outcomes = []
    for number in range(1, total + 1):
        target = tmp_path / str(number) / "t"
        with faults(monkeypatch, number, disk_full), pytest.raises(OSError, match="no space"):
            publish(target)
        whole = read_manifest(target, "m.json") is not None
        assert whole == target.exists(), f"call {number}"
        assert not whole or is_whole(target), f"call {number}"
        assert list(tmp_path.rglob("*.draft")) == [], f"call {number}"
        outcomes.append(whole)
    # The rename is the one moment at which the folder appears; what fails after it cannot take it back.
    assert outcomes == sorted(outcomes)
    assert not outcomes[0]


def test_a_process_that_dies_at_any_moment_leaves_a_whole_folder_or_none(tmp_path, monkeypatch):
    total = calls_of(monkeypatch, lambda: publish(tmp_path / "rehearsal"))
    drafts = 0
    for number in range(1, total + 1):
        target = tmp_path / str(number) / "t"
        child = os.fork()
        if child == 0:
            with faults(monkeypatch, number, lambda: os._exit(9)):
                publish(target)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        assert (read_manifest(target, "m.json") is not None) == target.exists()
        assert not target.exists() or is_whole(target)
        drafts += len(list(tmp_path.glob(f"{number}/.*.draft")))
        remove_drafts(target.parent)
        assert [path.name for path in tmp_path.glob(f"{number}/*")] in ([], ["t"])
        assert list(tmp_path.rglob("*.draft")) == []
    assert drafts > 5, "most deaths leave a draft behind, or nothing was tested"


def test_a_failing_call_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path, monkeypatch):
    path = tmp_path / "table.json"
    total = calls_of(monkeypatch, lambda: write_json(tmp_path / "rehearsal.json", {"new": 1}))
    assert total >= 3
    for number in range(1, total + 1):
        path.write_text('{"old": 1}')
        with faults(monkeypatch, number, disk_full), pytest.raises(OSError, match="no space"):
            write_json(path, {"new": 1})
        assert read_json(path) == {"old": 1}
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ["rehearsal.json", "table.json"]
    write_json(path, {"new": 1})
    assert read_json(path) == {"new": 1}


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
