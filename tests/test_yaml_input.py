from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xstilts.errors import InputError
from xstilts.yaml_input import read_yaml, set_value


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "s.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_place_names_file_line_and_field(tmp_path):
    path = written(tmp_path, "name: a\nrecipes:\n  both:\n    - one\n    - task: two\n      train: dev\n")
    document = read_yaml(path)
    assert document.place(("recipes",)) == f"{path}:2, recipes"
    assert document.place(("recipes", "both", 0)) == f"{path}:4, recipes.both.0"
    assert document.place(("recipes", "both", 1, "train")) == f"{path}:6, recipes.both.1.train"


def test_the_place_of_an_absent_field_is_that_of_the_nearest_field_around_it(tmp_path):
    document = read_yaml(written(tmp_path, "name: a\nrecipes:\n  both: [one]\n"))
    assert document.place(("recipes", "both", 7, "task")).startswith(f"{tmp_path / 's.yaml'}:3, ")
    assert document.place(("targets",)) == f"{tmp_path / 's.yaml'}:1, targets"
    assert document.place(()) == f"{tmp_path / 's.yaml'}:1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [1, 2\n", r"s\.yaml:3: not valid YAML"),
        ("a: 1\n\tb: 2\n", r"s\.yaml:2: not valid YAML"),
        ("a: *nothing\n", r"s\.yaml:1: not valid YAML: .*nothing"),
        ("a: !!python/object:os.system {}\n", r"s\.yaml:1: not valid YAML"),
        ("- a\n- b\n", r"s\.yaml: the file is not a mapping of fields\n  found:    a list"),
        ("", r"s\.yaml: the file is not a mapping of fields\n  found:    an empty file"),
        ("a: 1\nb: 2\na: 3\n", r"s\.yaml:3: the key 'a' is repeated"),
        ("a:\n  - b: 1\n    c: 2\n    b: 3\n", r"s\.yaml:4: the key 'b' is repeated"),
        ("a: {b: {c: 1, d: 2, c: 3}}\n", r"s\.yaml:1: the key 'c' is repeated"),
        ("when: 2024-13-45\n", r"s\.yaml: not valid YAML"),
        ("a: " + "[" * 5000 + "\n", r"s\.yaml: not valid YAML"),
        (b"a: \xff\xfe\n", r"s\.yaml: the file is not UTF-8"),
        (b"a: \x00\n", r"s\.yaml: not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_taken_is_an_error_that_names_its_place(tmp_path, text, message):
    with pytest.raises(InputError, match=message) as raised:
        read_yaml(written(tmp_path, text))
    assert raised.value.exit_code == 2


def test_an_absent_file_and_a_folder_are_errors(tmp_path):
    with pytest.raises(InputError, match=r"gone\.yaml: there is no such file"):
        read_yaml(tmp_path / "gone.yaml")
    with pytest.raises(InputError, match="this is a folder"):
        read_yaml(tmp_path)


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("seeds=[4, 5]", {"seeds": [4, 5], "t": {"a": {"x": 1}}, "l": [1, {"b": 2}], "empty": None}),
        ("t.a.x=yes", {"seeds": [1], "t": {"a": {"x": True}}, "l": [1, {"b": 2}], "empty": None}),
        (
            "t.new.deep=text",
            {"seeds": [1], "t": {"a": {"x": 1}, "new": {"deep": "text"}}, "l": [1, {"b": 2}], "empty": None},
        ),
        ("l.0=9", {"seeds": [1], "t": {"a": {"x": 1}}, "l": [9, {"b": 2}], "empty": None}),
        ("l.1.b={c: 3}", {"seeds": [1], "t": {"a": {"x": 1}}, "l": [1, {"b": {"c": 3}}], "empty": None}),
        ("empty.a=1", {"seeds": [1], "t": {"a": {"x": 1}}, "l": [1, {"b": 2}], "empty": {"a": 1}}),
        ("t.a.x=", {"seeds": [1], "t": {"a": {"x": None}}, "l": [1, {"b": 2}], "empty": None}),
        ("t.a.x=a=b", {"seeds": [1], "t": {"a": {"x": "a=b"}}, "l": [1, {"b": 2}], "empty": None}),
    ],
)
def test_an_override_changes_one_field_and_nothing_else(assignment, expected):
    data: dict[str, Any] = {"seeds": [1], "t": {"a": {"x": 1}}, "l": [1, {"b": 2}], "empty": None}
    set_value(data, assignment)
    assert data == expected


@pytest.mark.parametrize(
    "assignment", ["seeds.0.x=1", "seeds.1=2", "seeds.-1=2", "seeds.x=2", "name.x=1", "seeds.3.a=1"]
)
def test_an_override_that_leads_nowhere_is_an_error(assignment):
    data: dict[str, Any] = {"seeds": [1], "name": "text"}
    with pytest.raises(InputError, match="--set: an override leads nowhere") as raised:
        set_value(data, assignment)
    assert assignment in str(raised.value)
    assert data == {"seeds": [1], "name": "text"}


@pytest.mark.parametrize(
    ("assignment", "message"),
    [("seeds", "has no value"), ("=3", "has no value"), ("a=[1", "not valid YAML"), ("a=2024-13-45", "not valid YAML")],
)
def test_an_override_of_another_form_is_an_error(assignment, message):
    with pytest.raises(InputError, match=message):
        set_value({}, assignment)


_WORDS = st.text("abcdefgh", min_size=1, max_size=4)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(_WORDS, min_size=1, max_size=4), _VALUES)
def test_whatever_yaml_writes_an_override_reads(way, value):
    data: dict[str, Any] = {}
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000).removesuffix("\n").removesuffix("\n...")
    set_value(data, f"{'.'.join(way)}={text}")
    for part in way:
        data = data[part]
    assert data == value
