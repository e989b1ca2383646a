"""Tables in files: CSV, TSV, Excel, JSON, Parquet, FastText's lines -> cells as strings, under the rows people see.

Libraries do the parsing. What they let pass in silence (strange bytes, swallowed lines, rows of other widths) or say in
words for programmers is said here for the person who has the file open in a spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data import delimited, excel, jsonl, parquet
from attnviz.data.encoding import decoded
from attnviz.data.labelled_lines import has_labelled_lines, read_labelled_lines
from attnviz.data.limits import Limits
from attnviz.data.names import match_key, shown
from attnviz.data.scored_columns import restored
from attnviz.errors import AttnvizError, enumerate_values

if TYPE_CHECKING:  # pandas and pyarrow are imported where a file is read: a sentence is explained without them
    import pandas as pd

    OnRemark = Callable[[AttnvizError], object]

KINDS = delimited.KINDS + excel.KINDS + jsonl.KINDS + parquet.KINDS
_SENTENCE = re.compile(r"\S+(\s+\S+){3}|[.!?…。！？]\s*$")
_MOST_VALUES = 100  # of a column whose values tell a row from a header


def read_table(
    path: Path,
    max_rows: int = 1_000_000,
    max_bytes: int = 500_000_000,
    data: bytes | None = None,
    on_remark: OnRemark = lambda _: None,
) -> pd.DataFrame:
    """Return the cells as strings, "" where there is nothing; the index counts rows as a person sees them.

    That is as a spreadsheet counts, blank rows and a header too; JSON and FastText's files have lines, Parquet has no
    header. An export of ours has the rows that were exported, texts to the letter, under the numbers that it tells.
    What was uploaded comes as `data`: then `path` is but its name, and no file is looked for. `on_remark` hears what is
    worth knowing of how the file was read. Raises `AttnvizError`.
    """
    limits = Limits(max_rows, max_bytes)
    with checked(path, limits, data):
        rows = _read(path, data, limits, on_remark)
    if rows.empty:
        raise AttnvizError("{file} has no rows below its header. Give at least one.", file=path.name)
    return restored(rows, guarded=path.suffix.lower() not in parquet.KINDS + jsonl.KINDS)


@contextmanager
def checked(path: Path, limits: Limits, data: bytes | None = None) -> Iterator[None]:
    """Read in it a file that is there, of a known kind and not too large; `AttnvizError` says what hinders that."""
    uploaded = data is not None
    try:
        if path.is_dir() and not uploaded:
            raise AttnvizError("{path} is a folder. Name one file in it.", path=path)
        if not path.exists() and not uploaded:
            raise AttnvizError("There is no file {path}.", path=path)
        if path.suffix.lower() not in KINDS or not (uploaded or path.is_file()):
            raise AttnvizError(
                "{path} is not a file of a known kind. Known are: {known}.",
                path=path,
                known=", ".join(KINDS),
            )
        limits.check_bytes(path.stat().st_size if data is None else len(data), path)
        yield
    except OSError as error:
        raise AttnvizError(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)
        ) from error


def _read(path: Path, data: bytes | None, limits: Limits, on_remark: OnRemark) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix in parquet.KINDS:
        return parquet.read_parquet(path if data is None else data, path, limits)
    data = path.read_bytes() if data is None else data
    if suffix in excel.KINDS:
        return _headed(excel.read_excel(data, path, limits, on_remark), path, on_remark)
    text = decoded(data, path, on_remark)
    if suffix in jsonl.KINDS:
        rows = jsonl.read_json(text, path, limits, on_remark)
        rows.columns = [shown(name) for name in rows.columns]
        return rows
    if suffix == ".txt" and has_labelled_lines(text):
        return read_labelled_lines(text, path, limits)
    return _headed(delimited.read_delimited(text, path, limits, on_remark), path, on_remark)


def _headed(rows: pd.DataFrame, path: Path, on_remark: OnRemark) -> pd.DataFrame:
    """Return the rows that hold something, under the names in the first; where that is a row, too, under numbers."""
    from attnviz.data.columns import USUAL

    if rows.empty or not (rows.iloc[0] != "").any():
        raise AttnvizError("{file}: its first line is blank. Put the names of the columns there.", file=path.name)
    first, rest = rows.iloc[0], rows.iloc[1:]
    repeats = (rest == first).all(axis=1)
    if value := _value_of_a_row(first, rest[~repeats]):
        on_remark(_no_header(value, len(first) == 1, path))
        rows.columns = [f"column {place + 1}" for place in range(len(rows.columns))]
        return rows[(rows != "").any(axis=1)]
    if len(first) == 1 and match_key(first.iloc[0]) not in USUAL:
        on_remark(
            AttnvizError(
                "{file}: its first line, “{name}”, is read as the name of its column. If it is a text, put the line "
                "text above it.",
                file=path.name,
                name=first.iloc[0],
            )
        )
    if repeats.any():
        on_remark(
            AttnvizError(
                "{file}: the names of the columns stand there again in row {rows}: left out ({count} in all).",
                file=path.name,
                rows=enumerate_values(rest.index[repeats]),
                count=int(repeats.sum()),
            )
        )
        rest = rest[~repeats]
    rest.columns = [shown(name) for name in first]
    return rest[(rest != "").any(axis=1)]


def _no_header(value: str, is_text: bool, path: Path) -> AttnvizError:
    """Say that a first line is read as a row, for a value in it is a text, or one that other rows have."""
    if is_text:
        return AttnvizError(
            "{file}: its first line is read as a row, for “{value}” is no name. If it is one, call it text.",
            file=path.name,
            value=enumerate_values([value]),
        )
    return AttnvizError(
        "{file}: its first line is read as a row, for “{value}” in it is no name: other rows have it there, "
        "too. If it is one, give the column another.",
        file=path.name,
        value=value,
    )


def _value_of_a_row(first: pd.Series, rest: pd.DataFrame) -> str | None:
    """Return what shows that a first line is no header: a value that its column has in other rows, too.

    Of one column it is a sentence: four words, or its mark at the end.
    """
    from attnviz.data.columns import USUAL

    if any(match_key(name) in USUAL for name in first):
        return None
    if len(first) < 2:
        return str(first.iloc[0]) if _SENTENCE.search(first.iloc[0]) else None
    found = (place for place, name in first.items() if name.strip() and (rest[place] == name).any())
    return next((str(first[place]) for place in found if rest[place].nunique() <= _MOST_VALUES), None)
