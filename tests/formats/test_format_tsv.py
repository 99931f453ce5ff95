import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.examples import ChoiceExample, TextExample
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.rows import choice_row, text_row
from xstilts.formats.tsv import tsv

PAIR = {"text": 0, "pair": 1, "label": 2}


def _read(path: Path, content: str, reader, drops: Drops | None = None) -> list:
    path.write_bytes(content.encode())
    return list(reader([path], drops or Drops()))


def test_rows_are_read_by_position_and_numbered_from_one(tmp_path):
    found = _read(tmp_path / "a.tsv", 'x "y\tz\tyes\r\n\u0085a\tb\u2028c\tno\r\n', tsv(text_row(), PAIR))
    assert found == [TextExample("1", 'x "y', "z", "yes"), TextExample("2", "\u0085a", "b\u2028c", "no")]


def test_columns_are_found_by_their_names_in_the_header(tmp_path):
    reader = tsv(text_row(), {"text": "s", "label": "gold", "id": "key"}, header=True)
    assert _read(tmp_path / "a.tsv", "gold\tkey\ts\nyes\tk7\thello\n", reader) == [
        TextExample("k7", "hello", None, "yes")
    ]


def test_a_missing_name_in_the_header_names_the_nearest(tmp_path):
    reader = tsv(text_row(), {"text": "sentence", "label": "label"}, header=True)
    with pytest.raises(InputError, match=r"(?s)a.tsv:1: .*no column 'sentence'.*did you mean 'sentences'"):
        _read(tmp_path / "a.tsv", "sentences\tlabel\na\tb\n", reader)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\tb\tyes\na\tb\n", r"a.tsv:2: .*\n.*found: +2\n.*expected: 3, as in the first line"),
        ("a\tb\n", r"a.tsv:1: .*\n.*found: +2\n.*expected: at least 3"),
        ("a\tb\tyes\n\na\tb\tyes\n", r"a.tsv:2: an empty line"),
    ],
)
def test_a_row_of_another_width_is_an_error_with_its_line(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        _read(tmp_path / "a.tsv", content, tsv(text_row(), PAIR))


def test_a_file_without_the_column_of_the_label_hides_it_only_where_that_is_allowed(tmp_path):
    reader = tsv(text_row(), PAIR, may_hide_label=True)
    assert _read(tmp_path / "a.tsv", "a\tb\n", reader) == [TextExample("1", "a", "b", None)]
    named = tsv(text_row(), {"text": "s", "label": "gold"}, header=True, may_hide_label=True)
    assert _read(tmp_path / "b.tsv", "s\na\n", named) == [TextExample("1", "a", None, None)]


def test_rows_of_other_languages_are_passed_over_and_not_numbered(tmp_path):
    reader = tsv(text_row(), {"text": "s", "label": "gold"}, header=True, only={"language": "sw"})
    found = _read(tmp_path / "a.tsv", "language\ts\tgold\nen\ta\tyes\nsw\tb\tno\n", reader)
    assert found == [TextExample("1", "b", None, "no")]


def test_renamed_labels_and_rows_without_an_agreed_one(tmp_path):
    drops = Drops()
    reader = tsv(text_row(rename={"e": "entailment"}, unlabeled=("-",)), PAIR)
    assert [row.label for row in _read(tmp_path / "a.tsv", "a\tb\te\na\tb\t-\n", reader, drops)] == ["entailment"]
    assert drops.notes() == ["1 row left out: no label that the annotators agreed on"]


def test_choices_stand_in_several_columns(tmp_path):
    reader = tsv(choice_row(label_base=1), {"context": 0, "choices": [1, 2], "label": 3})
    assert _read(tmp_path / "a.tsv", "who?\tme\tyou\t2\n", reader) == [ChoiceExample("1", "who?", ("me", "you"), 1)]
    for label in ("0", "3", "x", "-1", "²"):
        with pytest.raises(InputError, match=r"a.tsv:1: a label names no choice(?s:.*)1 to 2"):
            _read(tmp_path / "a.tsv", f"who?\tme\tyou\t{label}\n", reader)


def test_quotes_are_text_unless_the_file_is_known_to_quote(tmp_path):
    content = '"a ""b"""\t"c\nd"\tyes\n'
    quoted = tsv(text_row(), PAIR, quoted=True)
    assert _read(tmp_path / "a.tsv", content, quoted) == [TextExample("1", 'a "b"', "c\nd", "yes")]
    plain = tsv(text_row(), {"text": 0, "label": 1})
    assert _read(tmp_path / "a.tsv", '"a ""b"""\tyes\n', plain) == [TextExample("1", '"a ""b"""', None, "yes")]


def test_the_line_of_a_quoted_row_counts_the_lines_inside_fields_before_it(tmp_path):
    with pytest.raises(InputError, match=r"a.tsv:3: a row has the wrong number of columns"):
        _read(tmp_path / "a.tsv", '"a\nb"\tc\tyes\na\tb\n', tsv(text_row(), PAIR, quoted=True))


@pytest.mark.parametrize(
    ("content", "line"),
    [('a\tb\tyes\n"a\tb\tno\n', 2), ('a\tb\tyes\n"a"x\tb\tno\n', 2), ("a\tb\tyes\n\na\tb\tno\n", 2)],
)
def test_broken_quoting_and_empty_lines_are_errors_with_their_line(tmp_path, content, line):
    with pytest.raises(InputError, match=f"a.tsv:{line}: "):
        _read(tmp_path / "a.tsv", content, tsv(text_row(), PAIR, quoted=True))


def test_rows_that_are_known_to_be_broken_are_left_out_and_counted(tmp_path):
    drops = Drops()
    reader = tsv(text_row(), PAIR, may_be_broken=True)
    content = "a\tb\tyes\ncut\n\nc\td\tno\te\nf\tg\tno\n"
    assert [row.text for row in _read(tmp_path / "a.tsv", content, reader, drops)] == ["a", "f"]
    assert drops.notes() == ["3 rows left out: broken, with another number of columns than the first line"]


CELL = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]))
ROW = st.tuples(CELL, CELL, CELL)


@given(st.lists(ROW, min_size=1))
def test_cells_of_hostile_text_survive(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    found = _read(path, "\ufeff" + "".join("\t".join(row) + "\n" for row in cells), tsv(text_row(), PAIR))
    assert [(row.text, row.pair, row.label) for row in found] == cells


@given(st.lists(ROW, min_size=1))
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(cells)
    found = list(tsv(text_row(), PAIR, quoted=True, delimiter=",")([path], Drops()))
    assert [(row.text, row.pair, row.label) for row in found] == cells
