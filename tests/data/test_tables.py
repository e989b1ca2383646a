from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.data.limits import MAX_COLUMNS
from attnviz.data.tables import read_table
from attnviz.errors import AttnvizError, enumerate_values

# Whatever UTF-8 can hold; no zero byte, which a delimited file may not.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples of a property, each of which overwrites the file of the one before."""
    return tmp_path_factory.mktemp("tables")


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def cells(table: pd.DataFrame) -> dict[str, list[str]]:
    return {name: table[name].tolist() for name in table.columns}


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6),
    kind=st.sampled_from([".csv", ".tsv", ".txt", ".pq"]),
)
def test_what_pandas_writes_comes_back(folder: Path, rows: list[tuple[str, str]], kind: str) -> None:
    written = pd.DataFrame([(*row, "x") for row in rows], columns=["text", "label", "mark"], dtype=str)
    path = folder / f"t{kind}"
    if kind == ".pq":
        written.to_parquet(path)
    else:  # quoted: a carriage return on its own would else end the row, for every reader
        written.to_csv(path, index=False, sep={".csv": ",", ".tsv": "\t", ".txt": "|"}[kind], quoting=1)
    assert cells(read_table(path)) == cells(written)


def test_korean_is_known_however_late_it_comes(tmp_path: Path) -> None:
    rows = [("plain", "positive")] * 20_000 + [("재미있는 영화다", "positive")]
    written = "text,label\n" + "".join(f"{text},{label}\n" for text, label in rows)
    found = read_table(write(tmp_path / "t.csv", written.encode("cp949")))
    assert found.iloc[-1].tolist() == ["재미있는 영화다", "positive"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])  # as spreadsheets in Korea save
def test_korean_comes_back_from_what_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    written = "text,label\n뷁 정말 재밌다 ㅋㅋㅋ,좋음\n“그저 그래요” ♥,나쁨\n"
    assert cells(read_table(write(tmp_path / "t.csv", written.encode(encoding)))) == {
        "text": ["뷁 정말 재밌다 ㅋㅋㅋ", "“그저 그래요” ♥"],
        "label": ["좋음", "나쁨"],
    }


@given(st.binary(max_size=60) | CELLS.map(str.encode), st.sampled_from([".csv", ".tsv", ".parquet"]))
def test_any_bytes_are_a_table_or_an_attnviz_error(folder: Path, content: bytes, kind: str) -> None:
    try:
        table = read_table(write(folder / f"b{kind}", content))
    except AttnvizError:
        return
    assert len(table) and all(isinstance(cell, str) for column in cells(table).values() for cell in column)


@given(st.text(st.sampled_from('ab,;"\t\r\n| é'), max_size=60))
def test_any_punctuation_is_a_table_or_an_attnviz_error(folder: Path, content: str) -> None:
    with suppress(AttnvizError):
        read_table(write(folder / "p.csv", content))


