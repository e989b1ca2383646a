"""Tables in files: CSV, TSV and Parquet -> cells as strings, under the row numbers that a person sees.

pandas and pyarrow do the parsing. What they let pass in silence (strange bytes, rows of other widths) or say in words
for programmers is said here for the person who has the file open in a spreadsheet.
"""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.errors import AttnvizError

if TYPE_CHECKING:  # pandas and pyarrow are imported where a file is read: a sentence is explained without them
    import pandas as pd
    import pyarrow as pa

MAX_COLUMNS = 1_000
_ENOUGH = 200_000  # bytes that tell an encoding
_EVERYDAY = 0.9  # of the letters beyond ASCII
_COMMON = frozenset("이다는가을를은고에의하지도로서기어나리사아자한그정보만게라니까요해음영화좋")
_COMMONNESS = 0.1  # of the syllables: in Korean it is a third to a half

_DELIMITED, _PARQUET = (".csv", ".tsv", ".txt"), (".parquet", ".pq")
KINDS = _DELIMITED + _PARQUET


def read_table(
    path: Path, max_rows: int = 1_000_000, max_bytes: int = 500_000_000, data: bytes | None = None
) -> pd.DataFrame:
    """Return the cells as strings, "" where there is nothing; the index counts rows as a person sees them.

    What was uploaded comes as `data`: then `path` is but its name, and no file is looked for.
    """
    suffix, uploaded = path.suffix.lower(), data is not None
    try:
        if path.is_dir() and not uploaded:
            raise AttnvizError("{path} is a folder. Name one file in it.", path=path)
        if not path.exists() and not uploaded:
            raise AttnvizError("There is no file {path}.", path=path)
        if suffix not in KINDS or not (uploaded or path.is_file()):
            raise AttnvizError(
                "{path} is not a file of a known kind. Known are: {known}.", path=path, known=enumerate_values(KINDS)
            )
        if (path.stat().st_size if data is None else len(data)) > max_bytes:
            raise _too_large(path, max_bytes)
        parquet = suffix in _PARQUET
        rows = _read_parquet(path, max_rows, max_bytes, data) if parquet else _read_delimited(path, max_rows, data)
    except OSError as error:
        raise AttnvizError(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)
        ) from error
    if rows.empty:
        raise AttnvizError("{file} has no rows below its header. Give at least one.", file=path.name)
    return rows


def _read_delimited(path: Path, max_rows: int, data: bytes | None = None) -> pd.DataFrame:
    import pandas as pd

    data = _utf8(path.read_bytes() if data is None else data, path)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;\t|", key=lambda mark: len(_header(data, mark)))
    _check_width(len(_header(data, delimiter)), path)
    try:
        # The header is read as a row, so that each line is held to its width and pandas renames no column.
        rows = pd.read_csv(
            BytesIO(data),
            sep=delimiter,
            encoding="utf-8-sig",
            header=None,
            nrows=max_rows + 2,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
        )
    except pd.errors.EmptyDataError as error:
        raise AttnvizError(
            "{file}: its first line is blank. Put the names of the columns there.", file=path.name
        ) from error
    except pd.errors.ParserError as error:
        raise _malformed(str(error), path) from error
    rows.columns = [name.strip() for name in rows.iloc[0]]
    rows.index += 1
    if len(rows) > max_rows + 1:
        raise _too_many_rows(path, max_rows)
    rows = rows.iloc[1:]
    return rows[(rows != "").any(axis=1)]


def _read_parquet(path: Path, max_rows: int, max_bytes: int, data: bytes | None = None) -> pd.DataFrame:
    import pyarrow.parquet as pq

    with _whole_parquet(path):
        file = pq.ParquetFile(path if data is None else BytesIO(data))
        if file.metadata.num_rows > max_rows:
            raise _too_many_rows(path, max_rows)
        if sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)) > max_bytes:
            raise _too_large(path, max_bytes)
        _check_width(len(file.schema_arrow), path)
        return _cells(file.read())


class RowGroups:
    """A Parquet file of any size, of which a row group is in memory at a time.

    Raises `AttnvizError` if it is none, has no rows, or if one of its row groups has more than `most` rows.
    """

    def __init__(self, path: Path, most: int = 200_000) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not path.exists():
            raise AttnvizError("There is no file {path}.", path=path)
        if path.suffix.lower() not in _PARQUET or not path.is_file():
            raise AttnvizError(
                "{path} is not a Parquet file, and only such a one can be read in parts. Write it as one first.",
                path=path,
            )
        self.path = path
        with _whole_parquet(path):
            self._file = pq.ParquetFile(path)
            schema = self._file.schema_arrow
            _check_width(len(schema), path)
        self._names = [column.name for column in schema if not pa.types.is_nested(column.type)]
        self.columns = tuple(name.strip() for name in self._names)
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
        with _whole_parquet(self.path):
            rows = _cells(self._file.read_row_group(group, columns=names))
        rows.index += sum(self.sizes[:group])
        return rows


