"""Quotes that enclose cells, and quotes that are letters."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.data.quoting import mended
from attnviz.data.tables import read_table
from attnviz.errors import AttnvizError


def read(content: str, name: str = "t.csv") -> tuple[pd.DataFrame, str]:
    remarks = list[AttnvizError]()
    table = read_table(Path(name), data=content.encode(), on_remark=remarks.append)
    return table, " ".join(map(str, remarks))


def lines(*changed: tuple[int, str], mark: str = "\t") -> str:
    """Return a hundred rows below a header, some of their texts replaced."""
    texts = {number: f"line {number} was fun" for number in range(1, 101)} | dict(changed)
    rows = (f"{text}{mark}{'positive' if number % 3 else 'negative'}\n" for number, text in texts.items())
    return f"text{mark}label\n" + "".join(rows)


@pytest.mark.parametrize(
    "stray",
    [
        [(10, '"line 10 was fun'), (90, '"line 90 was fun')],
        [(10, '"line 10 was fun'), (90, 'line 90 was fun"')],  # a cell by the letter of the rules
        [(10, '"Fun" was line 10'), (90, '"line" 90')],
        [(10, '"never closed')],
        [(90, '"')],
        [(10, 'half " way'), (20, '5" more'), (30, 'the end "')],
        [(10, '"one'), (20, 'two"'), (30, '"three'), (40, 'four"'), (50, '"five')],
    ],
)
@pytest.mark.parametrize(("name", "mark"), [("t.tsv", "\t"), ("t.csv", ","), ("t.txt", "|")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_stray_quote_swallows_no_row(stray: list[tuple[int, str]], name: str, mark: str, end: str) -> None:
    table, said = read(lines(*stray, mark=mark).replace("\n", end), name)
    assert table.index.tolist() == list(range(2, 102))
    assert set(table["label"]) == {"positive", "negative"}
    assert all(table["text"][number + 1] == text for number, text in stray)
    opening = [number for number, text in stray if text.startswith('"')]
    assert (f"the first in row {opening[0] + 1}" in said) if opening else not said


CELL = st.text(st.sampled_from('ab ",;\t\n\r한'), max_size=12)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.sampled_from(",\t"), st.sampled_from(["\n", "\r\n"]))
def test_what_is_quoted_as_it_should_be_stays_as_it_is(rows: list[tuple[str, str]], mark: str, end: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [("text", "label"), *((text, f"<{label}>") for text, label in rows)]
    )
    assert mended(out.getvalue(), mark).text == out.getvalue()


def test_honest_cells_with_line_breaks_and_delimiters_stay_one_cell() -> None:
    """As Excel writes them; some lines have as many commas as the header."""
    reviews = ["Great, fun\nreally, nice", "one, two\n\nthree, four\nfive, six", 'he said ""hi""\nthen, left', "plain"]
    content = "text,label\n" + "".join(f'"{text}",{label}\n' for text in reviews for label in ("positive", "negative"))
    table, said = read(content)
    assert table["text"].tolist() == [text.replace('""', '"') for text in reviews for _ in range(2)]
    assert set(table["label"]) == {"positive", "negative"} and not said
    assert table.index.tolist() == list(range(2, 10))


def test_rows_after_broken_cells_and_blank_lines_keep_a_spreadsheets_numbers() -> None:
    table, said = read('text,label\n"a\nb",x\n\n"c",y\n"d ,x\ne,y\n')
    assert table.index.tolist() == [2, 4, 5, 6] and "the first in row 5" in said
    assert table["text"].tolist() == ["a\nb", "c", '"d ', "e"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (r'"He said \"hi\", ok"', 'He said "hi", ok'),
        (r'"it ends \"so\""', 'it ends "so"'),
        ('"He said "hi" to me, twice"', 'He said "hi" to me, twice'),
        ('"Great" movie', '"Great" movie'),
        ('say "hi"', 'say "hi"'),
        (r'"C:\"', "C:\\"),
        ('""', ""),
    ],
)
def test_other_ways_to_quote(cell: str, text: str) -> None:
    table, _said = read(f"id,text,label\n1,{cell},x\n2,more,y\n")
    assert table["text"].tolist() == [text, "more"] and table["label"].tolist() == ["x", "y"]


def test_what_no_class_can_tell_is_said_with_its_row() -> None:
    """Without a column of few values nobody knows whether the lines are one text."""
    rows = [f"id {n}\ttext {n}" for n in range(300)]
    rows[50], rows[60] = 'id 50\t"text 50', 'id 60\ttext 60"'
    table, said = read("id\twords\n" + "\n".join(rows) + "\n", "t.tsv")
    assert len(table) == 290 and "row 52 has a cell of 11 lines" in said
    _table, said = read("text\n" + "\n".join(['"a', *map(str, range(60)), 'b"']) + "\n")
    assert "row 2 has a cell of 62 lines" in said


def test_a_first_line_that_is_a_row_is_read_as_one() -> None:
    table, said = read("positive\tgood film\nnegative\tbad film\npositive\tfine\n")
    assert list(table.columns) == ["column 1", "column 2"] and table.index.tolist() == [1, 2, 3]
    assert "“positive” in it is no name" in said
    table, said = read("mood\twords\npositive\tgood film\n")
    assert list(table.columns) == ["mood", "words"] and not said


def test_a_header_in_the_middle_is_no_row() -> None:
    table, said = read("text,label\na,x\ntext,label\nb,y\n")
    assert table["text"].tolist() == ["a", "b"] and table.index.tolist() == [2, 4]
    assert "again in row 3" in said
