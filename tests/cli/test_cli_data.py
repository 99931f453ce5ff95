from __future__ import annotations

import hashlib
import json

import pytest

TAGGED = "Juma\tB-PER\nlala\tO\n\nAsha\tB-PER\n"


@pytest.fixture
def data(tmp_path):
    """A folder with a little of PAN-X: English train, a Swahili test without tags."""
    folder = tmp_path / "data" / "xtreme" / "panx"
    folder.mkdir(parents=True)
    (folder / "train-en.tsv").write_text(TAGGED)
    (folder / "test-sw.tsv").write_text("Juma\n\nAsha\n\nlala\n")
    return tmp_path / "data"


def test_rows_are_counted_and_compared_with_the_official_size(call, data, listing):
    before = listing(data)
    called = call("data", "check", "panx", "--data-dir", data, "--json")
    assert (called.code, called.err) == (0, "")
    train, test = [json.loads(line) for line in called.out.splitlines()]
    assert (train["split"], train["language"], train["rows"], train["official"]) == ("train", "en", 2, 20000)
    assert (test["split"], test["language"], test["rows"], test["hidden"]) == ("test", "sw", 3, 3)
    # The checksum is over the checksums of the files, so that several files have one.
    inner = hashlib.sha256(TAGGED.encode()).hexdigest()
    assert train["sha256"] == hashlib.sha256(inner.encode()).hexdigest()
    plain = call("data", "check", "panx", "--data-dir", data).out.splitlines()
    assert "partial: the official release has 20,000" in plain[0]
    assert plain[1].endswith("labels hidden")
    assert listing(data) == before


def test_without_names_every_task_with_files_is_checked(call, data):
    called = call("data", "check", "--data-dir", data, "--json")
    assert called.code == 0
    assert {json.loads(line)["task"] for line in called.out.splitlines()} == {"panx"}


def test_a_broken_file_is_exit_code_2_after_the_others_were_read(call, data):
    (data / "xtreme" / "panx" / "dev-en.tsv").write_text("Juma\tB-PERSON\n")
    called = call("data", "check", "panx", "--data-dir", data)
    assert called.code == 2
    assert [line.split()[:3] for line in called.out.splitlines()] == [
        ["panx", "train", "en"],
        ["panx", "dev", "en"],
        ["panx", "test", "sw"],
    ]
    assert "1 problem" in called.err
    assert "panx en dev" in called.err
    assert "'B-PERSON'" in called.err


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["xquad"], "xquad: no file is there"),
        (["panx", "xquad"], "xquad: no file is there"),
        (["xquda"], "there is no task"),
    ],
)
def test_a_named_task_without_files_is_exit_code_2(call, data, names, message):
    called = call("data", "check", *names, "--data-dir", data)
    assert called.code == 2
    assert message in called.err


def test_an_absent_folder_is_exit_code_2(call, tmp_path):
    called = call("data", "check", "--data-dir", tmp_path / "gone")
    assert called.code == 2
    assert "there is no such data folder" in called.err
