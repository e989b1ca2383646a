from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from attnviz.cli import main
from tests.analysis.labels.flipped import OTHER, flipped_file
from tests.conftest import sentences


def test_suspects_are_listed_decided_and_corrected(
    tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, table, out = tmp_path / "mine.csv", tmp_path / "suspects.csv", tmp_path / "mine-2.csv"
    flipped = flipped_file(path, sentences())
    where = ["labels", str(path), "--experiment", str(tiny_models / "tiny-en")]
    assert main([*where, "--json", "--top", "10", "--out", str(table)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == len(sentences()) and told["folds"] == 5 and 0 < told["answered"] < told["rows"]
    assert [one["row"] in flipped for one in told["suspects"]] == [True] * 10
    with table.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    assert [int(one["row"]) for one in listed[:10]] == [one["row"] for one in told["suspects"]]
    assert len(listed) == told["suspected"]
    for place, one in enumerate(listed[:10]):
        one["action"], one["new_label"] = ("remove", "") if place < 2 else ("relabel", one["likely"])
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
    assert main([*where, "--actions", str(table), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert f"{len(sentences()) - 2:,}; relabelled 8, removed 2." in said.out
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    for place, one in enumerate(told["suspects"]):
        known = f"a{one['row'] - 2}"
        text, label = sentences()[one["row"] - 2]
        assert (known in rows) == (place >= 2)
        if known in rows:
            assert rows[known]["text"] == text and rows[known]["label"] == label == OTHER[one["label"]]


def test_people_read_what_it_is_worth_and_what_was_asked(
    tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.csv"
    flipped_file(path, sentences())
    assert main(["labels", str(path), "--experiment", str(tiny_models / "tiny-en"), "--top", "3"]) == 0
    said = capsys.readouterr().out
    assert "people upheld 55%" in said and "5-fold" in said and "frozen and fine-tuned have a say" in said
    assert "flatter" not in said  # nobody has seen what is asked


def test_a_place_is_checked_before_any_work(
    tiny_models: Path, tiny_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["labels", str(tiny_csv), "--experiment", str(tiny_models / "tiny-en")]
    assert main([*where, "--out", str(tmp_path / "x.xlsx")]) == 2
    assert "end its name in .csv" in capsys.readouterr().err
    assert main([*where, "--out", str(tmp_path / "x.jsonl")]) == 2
    assert "a table of actions is a .csv" in capsys.readouterr().err
    assert main([*where, "--actions", str(tmp_path / "x.csv")]) == 2
    assert "Say where the corrected rows are to go" in capsys.readouterr().err
