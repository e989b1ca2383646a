from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from attnviz.analysis.evaluation import answers
from attnviz.cli.main import main
from attnviz.cli.options import INTERRUPTED
from attnviz.data.chunks import read_chunks
from attnviz.data.datasets import Dataset
from attnviz.model.experiment import Experiment
from tests.cli.test_main import answer, complaint

TEXTS = [
    "a good film",
    "=1+1 bad",
    'he said "bad"',
    "two\nlines of it",
    "a\rreturn",
    "\u00a0dull\u00a0",
    "'=x awful",
    "",
]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    frame = pd.DataFrame({"id": [f"a{at}" for at in range(len(TEXTS))], "text": TEXTS, "row": "theirs"})
    frame.to_csv(path, index=False, lineterminator="\r\n")
    return path


def back(path: Path) -> pd.DataFrame:
    return pd.concat([part.cells for part in read_chunks(path)])


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_every_row_comes_out_with_its_columns_and_answers(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, mine: Path, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / f"out.{kind}"
    assert main(["predict", str(mine), "-e", tiny_en, "--out", str(out)]) == 0
    assert "Without a word to read, so without an answer: 1." in capsys.readouterr().err
    found = back(out)
    assert list(found.columns[:4]) == ["id", "text", "row:file", "row"]
    assert list(found["text"]) == TEXTS and set(found["row:file"]) == {"theirs"}
    assert list(found.index) == list(range(2, 10))  # as a spreadsheet counts
    for variant in tiny.variants:
        assert found[f"answer:{variant}"].iloc[-1] == found[f"p:{variant}:positive"].iloc[-1] == ""
        for row, text in enumerate(TEXTS[:-1]):
            one = tiny.explain(text, variant)
            assert found[f"answer:{variant}"].iloc[row] == one.prediction
            given = [float(found[f"p:{variant}:{label}"].iloc[row]) for label in tiny.labels]
            assert given == pytest.approx(one.probabilities, abs=1e-5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", f"out.{kind}"]


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_what_was_written_is_predicted_again_as_the_same_rows(
    tiny_en: str, mine: Path, tmp_path: Path, kind: str
) -> None:
    first, second = tmp_path / f"first.{kind}", tmp_path / "second.csv"
    assert main(["predict", str(mine), "-e", tiny_en, "--out", str(first)]) == 0
    assert main(["predict", str(first), "-e", tiny_en, "-v", "frozen", "--out", str(second)]) == 0
    one, two = back(first), back(second)
    assert list(two.columns) == [*one.columns[:7]]  # nothing is doubled, and no old answer stays
    assert list(two["text"]) == TEXTS and list(two.index) == list(one.index)
    assert list(two["answer:frozen"]) == list(one["answer:frozen"])


def test_tokens_come_with_weights_and_contributions(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, mine: Path, tmp_path: Path
) -> None:
    lines, table = tmp_path / "out.jsonl", tmp_path / "out.parquet"
    for out in (lines, table):
        assert main(["predict", str(mine), "-e", tiny_en, "--tokens", "-v", "fine-tuned", "--out", str(out)]) == 0
    for record in (json.loads(lines.read_text(encoding="utf-8").splitlines()[0]), pd.read_parquet(table).iloc[0]):
        one = tiny.explain(TEXTS[0], "fine-tuned")
        assert list(record["tokens"]) == [token.text for token in one.tokens]
        assert np.allclose(record["weights:fine-tuned"], one.weights, atol=1e-5)
        for k, label in enumerate(tiny.labels):
            assert np.allclose(record[f"contributions:fine-tuned:{label}"], one.contributions[:, k], atol=1e-4)
    said = complaint(capsys, "predict", str(mine), "-e", tiny_en, "--tokens", "--out", str(tmp_path / "x.csv"))
    assert ".jsonl or .parquet" in said


def test_texts_on_standard_input_are_answered_line_by_line(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tiny: Experiment, tiny_en: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("a good film\n\n좋은 film".encode())))
    assert main(["predict", "-", "-e", tiny_en, "-v", "frozen"]) == 0
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [line["text"] for line in lines] == ["a good film", "", "좋은 film"]
    assert [line["row"] for line in lines] == [1, 2, 3]
    assert [line["answer:frozen"] for line in lines][:2] == [tiny.explain("a good film", "frozen").prediction, None]


def test_types_and_lists_of_a_file_stay_what_they_are(tiny_en: str, tmp_path: Path) -> None:
    path, out, lines = tmp_path / "in.parquet", tmp_path / "out.parquet", tmp_path / "out.jsonl"
    pd.DataFrame({"n": [1, 2], "text": ["good", "bad"], "tags": [["a"], []], "half": [0.5, None]}).to_parquet(path)
    for to in (out, lines, tmp_path / "out.csv"):
        assert main(["predict", str(path), "-e", tiny_en, "--out", str(to)]) == 0
    found = pd.read_parquet(out)
    assert found["n"].tolist() == [1, 2] and [list(tags) for tags in found["tags"]] == [["a"], []]
    records = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [(one["n"], one["tags"], one["half"]) for one in records] == [(1, ["a"], 0.5), (2, [], None)]
    assert list(back(tmp_path / "out.csv")["tags"]) == ['["a"]', "[]"]
    again = tmp_path / "again.jsonl"
    assert main(["predict", str(lines), "-e", tiny_en, "--out", str(again)]) == 0
    assert [json.loads(line)["tags"] for line in again.read_text(encoding="utf-8").splitlines()] == [["a"], []]


def test_of_its_own_data_only_the_rows_asked_for_are_answered(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tiny_csv: Path, tiny_data: Dataset, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    given = ["predict", str(tiny_csv), "-e", tiny_en, "-v", "frozen", "--out", str(out)]
    assert main([*given, "--split", "test"]) == 0
    assert sorted(pd.read_parquet(out)["text"]) == sorted(tiny_data.split("test").texts)
    assert main(given) == 0
    assert f"learned from {len(tiny_data.split('train')):,} of these rows" in capsys.readouterr().err
    assert len(pd.read_parquet(out)) == len(tiny_data)


def test_answers_are_never_taken_for_labels(
    capsys: pytest.CaptureFixture[str], tiny_en: str, mine: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    assert main(["predict", str(mine), "-e", tiny_en, "--out", str(out)]) == 0
    assert "no label that tiny-en knows" in complaint(capsys, "evaluate", str(out), "-e", tiny_en)
    said = answer(capsys, "errors", str(out), "-e", tiny_en, "--among", "all", "--sort", "order", "--json")
    assert [one["row"] for one in said["errors"]] == list(range(2, 9)), "the last one is blank"


def test_stopped_half_way_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, tiny_en: str, mine: Path, tmp_path: Path
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(answers, "predict_rows", stopped)
    assert main(["predict", str(mine), "-e", tiny_en, "--out", str(tmp_path / "out.csv")]) == INTERRUPTED
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


def test_what_cannot_be_written_is_said_before_anybody_waits(
    capsys: pytest.CaptureFixture[str], tiny_en: str, mine: Path, tmp_path: Path
) -> None:
    given = ("predict", str(mine), "-e", tiny_en, "--out")
    assert ".csv, .parquet, .jsonl" in complaint(capsys, *given, str(tmp_path / "out.xlsx"))
    assert "is the file that is read" in complaint(capsys, *given, str(mine))
    assert "its folder does not exist" in complaint(capsys, *given, str(tmp_path / "nowhere" / "out.csv"))
    assert "no variant" in complaint(capsys, *given, str(tmp_path / "out.csv"), "-v", "frosen")
