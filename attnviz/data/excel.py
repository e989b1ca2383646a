"""Excel's workbooks -> the first sheet as a table, read by calamine: values, not formulas."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.cells import cell_text
from attnviz.data.limits import Limits, check_width
from attnviz.errors import AttnvizError, enumerate_values

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".xlsx",)
_MOST_CELLS = 20_000_000  # of the rectangle that holds all cells: so much is laid out in memory, empty or not
_EXACT = 2.0**53  # up to here each whole number is itself
_CHUNK = 1 << 20
_TAG = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])([^>]*)>")
_ROW = re.compile(rb"""\br\s*=\s*["']([0-9]{1,8})["']""")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,4})([0-9]{1,8})["']""")


def read_excel(data: bytes, path: Path, limits: Limits, on_remark: Callable[[AttnvizError], object]) -> pd.DataFrame:
    """Return all rows of the first sheet that can be seen, as texts; the index is the sheet's own row number.

    `on_remark` hears of other sheets. Raises `AttnvizError` if it is no workbook, is locked, or holds too much.
    """
    import pandas as pd
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        _check_unpacked(data, path, limits)
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not sheets:
            raise AttnvizError("{file} has no sheet that can be seen. Put the rows on one.", file=path.name)
        rows = book.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False)
    except AttnvizError:  # a ValueError, and said already
        raise
    except (CalamineError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError) as error:
        raise AttnvizError(
            "{file} is not a workbook that can be read: {reason}. Save it again as .xlsx, without a password.",
            file=path.name,
            reason=str(error).rstrip("."),
        ) from error
    if len(sheets) > 1:
        on_remark(
            AttnvizError(
                "{file}: only its first sheet is read, “{sheet}”. The others are: {others}.",
                file=path.name,
                sheet=sheets[0],
                others=enumerate_values(sheets[1:]),
            )
        )
    return pd.DataFrame([[_text(value) for value in row] for row in rows], index=range(1, len(rows) + 1), dtype=str)


def _text(value: object) -> str:
    """Return a cell as the spreadsheet shows it: all its numbers are floats, and 1.0 is 1 there."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return str(int(value))
    return cell_text(value)


def _check_unpacked(data: bytes, path: Path, limits: Limits) -> None:
    """Raise `AttnvizError` or `BadZipFile` for what would take more memory than there is, whatever the file says of it.

    All parts are unpacked once, a piece at a time, and held to their length and checksum: reading them again is safe.
    """
    with zipfile.ZipFile(BytesIO(data)) as packed:
        limits.check_bytes(sum(part.file_size for part in packed.infolist()), path)
        for part in packed.infolist():
            extent = _Extent()
            with packed.open(part) as unpacked:
                while chunk := unpacked.read(_CHUNK):
                    if part.filename.startswith("xl/worksheets/"):
                        extent.read(chunk)
            limits.check_rows(extent.rows - 1, path)
            check_width(extent.columns, path)
            if extent.rows * extent.columns > _MOST_CELLS:
                raise AttnvizError(
                    "{file}: its cells lie within {rows} rows and {columns} columns, which is more than {limit} cells. "
                    "Delete the columns that are not needed.",
                    file=path.name,
                    rows=extent.rows,
                    columns=extent.columns,
                    limit=_MOST_CELLS,
                )


class _Extent:
    """How many rows and columns the cells of a sheet that hold something lie within; its XML comes in pieces."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0  # of the last tag: what has no address follows it
        self._rest = b""

    def read(self, chunk: bytes) -> None:
        """Take the next piece; its last tag may go on in the one after it, and closes none that matters at the end."""
        piece = self._rest + chunk
        end = max(piece.rfind(b"<"), 0)
        self._rest = piece[end:]
        if len(self._rest) > 4 * _CHUNK:
            raise zipfile.BadZipFile("a tag without an end")
        for tag in _TAG.finditer(piece, 0, end):
            self._take(tag[1] == b"row", tag[2])

    def _take(self, is_row: bool, attributes: bytes) -> None:
        if is_row:
            found = _ROW.search(attributes)
            self._row, self._column = int(found[1]) if found else self._row + 1, 0
            return
        if address := _CELL.search(attributes):
            self._row, self._column = int(address[2]), _column(address[1])
        else:
            self._column += 1
        if not attributes.endswith(b"/"):
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)


@lru_cache(2_000)
def _column(letters: bytes) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number
