"""CSV and TSV: text with delimiters -> rows of strings, parsed by pandas once its quotes are in order."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.limits import Limits, check_width
from attnviz.data.quoting import Quoting, mended
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".csv", ".tsv", ".txt")
_DELIMITERS = "\t;|,"  # of two that cut the header into as many cells, the one that is rarer in a name
_HEADER = 100_000  # characters that a header has room in


def read_delimited(text: str, path: Path, limits: Limits, on_remark: Callable[[AttnvizError], object]) -> pd.DataFrame:
    """Return all records, that of the header too; the index counts them from 1, blank lines as well.

    `on_remark` hears of quotes that are not as a CSV has them. Raises `AttnvizError`.
    """
    import pandas as pd

    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text)
    quoting = mended(text, delimiter)
    _remark(quoting, path, on_remark)
    check_width(len(_header(quoting.text, delimiter)), path)
    try:
        # The header is read as a row, so that each line is held to its width and pandas renames no column.
        rows = pd.read_csv(
            StringIO(quoting.text),
            sep=delimiter,
            header=None,
            nrows=limits.rows + 2,
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
    rows.index += 1
    limits.check_rows(len(rows) - 1, path)
    return rows


def _delimiter(text: str) -> str:
    first = text[:_HEADER]
    return max(_DELIMITERS, key=lambda mark: len(_header(mended(first, mark).text, mark)))


def _header(text: str, delimiter: str) -> list[str]:
    """Return the first record, nothing if there is none."""
    try:
        return next(csv.reader(StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:  # a cell that is no name
        return []


def _remark(quoting: Quoting, path: Path, on_remark: Callable[[AttnvizError], object]) -> None:
    if quoting.letters:
        on_remark(
            AttnvizError(
                "{file}: double quotes that do not enclose a cell are read as a part of its text: {count} of them, "
                "the first in row {row}.",
                file=path.name,
                count=quoting.letters,
                row=quoting.first,
            )
        )
    if quoting.doubtful:
        on_remark(
            AttnvizError(
                "{file}: row {row} has a cell of {lines} lines in double quotes. If that is not one text, a quote "
                "there is closed too late: delete it.",
                file=path.name,
                row=quoting.doubtful,
                lines=quoting.lines,
            )
        )


def _malformed(reason: str, path: Path) -> AttnvizError:
    """Say in our words what pandas says is wrong."""
    if fields := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", reason):
        return AttnvizError(
            "{file}: row {row} has {found} cells where the header has {expected}. "
            "Put texts that contain the delimiter in double quotes.",
            file=path.name,
            row=fields[2],
            found=fields[3],
            expected=fields[1],
        )
    return AttnvizError("{file} is not a well-formed table: {reason}. Write it again.", file=path.name, reason=reason)
