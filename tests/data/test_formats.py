"""The same rows from every kind of file, whatever type its columns have."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.data.excel import _checked_unpacked, read_excel
from attnviz.data.labels import readable
from attnviz.data.limits import Limits
from attnviz.data.tables import KINDS, read_table
from attnviz.errors import AttnvizError


def read(name: str, data: bytes, **limits: int) -> tuple[pd.DataFrame, str]:
    remarks = list[AttnvizError]()
    table = read_table(Path(name), data=data, on_remark=remarks.append, **limits)
    return table, " ".join(map(str, remarks))


def workbook(rows: list[list[object]], *more: str) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in more:
        book.create_sheet(name)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(table: pd.DataFrame | pa.Table) -> bytes:
    out = BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False), out)
    return out.getvalue()


def excel(table: pd.DataFrame) -> bytes:
    out = BytesIO()
    table.to_excel(out, index=False)
    return out.getvalue()


WRITTEN: dict[str, Callable[[pd.DataFrame], bytes]] = {
    ".csv": lambda table: table.to_csv(index=False).encode(),
    ".parquet": parquet,
    ".xlsx": excel,
    ".jsonl": lambda table: table.to_json(orient="records", lines=True, force_ascii=False).encode(),
    ".json": lambda table: table.to_json(orient="records").encode(),
}
COLUMNS = {
    "bool": pd.Series([True, False, True]),
    "nullable bool": pd.Series([True, None, False], dtype="boolean"),
    "int": pd.Series([1, 2, 30]),
    "nullable int": pd.Series([1, None, 2], dtype="Int64"),
    "int with a gap": pd.Series([1, None, 2]),  # floats to pandas
    "float": pd.Series([1.5, 2.25, None]),
    "category": pd.Series(["good", "bad", "good"], dtype="category"),
    "category of numbers": pd.Series([1, 2, 1], dtype="category"),
    "string": pd.Series(["NA", "none", "a\nb"], dtype="string"),
    "object with gaps": pd.Series(["x", None, "y"], dtype=object),
    "nothing": pd.Series([None, None, None], dtype=object),
}


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("name", COLUMNS)
def test_labels_are_the_same_from_every_kind_of_file(name: str, kind: str) -> None:
    written = pd.DataFrame({"text": ["one", "two", "three"], "label": COLUMNS[name]})
    from_csv, _said = read("t.csv", WRITTEN[".csv"](written))
    found, said = read(f"t{kind}", WRITTEN[kind](written))
    found = found if "label" in found else found.assign(label="")
    assert found["text"].tolist() == ["one", "two", "three"] and not said
    usual = [label.casefold() for label in readable(from_csv["label"])]
    assert [label.casefold() for label in readable(found["label"])] == usual


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([True, None]), ["True", ""]),
        (pa.array([1.0, 1e20]), ["1.0", "1e+20"]),
        (pa.array([0.1, float("nan")], pa.float32()), ["0.1", ""]),
        (pa.array([Decimal("1.50"), None]), ["1.50", ""]),
        (pa.array(["a", None]).dictionary_encode(), ["a", ""]),
        (pa.array([1, 2]).dictionary_encode(), ["1", "2"]),
        (pa.array(["a", None], pa.string_view()), ["a", ""]),
        (pa.array([b"a", None], pa.large_binary()), ["a", ""]),
        (pa.array([b"ab", b"cd"], pa.binary(2)), ["ab", "cd"]),
        (pa.array([datetime.date(2020, 1, 2), None]), ["2020-01-02", ""]),
        (pa.array([datetime.datetime(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5)]),
         ["2020-01-02", "2020-01-02 03:04:05"]),
        (pa.array([datetime.time(3, 4), None]), ["03:04:00", ""]),
        (pa.array([datetime.timedelta(hours=30), None]), ["1 days 06:00:00", ""]),
        (pa.nulls(2), ["", ""]),
    ],
)  # fmt: skip
def test_parquet_types_are_texts_as_in_a_csv(column: pa.Array, texts: list[str]) -> None:
    table, _said = read("t.parquet", parquet(pa.table({"text": ["x", "y"], "other": column})))
    assert table["other"].tolist() == texts


def test_intervals_and_periods_are_texts_and_nested_columns_are_left_out() -> None:
    written = pd.DataFrame({"text": ["x", "y"], "per": pd.period_range("2020-01", periods=2, freq="M")})
    written["cut"] = pd.arrays.IntervalArray.from_tuples([(0, 1), (1, 2)])
    assert read("t.parquet", parquet(written))[0]["cut"].tolist() == ["(0, 1]", "(1, 2]"]
    assert read("t.parquet", parquet(written))[0]["per"].tolist() == ["2020-01", "2020-02"]
    nested = {"text": ["x", "y"], "list": [[1], [2]], "struct": [{"a": 1}, {"a": 2}], "image": [b"\xff\xfe", b"\xff"]}
    assert list(read("t.parquet", parquet(pa.table(nested)))[0].columns) == ["text"]
    lines = "\n".join(json.dumps({"text": "x", "list": [1], "struct": {"a": 1}}) for _ in range(2))
    assert list(read("t.jsonl", lines.encode())[0].columns) == ["text"]


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@settings(max_examples=40)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), st.sampled_from([".jsonl", ".ndjson", ".json"]))
def test_what_json_holds_comes_back(rows: list[tuple[str, str]], kind: str) -> None:
    records = [{"text": text, "label": label} for text, label in rows]
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    written = json.dumps(records) if kind == ".json" else lines
    table, _said = read(f"t{kind}", written.encode())
    assert [(text, label) for text, label in zip(table["text"], table["label"], strict=True)] == rows


def test_rows_of_json_have_the_number_of_their_line() -> None:
    table, said = read("t.jsonl", b'\xef\xbb\xbf{"text": "a"}\r\n\r\n{"label": 1.0, "text": "\\ud800b"}\n')
    assert table.index.tolist() == [1, 3]
    assert table.to_dict("list") == {"text": ["a", "�b"], "label": ["", "1.0"]}
    assert "is read as “�”: row 3 (1 in all). Write it whole" in said


@pytest.mark.parametrize("kind", [".jsonl", ".json"])
def test_a_key_that_is_there_twice_is_told_of(kind: str) -> None:
    lines = ['{"text": "a"}', '{"text": "b", "text": "c"}', '{"text": "d", "more": [{"x": 1, "x": 2}]}']
    table, said = read(f"t{kind}", f"[{','.join(lines)}]".encode() if kind == ".json" else "\n".join(lines).encode())
    assert table["text"].tolist() == ["a", "c", "d"]
    assert "its last value is taken: row 2, 3 (2 in all)" in said


@settings(max_examples=60)
@given(st.lists(st.text(st.sampled_from("a🙂가\ud83d\ude42\udfff"), max_size=6), min_size=1, max_size=4))
def test_half_characters_are_seen_and_whole_ones_stay(texts: list[str]) -> None:
    table, said = read("t.jsonl", "\n".join(json.dumps({"text": text}) for text in texts).encode())
    whole = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
    assert table["text"].tolist() == whole and ("�" in "".join(whole)) == ("half a character" in said)


def test_a_workbook_is_read_as_its_sheet_shows_it() -> None:
    rows: list[list[object]] = [["text", "label"], ["a\nb", 1.0], [], ["=1+1", "#N/A"], ["'quoted", 2.5]]
    table, said = read("t.xlsx", workbook(rows, "Notes", "More"))
    assert table.index.tolist() == [2, 5] and table["label"].tolist() == ["1", "2.5"]
    assert table["text"].tolist() == ["a\nb", "'quoted"]
    assert "only its first sheet is read, “Sheet”. The others are: Notes, More" in said


def test_formulas_that_nobody_worked_out_are_told_of() -> None:
    rows: list[list[object]] = [["text", "label"], ["fine", 1], ['=A2&"!"', "=1+1"], ["good", "=B2"], ["bad", 2]]
    table, said = read("t.xlsx", workbook(rows, "Notes"))
    assert table["label"].tolist() == ["1", "", "2"]
    assert "read as blank (3 in all, columns: A, B, the first in row 3). Open the file in a spreadsheet" in said


@pytest.mark.parametrize("chunk", [100, 1 << 20])
@pytest.mark.parametrize(
    ("cell", "blank"),
    [
        ("<c r='B2'><f>1+1</f></c>", True),
        ("<c r='B2'><f>1+1</f><v></v></c>", True),
        ("<x:c r='B2'><x:f t='shared' si='0'/><x:v/></x:c>", True),
        ("<c><v>1</v></c><c><f>1+1</f><v/></c>", True),
        ("<c r='B2'><f>1+1</f><v>2</v></c>", False),
        ("<x:c r='B2'><x:f t='shared' si='0'/><x:v>2</x:v></x:c>", False),
        ("<c r='B2' t='str'><f>IF(1,\"\",2)</f><v></v></c>", False),  # worked out, and blank
        ("<c r='B2'><v>2</v></c>", False),
    ],
)
def test_a_formula_is_blank_if_no_value_is_stored(
    cell: str, blank: bool, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attnviz.data.excel._CHUNK", chunk)
    out, whole = BytesIO(), workbook([["text", "label"]])
    row = f"<row r='2'>{cell}</row></sheetData>"
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part).replace(b"</sheetData>", row.encode()))
    remarks = list[AttnvizError]()
    with suppress(AttnvizError):  # a row of blanks is none, and a prefix without a name space no XML
        read_excel(out.getvalue(), Path("t.xlsx"), Limits(), remarks.append)
    found = _checked_unpacked(out.getvalue(), Path("t.xlsx"), Limits())["xl/worksheets/sheet1.xml"]
    assert found.blank_formulas == blank and found.formula_columns == ({2} if blank else set())
    assert found.first_formula == (2 if blank else 0)


def test_formulas_of_sheets_that_are_not_read_do_not_matter() -> None:
    book = openpyxl.Workbook()
    book.active.append(["text", "label"])
    book.active.append(["good", "x"])
    book.create_sheet("Sam's sums & more", 1).append(["=1+1"])
    out = BytesIO()
    book.save(out)
    assert "formulas" not in read("t.xlsx", out.getvalue())[1]
    book.move_sheet("Sam's sums & more", -1)
    out = BytesIO()
    book.save(out)
    with suppress(AttnvizError):
        read_excel(out.getvalue(), Path("t.xlsx"), Limits(), (said := list[AttnvizError]()).append)
    assert any("1 in all, columns: A, the first in row 1" in str(one) for one in said)


def test_two_cells_far_apart_take_no_memory() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "text", "x"
    out = BytesIO()
    book.save(out)
    with pytest.raises(AttnvizError, match="1,000,000 rows"):
        read("t.xlsx", out.getvalue())
    with pytest.raises(AttnvizError, match="16384 columns"):
        read("t.xlsx", out.getvalue(), max_rows=2_000_000)


def test_cells_without_an_address_are_counted_too() -> None:
    """Some programs leave the addresses out; a row far below would then hold columns that nobody announced."""
    out, whole = BytesIO(), workbook([["text", "label"], ["a", "b"]])
    row = b'<row r="1000000">' + b"<c><v>1</v></c>" * 900 + b"</row></sheetData>"
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part).replace(b"</sheetData>", row))
    with pytest.raises(AttnvizError, match="1000000 rows and 900 columns"):
        read("t.xlsx", out.getvalue())


def test_a_workbook_is_held_to_its_limit_unpacked_whatever_it_says_of_itself() -> None:
    whole = workbook([["text", "label"], *[list[object]((f"row {n}", "x")) for n in range(500)]])
    with pytest.raises(AttnvizError, match="once it is unpacked, more than"):
        read("t.xlsx", whole, max_bytes=len(whole))
    with pytest.raises(AttnvizError, match="more than 499 rows"):
        read("t.xlsx", whole, max_rows=499)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part) + b" " * 100_000 * part.filename.endswith("sheet1.xml"))
        sizes = [part.file_size for part in new.infolist() if part.filename.endswith("sheet1.xml")]
    lying = out.getvalue().replace(sizes[0].to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(AttnvizError, match="not a workbook that can be read"):
        read("t.xlsx", lying)


SMALL = workbook([["text", "label"], ["a", "b"]])  # once: it holds the time


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_workbook_is_a_table_or_an_attnviz_error(data: st.DataObject) -> None:
    content = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(AttnvizError):
        read("t.xlsx", bytes(content[: data.draw(st.integers(0, len(content)))]))


@settings(max_examples=100)
@given(st.text(st.sampled_from('[]{}",:tn1 \n\\'), max_size=40) | st.binary(max_size=40))
def test_any_json_is_a_table_or_an_attnviz_error(content: str | bytes) -> None:
    with suppress(AttnvizError):
        read("t.jsonl", content if isinstance(content, bytes) else content.encode())


def test_lines_of_fasttext_are_texts_with_a_class_each() -> None:
    table, _said = read("t.txt", b'__label__pos It was, "fun".\n\n__label__neg\tIt was not.\r\n')
    assert table.index.tolist() == [1, 3]
    assert table.to_dict("list") == {"text": ['It was, "fun".', "It was not."], "label": ["pos", "neg"]}
    assert list(read("t.txt", b"text\tlabel\n__label__x\ty\n")[0].columns) == ["text", "label"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.txt", "__label__a x\n__label__a __label__b y\n", "line 2 has several labels"),
        ("t.txt", "__label__a x\nno label\n", "line 2 has no label"),
        ("t.jsonl", '{"text": "a"}\n{"text": \n', "line 2 is not JSON"),
        ("t.jsonl", '{"text": "a"}\n["b"]\n', "record 2 is not an object"),
        ("t.json", '{"text": {"0": "a"},\n"label": 1}', "line 1 is not JSON"),
        ("t.jsonl", "[" * 100_000, "too many brackets"),
        ("t.jsonl", '{"text": ' + "9" * 5000 + "}", "too long a number"),
        ("t.jsonl", json.dumps({f"c{n}": "x" for n in range(1001)}), "1001 columns"),
        ("t.jsonl", "\n", "no rows"),
        ("t.xlsx", "PK", "not a workbook"),
        ("t.xlsx", "text,label\n", "not a workbook"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(name: str, content: str, said: str) -> None:
    with pytest.raises(AttnvizError, match=said):
        read(name, content.encode())
    assert Path(name).suffix in KINDS