@contextmanager
def _whole_parquet(path: Path) -> Iterator[None]:
    """Say what reading a damaged Parquet file raises."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise AttnvizError(
            "{file} is not a whole Parquet file: {reason}. Write it again.",
            file=path.name,
            reason=str(error).rstrip("."),
        ) from error


def _cells(table: pa.Table) -> pd.DataFrame:
    """Return the flat columns as strings, "" where there is nothing."""
    import pyarrow as pa

    flat = [i for i, column in enumerate(table.schema) if not pa.types.is_nested(column.type)]
    texts = [table.column(i).cast(pa.large_string()).fill_null("") for i in flat]
    for column in texts:
        column.validate(full=True)  # a string column may hold bytes that are no UTF-8
    rows: pd.DataFrame = pa.table(texts, names=[str(i) for i in flat]).to_pandas()
    rows.columns = [table.schema.names[i].strip() for i in flat]
    rows.index += 1  # no header here: the first row is row 1
    return rows


def _header(data: bytes, delimiter: str) -> list[str]:
    """Return the first record of a delimited file, nothing if there is none."""
    try:
        return next(csv.reader(TextIOWrapper(BytesIO(data), "utf-8-sig", newline=""), delimiter=delimiter), [])
    except csv.Error:  # a quote that opens and does not close
        return []


def _utf8(data: bytes, path: Path) -> bytes:
    """Return a text as UTF-8; spreadsheets write it in Korean (CP949) and as “Unicode” (UTF-16), too."""
    wide = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        read = data.decode("utf-16").encode() if wide else data
        read.decode("utf-8")
        place = read.find(b"\0")  # what UTF-16 has in every second place, and text never
    except UnicodeDecodeError as error:
        read, place = data, error.start
        if not wide and (korean := _korean(data, place)):
            return korean
    if place < 0:
        return read
    place = 0 if wide else place  # of what is no whole UTF-16 the mark is told that it begins with
    raise AttnvizError(
        "{file} is not UTF-8 text: byte {place}, in line {line}, is 0x{byte}. "
        "Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”).",
        file=path.name,
        place=place + 1,
        line=data.count(b"\n", 0, place) + 1,
        byte=f"{data[place]:02X}",
    )


def _korean(data: bytes, place: int) -> bytes | None:
    """Return a text from CP949 as UTF-8 if that makes everyday Hangul of the line at `place` and what follows.

    Chinese and Japanese make Hangul, too, but of rare syllables.
    """
    start = data.rfind(b"\n", 0, place) + 1
    sample = data[start : place + _ENOUGH].decode("cp949", "ignore")
    codes = [mark.encode("cp949") for mark in sample if not mark.isascii() and mark.isalpha()]
    syllables = sum(0xB0 <= code[0] <= 0xC8 and code[1] >= 0xA1 for code in codes)  # the 2,350 of KS X 1001
    single = sum(code[0] == 0xA4 and code[1] <= 0xD3 for code in codes)  # letters as in ㅋㅋㅋ
    common = sum(mark in _COMMON for mark in sample)
    if syllables <= single or syllables + single < _EVERYDAY * len(codes) or common < _COMMONNESS * syllables:
        return None
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.encode()


def _check_width(columns: int, path: Path) -> None:
    if columns > MAX_COLUMNS:
        raise AttnvizError(
            "{file} has {count} columns, more than {limit}. Keep those with the texts, the labels and the split.",
            file=path.name,
            count=columns,
            limit=MAX_COLUMNS,
        )


def _malformed(reason: str, path: Path) -> AttnvizError:
    """Say in our words what pandas says is wrong with a delimited file."""
    if fields := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", reason):
        return AttnvizError(
            "{file}: row {row} has {found} cells where the header has {expected}. "
            "Put texts that contain the delimiter in double quotes.",
            file=path.name,
            row=fields[2],
            found=fields[3],
            expected=fields[1],
        )
    if quote := re.search(r"EOF inside string starting at row (\d+)", reason):
        return AttnvizError(
            "{file}: row {row} opens a double quote that is never closed. "
            "Close it, or double it where it is part of a text.",
            file=path.name,
            row=int(quote[1]) + 1,
        )
    return AttnvizError("{file} is not a well-formed table: {reason}. Write it again.", file=path.name, reason=reason)


def _too_large(path: Path, limit: int) -> AttnvizError:
    return AttnvizError(
        "{file} has more than {limit} bytes. Give fewer rows, or raise the limit.", file=path.name, limit=limit
    )


def _too_many_rows(path: Path, limit: int) -> AttnvizError:
    return AttnvizError(
        "{file} has more than {limit} rows. Give fewer, or raise the limit.", file=path.name, limit=limit
    )


def enumerate_values(values: Iterable[object]) -> str:
    """Return the first few values, each cut to a length that fits in a sentence."""
    shown = [text if len(text) <= 40 else text[:39] + "…" for text in map(str, values)]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:8], "…"])
