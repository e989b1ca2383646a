"""A file of rationales -> rationales: which of the shapes it has, and what of it cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attnviz.data import jsonl
from attnviz.data.encoding import decoded
from attnviz.data.limits import Limits
from attnviz.data.rationales import attention_maps, eraser, own
from attnviz.data.rationales.rationale import LeftOut, Marked, Rationales, of_texts
from attnviz.data.tables import checked, read_table
from attnviz.errors import AttnvizError, enumerate_values


def read_rationales(path: Path, limits: Limits | None = None) -> Rationales:
    """Read a file: JSON in our shape or ERASER's, or a table as Yelp-HAT's.

    A row that cannot be used is left out, and its fault told in the remarks. Raises `AttnvizError` for a file that is
    of no such shape, or has no other rows.
    """
    limits, remarks, left_out = limits or Limits(), list[AttnvizError](), LeftOut()
    if path.suffix.lower() in jsonl.KINDS:
        marked = _records(path, limits, remarks, left_out)
    else:
        table = read_table(path, limits.rows, limits.bytes, on_remark=remarks.append)
        if not attention_maps.is_table_of_maps(table.columns):
            raise AttnvizError(
                "{file} is no table of rationales: it needs the columns {needed}, as Yelp-HAT has them, and has "
                '{columns}. Or write JSON lines like {{"text": "a good film", "marked": ["good"]}}.',
                file=path.name,
                needed=enumerate_values([attention_maps.TEXT, attention_maps.MAP]),
                columns=enumerate_values(table.columns),
            )
        marked = attention_maps.read_maps(table, path, left_out)
    faults = tuple(left_out.remarks())
    if not marked:
        raise faults[0] if faults else AttnvizError("{file} has no rows. Give at least one.", file=path.name)
    return Rationales(tuple(of_texts(marked)), len(marked) + left_out.rows, left_out.rows, (*remarks, *faults))


def _records(path: Path, limits: Limits, remarks: list[AttnvizError], left_out: LeftOut) -> list[Marked]:
    with checked(path, limits):
        text = decoded(path.read_bytes(), path, remarks.append)
    records = jsonl.read_records(text, path, remarks.append)
    limits.check_rows(len(records), path)
    documents = eraser.Documents(path, limits)
    found = []
    for row, record in records.items():
        try:
            found.append(_row(record, row, path, documents))
        except AttnvizError as fault:
            if "rows" not in fault.values:  # no fault of the row
                raise
            left_out.add(fault)
    return found


def _row(record: dict[str, Any], row: int, path: Path, documents: eraser.Documents) -> Marked:
    if eraser.EVIDENCES in record:
        return eraser.read_row(record, row, path, documents)
    if own.MARKED in record:
        return own.read_row(record, row, path)
    raise AttnvizError(
        "{file}: left out, for nothing says what is marked: row {rows} ({count} in all). Write "
        '{{"text": "a good film", "marked": ["good"]}}, or “evidences” as ERASER has them.',
        file=path.name,
        rows=row,
        count=1,
    )
