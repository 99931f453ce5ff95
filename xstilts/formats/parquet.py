"""Parquet tables, as the Hugging Face hub holds data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from xstilts.data.examples import Example
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError
from xstilts.formats.jsonl import values_of
from xstilts.formats.rows import Builder, DistinctIds, Row

_BATCH = 4096


def parquet(
    build: Builder,
    columns: Mapping[str, str | Sequence[str]],
    *,
    names: Mapping[str, Sequence[str]] | None = None,
    may_hide: Sequence[str] = (),
) -> Reader:
    """Reader of one row per row of the tables, which are read in the order of the paths, in parts.

    Args:
        build: What a row becomes.
        columns: Role -> dotted name of the column, as the fields of `jsonl`.
        names: Role -> names that the column's whole numbers stand for, from 0; a number below 0 hides the value.
        may_hide: Roles whose column may be missing.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        distinct = DistinctIds()
        number = 0
        for path in paths:
            for place, record in enumerate(_records(path), start=1):
                number += 1
                where = f"{path}: row {place}"
                values = values_of(record, columns, may_hide, where)
                for role, known in (names or {}).items():
                    if role in values:
                        values[role] = _named(values[role], known, where, role)
                example = build(Row(where, number, values), drops)
                if example is not None:
                    yield replace(example, id=distinct(example.id))

    return read


def _records(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as table:
            for batch in table.iter_batches(_BATCH):
                yield from batch.to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(
            "the file is not a Parquet table that can be read",
            where=path,
            found=str(error).splitlines()[0],
            expected="a whole Parquet file",
        ) from None


def _named(value: Any, names: Sequence[str], where: str, role: str) -> Any:
    """The name of a number, or the names of a list of numbers."""
    if isinstance(value, list):
        named = [_named(item, names, where, role) for item in value]
        return None if None in named else named
    if value is None or (isinstance(value, int) and value < 0):
        return None
    if not isinstance(value, int) or value >= len(names):
        raise InputError(
            f"{role} is no number of a name",
            where=where,
            found=repr(value),
            expected=f"0 to {len(names) - 1}, for {', '.join(names)}",
        )
    return names[value]
