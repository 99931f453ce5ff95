from dataclasses import dataclass
from pathlib import Path

import pytest

from xstilts.data.download import FetchError
from xstilts.data.examples import RawTextExample
from xstilts.data.sources import Drops, Files
from xstilts.errors import InputError
from xstilts.formats.assembled import FileSets, joined
from xstilts.formats.text import raw_lines, raw_text_of

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
    """Gives a file that stands elsewhere, or fails."""

    given: str = ""

    def can_obtain(self, language, split, *, offline, folder=None):
        return not offline

    def obtain(self, language, split, *, offline=False, folder=None):
        if not self.given:
            raise FetchError("answers nothing")
        return [Path(self.given)]


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
        "good": (Obtained("b", READ, ("dev",)), Obtained("c", READ, ("dev",), given=str(tmp_path / "a.txt"))),
        "local": (Files("z/{split}.txt", READ, ("dev",)),),
    }
    source = joined(parts, splits=("dev",))
    assert source.can_obtain("en", "dev", offline=False)
    assert not source.can_obtain("en", "dev", offline=True)
    assert rows(source, source.obtain("en", "dev")) == (
        ["good-line-1"],
        ["not there, and so not among these rows: local"],
    )
    with pytest.raises(FetchError, match="obtains nothing"):
        source.obtain("en", "dev", offline=True)


def test_a_part_that_should_be_obtained_and_is_not_is_an_error_and_no_smaller_set(tmp_path):
    write(tmp_path, a_dot_txt="a\n")
    parts = {
        "good": (Obtained("c", READ, ("dev",), given=str(tmp_path / "a.txt")),),
        "bad": (Obtained("b", READ, ("dev",)),),
    }
    with pytest.raises(FetchError, match=r"^bad cannot be had: b: answers nothing$"):
        joined(parts, splits=("dev",)).obtain("en", "dev")


def test_a_part_of_the_folder_is_not_obtained(tmp_path):
    write(tmp_path, a_dot_txt="a\n", y__dev_dot_txt="b\nc\n")
    source = joined(
        {
            "one": (Files("y/{split}.txt", READ, ("dev",)), Obtained("b", READ, ("dev",))),
            "two": (Obtained("c", READ, ("dev",), given=str(tmp_path / "a.txt")),),
        },
        splits=("dev",),
    )
    assert not source.is_whole(source.locate(tmp_path, "en", "dev"))
    paths = source.obtain("en", "dev", folder=tmp_path)
    assert source.is_whole(paths)
    assert rows(source, paths) == (["one-line-1", "one-line-2", "two-line-1"], [])
    assert not joined({"one": source.parts["one"]}, ("dev",)).can_obtain("en", "dev", offline=False, folder=tmp_path)


def test_a_file_alone_cannot_be_read_as_a_part(tmp_path):
    write(tmp_path, a_dot_txt="a\n")
    with pytest.raises(InputError, match=r"a.txt: a file of one part"):
        list(joined(PARTS, splits=("dev",)).read([tmp_path / "a.txt"], Drops()))


def test_the_text_of_all_parts_can_be_read(tmp_path):
    write(tmp_path, y__dev_dot_txt="a\n", z__dev_dot_txt="b\n")
    source = joined(PARTS, splits=("dev",))
    examples = raw_text_of(source.read)(source.locate(tmp_path, "en", "dev"), Drops())
    assert list(examples) == [RawTextExample("text-1", "a"), RawTextExample("text-2", "b")]