@given(st.data())
def test_a_damaged_parquet_file_is_a_table_or_an_attnviz_error(folder: Path, data: st.DataObject) -> None:
    path = folder / "damaged.parquet"
    pd.DataFrame({"text": ["good", "bad"] * 20, "label": [0, 1] * 20}).to_parquet(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(AttnvizError):
        read_table(write(path, bytes(content[: data.draw(st.integers(0, len(content)))])))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_delimiter_line_end_and_byte_order_mark_are_found_out(tmp_path: Path, mark: str, end: str, start: str) -> None:
    content = f'{start}"te, xt"{mark}label{end}"a {mark} ""b""{end}c"{mark}좋다{end}'
    assert cells(read_table(write(tmp_path / "t.csv", content))) == {
        "te, xt": [f'a {mark} "b"{end}c'],
        "label": ["좋다"],
    }


def test_a_tsv_is_cut_at_tabs_whatever_else_its_header_holds(tmp_path: Path) -> None:
    path = write(tmp_path / "t.TSV", "id, of the row, here\ttext\n1\ta\n")
    assert cells(read_table(path)) == {"id, of the row, here": ["1"], "text": ["a"]}


def test_nothing_is_read_as_missing_or_as_a_number(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "text,label\nNA,01\nnull,1.0\nTrue,\n")
    assert cells(read_table(path)) == {"text": ["NA", "null", "True"], "label": ["01", "1.0", ""]}


def test_rows_keep_their_number_in_the_file_past_blank_lines(tmp_path: Path) -> None:
    table = read_table(write(tmp_path / "t.csv", 'text,label\n"a\nb",0\n\n,\nc,1\n\n'))
    assert table.index.tolist() == [2, 5]


def test_a_short_row_has_empty_cells(tmp_path: Path) -> None:
    assert cells(read_table(write(tmp_path / "t.csv", "text,label\na\n"))) == {"text": ["a"], "label": [""]}


def test_parquet_cells_read_like_those_of_a_csv(tmp_path: Path) -> None:
    columns = {
        "number": pa.array([1, None]),
        "float": pa.array([1.5, float("nan")]),
        "bool": pa.array([True, False]),
        "category": pa.array(["a", "b"]).dictionary_encode(),
        "bytes": pa.array([b"a", b"b"]),
        "large": pa.array(["a", None], pa.large_string()),
        "nothing": pa.nulls(2),
        "vector": pa.array([[1.0], [2.0]]),  # no cell of a CSV: left out
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table.index.tolist() == [1, 2]
    assert cells(table) == {
        "number": ["1", ""],
        "float": ["1.5", ""],
        "bool": ["True", "False"],
        "category": ["a", "b"],
        "bytes": ["a", "b"],
        "large": ["a", ""],
        "nothing": ["", ""],
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", "", "first line is blank"),
        ("t.csv", "\n\na,b\n", "first line is blank"),
        ("t.csv", "text,label\n", "no rows"),
        ("t.csv", "text,label\n\n,\n", "no rows"),
        ("t.csv", "text,label\na,b\na,b,c\n", "row 3 has 3 cells where the header has 2"),
        ("t.csv", "text,label\nとても良い映画,b\n".encode("shift-jis"), "byte 12, in line 2, is 0x82"),
        ("t.csv", "text,label\nとても良い映画,b\n".encode("euc-jp"), "byte 12, in line 2, is 0xA4"),
        ("t.csv", "text,label\n这部电影很好看,b\n".encode("gbk"), "byte 12, in line 2, is 0xD5"),
        ("t.csv", "text,label\n좋다,b\n".encode()[:-4], "byte 15, in line 2, is 0xEB"),
        ("t.csv", b"\xef\xbb\xbftext,label\n\xff", "byte 15, in line 2, is 0xFF"),
        ("t.csv", "text,label\na,b\n".encode("utf-16")[:-1], "byte 1, in line 1, is 0xFF"),
        ("t.csv", "text,label\n갊\0,b\n".encode("utf-16"), "byte 1, in line 1, is 0xFF"),
        ("t.csv", "text,label\n좋다\0,b\n".encode("cp949"), "byte 12, in line 2, is 0xC1"),
        ("t.csv", "text,label\ngood,好评\nbad,差评\n".encode("gbk"), "byte 17, in line 2, is 0xBA"),
        ("t.csv", "text,label\n経済産業省は方針を固めた。,b\n".encode("euc-jp"), "byte 12, in line 2, is 0xB7"),
        ("t.csv", "text,label\n映画,最高\n".encode("euc-jp"), "byte 12, in line 2, is 0xB1"),
        ("t.csv", "text,label\na,b\n".encode("utf-16-le"), "byte 2, in line 1, is 0x00"),
        ("t.csv", ",".join("a" * (MAX_COLUMNS + 1)) + "\n", f"{MAX_COLUMNS + 1} columns, more than {MAX_COLUMNS}"),
        ("t.parquet", "text,label\na,b\n", "not a whole Parquet file"),
        ("t.xls", "PK", r"not a file of a known kind\. Known are: \.csv, \.tsv"),
        ("noend", "a,b\nc,d\n", "not a file of a known kind"),
    ],
)
def test_a_file_that_is_no_table_says_where_and_what_to_do(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(AttnvizError, match=message) as caught:
        read_table(write(tmp_path / name, content))
    assert name in str(caught.value)


def test_what_is_not_there_or_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match=r"no file .*gone\.csv"):
        read_table(tmp_path / "gone.csv")
    with pytest.raises(AttnvizError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(AttnvizError, match="cannot be read"):
        read_table(tmp_path / f"{'long' * 100}.csv")
    with pytest.raises(AttnvizError, match="no file"):
        read_table(Path("zero\0byte.csv"))
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(AttnvizError, match="not a file of a known kind"):
        read_table(tmp_path / "pipe.csv")


@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_limits_can_be_set(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"t{kind}"
    written = pd.DataFrame({"text": ["a"] * 5, "label": ["b"] * 5})
    written.to_csv(path, index=False) if kind == ".csv" else written.to_parquet(path)
    assert len(read_table(path, max_rows=5)) == 5
    with pytest.raises(AttnvizError, match="more than 4 rows"):
        read_table(path, max_rows=4)
    with pytest.raises(AttnvizError, match="more than 10 bytes"):
        read_table(path, max_bytes=10)


def test_parquet_is_held_to_the_limit_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": ["a" * 1_000_000]}), path, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 10_000
    with pytest.raises(AttnvizError, match="more than 10\\.0 kB"):
        read_table(path, max_bytes=10_000)


def test_parquet_text_that_is_no_utf8(tmp_path: Path) -> None:
    broken = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe"))
    pq.write_table(pa.table({"text": broken}), tmp_path / "t.parquet", store_schema=False)
    with pytest.raises(AttnvizError, match="not a whole Parquet file"):
        read_table(tmp_path / "t.parquet")


def test_parquet_without_a_flat_column_or_with_two_of_one_name(tmp_path: Path) -> None:
    pq.write_table(pa.table({"vector": [[1.0]]}), tmp_path / "nested.parquet")
    with pytest.raises(AttnvizError, match="no rows"):
        read_table(tmp_path / "nested.parquet")
    pq.write_table(pa.table([["a"], ["b"]], names=["text", "text"]), tmp_path / "twice.parquet")
    assert list(read_table(tmp_path / "twice.parquet").columns) == ["text", "text"]


def test_a_list_in_a_sentence_stays_short() -> None:
    assert enumerate_values([1, "b"]) == "1, b"
    assert enumerate_values(range(10)) == "0, 1, 2, 3, 4, 5, 6, 7, …"
    assert enumerate_values(["x" * 100]) == "x" * 39 + "…"


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".txt"])
def test_one_column_without_a_header_loses_no_row(tmp_path: Path, kind: str) -> None:
    path, remarks = tmp_path / f"t{kind}", list[AttnvizError]()
    path.write_text("It was a fine film\nbad\n이 영화\n", encoding="utf-8")
    rows = read_table(path, on_remark=remarks.append)
    assert rows.iloc[:, 0].tolist() == ["It was a fine film", "bad", "이 영화"]
    assert "its first line is read as a row, for “It was a fine film” is no name" in str(remarks[0])
    path.write_text("정말 좋았다.\nbad\n", encoding="utf-8")
    assert len(read_table(path)) == 2


@pytest.mark.parametrize(("header", "told"), [("comment", True), ("text", False), ("Review", False), ("문장", False)])
def test_a_header_of_one_column_that_may_be_a_text_is_told_of(tmp_path: Path, header: str, told: bool) -> None:
    path, remarks = tmp_path / "t.csv", list[AttnvizError]()
    path.write_text(f"{header}\nIt was a fine film\nbad\n", encoding="utf-8")
    assert list(read_table(path, on_remark=remarks.append).columns) == [header]
    assert [str(one) for one in remarks] == told * [
        f"t.csv: its first line, “{header}”, is read as the name of its column. If it is a text, put the line text "
        "above it."
    ]
