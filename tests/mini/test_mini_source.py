"""Tasks of the suite work without any data folder; files of a data folder come first."""

from __future__ import annotations

import pytest

from xstilts.catalogue import Tasks
from xstilts.errors import InputError
from xstilts.mini.source import suite_folder
from xstilts.mini.suite import TASKS as SUITE_TASKS
from xstilts.mini.suite import Sizes, write_split

TASKS = Tasks()
NAMES = [f"mini-{name}" for name in SUITE_TASKS]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("name", NAMES)
def test_a_task_makes_what_is_asked_for_and_nothing_else(cache, name):
    task = TASKS[name]
    assert all(task.holds(None, code, split) for code in task.language_codes for split in task.splits)
    assert not cache.exists()
    found = task.load(None, "sw", "test")
    assert found.found == {"mini-mining": 600}.get(name, 400)  # of mining, a pair and three others per group
    source = task.sources[0]
    assert len([path for path in cache.rglob("*") if path.is_file()]) == len(source.paths("sw", "test"))
    assert task.load(None, "sw", "test").digest == found.digest


def test_files_are_made_once(cache):
    first = TASKS["mini-pos"].find(None, "en", "dev")[1]
    before = first[0].stat().st_mtime_ns
    assert first[0].is_relative_to(suite_folder())
    assert TASKS["mini-pos"].find(None, "en", "dev")[1] == first
    assert first[0].stat().st_mtime_ns == before


def test_files_of_the_data_folder_come_first(cache, tmp_path):
    write_split(tmp_path / "mini", "nli", "sw", "test", Sizes(test=7))
    task = TASKS["mini-nli"]
    assert task.load(tmp_path, "sw", "test").found == 7
    assert task.available(tmp_path, "test") == ("sw",)
    assert not cache.exists()
    assert task.load(tmp_path, "de", "test").found == 400


def test_nobody_elses_files_are_taken_for_the_suite(cache, tmp_path, monkeypatch):
    mine = tmp_path / "nli" / "test-sw.tsv"
    mine.parent.mkdir()
    mine.write_text("a\tb\tneutral\n")
    monkeypatch.chdir(tmp_path)
    for folder in (None, tmp_path):
        assert TASKS["mini-nli"].find(folder, "sw", "test")[1] != [mine]
    write_split(tmp_path / "mini", "nli", "sw", "test", Sizes(test=7))
    assert TASKS["mini-nli"].load(None, "sw", "test").found == 400, "no folder was named"


def test_what_a_task_does_not_have_is_not_made(cache):
    assert not TASKS["mini-retrieval"].holds(None, "de", "train")
    assert not TASKS["mini-retrieval"].holds(None, "en", "test")
    with pytest.raises(InputError, match="mini-retrieval has no split 'train'"):
        TASKS["mini-retrieval"].load(None, "de", "train")
    with pytest.raises(InputError, match="mini-retrieval has no language 'en'"):
        TASKS["mini-retrieval"].load(None, "en", "test")
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_is_an_error_that_says_so(cache):
    cache.write_text("a file and no folder")
    with pytest.raises(InputError, match=r"(?s)files of mini cannot be written.*XDG_CACHE_HOME"):
        TASKS["mini-pos"].load(None, "en", "dev")


def test_a_relative_cache_folder_does_not_count(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert suite_folder().parent == tmp_path / ".cache" / "xstilts"
