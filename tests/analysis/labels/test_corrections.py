from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.analysis.evaluation.uploads import load_rows, read_upload
from attnviz.analysis.labels.check import LabelCheck
from attnviz.analysis.labels.corrections import (
    Corrections,
    actions_table,
    check_place,
    chunks_of,
    read_actions,
    write_corrected,
)
from attnviz.analysis.labels.decisions import Decision
from attnviz.data.chunks import read_chunks
from attnviz.data.csv_export import csv as written
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment

ROWS: list[dict[str, Any]] = [
    {"id": "a0", "text": "a good film", "label": "pos", "note": "=1+1"},
    {"id": "a1", "text": "a bad film", "label": "neg", "note": ""},
    {"id": "a2", "text": "", "label": "pos", "note": "no text"},
    {"id": "a3", "text": "a dull film", "label": "pos", "note": "wrong"},
    {"id": "a4", "text": "-5 for this", "label": "", "note": "no label"},
    {"id": "a5", "text": "a great film", "label": "POS", "note": "spelled otherwise"},
    {"id": "a6", "text": "an awful film, 한서진", "label": "neg", "note": "goes"},
]
MEANS = {"pos": "positive", "neg": "negative"}


def corrected(path: Path, experiment: Experiment, out: Path, **read: Any) -> EvaluationRows:
    rows = read_upload(path, experiment, split="all", **read).rows
    at = {text: row for row, text in enumerate(rows.texts)}
    decisions = {
        at["a dull film"]: Decision("relabel", "negative"),
        at["an awful film, 한서진"]: Decision("remove"),
        at["a good film"]: Decision("keep"),
        at["a bad film"]: Decision("unsure"),
    }
    found = Corrections.of(rows, experiment.labels, decisions)
    assert write_corrected(chunks_of(path, rows, experiment.labels), found, out) == len(ROWS) - 1
    return rows


def test_a_csv_keeps_its_order_its_columns_and_the_rows_that_were_left_out(tiny: Experiment, tmp_path: Path) -> None:
    path, out = tmp_path / "mine.csv", tmp_path / "mine-2.csv"
    with path.open("w", newline="", encoding="cp949") as file:
        csv.writer(file).writerows([ROWS[0].keys(), *(row.values() for row in ROWS)])
    corrected(path, tiny, out, label_map=MEANS)
    with out.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    wanted = [dict(row) for row in ROWS[:-1]]
    wanted[3]["label"] = "neg"  # as the file spells it
    wanted[0]["note"] = "'=1+1"  # no spreadsheet runs it
    wanted[4]["text"] = "'-5 for this"
    assert found == wanted


@pytest.mark.parametrize("numbers", [False, True])
def test_parquet_and_json_lines_keep_their_kinds(tiny: Experiment, tmp_path: Path, numbers: bool) -> None:
    kinds = {"pos": 1, "neg": 0, "POS": 1, "": None} if numbers else {"": None}
    rows = [{**row, "label": kinds.get(row["label"], row["label"]), "size": 1.5, "tags": ["x"]} for row in ROWS]
    label_map = {} if numbers else MEANS
    parquet, lines = tmp_path / "mine.parquet", tmp_path / "mine.jsonl"
    pq.write_table(pa.Table.from_pylist(rows), parquet)
    lines.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    wanted = [dict(row) for row in rows[:-1]]
    wanted[3]["label"] = 0 if numbers else "neg"
    corrected(parquet, tiny, tmp_path / "out.parquet", label_map=label_map)
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == wanted
    corrected(lines, tiny, tmp_path / "out.jsonl", label_map=label_map)
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()] == wanted


def test_a_data_set_known_by_name_becomes_a_file_with_its_splits(
    tiny: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, _ = load_rows("tour-en", tiny, split="all")
    found = Corrections.of(rows, tiny.labels, {0: Decision("remove")})
    out = tmp_path / "tour.csv"
    assert write_corrected(chunks_of("tour-en", rows, tiny.labels), found, out) == len(rows) - 1
    table = pd.read_csv(out, encoding="utf-8-sig")
    assert list(table.columns) == ["text", "label", "split"] and set(table["split"]) == {"test"}


def test_what_is_exported_is_read_back_to_the_same_decisions(tiny: Experiment, tmp_path: Path, tiny_csv: Path) -> None:
    rows = read_upload(tiny_csv, tiny, split="all").rows
    given = np.tile([0.4, 0.6], (len(rows), 1))
    check = LabelCheck(rows, tiny.labels, given, given[:, 0], np.zeros(len(rows), bool), (), {}, 3)
    decisions = {
        5: Decision("relabel", "negative"),
        9: Decision("remove"),
        3: Decision("keep"),
        7: Decision("unsure"),
    }
    path = tmp_path / "actions.csv"
    path.write_bytes(written(actions_table(check, [3, 5, 7, 9, 11], decisions)))
    assert read_actions(path, rows, tiny.labels) == decisions
    table = pd.read_csv(path, encoding="utf-8-sig")
    assert list(table.columns[:4]) == ["row", "action", "new_label", "label"] and list(table["row"]) == [
        5,
        7,
        9,
        11,
        13,
    ]
    assert set(table["likely"]) == {"positive"} and table["text"][0] == rows.texts[3]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("5,burn,", "“burn” of row “5”"),
        ("1,keep,", "of row “1”"),
        ("five,keep,", "of row “five”"),
        ("5,relabel,", "to “”"),
        ("5,relabel,great", "to “great”"),
    ],
)
def test_an_action_that_cannot_be_done_is_named(
    tiny: Experiment, tiny_csv: Path, tmp_path: Path, line: str, said: str
) -> None:
    rows = read_upload(tiny_csv, tiny, split="all").rows
    path = tmp_path / "actions.csv"
    path.write_text(f"row,action,new_label\n3,,\n{line}\n")
    with pytest.raises(AttnvizError, match=f"row 3: .*{said}"):
        read_actions(path, rows, tiny.labels)
    path.write_text("row,label\n3,x\n4,y\n")
    with pytest.raises(AttnvizError, match="no column action"):
        read_actions(path, rows, tiny.labels)


def test_a_place_that_cannot_be_written_is_said_beforehand(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.touch()
    with pytest.raises(AttnvizError, match=r"end its name in \.csv, \.parquet, \.jsonl"):
        check_place(tmp_path / "out.xlsx")
    with pytest.raises(AttnvizError, match="folder does not exist"):
        check_place(tmp_path / "nowhere" / "out.csv")
    with pytest.raises(AttnvizError, match="is the file that is read"):
        check_place(file, file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("row,action,new_label\n" + "9" * 5000 + ",keep,\n", "cannot be done"),
        ("row,row,action,new_label\n1,2,keep,\n", "several columns row"),
        ("row,action,action,new_label\n1,keep,remove,\n", "several columns action"),
    ],
)
def test_a_table_that_says_two_things_or_no_number_is_named(
    tiny: Experiment, tmp_path: Path, text: str, said: str
) -> None:
    rows = EvaluationRows(Origin("mine"), ["a good film", "a bad film"], [1, 0], None, "")
    (tmp_path / "actions.csv").write_text(text, encoding="utf-8")
    with pytest.raises(AttnvizError, match=said):
        read_actions(tmp_path / "actions.csv", rows, tiny.labels)


def test_a_column_of_numbers_takes_no_word(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a film", "a play"], "label": [0, 1]}), tmp_path / "mine.parquet")
    corrections = Corrections("label", {1: "negative"}, frozenset())
    with pytest.raises(AttnvizError, match="“negative” is none"):
        write_corrected(read_chunks(tmp_path / "mine.parquet"), corrections, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()
