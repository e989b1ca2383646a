"""Somebody's rows with columns of ours beside them -> CSV, Parquet or JSON lines, chunk after chunk."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from attnviz.data.cells import encodable
from attnviz.data.chunks import Chunk
from attnviz.data.csv_export import csv
from attnviz.data.scored_columns import beside, kept_names, own
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

KINDS = (".csv", ".parquet", ".jsonl")


class RowWriter(Protocol):
    """What writes chunks until it is closed."""

    def write(self, chunk: Chunk, ours: pa.Table) -> None:
        """Write the rows of a chunk, each with what stands in the same row of `ours`."""
        ...


def opened(path: Path, kind: str, stack: ExitStack) -> RowWriter:
    """Return what writes rows of a kind, by its suffix, to a path; it is closed with the stack."""
    if kind == ".parquet":
        return ParquetRows(path, stack)
    file = stack.enter_context(path.open("wb"))
    return CsvRows(file) if kind == ".csv" else JsonLines(file)


class CsvRows:
    """Cells as strings; of what only Parquet and JSON hold, lists and the like, as JSON."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._first = file, True
        self._columns = _Columns()

    def write(self, chunk: Chunk, ours: pa.Table) -> None:
        """Write the rows, after the header if they are the first."""
        cells = self._columns.like_the_first(_cells(chunk))
        self._file.write(csv(beside(cells, ours.to_pandas()), header=self._first))
        self._first = False


class ParquetRows:
    """What comes from Parquet keeps its types, all else is strings."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path, self._stack = path, stack
        self._writer: pq.ParquetWriter | None = None
        self._columns = _Columns()

    def write(self, chunk: Chunk, ours: pa.Table) -> None:
        """Write the rows as a row group."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if chunk.table is not None:
            kept = own(chunk.table.column_names)
            theirs = chunk.table.select([at for at, name in enumerate(chunk.table.column_names) if name in kept])
        else:
            cells = self._columns.like_the_first(_cells(chunk))
            texts = [
                pa.array([encodable(cell) for cell in cells.iloc[:, at]], pa.string()) for at in range(cells.shape[1])
            ]
            theirs = pa.table(texts, names=list(map(str, range(len(texts))))).rename_columns(list(cells.columns))
        named = theirs.rename_columns(kept_names(theirs.column_names, ours.column_names))
        table = pa.table([*named.columns, *ours.columns], names=[*named.column_names, *ours.column_names])
        if self._writer is None:
            writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
            self._writer = self._stack.enter_context(writer)
        self._writer.write_table(table)


class JsonLines:
    """An object a line; values of Parquet and JSON keep their kinds, lists and objects too."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, chunk: Chunk, ours: pa.Table) -> None:
        """Write the rows, and see that whoever reads along gets them."""
        told = ours.to_pylist() or [{}] * len(chunk.cells)  # of a table without columns there is nothing to tell
        for theirs, answers in zip(_values(chunk), told, strict=True):
            kept = own(theirs)
            renamed = kept_names(kept, ours.column_names)
            record = {new: theirs[name] for new, name in zip(renamed, kept, strict=True)} | answers
            self._file.write(_line(record))
        self._file.flush()


class _Columns:
    """Holds all chunks to the columns of the first, for a table has no more."""

    def __init__(self) -> None:
        self._names: list[str] | None = None

    def like_the_first(self, cells: pd.DataFrame) -> pd.DataFrame:
        names = list(map(str, cells.columns))
        self._names = self._names or names
        if names == self._names:
            return cells
        if more := [name for name in names if name not in self._names]:
            raise AttnvizError(
                "Row {row} is in the first {count} rows that have a column {column}, and a table cannot get one "
                "half-way. Write .jsonl.",
                row=cells.index[0],
                count=len(cells),
                column=more[0],
            )
        return cells.reindex(columns=self._names, fill_value="")


def _cells(chunk: Chunk) -> pd.DataFrame:
    """Return the own columns as strings, those of lists and objects, which have no cells, as JSON."""
    kept = own(chunk.cells.columns)
    cells = chunk.cells.loc[:, [name in kept for name in chunk.cells.columns]]
    if chunk.table is None and chunk.records is None:
        return cells
    values = _values(chunk)
    nested = {name: None for record in values for name in record if name not in set(chunk.cells.columns)}
    texts = {
        name: [_line(record[name]).decode().strip() if name in record else "" for record in values] for name in nested
    }
    return cells.assign(**texts)


def _values(chunk: Chunk) -> Sequence[dict[str, Any]]:
    if chunk.records is not None:
        return chunk.records
    if chunk.table is not None:
        rows: list[dict[str, Any]] = chunk.table.to_pylist()
        return rows
    names = list(map(str, chunk.cells.columns))
    unique = kept_names(names, ())
    return [dict(zip(unique, row, strict=True)) for row in chunk.cells.itertuples(index=False, name=None)]


def _line(value: Any) -> bytes:
    """Return a value as a line of JSON."""
    return (encodable(json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, default=str)) + "\n").encode()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
