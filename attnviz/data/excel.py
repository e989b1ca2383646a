"""Excel's workbooks -> the first sheet as a table, read by calamine: values, not formulas."""

from __future__ import annotations

import html
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.parsers import expat

from attnviz.data.cells import cell_text
from attnviz.data.limits import Limits, check_width
from attnviz.errors import AttnvizError, enumerate_values

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".xlsx",)
_MOST_CELLS = 20_000_000  # of the rectangle that holds all cells: so much is laid out in memory, empty or not
_SOME_CELLS, _EMPTY = 500_000, 20  # the rectangle is larger than that only if one cell in so many holds something
_EXACT = 2.0**53  # up to here each whole number is itself
_CHUNK = 1 << 20
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, ValueError, OSError)  # of its zip
_STRINGS = "xl/sharedstrings.xml"  # as calamine looks for it, in any case
_CELLS = b"sheetData"  # the element that cells lie in
_NUMBER = re.compile(r"[0-9]{1,12}")
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET, _RELATION = (re.compile(rb"<(?:\w+:)?%b\s([^>]*)>" % tag) for tag in (b"sheet", b"Relationship"))
_ATTRIBUTE = re.compile(rb"""\b(?:\w+:)?(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(r"([A-Za-z]{1,4})([0-9]{1,12})")


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
    except (CalamineError, *_FAULTS) as error:
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
            if not _has_cells(packed, part):
                continue
            extent = extents[part.filename] = _Extent()
            with packed.open(part) as unpacked:
                extent.read(unpacked)
            limits.check_rows(extent.rows - 1, path)
            check_width(extent.columns, path)
            most = min(_MOST_CELLS, _SOME_CELLS + _EMPTY * extent.held)
            if extent.rows * extent.columns > most:
                raise AttnvizError(
                    "{file}: its cells lie within {rows} rows and {columns} columns, which is more than {limit} cells. "
                    "Delete the columns that are not needed.",
                    file=path.name,
                    rows=extent.rows,
                    columns=extent.columns,
                    limit=most,
                )
        lengths = [_lengths(packed, part) for part in packed.infolist() if part.filename.lower() == _STRINGS]
        for extent in extents.values():  # each cell gets its own copy of a string that many share
            for of in lengths:
                limits.check_unpacked(sum(of[at] * count for at, count in extent.shared.items() if at < len(of)), path)
    return extents


def _lengths(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[int]:
    """Return how long each of the strings is that cells share."""
    lengths = list[int]()

    def begun(name: str, _attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(0)

    def told(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parser = _parser(begun)
    parser.CharacterDataHandler = told
    with packed.open(part) as unpacked:
        _parsed(parser, unpacked)
    return lengths


def _parser(begun: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    def refused(*_: object) -> None:
        raise zipfile.BadZipFile("its XML has a document type, as no workbook has")

    parser = expat.ParserCreate("UTF-8")  # as calamine reads, whatever it says of itself
    parser.buffer_text = True
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = begun, refused
    return parser


def _parsed(parser: expat.XMLParserType, unpacked: IO[bytes]) -> None:
    """Go through all of a part; raise `BadZipFile` for a fault: calamine is more lenient, and it may hide a cell."""
    try:
        while chunk := unpacked.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise zipfile.BadZipFile(f"its XML has a fault: {error}") from error


def _has_cells(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Unpack a part to its end, and return whether there can be cells in it, whatever it is called."""
    found, before = False, b""
    with packed.open(part) as unpacked:
        while chunk := unpacked.read(_CHUNK):
            found |= _CELLS in before + chunk
            before = chunk[-len(_CELLS) :]
    return found


class _Extent:
    """How many rows and columns the cells of a sheet that hold something lie within; its XML comes in pieces.

    Counts formulas without a value, too: a program that writes them and works none out leaves that to a spreadsheet.
    """

    def __init__(self) -> None:
        self.rows = self.columns = self.held = 0
        self.blank_formulas = self.first_formula = 0  # how many, and the row of the first
        self.formula_columns = set[int]()
        self._row = self._column = 0  # of the last tag: what has no address follows it
        self._is_formula = self._is_text = False  # of the last cell: a formula whose value has not come; a text
        self.shared = Counter[int]()  # how many cells have which of the strings that cells share
        self._is_shared, self._value = False, ""  # of the last cell
        self._parser = _parser(self._take)

    def read(self, unpacked: IO[bytes]) -> None:
        """Go through all of a sheet; raise `BadZipFile` for what is none."""
        _parsed(self._parser, unpacked)
        self._end()

    def _end(self) -> None:
        """Take what the last cell lacks for lacking."""
        if self._is_formula:
            self.blank_formulas += 1
            self.first_formula = self.first_formula or self._row
            self.formula_columns.add(self._column)
        self._is_formula = False

    def _take(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "v" or tag == "f" or tag == "is":
            self.held += 1
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
            if tag == "f":
                self._is_formula = not self._is_text  # a text may well be blank once it is worked out
            elif self._is_formula or self._is_shared:
                self._value = ""
                self._parser.CharacterDataHandler, self._parser.EndElementHandler = self._valued, self._closed
        elif tag == "c":
            self._end()
            self._is_text, self._is_shared = attributes.get("t") == "str", attributes.get("t") == "s"
            if (address := attributes.get("r")) is None:
                self._column += 1
            elif found := _CELL.fullmatch(address):
                self._row, self._column = int(found[2]), _column(found[1])
            else:
                raise zipfile.BadZipFile(f"“{address[:20]}” is no cell")
        elif tag == "row":
            self._end()
            number = attributes.get("r")
            if number is not None and not _NUMBER.fullmatch(number):
                raise zipfile.BadZipFile(f"“{number[:20]}” is no row")
            self._row, self._column = self._row + 1 if number is None else int(number), 0

    def _valued(self, text: str) -> None:
        self._is_formula = False
        self._value += text if self._is_shared else ""

    def _closed(self, _name: str) -> None:
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None
        if self._is_shared and _NUMBER.fullmatch(value := self._value.strip()):
            self.shared[int(value)] += 1


@lru_cache(2_000)
def _column(letters: str) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters
