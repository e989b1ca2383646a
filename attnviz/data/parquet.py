"""Parquet -> cells as strings: a whole file, or one row group at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.cells import NESTED, cell_text
from attnviz.data.limits import Limits, check_width
from attnviz.data.names import shown
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

KINDS = (".parquet", ".pq")
_NUMBER = 8  # bytes of a value, at least, as a column of any length may be a few in the file
_PANDAS_TYPES = ("pandas.interval", "pandas.period")  # whose storage says nothing to people


def read_parquet(data: bytes | Path, path: Path, limits: Limits) -> pd.DataFrame:
    """Return the flat columns as strings; the index counts rows from 1, for there is no header."""
    with whole(path):
        file = opened(data if isinstance(data, Path) else BytesIO(data))
        limits.check_rows(file.metadata.num_rows, path)
        groups = range(file.metadata.num_row_groups)
        limits.check_bytes(sum(file.metadata.row_group(i).total_byte_size for i in groups), path)
        check_width(len(schema := file.schema_arrow), path)
        flat = [column.name for column in schema if _is_flat(column.type)]
        limits.check_unpacked(_NUMBER * len(flat) * file.metadata.num_rows, path)
        table = file.read(columns=flat)
        limits.check_unpacked(size(table), path)
        rows = cells_of(table)
        rows.attrs[NESTED] = [name for name in map(shown, schema.names) if name not in set(rows.columns)]
        return rows


def opened(source: Path | BytesIO) -> pq.ParquetFile:
    """Open a file so that a text that many rows have is in memory once until its length has been looked at."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(source)
    texts = [i for i in range(metadata.num_columns) if _is_plain_text(metadata.schema.column(i))]
    return pq.ParquetFile(source, metadata=metadata, read_dictionary=texts)


def _is_plain_text(column: pq.ColumnSchema) -> bool:
    return bool(column.physical_type == "BYTE_ARRAY" and column.path == column.name and not column.max_repetition_level)


def size(table: pa.Table) -> int:
    """Return how many bytes the values of a table take, each text by itself."""
    import pyarrow as pa
    import pyarrow.compute as pc

    total = 0
    for column in table.columns:
        if not pa.types.is_dictionary(column.type):
            total += column.nbytes
            continue
        for chunk in column.chunks:
            lengths = pc.binary_length(chunk.dictionary.cast(pa.large_binary())).take(chunk.indices)
            total += pc.sum(lengths).as_py() or 0
    return total


class RowGroups:
    """A Parquet file of any size, of which a row group is in memory at a time.

    Raises `AttnvizError` if it is none, has no rows, or if one of its row groups has more than `most` rows.
    """

    def __init__(self, path: Path, most: int = 200_000) -> None:
        if not path.exists():
            raise AttnvizError("There is no file {path}.", path=path)
        if path.suffix.lower() not in KINDS or not path.is_file():
            raise AttnvizError(
                "{path} is not a Parquet file, and only such a one can be read in parts. Write it as one first.",
                path=path,
            )
        self.path = path
        with whole(path):
            self._file = opened(path)
            schema = self._file.schema_arrow
            check_width(len(schema), path)
        self._names = [column.name for column in schema if _is_flat(column.type)]
        self.columns = tuple(map(shown, self._names))
        self.nested = tuple(shown(column.name) for column in schema if not _is_flat(column.type))
        self.sizes = tuple(self._file.metadata.row_group(i).num_rows for i in range(self._file.num_row_groups))
        if not any(self.sizes):
            raise AttnvizError("{file} has no rows below its header. Give at least one.", file=path.name)
        if (largest := max(self.sizes)) > most:
            raise AttnvizError(
                "{file}: row group {number} has {found} rows, and one is read at a time: {limit} rows are the most. "
                "Write the file with smaller row groups.",
                file=path.name,
                number=self.sizes.index(largest) + 1,
                found=largest,
                limit=most,
            )

    def read(self, group: int, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of a row group, as `read_table` returns those of a file."""
        names = [self._names[self.columns.index(column)] for column in columns]
        with whole(self.path):
            table = self._file.read_row_group(group, columns=names)
            Limits().check_unpacked(size(table), self.path)
            rows = cells_of(table)
        for column in set(columns) - {*rows.columns}:  # of bytes that are no text
            rows[column] = ""
        rows.index += sum(self.sizes[:group])
        return rows


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Say what reading a damaged Parquet file raises."""
    import pyarrow as pa

    try:
        yield
    except AttnvizError:  # a ValueError, and said already
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:  # the latter of dates beyond all calendars
        raise AttnvizError(
            "{file} is not a whole Parquet file: {reason}. Write it again.",
            file=path.name,
            reason=str(error).rstrip("."),
        ) from error


def _is_flat(kind: pa.DataType) -> bool:
    """Whether the values of a type are one each, as the cells of a table are."""
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return kind.extension_name in _PANDAS_TYPES or _is_flat(kind.storage_type)
    return not pa.types.is_nested(kind.value_type if pa.types.is_dictionary(kind) else kind)


def cells_of(table: pa.Table) -> pd.DataFrame:
    """Return the flat columns as strings, "" where there is nothing; bytes that are no text are left out, too."""
    import pyarrow as pa

    flat = [(shown(table.schema.names[i]), table.column(i)) for i in range(table.num_columns)]
    texts = [(name, _texts(column)) for name, column in flat if _is_flat(column.type)]
    kept = [(name, column) for name, column in texts if column is not None]
    rows: pd.DataFrame = pa.table([column for _, column in kept], names=list(map(str, range(len(kept))))).to_pandas()
    rows.columns = [name for name, _ in kept]
    rows.attrs[NESTED] = [shown(name) for name in table.schema.names if shown(name) not in set(rows.columns)]
    rows.index += 1  # no header here: the first row is row 1
    return rows


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return a flat column as strings, none for bytes that are no text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        if kind.extension_name in _PANDAS_TYPES:
            return _strings(map(cell_text, column.to_pandas()))
        return _texts(column.cast(kind.storage_type))
    if pa.types.is_dictionary(kind):
        return _texts(column.cast(kind.value_type))
    if pa.types.is_run_end_encoded(kind):
        return _texts(pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], kind.value_type))
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "True", "False").cast(pa.large_string()).fill_null("")
    if pa.types.is_floating(kind):  # each width as short as it is exact
        return _strings("" if number != number else str(number) for number in column.to_numpy())
    if pa.types.is_integer(kind) or _is_text(kind):
        return _validated(column.cast(pa.large_string()).fill_null(""))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        try:
            return _validated(column.cast(pa.large_binary()).cast(pa.large_string()).fill_null(""))
        except pa.ArrowInvalid:
            return None
    return _strings(map(cell_text, column.to_pylist()))


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _validated(column: pa.ChunkedArray) -> pa.ChunkedArray:
    column.validate(full=True)  # a string column may hold bytes that are no UTF-8
    return column


def _strings(values: Iterator[str]) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array([pa.array(list(values), pa.large_string())])
