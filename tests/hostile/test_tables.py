"""Files of rows: tables of any bytes are texts and labels, or an error of ours; what is written is no formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from attnviz.analysis.evaluation.uploads import read_upload
from attnviz.data.cells import encodable
from attnviz.data.csv_export import csv as exported
from attnviz.data.preview import look
from attnviz.data.rationales.reading import read_rationales
from attnviz.data.tables import read_table
from attnviz.model.experiment import Experiment
from tests.hostile.nasty import MARKUP, TEXTS, case, every, mangled, plain_texts, seeds, spoilt, texts, tries, values

ROWS = [
    ("text", "label", "split"),
    *((f"a {good} film {n}", good, "train") for n in range(4) for good in ("good", "bad")),
]
UNITS = ("s", "ms", "us", "ns")


def delimited(rows: Sequence[tuple[str, ...]], mark: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def workbook(rows: Sequence[tuple[str, ...]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def columns(rows: Sequence[tuple[str, ...]]) -> pa.Table:
    return pa.table([pa.array(column) for column in zip(*rows[1:], strict=True)], names=list(rows[0]))


WHOLE = {
    ".csv": delimited(ROWS),
    ".tsv": delimited(ROWS, "\t"),
    ".txt": b"".join(f"__label__{label} {text}\n".encode() for text, label, _ in ROWS[1:]),
    ".xlsx": workbook(ROWS),
    ".jsonl": b"".join(json.dumps(dict(zip(ROWS[0], row, strict=True))).encode() + b"\n" for row in ROWS[1:]),
    ".json": json.dumps([dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]).encode(),
    ".parquet": parquet(columns(ROWS)),
}


def reads(data: bytes, kind: str, tiny: Experiment | None = None) -> None:
    """Read a file as each place that takes one does."""
    name = Path(f"rows{kind}")
    with case(f"table {kind}"):
        table = read_table(name, data=data)
        assert all(encodable(cell) == cell for column in table for cell in table[column])
        assert all(encodable(column) == column for column in table.columns)
    if tiny:
        with case(f"table {kind}"):
            read_upload(name, tiny, data=data, guess=True, split="all")


@tries(140, 3000)
@given(kind=st.sampled_from(sorted(WHOLE)), draw=seeds)
def test_a_damaged_file_is_a_table_or_an_error(tiny: Experiment, kind: str, draw: Random) -> None:
    reads(mangled(WHOLE[kind], draw), kind, tiny)


@tries(60, 1200)
@given(kind=st.sampled_from([".csv", ".tsv", ".xlsx", ".jsonl"]), cells=st.lists(texts, min_size=4, max_size=4))
def test_any_cell_and_any_name_of_a_column_is_read(tiny: Experiment, kind: str, cells: list[str]) -> None:
    a, b, c, d = cells
    rows: list[tuple[str, ...]] = [(a, "text", "label"), (b, c, "good"), (d, a, "bad")]
    match kind:
        case ".xlsx":
            clean = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE
            rows = [tuple(clean.sub("", encodable(one))[:32_000] for one in row) for row in rows]
            data = workbook([tuple("'" + one if one[:1] == "=" else one for one in row) for row in rows])
        case ".jsonl":
            data = b"".join(json.dumps(dict(zip(rows[0], row, strict=True))).encode() + b"\n" for row in rows[1:])
        case _:
            data = delimited(rows, "\t" if kind == ".tsv" else ",")
    reads(data, kind, tiny)


@tries(50, 1000)
@given(records=st.lists(values, max_size=4), lines=st.booleans())
def test_any_json_is_rows_or_an_error(records: list[Any], lines: bool) -> None:
    written = "\n".join(map(json.dumps, records)) if lines else json.dumps(records)
    reads(written.encode(), ".jsonl")


def temporal() -> list[pa.DataType]:
    stamps = [pa.timestamp(unit, zone) for unit in UNITS for zone in (None, "UTC", "Nowhere/Land")]
    return [*stamps, *map(pa.duration, UNITS), pa.time64("us"), pa.time64("ns"), pa.date64(), pa.int64(), pa.uint64()]


def test_any_number_under_any_type_of_parquet_is_read() -> None:
    for kind in [*temporal(), pa.decimal128(18, 2), pa.float64(), pa.binary(8)]:
        for number in (0, 1, -1, 2**62, -(2**62), 2**63 - 1, -(2**63), 86_400_000_000):
            width = 16 if pa.types.is_decimal(kind) else 8
            raw = pa.py_buffer(b"".join(n.to_bytes(width, "little", signed=True) for n in (number, 5)))
            column = pa.Array.from_buffers(kind, 2, [None, raw])
            with suppress(pa.ArrowInvalid):  # which cannot be written
                reads(parquet(pa.table({"text": column, "label": ["a", "b"]})), ".parquet")


def test_what_is_exported_is_no_formula() -> None:
    def check(text: str) -> None:
        data = exported(pd.DataFrame({text: [text]}))
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline="")):
            assert not any(cell.lstrip(" \0")[:1] in "=+-@\t\r" and cell.strip(" \0") for cell in row), row

    every("export", [encodable(one) for one in TEXTS], check)


@tries(50, 800)
@given(texts)
def test_whatever_is_exported_is_no_formula(text: str) -> None:
    with case("export"):
        data = exported(pd.DataFrame({"x": [encodable(text)]}))
        [_, *cells] = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        assert not any(cell and cell[0][:1] in ("=", "+", "-", "@", "\t", "\r") for cell in cells)


@tries(10, 150)
@given(draw=seeds, other=plain_texts)
def test_a_look_at_any_file_tells_what_is_wrong(tmp_path_factory: Any, draw: Random, other: str) -> None:
    kind = draw.choice(sorted(WHOLE))
    path = tmp_path_factory.getbasetemp() / f"look{kind}"
    path.write_bytes(mangled(WHOLE[kind], draw))
    with case("preview"):
        look(path, other or None, draw.choice((None, "label", other)))


MARKED = [
    {"text": "a good film", "marked": ["good"], "label": "good"},
    {"text": "a bad film", "marked": [[2, 5]]},
    {"annotation_id": "d", "evidences": [[{"docid": "d", "start_token": 0, "end_token": 1}]], "classification": "x"},
]
MAPS = '<span class="active">good</span> <span>film</span>'


@tries(60, 1200)
@given(draw=seeds, other=values)
def test_any_rationales_are_marks_within_their_texts(tmp_path_factory: Any, draw: Random, other: Any) -> None:
    folder = tmp_path_factory.getbasetemp() / "marks"
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "docs" / "d").write_text("good film " * 5)
    lines = [json.dumps(spoilt(draw.choice(MARKED), draw, other)).encode() for _ in range(3)]
    path = folder / "marks.jsonl"
    path.write_bytes(mangled(b"\n".join(lines), draw) if draw.random() < 0.3 else b"\n".join(lines))
    with case("rationales"):
        for one in read_rationales(path).rationales:
            assert all(0 <= start < end <= len(one.text) for marks in one.marks for start, end in marks)


@tries(60, 1000)
@given(draw=seeds, other=plain_texts)
def test_any_map_of_marked_words_is_read(tmp_path_factory: Any, draw: Random, other: str) -> None:
    rows = [("Input.text", "Answer.html_output", "Input.label"), ("good film", MAPS, "1")]
    written = mangled(MAPS.encode(), draw).decode("utf-8", "replace") if draw.random() < 0.5 else other
    path = tmp_path_factory.getbasetemp() / "maps.csv"
    path.write_bytes(delimited([*rows, ("good film", written, "1"), (other, other, other)]))
    with case("rationales"):
        read_rationales(path)


def test_markup_in_names_of_files_is_in_no_way(tmp_path: Path) -> None:
    def check(text: str) -> None:
        read_table(Path(text.replace("/", "_") + ".csv"), data=b"text,label\na,b\n" + text.encode("utf-8", "replace"))

    every("file name", [*MARKUP, *(one for one in TEXTS if "\0" not in one)], check)
