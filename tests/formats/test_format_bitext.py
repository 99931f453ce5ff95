import pytest

from xstilts.data.examples import SentenceExample
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.bitext import aligned_lines, identified_lines


def _read(tmp_path, reader, *contents: str) -> list:
    paths = []
    for number, content in enumerate(contents):
        paths.append(tmp_path / str(number))
        paths[-1].write_text(content, encoding="utf-8")
    return list(reader(paths, Drops()))


def test_line_i_of_one_file_matches_line_i_of_the_other(tmp_path):
    assert _read(tmp_path, aligned_lines(), "moja\nmbili\u2028\n", "one\ntwo\n") == [
        SentenceExample("source-1", "moja", "source", ("target-1",)),
        SentenceExample("source-2", "mbili\u2028", "source", ("target-2",)),
        SentenceExample("target-1", "one", "target", ()),
        SentenceExample("target-2", "two", "target", ()),
    ]


def test_files_of_different_length_are_an_error(tmp_path):
    with pytest.raises(InputError, match=r"(?s)different numbers of lines.*found: +1 lines.*expected: 2 lines"):
        _read(tmp_path, aligned_lines(), "a\nb\n", "a\n")


def test_gold_pairs_name_the_matches_and_a_source_without_any_has_no_translation(tmp_path):
    found = _read(tmp_path, identified_lines(), "s1\ta\ns2\tb\n", "t1\tx\nt2\ty\tz\n", "s2\tt2\ns2\tt1\n")
    assert found == [
        SentenceExample("s1", "a", "source", ()),
        SentenceExample("s2", "b", "source", ("t2", "t1")),
        SentenceExample("t1", "x", "target", ()),
        SentenceExample("t2", "y\tz", "target", ()),
    ]


def test_without_gold_pairs_matches_are_hidden(tmp_path):
    found = _read(tmp_path, identified_lines(), "s1\ta\n", "t1\tx\n")
    assert [row.matches for row in found] == [None, ()]


@pytest.mark.parametrize(
    ("sources", "gold", "message"),
    [
        ("s1\ta\ns1\tb\n", "", r"0:2: an id occurs twice"),
        ("s1 a\n", "", r"0:1: .*wrong number of columns"),
        ("s1\ta\n", "s9\tt1\n", r"2:1: .*of the source side\n.*'s9'"),
        ("s1\ta\n", "s1\tt9\n", r"2:1: .*of the target side\n.*'t9'"),
        ("s1\ta\n", "s1\n", r"2:1: .*of the target side\n.*''"),
    ],
)
def test_broken_ids_are_errors_with_their_line(tmp_path, sources, gold, message):
    with pytest.raises(InputError, match=message):
        _read(tmp_path, identified_lines(), sources, "t1\tx\n", gold)
