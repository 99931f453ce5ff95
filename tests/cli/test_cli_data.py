from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from loopback import serving

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


TASK_FILE = '''"""Greetings, good or bad."""
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.data.sources import Files, Url
from xstilts.task import Task

READ = tsv(text_row(), {{"label": 0, "text": 1}})
TASK = Task(
    "greetings",
    Classification(labels=("good", "bad")),
    "en sw",
    (
        Files("greetings/{{language}}-{{split}}.tsv", READ, ("dev", "test")),
        Url("{url}/{{language}}-{{split}}.tsv", READ, ("dev", "test"), languages="{languages}"),
    ),
    sizes={{"dev": 1, "test": 2}},
)
'''
TEST = b"good\tndiyo\nbad\thapana\n"


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A task file whose files are on a server: the test sets of English and Swahili, no dev set."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with serving() as server:
        server.files |= {"/en-test.tsv": b"good\tyes\nbad\tno\n", "/sw-test.tsv": TEST}
        path = tmp_path / "greetings.py"
        path.write_text(TASK_FILE.format(url=server.url, languages="en sw"))
        yield server, path


def test_download_says_what_it_fetched_from_where_with_rows_and_checksum(call, served):
    server, path = served
    arguments = ("data", "download", "greetings", "--task-file", path, "--split", "test")
    called = call(*arguments, "--json")
    assert called.code == 0
    _, swahili = [json.loads(line) for line in called.out.splitlines()]
    inner = hashlib.sha256(TEST).hexdigest()
    assert (swahili["language"], swahili["rows"], swahili["official"]) == ("sw", 2, 2)
    assert swahili["sha256"] == hashlib.sha256(inner.encode()).hexdigest()
    assert swahili["from"] == f"{server.url}/sw-test.tsv"
    assert [Path(name).read_bytes() for name in swahili["files"]] == [TEST]
    assert f"fetching greetings, language sw, split test from {server.url}/sw-test.tsv" in called.err
    again = call(*arguments, "--language", "sw")
    assert (again.code, again.err) == (0, "")
    assert "2 rows" in again.out
    assert f"from {server.url}/sw-test.tsv" in again.out
    assert server.paths() == ["/en-test.tsv", "/sw-test.tsv"]


def test_download_leaves_alone_what_the_folder_has(call, served, tmp_path):
    server, path = served
    mine = tmp_path / "data" / "greetings" / "sw-test.tsv"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(TEST)
    called = call(
        *("data", "download", "greetings", "--task-file", path, "--language", "sw", "--split", "test"),
        *("--data-dir", tmp_path / "data"),
    )
    assert (called.code, called.err) == (0, "")
    assert f"from {mine}" in called.out
    assert server.asked == []


def test_download_goes_on_after_a_failure_and_ends_with_exit_code_2(call, served):
    server, path = served
    called = call("data", "download", "greetings", "--task-file", path, "--json")
    assert called.code == 2
    assert [json.loads(line)["language"] for line in called.out.splitlines()] == ["en", "sw"]
    assert "2 of the files could not be had" in called.err
    assert f"{server.url}/sw-dev.tsv: answers 404" in called.err


def test_download_offline_fetches_nothing(call, served, monkeypatch):
    server, path = served
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    called = call("data", "download", "greetings", "--task-file", path)
    assert called.code == 2
    assert "HF_HUB_OFFLINE is set" in called.err
    assert server.asked == []


def test_download_of_what_no_source_holds_is_exit_code_2(call, served):
    _, path = served
    called = call("data", "download", "greetings", "--task-file", path, "--split", "train")
    assert called.code == 2
    assert "greetings: nothing of language any, split train is there or can be fetched" in called.err
