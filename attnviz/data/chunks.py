"""Files of any length, read some rows at a time: cells as `read_table` has them, and the values they came from.

CSV, TSV and JSON lines in UTF-8 and Parquet never stand in memory whole; other files do.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attnviz.data import delimited, jsonl, parquet
from attnviz.data.limits import check_width
from attnviz.data.scored_columns import ROW, is_export, restored
from attnviz.data.tables import read_table
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from attnviz.data.tables import OnRemark

ROWS = 10_000  # of a chunk
_BLOCK = 2_000_000  # bytes of text that make one
_LONGEST = 8  # blocks that a record may go on for
_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file: their cells as strings, and what they were where the file has more than strings."""

    cells: pd.DataFrame  # under the rows' numbers
    done: float = 0.0  # how much of the file has been read with it
    table: pa.Table | None = None  # of Parquet
    records: tuple[dict[str, Any], ...] | None = None  # of JSON lines

    @property
    def numbers(self) -> list[int]:
        """The numbers of the rows in the file."""
        return [int(number) for number in self.cells.index]

    def take(self, rows: np.ndarray) -> Chunk:
        """Return some of the rows, given by their places."""
        table = None if self.table is None else self.table.take(rows)
        records = None if self.records is None else tuple(self.records[row] for row in rows)
        return Chunk(self.cells.iloc[rows], self.done, table, records)


def read_chunks(path: Path, on_remark: OnRemark = lambda _: None) -> Iterator[Chunk]:
    """Yield the rows of a file; `AttnvizError` as `read_table` raises it, with the rows as the whole file counts."""
    kind = path.suffix.lower()
    if kind in parquet.KINDS and path.is_file():
        yield from _parquet(path)
    elif kind in (*delimited.KINDS, *_LINES) and path.is_file() and _in_pieces(path, kind in _LINES):
        yield from _text(path, kind in _LINES, on_remark)
    else:
        yield from _whole(path, on_remark)


