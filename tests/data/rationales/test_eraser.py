from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.data.limits import Limits
from attnviz.data.rationales.reading import read_rationales
from attnviz.errors import AttnvizError

TEXT = "plot : two people meet .\nthey talk , and talk , and that is all .\n\nnot one minute of it is dull .\n"


def annotation(*pieces: tuple[int, int], docid: str = "posR_000.txt", **more: Any) -> dict[str, Any]:
    tokens = TEXT.split()
    evidences = [
        {
            "docid": docid,
            "end_sentence": -1,
            "end_token": end,
            "start_sentence": -1,
            "start_token": start,
            "text": " ".join(tokens[start:end]),
        }
        for start, end in pieces
    ]
    return {
        "annotation_id": docid,
        "classification": "POS",
        "evidences": [[one] for one in evidences],
        "query": "What is the sentiment of this review?",
        "query_type": None,
        **more,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "posR_000.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("not to be read", encoding="utf-8")
    return tmp_path


def written(folder: Path, *records: object) -> Path:
    path = folder / "val.jsonl"
    path.write_text("".join(json.dumps(one, sort_keys=True) + "\n" for one in records), encoding="utf-8")
    return path


def test_evidence_counts_the_tokens_of_its_document(folder: Path) -> None:
    found = read_rationales(written(folder, annotation((0, 2), (18, 25), (17, 19))))
    (rationale,) = found.rationales
    assert rationale.text == TEXT and rationale.label == "POS" and not found.remarks
    tokens = TEXT.split()
    assert [TEXT[start:end] for start, end in rationale.marks[0]] == [*tokens[0:2], *tokens[17:25]]  # each once


def test_documents_may_be_lines_of_one_file(tmp_path: Path) -> None:
    lines = tmp_path / "docs.jsonl"
    lines.write_text(json.dumps({"docid": "posR_000.txt", "document": TEXT}) + "\n", encoding="utf-8")
    assert read_rationales(written(tmp_path, annotation((0, 1)))).rationales[0].text == TEXT


def test_without_evidence_the_document_is_the_annotations(folder: Path) -> None:
    path = written(folder, annotation(), annotation(annotation_id="17", docids=["posR_000.txt"]))
    found = read_rationales(path)
    assert [one.marks for one in found.rationales] == [((), ())] and not found.left_out


def test_another_question_makes_another_rationale(folder: Path) -> None:
    path = written(folder, annotation((0, 1)), annotation((1, 2), query="Is it long?"))
    assert [len(one.marks) for one in read_rationales(path).rationales] == [1, 1]


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (annotation((0, 25), docid="negR_000.txt"), "“negR_000.txt”. Put it as UTF-8 into the folder docs"),
        (annotation((20, 31)), "in the first, tokens 20 to 31 of 25"),
        (annotation((3, 3)), "tokens 3 to 3"),
        (annotation((-1, -1)), "tokens -1 to -1"),
        (annotation(evidences=[[{"docid": "posR_000.txt"}]]), "not as ERASER has it"),
        (annotation(evidences={"docid": "posR_000.txt"}), "not as ERASER has it"),
        (annotation(evidences=[[{"docid": "posR_000.txt", "start_token": "0", "end_token": "1"}]]), "not as ERASER"),
        (annotation(evidences=annotation((0, 1))["evidences"] + annotation((0, 1), docid="x")["evidences"]), "several"),
        (annotation(annotation_id=7), "no document, or of several"),
        (annotation((0, 1), classification={"POS": 1}), "the label is not one name"),
    ],
)  # fmt: skip
def test_an_annotation_that_cannot_be_used_is_counted(folder: Path, broken: dict[str, Any], fault: str) -> None:
    found = read_rationales(written(folder, annotation((0, 1)), broken))
    assert len(found.rationales) == 1 and (found.rows, found.left_out) == (2, 1)
    (remark,) = found.remarks
    assert fault in str(remark) and "row 2 (1 in all)" in str(remark)


OUTSIDE = ["../secret.txt", "..", ".", "", "/etc/passwd", "docs/../../secret.txt", "..\\secret.txt", "a\0b", "x" * 5000,
           "link.txt", "sub/inner.txt", "C:\\secret.txt"]  # fmt: skip


@pytest.mark.parametrize("docid", OUTSIDE)
def test_no_document_is_read_outside_its_folder(folder: Path, docid: str) -> None:
    (folder / "docs" / "link.txt").symlink_to(folder / "secret.txt")
    (folder / "docs" / "sub").mkdir()
    (folder / "docs" / "sub" / "inner.txt").write_text("a film", encoding="utf-8")
    with pytest.raises(AttnvizError, match=r"its document is not there, or is no text: row 1 \(1 in all\)"):
        read_rationales(written(folder, annotation((0, 1), docid=docid)))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(docid=st.text() | st.lists(st.sampled_from(["..", "docs", "secret.txt", ".", "~"])).map("/".join))
def test_no_name_leads_to_another_text(folder: Path, docid: str) -> None:
    path = written(folder, annotation((0, 1)), annotation((0, 1), docid=docid))
    assert {one.text for one in read_rationales(path).rationales} == {TEXT}


def test_a_document_that_is_no_text_is_told_of(folder: Path) -> None:
    (folder / "docs" / "bytes").write_bytes(b"\x81\xff\x00\x01")
    found = read_rationales(written(folder, annotation((0, 1)), annotation((0, 1), docid="bytes")))
    assert "is no text: row 2 (1 in all); the first is “bytes”" in str(found.remarks[0])


def test_documents_are_held_to_the_limit_together(folder: Path) -> None:
    for number in range(3):
        (folder / "docs" / f"{number}").write_text("x" * 4_000, encoding="utf-8")
    path = written(folder, *(annotation((0, 1), docid=f"{number}") for number in range(3)))
    assert len(read_rationales(path, Limits(bytes=12_000)).rationales) == 1  # the same text three times
    with pytest.raises(AttnvizError, match="more than 10"):
        read_rationales(path, Limits(bytes=10_000))


def test_tokens_are_parted_by_blanks_and_ends_of_lines(folder: Path) -> None:
    (folder / "docs" / "odd").write_bytes("  a\u00a0b  c\r\n \t d\n".encode())
    record = annotation(docid="odd")
    record["evidences"] = [[{"docid": "odd", "start_token": at, "end_token": at + 1, "text": ""} for at in range(3)]]
    (rationale,) = read_rationales(written(folder, record)).rationales
    assert [rationale.text[start:end] for start, end in rationale.marks[0]] == ["a\u00a0b", "c", "d"]
