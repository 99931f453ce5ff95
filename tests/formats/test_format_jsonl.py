import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.examples import ChoiceExample, TextExample, TokenExample
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import choice_row, text_row, token_row

TEXT = jsonl(text_row(), {"text": "a.b", "label": "label"}, may_hide=("label",))


def _read(path: Path, content: str, reader) -> list:
    path.write_bytes(content.encode())
    return list(reader([path], Drops()))


def test_dots_lead_into_objects_and_a_hidden_label_is_none(tmp_path):
    content = '{"a": {"b": "x"}, "label": 1}\r\n{"a": {"b": "y"}}\n{"a": {"b": "z"}, "label": null}\n'
    assert _read(tmp_path / "a.jsonl", content, TEXT) == [
        TextExample("1", "x", None, "1"),
        TextExample("2", "y", None, None),
        TextExample("3", "z", None, None),
    ]


def test_a_star_takes_one_field_of_each_item(tmp_path):
    reader = jsonl(choice_row(letters=True), {"context": "q", "choices": "c.*.t", "label": "l", "id": "i"})
    content = '{"i": "k", "q": "who?", "c": [{"t": "me"}, {"t": "you"}], "l": "B"}\n'
    assert _read(tmp_path / "a.jsonl", content, reader) == [ChoiceExample("k", "who?", ("me", "you"), 1)]
    for label in ("C", "", "AB", "b"):
        with pytest.raises(InputError, match=r"names no choice(?s:.*)A to B"):
            _read(tmp_path / "a.jsonl", content.replace('"B"', f'"{label}"'), reader)
    with pytest.raises(InputError, match=r"no field 'c.\*.t' for choices"):
        _read(tmp_path / "a.jsonl", content.replace('{"t": "me"}', '{"u": "me"}'), reader)


def test_lists_of_tokens_and_tags(tmp_path):
    reader = jsonl(token_row(), {"tokens": "w", "tags": "t"})
    assert _read(tmp_path / "a.jsonl", '{"w": ["a", "b"], "t": ["X", "Y"]}\n', reader) == [
        TokenExample("1", ("a", "b"), ("X", "Y"))
    ]
    with pytest.raises(InputError, match=r"a.jsonl:1: .*one tag per token\n.*1 tags\n.*2"):
        _read(tmp_path / "a.jsonl", '{"w": ["a", "b"], "t": ["X"]}\n', reader)
    with pytest.raises(InputError, match="tokens is not a list"):
        _read(tmp_path / "a.jsonl", '{"w": "a b", "t": ["X"]}\n', reader)


def test_ids_that_repeat_become_distinct_and_carry_the_prefix_of_their_file(tmp_path):
    for name, content in [("1", '{"i": 7, "t": "a"}\n{"i": 7, "t": "b"}\n'), ("2", '{"i": 7, "t": "c"}\n')]:
        (tmp_path / name).write_text(content)
    reader = jsonl(text_row(), {"text": "t", "id": "i"}, prefixes="r1- r2-")
    found = list(reader([tmp_path / "1", tmp_path / "2"], Drops()))
    assert [(row.id, row.text) for row in found] == [("r1-7", "a"), ("r1-7#2", "b"), ("r2-7", "c")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"a": }', r"a.jsonl:2, column 7: this is not JSON"),
        ("[1]", r"a.jsonl:2: a line is not a JSON object"),
        ('{"ab": 1}', r"a.jsonl:2: an object has no field 'a.b' for text\n.*found: +the fields ab"),
        ('{"a": {"b": 3}}', r"a.jsonl:2: text is not text\n.*3"),
        (r'{"a": {"b": "x\ud800"}}', r"a.jsonl:2: text holds half of a surrogate pair"),
        ("", r"a.jsonl:2: an empty line"),
    ],
)
def test_a_broken_line_is_an_error_with_its_number(tmp_path, line, message):
    good = '{"a": {"b": "x"}}\n'
    with pytest.raises(InputError, match=message):
        _read(tmp_path / "a.jsonl", f"{good}{line}\n{good}", TEXT)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))), st.booleans())
def test_hostile_text_survives(tmp_path_factory, texts, ascii_only):
    path = tmp_path_factory.mktemp("jsonl") / "a.jsonl"
    content = "".join(json.dumps({"t": text}, ensure_ascii=ascii_only) + "\n" for text in texts)
    assert [row.text for row in _read(path, content, jsonl(text_row(), {"text": "t"}))] == texts
