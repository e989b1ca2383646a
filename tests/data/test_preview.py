"""Files nobody prepared for, looked at before anything starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.data.preview import coverage, look

TOPICS = {
    "Billing": "the invoice {n} is wrong",
    "Delivery": "parcel {n} is late",
    "Praise": "thanks {n} times",
    "Technical": "error {n} again",
}


def written(folder: Path, rows: Sequence[tuple[object, ...]], name: str = "mine.csv", mark: str = ",") -> Path:
    path = folder / name
    path.write_text("\n".join(mark.join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    return path


def tickets(count: int = 60) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [("No", "What the customer wrote", "Day", "Goes to")]
    for n in range(count):
        rows += [(4 * n + i, text.format(n=n), n % 28, topic) for i, (topic, text) in enumerate(TOPICS.items())]
    return rows


def test_columns_are_guessed_in_a_file_with_semicolons_and_names_of_its_own(tmp_path: Path) -> None:
    seen = look(written(tmp_path, tickets(), mark=";"))
    assert (seen.text_column, seen.label_column) == ("What the customer wrote", "Goes to")
    assert seen.classes == tuple((topic, 60) for topic in TOPICS)
    assert sum(count for _split, count in seen.splits) == seen.count == 240
    assert not seen.problems and seen.language == "en"
    assert len(seen.rows) == 5 and seen.columns[0] == "No"


def test_other_columns_can_be_chosen(tmp_path: Path) -> None:
    seen = look(written(tmp_path, tickets()), "What the customer wrote", "Day")
    assert len(seen.classes) == 28
    assert look(written(tmp_path, tickets()), "Goes to", "Goes to").problems


def test_everything_wrong_with_the_columns_is_listed_at_once(tmp_path: Path) -> None:
    rows = tickets(3)
    rows[2] = (9, " ", 1, "Billing")
    rows[3] = (9, "a text", 1, "")
    text, label = look(written(tmp_path, rows)).problems
    assert "no text in row 3" in str(text) and "no label in row 4" in str(label)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([("text", "label"), *((f"text {n}", f"class {n}") for n in range(4))], "lacks these classes|none of its"),
        ([("text", "label"), *((f"text {n}", f"class {n % 10_000}") for n in range(20_000))], "10000 classes"),
        ([("text", "label"), *(("the same", "ab"[n % 2]) for n in range(50))], "none of its 50 rows"),
        ([("text", "label"), *((f"text {n}", "one") for n in range(50))], "At least two classes"),
        ([("text", "text", "label"), ("a", "b", "c")], "2 columns called text|need a column"),
        ([("text", "label")], "no rows below"),
        ([("text",), ("a",), ("b",)], "need a column each"),
    ],
)
def test_what_cannot_be_trained_is_said_beforehand(
    tmp_path: Path, rows: list[tuple[object, ...]], problem: str
) -> None:
    import re

    seen = look(written(tmp_path, rows))
    assert seen.problems and re.search(problem, " ".join(map(str, seen.problems)))


def test_what_is_worth_knowing_is_said(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [("text", "label")]
    rows += [(f"text {n}", "usual") for n in range(400)]
    rows += [(f"other {n}", "rare") for n in range(12)]
    rows += [("text 1", "rare"), ("text 2", "usual")]
    said = " ".join(map(str, look(written(tmp_path, rows)).remarks))
    assert "Rows of “rare”: 13" in said and "97% of the rows" in said
    assert "repeat the text of another: 2; texts with different labels: 1." in said
    assert "for validation" in said


def test_korean_and_parquet_are_known(tmp_path: Path) -> None:
    rows = [(f"정말 재미있는 영화 {n}번", "긍정") for n in range(40)] + [
        (f"지루한 영화 {n}번", "부정") for n in range(40)
    ]
    path = tmp_path / "한글.parquet"
    pd.DataFrame(rows, columns=["글", "감정"]).to_parquet(path)
    seen = look(path)
    assert (seen.text_column, seen.label_column, seen.language) == ("글", "감정", "ko")
    assert coverage(seen.common, lambda word: word == "영화") == pytest.approx(0.25, abs=0.05)
    assert coverage((), lambda word: True) == 0


def test_official_files_keep_their_columns(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        ("id", "document", "label"),
        *((n, f"재미있는 영화 {n}", n % 2) for n in range(100)),
    ]
    seen = look(written(tmp_path, rows, "ratings.txt", "\t"))
    assert seen.known and seen.text_column is None
    assert [name for name, _count in seen.classes] == ["부정", "긍정"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.parquet"])
def test_no_file_breaks_the_look(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    seen = look(path)
    assert seen.problems or seen.classes
