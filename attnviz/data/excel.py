"""Excel's workbooks -> the first sheet as a table, read by calamine: values, not formulas."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
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
_TAG = re.compile(rb"<(?:\w+:)?(row|c|f)(?=[\s/>])([^>]*)>(?=([^<])?)")
_TAG_OR_VALUE = re.compile(rb"<(?:\w+:)?(row|c|f|v)(?=[\s/>])([^>]*)>(?=([^<])?)")
_ROW = re.compile(rb"""\br\s*=\s*["']([0-9]{1,8})["']""")
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET, _RELATION = (re.compile(rb"<(?:\w+:)?%b\s([^>]*)>" % tag) for tag in (b"sheet", b"Relationship"))
_ATTRIBUTE = re.compile(rb"""\b(?:\w+:)?(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,4})([0-9]{1,8})["']""")


def read_excel(data: bytes, path: Path, limits: Limits, on_remark: Callable[[AttnvizError], object]) -> pd.DataFrame:
    """Return all rows of the first sheet that can be seen, as texts; the index is the sheet's own row number.

    `on_remark` hears of other sheets, and of formulas that were never worked out. Raises `AttnvizError` if it is no
    workbook, is locked, or holds too much.
    """
    import pandas as pd
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        extents = _checked_unpacked(data, path, limits)
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not sheets:
            raise AttnvizError("{file} has no sheet that can be seen. Put the rows on one.", file=path.name)
        rows = book.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False)
        extent = extents.get(_part_of(data, sheets[0]), _Extent())
    except AttnvizError:  # a ValueError, and said already
        raise
    except (CalamineError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError) as error:
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
    if extent.blank_formulas:
        on_remark(
            AttnvizError(
                "{file}: formulas stored without their value are read as blank ({count} in all, columns: {columns}, "
                "the first in row {row}). Open the file in a spreadsheet and save it: that stores the values.",
                file=path.name,
                count=extent.blank_formulas,
                columns=enumerate_values(map(_letters, sorted(extent.formula_columns))),
                row=extent.first_formula,
            )
        )
    return pd.DataFrame([[_text(value) for value in row] for row in rows], index=range(1, len(rows) + 1), dtype=str)


def _text(value: object) -> str:
    """Return a cell as the spreadsheet shows it: all its numbers are floats, and 1.0 is 1 there."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return str(int(value))
    return cell_text(value)


def _part_of(data: bytes, sheet: str) -> str:
    """Return the name of the part that holds a sheet; "" if the workbook does not say so in the usual way."""
    with zipfile.ZipFile(BytesIO(data)) as packed:
        parts = set(packed.namelist())
        book, relations = (packed.read(name) if name in parts else b"" for name in (_BOOK, _RELATIONS))
    tags = (_attributes(tag) for tag in _SHEET.findall(book))
    identity = next((tag.get(b"id") for tag in tags if html.unescape(tag.get(b"name", b"").decode()) == sheet), None)
    targets = (_attributes(tag) for tag in _RELATION.findall(relations))
    target = next((tag.get(b"Target", b"").decode() for tag in targets if tag.get(b"Id") == identity), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {found[1]: found[2] or found[3] or b"" for found in _ATTRIBUTE.finditer(tag)}


def _checked_unpacked(data: bytes, path: Path, limits: Limits) -> Mapping[str, _Extent]:
    """Return what cells each part has. Raise `AttnvizError` or `BadZipFile` for more than there is memory for.

    Whatever the file says of itself: all parts are unpacked once, a piece at a time, and held to their length and
    checksum. Reading them again is safe.
    """
    extents: dict[str, _Extent] = {}
    with zipfile.ZipFile(BytesIO(data)) as packed:
        limits.check_unpacked(sum(part.file_size for part in packed.infolist()), path)
        for part in packed.infolist():
            extent = extents[part.filename] = _Extent()
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
            extent.end()
    return extents


class _Extent:
    """How many rows and columns the cells of a sheet that hold something lie within; its XML comes in pieces.

    Counts formulas without a value, too: a program that writes them and works none out leaves that to a spreadsheet.
    """

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self.blank_formulas = self.first_formula = 0  # how many, and the row of the first
        self.formula_columns = set[int]()
        self._row = self._column = 0  # of the last tag: what has no address follows it
        self._is_formula = self._is_text = False  # of the last cell: a formula whose value has not come; a text
        self._rest = b""

    def read(self, chunk: bytes) -> None:
        """Take the next piece; its last tag may go on in the one after it, and closes none that matters at the end."""
        piece = self._rest + chunk
        end = max(piece.rfind(b"<"), 0)
        self._rest = piece[end:]
        if len(self._rest) > 4 * _CHUNK:
            raise zipfile.BadZipFile("a tag without an end")
        # Values matter behind formulas alone, and most sheets have none.
        tags = _TAG_OR_VALUE if self._is_formula or b"<f" in piece or b":f" in piece else _TAG
        for tag in tags.finditer(piece, 0, end):
            self._take(tag[1], tag[2], is_blank=not tag[3])

    def end(self) -> None:
        """Take what the last cell lacks for lacking."""
        if self._is_formula:
            self.blank_formulas += 1
            self.first_formula = self.first_formula or self._row
            self.formula_columns.add(self._column)
        self._is_formula = False

    def _take(self, tag: bytes, attributes: bytes, is_blank: bool) -> None:
        if tag == b"v":
            self._is_formula &= is_blank or attributes.endswith(b"/")
            return
        if tag == b"f":
            self._is_formula = not self._is_text  # a text may well be blank once it is worked out
            return
        self.end()
        if tag == b"row":
            found = _ROW.search(attributes)
            self._row, self._column = int(found[1]) if found else self._row + 1, 0
            return
        self._is_text = bool(_TEXT.search(attributes))
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


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters
