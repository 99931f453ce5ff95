from dataclasses import dataclass
from pathlib import Path

import pytest

from xstilts.download import FetchError
from xstilts.errors import InputError
from xstilts.examples import RawTextExample
from xstilts.formats.assembled import FileSets, joined
from xstilts.formats.text import raw_lines, raw_text_of
from xstilts.sources import Drops, Files

READ = raw_lines()


def write(folder, **files: str):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_pattern_finds_all_files_that_fit_by_name_and_each_pattern_must(tmp_path):
    source = FileSets(("set/00/*.txt", "set/01/*.txt"), READ, ("dev",))
    write(tmp_path, set__00__b_dot_txt="b", set__00__a_dot_txt="a", set__00__c_dot_dat="c")
    assert source.locate(tmp_path, "en", "dev") is None
    write(tmp_path, set__01__d_dot_txt="d")
    found = source.locate(tmp_path, "en", "dev")
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        *("set/00/a.txt", "set/00/b.txt"),
        "set/01/d.txt",
    ]
    assert source.locate(tmp_path / "set", "en", "dev") == found
    assert source.locate(tmp_path, "en", "test") is None
    assert source.locate(None, "en", "dev") is None


@dataclass(frozen=True)
class Obtained(Files):
    """Writes its files where its language says, or fails."""

    works: bool = True

    def can_obtain(self, language: str, split: str, *, offline: bool) -> bool:
        return not offline

    def obtain(self, language, split):
        if not self.works:
            raise FetchError("answers nothing")
        return [Path(self.patterns)]


PARTS = {
    "one": (Files("x/{split}.txt", READ, ("dev",)), Files("y/{split}.txt", READ, ("dev", "test"))),
    "two": (Files("z/{split}.txt", READ, ("dev",)),),
}


def rows(source, paths):
    drops = Drops()
    return [example.id for example in source.read(paths, drops)], drops.notes()


def test_parts_are_read_in_order_each_by_its_first_source_that_is_there(tmp_path):
    source = joined(PARTS, splits=("dev", "test"))
    write(tmp_path, y__dev_dot_txt="a\nb\n", z__dev_dot_txt="c\n")
    paths = source.locate(tmp_path, "en", "dev")
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == ["y/dev.txt", "z/dev.txt"]
    assert rows(source, paths) == (["one-line-1", "one-line-2", "two-line-1"], [])
    write(tmp_path, x__dev_dot_txt="d\n")
    assert rows(source, source.locate(tmp_path, "en", "dev"))[0] == ["one-line-1", "two-line-1"]


def test_a_part_that_is_not_there_is_noted_and_one_that_has_no_such_split_is_not(tmp_path):
    source = joined(PARTS, splits=("dev", "test"))
    assert source.locate(tmp_path, "en", "dev") is None
    write(tmp_path, y__dev_dot_txt="a\n", y__test_dot_txt="a\n")
    note = "not there, and so not among these rows: two"
    assert rows(source, source.locate(tmp_path, "en", "dev")) == (["one-line-1"], [note])
    assert rows(source, source.locate(tmp_path, "en", "test")) == (["one-line-1"], [])
    assert joined(PARTS, splits=("dev",)).locate(tmp_path, "en", "test") is None


def test_absence_names_the_places_of_all_parts():
    source = joined(PARTS, splits=("dev",))
    assert source.places("en", "dev") == ["x/dev.txt", "y/dev.txt", "z/dev.txt"]
    assert source.paths("en", "dev") == ["x/dev.txt", "z/dev.txt"]
    assert source.paths("en", "test") is None


def test_parts_are_obtained_where_they_can_be(tmp_path):
    write(tmp_path, a_dot_txt="a\n")
    parts = {
        "good": (Obtained(str(tmp_path / "a.txt"), READ, ("dev",)),),
        "bad": (Obtained("b", READ, ("dev",), works=False),),
    }
    source = joined(parts, splits=("dev",))
    assert source.can_obtain("en", "dev", offline=False)
    assert not source.can_obtain("en", "dev", offline=True)
    assert rows(source, source.obtain("en", "dev")) == (
        ["good-line-1"],
        ["not there, and so not among these rows: bad"],
    )
    with pytest.raises(FetchError, match="answers nothing"):
        joined({"bad": parts["bad"]}, splits=("dev",)).obtain("en", "dev")


def test_a_file_alone_cannot_be_read_as_a_part(tmp_path):
    write(tmp_path, a_dot_txt="a\n")
    with pytest.raises(InputError, match=r"a.txt: a file of one part"):
        list(joined(PARTS, splits=("dev",)).read([tmp_path / "a.txt"], Drops()))


def test_the_text_of_all_parts_can_be_read(tmp_path):
    write(tmp_path, y__dev_dot_txt="a\n", z__dev_dot_txt="b\n")
    source = joined(PARTS, splits=("dev",))
    examples = raw_text_of(source.read)(source.locate(tmp_path, "en", "dev"), Drops())
    assert list(examples) == [RawTextExample("text-1", "a"), RawTextExample("text-2", "b")]
