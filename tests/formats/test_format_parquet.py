from __future__ import annotations

import pytest

from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.parquet import parquet
from xstilts.formats.rows import choice_row, text_row, token_row


def written(path, **columns):
    import pyarrow
    from pyarrow.parquet import write_table

    write_table(pyarrow.table(columns), path)
    return path


def read(reader, *paths):
    return list(reader(paths, Drops()))


def test_numbers_become_names_and_a_negative_one_hides_the_label(tmp_path):
    path = written(tmp_path / "a", premise=["p", "q", "r"], hypothesis=["h", "i", "j"], label=[2, 0, -1])
    columns = {"text": "premise", "pair": "hypothesis", "label": "label"}
    reader = parquet(text_row(), columns, names={"label": ("entailment", "neutral", "contradiction")})
    assert [(row.id, row.text, row.pair, row.label) for row in read(reader, path)] == [
        ("1", "p", "h", "contradiction"),
        ("2", "q", "i", "entailment"),
        ("3", "r", "j", None),
    ]


def test_tables_are_read_one_after_another(tmp_path):
    paths = [written(tmp_path / name, text=[name], label=["x"]) for name in ("b", "a")]
    rows = read(parquet(text_row(), {"text": "text", "label": "label"}), *paths)
    assert [(row.id, row.text) for row in rows] == [("1", "b"), ("2", "a")]


def test_lists_and_fields_of_objects(tmp_path):
    path = written(tmp_path / "t", tokens=[["Juma", "lala"]], ner_tags=[[1, 0]])
    reader = parquet(token_row(), {"tokens": "tokens", "tags": "ner_tags"}, names={"tags": ("O", "B-PER")})
    assert read(reader, path)[0].tags == ("B-PER", "O")
    path = written(tmp_path / "c", q=["Why?"], choices=[{"text": ["a", "b"]}], answer=["B"])
    reader = parquet(choice_row(letters=True), {"context": "q", "choices": "choices.text", "label": "answer"})
    assert (read(reader, path)[0].choices, read(reader, path)[0].label) == (("a", "b"), 1)


def test_a_number_without_a_name_is_an_error_that_names_the_row(tmp_path):
    path = written(tmp_path / "a", text=["x", "y"], label=[0, 2])
    reader = parquet(text_row(), {"text": "text", "label": "label"}, names={"label": ("no", "yes")})
    with pytest.raises(InputError, match=r"(?s)a: row 2: label is no number of a name.*found: +2.*0 to 1, for no, yes"):
        read(reader, path)


def test_an_absent_column_is_an_error_unless_it_may_hide(tmp_path):
    path = written(tmp_path / "a", text=["x"])
    columns = {"text": "text", "label": "label"}
    assert read(parquet(text_row(), columns, may_hide=("label",)), path)[0].label is None
    with pytest.raises(InputError, match="no field 'label'"):
        read(parquet(text_row(), columns), path)


def test_another_kind_of_file_is_an_error(tmp_path):
    (tmp_path / "a").write_text("<html>Please log in</html>")
    with pytest.raises(InputError, match="not a Parquet table"):
        read(parquet(text_row(), {"text": "text"}), tmp_path / "a")
