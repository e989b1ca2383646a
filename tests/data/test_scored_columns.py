from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.data.columns import guess_columns
from attnviz.data.csv_export import csv
from attnviz.data.scored_columns import beside, is_export, kept_names, own
from attnviz.data.tables import read_table

AWKWARD = [
    '=cmd|" /C calc"!A0', "'=not ours", "''-twice", "-", "'-", "+1", "a\rb", "a\r\nb", "a\nb", "\ttab", 'say "so"',
    "\u00a0nbsp\u00a0", " blanks ", "", "NA", "\ufeffmark", "\u2028line", "a,b;c|d", "한글, 그리고 더", "\r", "\n",
]  # fmt: skip
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def written(frame: pd.DataFrame, kind: str) -> bytes:
    if kind == "csv":
        return csv(frame)
    file = BytesIO()
    frame.to_parquet(file, index=False)
    return file.getvalue()


def answered(texts: list[str], numbers: list[int], columns: list[str]) -> pd.DataFrame:
    theirs = pd.DataFrame([[text] * len(columns) for text in texts], columns=columns, dtype=str)
    ours = {"row": numbers, "answer:frozen": ["negative"] * len(texts), "p:frozen:negative": [0.75] * len(texts)}
    return beside(theirs, ours)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@given(texts=st.lists(CELL, min_size=1, max_size=6))
def test_what_we_write_we_read_to_the_letter(kind: str, texts: list[str]) -> None:
    texts = [*AWKWARD, *texts]
    numbers = [3 * at + 2 for at in range(len(texts))]
    back = read_table(Path(f"out.{kind}"), data=written(answered(texts, numbers, ["=text", "id"]), kind))
    assert list(back["=text"]) == list(back["id"]) == texts
    assert list(back.index) == numbers
    assert own(back.columns) == ["=text", "id"]


def test_a_file_that_is_not_ours_keeps_its_apostrophes_and_numbers() -> None:
    back = read_table(Path("mine.csv"), data=b"row,text\n7,'=x\n9,'-y\n")
    assert list(back["text"]) == ["'=x", "'-y"] and list(back.index) == [2, 3]
    assert own(back.columns) == ["row", "text"] and not is_export(back.columns)


@pytest.mark.parametrize("rows", [("7", "7"), ("0", "1"), ("x", "2"), ("1.5", "2")])
def test_numbers_that_are_none_do_not_count(rows: tuple[str, str]) -> None:
    table = "text,row,answer:x\na,{},yes\nb,{},no\n".format(*rows)
    assert list(read_table(Path("mine.csv"), data=table.encode()).index) == [2, 3]


def test_no_column_of_theirs_is_lost_beside_ours() -> None:
    theirs = pd.DataFrame([["1", "2", "3", "4"]], columns=["row", "row:file", "id", "id"])
    assert list(beside(theirs, {"row": [5]}).columns) == ["row:file", "row:file:file", "id", "id:file", "row"]
    assert beside(theirs, {"row": [5]}).iloc[0].tolist() == ["1", "2", "3", "4", 5]


def test_our_answers_are_never_taken_for_labels() -> None:
    table = answered(["a good film", "a bad film"], [2, 3], ["what they wrote"]).assign(
        **{"weights:frozen": "a=1" * 20}
    )
    assert guess_columns(table, None, None, ("negative", "positive")) == ("what they wrote", None)
    assert guess_columns(table, None, None) == ("what they wrote", None)


NAME = st.one_of(
    st.sampled_from(["row", "truth", "tokens", "unknown", "p:value", "loss:", "answer:x", "row:file", "label"]), CELL
)


@given(theirs=st.lists(NAME, max_size=6))
def test_no_column_of_theirs_is_taken_for_ours_when_it_is_read_again(theirs: list[str]) -> None:
    ours = ["row", "answer:frozen", "p:frozen:negative"]
    named = kept_names(theirs, ours)
    assert len(set(named)) == len(theirs) and own([*named, *ours]) == named
