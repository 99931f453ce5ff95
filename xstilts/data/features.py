"""Features: the numeric form of a split, as an Arrow table that is memory-mapped, never all in memory.

One table row is one sequence of pieces. Columns of every kind:

- `input_ids`  list<int32>: the pieces, special tokens included.
- `segments`   list<int8>: segment of each piece; only for encoders that have two segments.
- `example`    int32: index of the row of the split that the sequence belongs to.
- `unit`       int32: sequences that must stay together (the choices of one question) share a unit; units ascend.

Further columns belong to the kind; its `encode` documents them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xstilts.data.pieces import InputSequence, Pieces


@dataclass(frozen=True)
class Limits:
    """How long texts meet a bounded encoder.

    Attributes:
        max_length: Longest sequence in pieces, special tokens included.
        doc_stride: Pieces that neighboring windows of a long text share.
    """

    max_length: int
    doc_stride: int = 128


def features_table(
    sequences: Sequence[InputSequence],
    example: Sequence[int],
    pieces: Pieces,
    unit: Sequence[int] | None = None,
    columns: Mapping[str, pa.Array] | None = None,
    constants: Mapping[str, int] | None = None,
) -> pa.Table:
    """Puts sequences, a kind's own columns, and numbers that hold for all rows into one table."""
    data: dict[str, Any] = {
        "input_ids": ragged_column([sequence.ids for sequence in sequences], np.int32),
        "example": pa.array(np.asarray(example, dtype=np.int32)),
        "unit": pa.array(np.asarray(range(len(sequences)) if unit is None else unit, dtype=np.int32)),
    }
    if pieces.has_segments:
        data["segments"] = ragged_column([sequence.segments for sequence in sequences], np.int8)
    metadata = {name: str(value) for name, value in (constants or {}).items()}
    return pa.table({**data, **(columns or {})}).replace_schema_metadata(metadata or None)


def ragged_column(rows: Sequence[NDArray[Any]], dtype: type) -> pa.Array:
    """A list column from arrays of different lengths."""
    offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    values: NDArray[Any] = np.concatenate(rows).astype(dtype) if rows else np.empty(0, dtype=dtype)
    return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))


def write_features(table: pa.Table, path: Path) -> None:
    """Writes an Arrow file that `read_features` can map."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())


def read_features(path: Path) -> Features:
    """Maps an Arrow file; pages are read when touched."""
    with pa.memory_map(str(path)) as source:
        return Features(pa.ipc.open_file(source).read_all())


@dataclass(frozen=True)
class Ragged:
    """A list column: row i is `values[offsets[i]:offsets[i + 1]]`."""

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    def padded(self, rows: NDArray[np.int64], width: int, fill: int) -> NDArray[np.int64]:
        """Some rows as a matrix [rows, width], filled up at the end."""
        matrix = np.full((len(rows), width), fill, dtype=np.int64)
        for at, row in enumerate(rows):
            values = self[int(row)]
            matrix[at, : len(values)] = values
        return matrix


class Features:
    """Reads columns of a features table as numpy views."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table.combine_chunks()

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __contains__(self, name: str) -> bool:
        return name in self.table.column_names

    def column(self, name: str) -> NDArray[Any]:
        """A column of numbers, shape [rows]."""
        return np.asarray(self.table.column(name).to_numpy())

    def ragged(self, name: str) -> Ragged:
        """A list column."""
        if name not in self._ragged:
            array = self.table.column(name)
            lists = array.chunk(0) if array.num_chunks else pa.array([], type=array.type)
            offsets = lists.offsets.to_numpy()
            self._ragged[name] = Ragged(lists.values.to_numpy(), offsets)
        return self._ragged[name]

    @cached_property
    def _ragged(self) -> dict[str, Ragged]:
        return {}

    @cached_property
    def constants(self) -> dict[str, int]:
        """Numbers that hold for all rows, such as the tokenizer's mask."""
        return {name.decode(): int(value) for name, value in (self.table.schema.metadata or {}).items()}

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Pieces of each row, shape [rows]."""
        return np.diff(self.ragged("input_ids").offsets)

    @cached_property
    def unit_bounds(self) -> NDArray[np.int64]:
        """Unit u is the rows `unit_bounds[u]` up to `unit_bounds[u + 1]`; shape [units + 1]."""
        units = self.column("unit")
        starts = np.flatnonzero(np.diff(units, prepend=-1))
        return np.append(starts, len(units)).astype(np.int64)

    @property
    def units(self) -> int:
        """The number of units: what an epoch counts."""
        return len(self.unit_bounds) - 1


def joined(parts: Sequence[Features]) -> Features:
    """Features of several languages as one; units and examples are renumbered."""
    tables, units, examples = [], 0, 0
    for part in parts:
        table = part.table
        for name, offset in (("unit", units), ("example", examples)):
            shifted = pa.array(part.column(name) + np.int32(offset))
            table = table.set_column(table.column_names.index(name), name, shifted)
        tables.append(table)
        units += int(part.column("unit").max()) + 1
        examples += int(part.column("example").max()) + 1
    return Features(pa.concat_tables(tables))
