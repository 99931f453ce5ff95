from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from xstilts.data.sources import Drops, Files, content_digest


def read_nothing(paths, drops):
    return []


def written(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def test_placeholders_are_filled_in():
    files = Files("nli/{language}/{split}.tsv", read_nothing, ("dev", "test"))
    assert files.paths("sw", "dev") == ["nli/sw/dev.tsv"]
    assert files.paths("sw", "train") is None


def test_a_field_says_which_languages_the_files_hold():
    files = Files("pos/{tree}/{split}", read_nothing, ("test",), fields={"tree": {"en": "EWT", "tr": "IMST"}})
    assert files.paths("tr", "test") == ["pos/IMST/test"]
    assert files.paths("sw", "test") is None


def test_languages_can_be_named():
    files = Files("a/{language}", read_nothing, ("test",), languages="en de")
    assert files.paths("de", "test") == ["a/de"]
    assert files.paths("d", "test") is None


def test_several_files_are_read_in_their_order(tmp_path):
    files = Files(("x/b.{language}", "x/a.{language}"), read_nothing, ("test",))
    written(tmp_path, "x/a.de", "x/b.de", "x/a.fr")
    assert files.locate(tmp_path, "de", "test") == [tmp_path / "x/b.de", tmp_path / "x/a.de"]
    assert files.locate(tmp_path, "fr", "test") is None


def test_the_folder_may_hold_the_collection_or_be_it(tmp_path):
    files = Files("xtreme/panx/{split}", read_nothing, ("test",))
    written(tmp_path, "xtreme/panx/test")
    expected = [tmp_path / "xtreme/panx/test"]
    assert files.locate(tmp_path, "en", "test") == files.locate(tmp_path / "xtreme", "en", "test") == expected
    assert files.locate(tmp_path / "xtreme/panx", "en", "test") is None
    assert files.locate(tmp_path, "en", "train") is None


def test_a_collection_inside_comes_before_files_beside_it(tmp_path):
    files = Files("panx/{split}", read_nothing, ("test",))
    written(tmp_path, "panx/test", "test")
    assert files.locate(tmp_path, "en", "test") == [tmp_path / "panx/test"]


def test_what_a_source_is_can_be_said():
    fields = {"tree": {"en": "EWT", "tr": "IMST", "vi": "VTB"}, "year": {"tr": "1", "vi": "2"}}
    files = Files(("a/{tree}", "b/{year}", "c", "d"), read_nothing, ("test",), fields=fields, languages="en vi")
    (origin,) = files.origins()
    assert (origin.what, origin.place, origin.how) == ("folder", "a/{tree} and 3 more files", "")
    assert (origin.splits, origin.languages) == (("test",), ("vi",))
    (plain,) = Files(("a", "b"), read_nothing, ("test",)).origins()
    assert (plain.place, plain.languages) == ("a, b", ())


def test_a_folder_is_no_file(tmp_path):
    files = Files("panx/{split}", read_nothing, ("test",))
    (tmp_path / "panx" / "test").mkdir(parents=True)
    assert files.locate(tmp_path, "en", "test") is None


def test_the_digest_is_of_contents_in_order(tmp_path):
    for name, content in (("a", b"one"), ("b", b"two"), ("c/a", b"one")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    a, b, same = tmp_path / "a", tmp_path / "b", tmp_path / "c/a"
    single = hashlib.sha256(b"one").hexdigest()
    assert content_digest([a]) == content_digest([same]) == hashlib.sha256(single.encode()).hexdigest()
    assert content_digest([a, b]) == content_digest([same, b]) != content_digest([b, a])


def test_the_digest_follows_a_change_and_not_the_clock(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    before = content_digest([path])
    os.utime(path, (1, 1))
    assert content_digest([path]) == before
    path.write_bytes(b"two")
    assert content_digest([path]) != before


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, []),
        ({"no label": 1}, ["1 row left out: no label"]),
        ({"no label": 1200, "an empty text": 2}, ["2 rows left out: an empty text", "1,200 rows left out: no label"]),
    ],
)
def test_rows_left_out_are_counted_by_reason(counts, expected):
    drops = Drops()
    for reason, count in counts.items():
        for _ in range(count):
            drops.add(reason)
    assert drops.notes() == expected