def parquet_rows(path: Path, numbers: Sequence[int]) -> Chunk:
    """Return rows of a Parquet file by their numbers, in that order."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    found = [chunk.take(np.flatnonzero(chunk.cells.index.isin(numbers))) for chunk in _parquet(path)]
    cells = pd.concat([chunk.cells for chunk in found])
    table = pa.concat_tables([chunk.table for chunk in found])
    return Chunk(cells, table=table).take(cells.index.get_indexer(numbers))


def _whole(path: Path, on_remark: OnRemark) -> Iterator[Chunk]:
    size = path.stat().st_size if path.is_file() else 0
    table = read_table(path, max_rows=10**9, max_bytes=100 * size + 500_000_000, on_remark=on_remark)
    for at in range(0, len(table), ROWS):
        yield Chunk(table.iloc[at : at + ROWS], min(at + ROWS, len(table)) / len(table))


def read_lines(lines: Iterable[bytes], at_a_time: int = 1_000) -> Iterator[Chunk]:
    """Yield texts that come one a line, under the numbers of the lines; bytes that are no UTF-8 become �."""
    import pandas as pd

    number, rest = 0, iter(lines)
    while some := list(islice(rest, at_a_time)):
        texts = [line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r") for line in some]
        yield Chunk(pd.DataFrame({"text": texts}, index=range(number + 1, number + 1 + len(texts)), dtype=str))
        number += len(texts)


def _parquet(path: Path) -> Iterator[Chunk]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with parquet.whole(path):
        file = pq.ParquetFile(path)
        check_width(len(file.schema_arrow), path)
        total, done = file.metadata.num_rows, 0
        if not total:
            raise AttnvizError("{file} has no rows below its header. Give at least one.", file=path.name)
        for batch in file.iter_batches(batch_size=ROWS):
            table = pa.Table.from_batches([batch])
            cells = parquet.cells_of(table)
            cells.index += done
            done += len(cells)
            yield Chunk(restored(cells, guarded=False), done / total, table)


def _in_pieces(path: Path, json_lines: bool) -> bool:
    """Whether a file is UTF-8 of more than one block, or of JSON lines, whose records end with lines."""
    decoder, size = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            first, end, _ = block.partition(b"\n") if not size else (b"", b"\n", b"")
            bare = first.removeprefix(codecs.BOM_UTF8).lstrip()
            odd = b"\r" in block.replace(b"\r\n", b"") if json_lines else not end or bare.count(b'"') % 2
            if odd or b"\0" in block or bare.startswith((b"__label__", b"[")):
                return False
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return False
            size += len(block)
    return json_lines or size > _BLOCK


def _text(path: Path, json_lines: bool, on_remark: OnRemark) -> Iterator[Chunk]:
    size, done, before, header = path.stat().st_size, 0, 0, b""
    columns: list[str] = []
    for block in _blocks(path, quotes=not json_lines, header=not json_lines):
        cells = _block(path, header + block, before, on_remark)
        done += len(block)
        records = _records(block, path) if json_lines else None
        if not columns and list(cells.columns) == [f"column {place + 1}" for place in range(len(cells.columns))]:
            yield from _whole(path, on_remark)  # no header that could stand above each block
            return
        columns = columns or list(map(str, cells.columns))
        if not json_lines and columns != list(map(str, cells.columns)):
            raise AttnvizError("{file}: its header cannot be told from its rows. Give it one.", file=path.name)
        # The header counts as row 1 of every block, and is in the first one.
        before += block.count(b"\n") if json_lines else _lines_outside_quotes(block) - (not header)
        header = header or (b"" if json_lines else block[: block.index(b"\n") + 1])
        for at in range(0, len(cells), ROWS):
            part = None if records is None else records[at : at + ROWS]
            yield Chunk(cells.iloc[at : at + ROWS], done / size, records=part)


def _block(path: Path, data: bytes, before: int, on_remark: OnRemark) -> pd.DataFrame:
    """Return the rows of a piece of a file; what is said of them counts rows as the whole file does."""
    try:
        cells = read_table(path, 10**9, len(data), data, lambda remark: on_remark(_moved(remark, before)))
    except AttnvizError as error:
        raise _moved(error, before) from error
    told = is_export(cells.columns) and [str(number) for number in cells.index] == list(cells[ROW])
    return cells if told else cells.set_axis(cells.index + before, axis=0)


def _records(block: bytes, path: Path) -> tuple[dict[str, Any], ...]:
    return tuple(jsonl.read_records(block.decode("utf-8-sig"), path, lambda _: None).values())  # said already


def _lines_outside_quotes(block: bytes) -> int:
    return sum(piece.count(b"\n") for piece in block.split(b'"')[::2])


def _blocks(path: Path, quotes: bool, header: bool) -> Iterator[bytes]:
    """Yield a file in pieces that end with a record: a line outside of double quotes, as far as these can be told.

    With a `header` the first has a record below it, too.
    """
    with path.open("rb") as file:
        rest = b""
        while block := file.read(_BLOCK):
            rest += block
            end = rest.rfind(b"\n") + 1
            if quotes and len(rest) < _LONGEST * _BLOCK:
                end = _closed(rest, end)
            if header and not rest[rest.find(b"\n") + 1 : end].strip():
                continue  # a first record longer than a piece
            if end:
                header = False
                yield rest[:end]
                rest = rest[end:]
        if rest.strip():
            yield rest


def _closed(text: bytes, end: int) -> int:
    """Return the last end of a line, `end` at the latest, before which as many quotes close as open; 0 for none."""
    odd = text.count(b'"', 0, end) % 2
    while odd and end:
        line = text.rfind(b"\n", 0, end - 1) + 1
        odd ^= text.count(b'"', line, end) % 2
        end = line
    return end


def _moved(error: AttnvizError, by: int) -> AttnvizError:
    """Return what is said of a piece of a file with the rows as the whole file counts them."""
    places = {name: error.values[name] for name in ("row", "line") if name in error.values}
    moved = {name: int(str(place)) + by for name, place in places.items() if str(place).isdecimal()}
    return AttnvizError(error.template, **error.values | moved)
