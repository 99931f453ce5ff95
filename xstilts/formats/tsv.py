"""Tab-separated values, with or without a header; quoting only where a file is known to use it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from xstilts.data.examples import Example
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError, nearest
from xstilts.formats.rows import Builder, DistinctIds, Row
from xstilts.formats.text import empty_line, lines, rows

Column = int | str
_LARGEST_FIELD = 2**31 - 1  # characters; Python's csv refuses more than 131,072 unless told, and a text may be longer
Columns = Mapping[str, Column | Sequence[Column]]


def tsv(
    build: Builder,
    columns: Columns,
    *,
    header: bool = False,
    only: Mapping[Column, str] | None = None,
    may_hide_label: bool = False,
    quoted: bool = False,
    delimiter: str = "\t",
    may_be_broken: bool = False,
) -> Reader:
    """Reader of one row per line.

    Args:
        build: What a row becomes.
        columns: Role -> column: its position from 0 or, with a header, its name; a list of columns for `choices`.
        header: Whether the first line names the columns.
        only: Column -> value; other rows belong to something else (another language) and are passed over.
        may_hide_label: Whether the column of the label may be missing from a whole file.
        quoted: Whether fields may stand in double quotes, doubled inside, as CSV writers do.
        delimiter: What separates columns.
        may_be_broken: Whether the data set is known to have rows with another number of columns than the first line;
            they are left out and counted.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        distinct = DistinctIds()
        number = 0
        for path in paths:
            table = _Table(
                path,
                columns,
                header=header,
                may_hide_label=may_hide_label,
                records=_quoted_records(path, delimiter) if quoted else _plain_records(path, delimiter, may_be_broken),
            )
            for where, cells in table.rows(drops if may_be_broken else None):
                if only and any(cells[table.position(column)] != value for column, value in only.items()):
                    continue
                number += 1
                example = build(Row(where, number, table.values(cells)), drops)
                if example is not None:
                    row = replace(example, id=distinct(example.id))
                    drops.stands(row.id, where)
                    yield row

    return read


class _Table:
    """Cells of one file; the first line decides how many columns all others have."""

    def __init__(
        self,
        path: Path,
        columns: Columns,
        *,
        header: bool,
        may_hide_label: bool,
        records: Iterator[tuple[int, list[str]]],
    ) -> None:
        self._path = path
        self._records = records
        first = next(self._records, None)
        self._names: list[str] | None = first[1] if header and first else None
        if first and not header:
            self._records = chain([first], self._records)
        self._width = len(first[1]) if first else 0
        self._where = f"{path}:{first[0]}" if first else str(path)
        self._positions = self._resolve(columns, may_hide_label) if first else {}

    def _resolve(self, columns: Columns, may_hide_label: bool) -> dict[str, int | list[int]]:
        positions: dict[str, int | list[int]] = {}
        for role, column in columns.items():
            if may_hide_label and role == "label" and isinstance(column, int | str) and not self._has(column):
                continue
            if isinstance(column, int | str):
                positions[role] = self.position(column)
            else:
                positions[role] = [self.position(one) for one in column]
        return positions

    def _has(self, column: Column) -> bool:
        return column < self._width if isinstance(column, int) else column in (self._names or [])

    def position(self, column: Column) -> int:
        """Position of a column that the file must have."""
        if not self._has(column):
            if isinstance(column, int):
                raise self._wrong_width(self._where, self._width, f"at least {column + 1}")
            names = self._names or []
            raise InputError(
                f"the header names no column {column!r}",
                where=self._where,
                found=", ".join(map(repr, names)) or "no header",
                expected=repr(column),
                fix=nearest(column, names),
            )
        if isinstance(column, int):
            return column
        names = self._names or []
        if names.count(column) > 1:
            raise InputError(
                f"the header names the column {column!r} twice",
                where=self._where,
                found=", ".join(map(repr, names)),
                expected="a name for one column alone",
            )
        return names.index(column)

    def rows(self, drops: Drops | None) -> Iterator[tuple[str, list[str]]]:
        """(file and line, cells) of each row; rows of another width are counted in `drops`, or an error without it."""
        for number, cells in self._records:
            if len(cells) != self._width:
                if drops is not None:
                    drops.add("broken, with another number of columns than the first line")
                    continue
                raise self._wrong_width(f"{self._path}:{number}", len(cells), f"{self._width}, as in the first line")
            yield f"{self._path}:{number}", cells

    def values(self, cells: Sequence[str]) -> dict[str, str | list[str]]:
        """Role -> cell."""
        return {
            role: cells[position] if isinstance(position, int) else [cells[one] for one in position]
            for role, position in self._positions.items()
        }

    @staticmethod
    def _wrong_width(where: str, found: int, expected: str) -> InputError:
        return InputError("a row has the wrong number of columns", where=where, found=str(found), expected=expected)


def _plain_records(path: Path, delimiter: str, may_be_broken: bool) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines(path) if may_be_broken else rows(path):
        yield number, line.split(delimiter)


def _quoted_records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LARGEST_FIELD)
    reader = csv.reader((f"{line}\n" for _, line in lines(path)), delimiter=delimiter, strict=True)
    start, empty = 1, 0
    try:
        for cells in reader:
            if not cells:
                empty = empty or start
            elif empty:
                raise empty_line(path, empty)
            else:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"a quoted field cannot be read: {error}",
            where=f"{path}:{start}",
            expected='a closing quote before the next separator, and quotes inside a field doubled ("")',
        ) from None
