"""JSON Lines: one JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from xstilts.data.examples import Example
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError, nearest
from xstilts.formats.rows import Builder, DistinctIds, Row
from xstilts.formats.text import parsed_json, rows

_ABSENT = object()


def jsonl(
    build: Builder, fields: Mapping[str, str | Sequence[str]], *, may_hide: Sequence[str] = (), prefixes: str = ""
) -> Reader:
    """Reader of one object per line.

    Args:
        build: What an object becomes.
        fields: Role -> dotted name of the field: `question.stem`; `choices.*.text` for one field of each item of a
            list; a list of names for `choices` that stand in several fields.
        may_hide: Roles whose field may be missing from a row.
        prefixes: One prefix per path, separated by spaces, put before the ids of its rows.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        distinct = DistinctIds()
        number = 0
        for path, prefix in zip(paths, prefixes.split() or [""] * len(paths), strict=False):
            for where, record in json_objects(path):
                number += 1
                values = values_of(record, fields, may_hide, where)
                example = build(Row(where, number, values), drops)
                if example is not None:
                    row = replace(example, id=distinct(prefix + example.id))
                    drops.stands(row.id, where)
                    yield row

    return read


def json_objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file and line, object) of each line.

    Raises:
        InputError: If a line is not a JSON object.
    """
    for number, line in rows(path):
        where = f"{path}:{number}"
        record = parsed_json(line, path, number, "one JSON object per line")
        if not isinstance(record, dict):
            raise InputError("a line is not a JSON object", where=where, found=repr(line[:60]), expected="{...}")
        yield where, record


def values_of(
    record: dict[str, Any], fields: Mapping[str, str | Sequence[str]], may_hide: Sequence[str], where: str
) -> dict[str, Any]:
    """Role -> value of an object, by the dotted names of `jsonl`.

    Raises:
        InputError: If a field is missing that may not be.
    """
    values: dict[str, Any] = {}
    for role, names in fields.items():
        found = [_field(record, name.split(".")) for name in ([names] if isinstance(names, str) else names)]
        if any(value is _ABSENT for value in found):
            if role in may_hide:
                continue
            raise InputError(
                f"an object has no field {names!r} for {role}",
                where=where,
                found=f"the fields {', '.join(record)}",
                fix=nearest(names, list(record)) if isinstance(names, str) else None,
            )
        values[role] = found[0] if isinstance(names, str) else found
    return values


def _field(value: Any, names: Sequence[str]) -> Any:
    if not names:
        return value
    if names[0] == "*" and isinstance(value, list):
        found = [_field(item, names[1:]) for item in value]
        return _ABSENT if any(item is _ABSENT for item in found) else found
    if isinstance(value, dict) and names[0] in value:
        return _field(value[names[0]], names[1:])
    return _ABSENT
