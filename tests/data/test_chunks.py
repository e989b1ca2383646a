from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from attnviz.data import chunks
from attnviz.data.chunks import read_chunks, read_lines
from attnviz.data.tables import read_table
from attnviz.errors import AttnvizError

TEXTS = ["plain", "two\nlines", 'say "so"', "a, b", "", "어두운 밤", "'=kept", " blanks "]


def written(path: Path, count: int = 60) -> Path:
    rows = [(f"id{at}", TEXTS[at % len(TEXTS)]) for at in range(count)]
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("id", "text"), *rows])
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps({"id": one, "text": text}) + "\n" for one, text in rows), encoding="utf-8")
    else:
        pd.DataFrame(rows, columns=["id", "text"]).to_parquet(path, row_group_size=25)
    return path


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("size", [64, 300, 10**6])
def test_pieces_are_the_whole(kind: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of a piece, wherever it ends: cells, columns and numbers are those of the whole file."""
    monkeypatch.setattr(chunks, "_BLOCK", size)
    monkeypatch.setattr(chunks, "ROWS", 7)
    path = written(tmp_path / f"mine.{kind}")
    parts = list(read_chunks(path))
    whole = read_table(path)
    together = pd.concat([part.cells for part in parts])
    assert together.equals(whole) and list(together.index) == list(whole.index)
    assert len(parts) > 1 and [part.done for part in parts] == sorted(part.done for part in parts)
    assert parts[-1].done == 1 and all(len(part.cells) <= 7 for part in parts)


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
@pytest.mark.parametrize("place", [0, 1, 7])
def test_a_record_longer_than_a_piece_is_a_record(
    kind: str, place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "_BLOCK", 64)
    rows = ["good film"] * 8
    rows[place] = "good film, " * 40
    path = tmp_path / f"long.{kind}"
    if kind == "jsonl":
        path.write_text("".join(json.dumps({"text": row, "label": "x"}) + "\n" for row in rows), encoding="utf-8")
    else:
        mark = "\t" if kind == "tsv" else ","
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=mark).writerows([("text", "label"), *((row, "x") for row in rows)])
    cells = pd.concat([part.cells for part in read_chunks(path)])
    assert cells["text"].tolist() == rows and cells.equals(read_table(path))


def test_a_fault_is_told_by_its_row_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_BLOCK", 64)
    path = tmp_path / "ragged.csv"
    path.write_text("id,text\n" + "1,good film\n" * 40 + "2,too,many\n", encoding="utf-8")
    with pytest.raises(AttnvizError, match="row 42 has 3 cells"):
        list(read_chunks(path))
    path = tmp_path / "broken.jsonl"
    path.write_text('{"text": "good film"}\n' * 40 + "{nothing\n", encoding="utf-8")
    with pytest.raises(AttnvizError, match="line 41"):
        list(read_chunks(path))


def test_what_cannot_be_read_in_pieces_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_BLOCK", 64)
    text = "id,text\n" + "1,이 영화는 정말 재미있고 좋았다\n" * 40
    for encoding in ("cp949", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        assert sum(len(part.cells) for part in read_chunks(path)) == 40
    with pytest.raises(AttnvizError, match="no file"):
        list(read_chunks(tmp_path / "nowhere.csv"))


def test_lines_are_texts_under_their_numbers() -> None:
    first, second = read_lines([b"good\n", b"\n", "좋다\r\n".encode(), b"\xff", b"last"], at_a_time=3)
    assert list(first.cells["text"]) == ["good", "", "좋다"] and first.numbers == [1, 2, 3]
    assert list(second.cells["text"]) == ["\ufffd", "last"] and second.numbers == [4, 5]
