"""Files of rationales: the three shapes, and what of a file cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.data.limits import Limits
from attnviz.data.rationales.rationale import Rationales
from attnviz.data.rationales.reading import read_rationales
from attnviz.errors import AttnvizError


def written(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records), encoding="utf-8")
    return path


def said(found: Rationales) -> str:
    return " ".join(map(str, found.remarks))


def test_rows_with_the_same_text_and_label_are_of_several_people(tmp_path: Path) -> None:
    good, bad = {"text": "good, not bad", "label": "pos"}, {"text": "good, not bad", "label": "neg"}
    path = written(
        tmp_path / "marks.jsonl",
        good | {"marked": [[0, 4]]},
        bad | {"marked": ["bad"]},
        good | {"marked": []},
        {"text": "dull", "marked": ["dull"]},
    )
    found = read_rationales(path)
    assert [(one.row, one.label, one.marks) for one in found.rationales] == [
        (1, "pos", (((0, 4),), ())),
        (2, "neg", (((10, 13),),)),
        (4, "", (((0, 4),),)),
    ]
    assert (found.rows, found.left_out, found.remarks) == (4, 0, ())


def test_an_array_is_read_as_lines_are(tmp_path: Path) -> None:
    path = tmp_path / "marks.json"
    path.write_text(json.dumps([{"text": "good", "marked": ["good"]}]), encoding="utf-8")
    assert read_rationales(path).rationales[0].marks == (((0, 4),),)


def test_each_row_that_cannot_be_used_is_counted_under_its_fault(tmp_path: Path) -> None:
    usable = {"text": "a good film", "marked": ["good"]}
    path = written(
        tmp_path / "marks.jsonl",
        usable,
        {"text": "   ", "marked": []},
        {"marked": ["x"]},
        {"text": "a film"},
        {"text": "a film", "marked": [[0, 7]]},
        {"text": "a film", "marked": ["good"]},
        {"text": "a film", "marked": [["a", "film"]]},
        {"text": "a film", "marked": [], "label": ["pos"]},
    )
    found = read_rationales(path)
    assert len(found.rationales) == 1 and (found.rows, found.left_out) == (8, 7)
    for part in (
        "no text to read: row 2, 3 (2 in all)",
        "nothing says what is marked: row 4 (1 in all)",
        "does not lie in the text: row 5 (1 in all); in the first, 0 to 7 of 6 characters",
        "not in the text, or not behind the one before it: row 6 (1 in all); in the first, “good”",
        'nor one of words, ["good", …]: row 7',
        "the label is not one name: row 8",
    ):
        assert part in said(found)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "has no rows"),
        (b"\n\n", "has no rows"),
        (b"{", "line 1 is not JSON"),
        (b"[1]", "is not an object"),
        (b'{"text": "a"}', "nothing says what is marked: row 1"),
        (b'{"text": "", "marked": []}', "no text to read: row 1"),
        (b'{"text": "\xff\xfe\x00", "marked": []}', "is not UTF-8 text"),
        (b'{"text": "a", "marked": ' + b"[" * 100_000, "too many brackets"),
    ],
)
def test_a_file_without_a_row_to_use_says_why(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "marks.jsonl"
    path.write_bytes(content)
    with pytest.raises(AttnvizError, match=fault):
        read_rationales(path)


def test_other_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match="is a folder"):
        read_rationales(tmp_path)
    with pytest.raises(AttnvizError, match="There is no file"):
        read_rationales(tmp_path / "marks.jsonl")
    table = tmp_path / "table.csv"
    table.write_text("text,label\na good film,pos\n", encoding="utf-8")
    with pytest.raises(AttnvizError, match=r"needs the columns Input\.text, Answer\.html_output"):
        read_rationales(table)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path / "marks.jsonl", *[{"text": "a good film", "marked": ["good"]}] * 3)
    with pytest.raises(AttnvizError, match="more than 2 rows"):
        read_rationales(path, Limits(rows=2))
    with pytest.raises(AttnvizError, match="more than 10 bytes"):
        read_rationales(path, Limits(bytes=10))


def test_half_a_character_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "marks.jsonl"
    path.write_text('{"text": "a \\ud83d film", "marked": [[2, 3]]}', encoding="utf-8")
    found = read_rationales(path)
    assert found.rationales[0].text == "a � film" and "half a character" in said(found)


LEAVES = st.none() | st.booleans() | st.integers(-3, 20) | st.floats() | st.text(max_size=12)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2))
PLACES = st.lists(st.lists(st.integers(-1, 12), min_size=2, max_size=2), max_size=3)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(min_size=1, max_size=10) | VALUES,
        "marked": PLACES | st.lists(st.text(max_size=3), max_size=3) | VALUES,
        "label": st.text(max_size=3) | VALUES,
        "evidences": VALUES,
        "annotation_id": VALUES,
    },
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(RECORDS, max_size=5))
def test_whatever_a_row_holds_it_is_used_or_counted(tmp_path: Path, records: list[dict[str, object]]) -> None:
    path = tmp_path / "marks.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    try:
        found = read_rationales(path)
    except AttnvizError as error:
        assert "marks.jsonl" in str(error)
        return
    assert sum(len(one.marks) for one in found.rationales) + found.left_out == found.rows == len(records)
    for one in found.rationales:
        assert all(0 <= start < end <= len(one.text) for spans in one.marks for start, end in spans)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode), suffix=st.sampled_from([".jsonl", ".csv"])
)
def test_any_bytes_are_rationales_or_an_error_of_ours(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"marks{suffix}"
    path.write_bytes(content)
    with pytest.raises(AttnvizError):
        read_rationales(path)
