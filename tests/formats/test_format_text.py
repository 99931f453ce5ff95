from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.rows import DistinctIds, choice_row, text_row
from xstilts.formats.text import labeled_by_line, lines, rows, whole
from xstilts.formats.tsv import tsv


def test_lines_end_at_line_feeds_only_and_carry_their_numbers(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("one\r\ntwo\u2028still two\u0085and two\x0c\n\nfour".encode())
    assert list(lines(path)) == [(1, "one"), (2, "two\u2028still two\u0085and two\x0c"), (3, ""), (4, "four")]


def test_a_byte_order_mark_is_no_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\n\xef\xbb\xbftwo\n")
    assert list(lines(path)) == [(1, "one"), (2, "\ufefftwo")]  # inside a file it is a character like any other
    assert whole(path) == "one\n\ufefftwo\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bytes_that_are_not_utf8_are_named_with_line_and_offset_in_the_file(tmp_path, mark):
    path = tmp_path / "a.txt"
    path.write_bytes(mark + "é\n".encode() + b"ab\xe9\n")
    offset = len(mark) + 3 + 2  # two bytes of é, line feed, a, b
    with pytest.raises(InputError, match=rf"a.txt:2: .*\n.*0xe9 at offset {offset}"):
        list(lines(path))
    with pytest.raises(InputError, match=rf"0xe9 at offset {offset}$|0xe9 at offset {offset}\n"):
        whole(path)


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"])), max_size=5))
def test_any_text_without_line_ends_survives_as_one_line(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("lines") / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf" + "".join(f"{text}\r\n" for text in texts).encode())
    assert [text for _, text in lines(path)] == texts


def test_an_empty_line_is_an_error_except_at_the_end(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a\nb\n\n\n")
    assert list(rows(path)) == [(1, "a"), (2, "b")]
    path.write_text("a\n\n\nb\n")
    with pytest.raises(InputError, match=r"a\.txt:2: an empty line"):
        list(rows(path))


READ = labeled_by_line(tsv(text_row(), {"text": 0, "label": 1}, may_hide_label=True))


def _labeled(tmp_path: Path, texts: str, labels: str) -> list[tuple[str, str | None]]:
    (tmp_path / "texts.tsv").write_text(texts)
    (tmp_path / "labels.txt").write_text(labels)
    examples = READ([tmp_path / "texts.tsv", tmp_path / "labels.txt"], Drops())
    return [(example.text, example.label) for example in examples]


def test_labels_of_a_second_file_fall_on_their_lines(tmp_path):
    assert _labeled(tmp_path, "a\nb\n", "no\nyes\n") == [("a", "no"), ("b", "yes")]


@pytest.mark.parametrize(("labels", "found"), [("no\n", "1 labels"), ("no\nyes\nno\n", "more than 2 labels")])
def test_a_label_too_few_or_too_many_is_an_error(tmp_path, labels, found):
    with pytest.raises(InputError, match=f"different numbers of rows\n.*{found}"):
        _labeled(tmp_path, "a\nb\n", labels)


def test_a_label_that_contradicts_the_row_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"labels.txt:2: .*contradict"):
        _labeled(tmp_path, "a\tno\nb\tno\n", "no\nyes\n")


def test_repeated_ids_are_numbered_in_the_order_of_the_file():
    distinct = DistinctIds()
    assert [distinct(name) for name in ["x", "x", "y", "x", "x#2"]] == ["x", "x#2", "y", "x#3", "x#2#2"]


@given(st.lists(st.sampled_from(["a", "a#2", "a#2#2", "a#3", "b"])))
def test_ids_never_collide(names):
    distinct = DistinctIds()
    given_out = [distinct(name) for name in names]
    assert len(set(given_out)) == len(names)
    assert all(out.startswith(name) for out, name in zip(given_out, names, strict=True))


def _chosen(tmp_path: Path, labels: str, base: int) -> list[int | None]:
    (tmp_path / "texts.tsv").write_text("a\tb\tc\n")
    (tmp_path / "labels.txt").write_text(labels)
    read = labeled_by_line(tsv(choice_row(), {"context": 0, "choices": (1, 2)}), base)
    return [example.label for example in read([tmp_path / "texts.tsv", tmp_path / "labels.txt"], Drops())]


def test_labels_of_a_second_file_name_choices_counted_from_a_base(tmp_path):
    assert _chosen(tmp_path, "1\n", 0) == [1]
    assert _chosen(tmp_path, "1\n", 1) == [0]


@pytest.mark.parametrize("label", ["0", "3", "A", "-1", "²"])
def test_a_label_of_a_second_file_that_names_no_choice_is_an_error(tmp_path, label):
    with pytest.raises(InputError, match=r"labels.txt:1: a label names no choice(?s:.*)1 to 2"):
        _chosen(tmp_path, f"{label}\n", 1)
