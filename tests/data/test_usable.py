"""Rows that lack a text or a label."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from attnviz.data.datasets import load_dataset
from attnviz.data.preview import look
from attnviz.data.streaming import StreamedDataset
from attnviz.errors import AttnvizError

BLANKS = ("", " ", "\u200b\u2060", "\u00a0\t")


def rows(blank: int, unlabelled: int = 0, total: int = 3775) -> pd.DataFrame:
    texts = [f"text number {n}" for n in range(total)]
    labels: list[str | None] = [("bad", "good")[n % 2] for n in range(total)]
    for n in range(blank):
        texts[10 * n] = BLANKS[n % len(BLANKS)]
    for n in range(unlabelled):
        labels[10 * n + 5] = None
    return pd.DataFrame({"text": texts, "label": labels})


def test_a_few_are_left_out_and_counted(tmp_path: Path) -> None:
    rows(4, 2).to_csv(tmp_path / "t.csv", index=False)
    rows(4, 2).to_parquet(tmp_path / "t.parquet", row_group_size=500)
    dataset = load_dataset(tmp_path / "t.csv")
    assert (len(dataset), dataset.left_out) == (3769, 6)
    blank, unlabelled = map(str, dataset.remarks)
    assert blank == "t.csv: left out, without a text in the column text: 4 (row 2, 12, 22, 32)."
    assert unlabelled == "t.csv: left out, without a label in the column label: 2 (row 7, 17)."
    assert dataset.split_rule.endswith("; left out, without text or label: 6")
    streamed = StreamedDataset.open(tmp_path / "t.parquet")
    assert streamed.digest == dataset.digest and streamed.split_rule == dataset.split_rule
    assert [str(one) for one in streamed.remarks] == [
        "t.parquet: left out, without a text in the column text: 4 (row 1, 11, 21, 31).",
        "t.parquet: left out, without a label in the column label: 2 (row 6, 16).",
    ]
    assert sum(len(streamed.train.read(group)[0]) for group in range(8)) == dataset.splits.count("train")
    seen = look(tmp_path / "t.csv")
    assert not seen.problems and [str(one) for one in seen.remarks][:2] == [blank, unlabelled]


@pytest.mark.parametrize(("blank", "unlabelled"), [(189, 0), (0, 189)])
def test_more_than_one_in_twenty_is_an_error(tmp_path: Path, blank: int, unlabelled: int) -> None:
    rows(blank, unlabelled).to_csv(tmp_path / "t.csv", index=False)
    rows(blank, unlabelled).to_parquet(tmp_path / "t.parquet")
    said = r"\(rows in all: 189\), and no more than 5% of the rows are left out"
    with pytest.raises(AttnvizError, match=said):
        load_dataset(tmp_path / "t.csv")
    with pytest.raises(AttnvizError, match=said):
        StreamedDataset.open(tmp_path / "t.parquet")
    assert "no more than 5%" in str(look(tmp_path / "t.csv").problems[0])
    rows(188, 188).to_csv(tmp_path / "t.csv", index=False)
    assert load_dataset(tmp_path / "t.csv").left_out == 376


def test_spellings_and_mappings_make_one_class_and_are_said(tmp_path: Path) -> None:
    ways = ["positive", "Positive", "positive\u200b", "pos", "negative", "neg", "negative ", "gone"]
    table = pd.DataFrame({"text": [f"text {n}" for n in range(800)], "\u200bLabel": ways[:7] * 114 + ways[:2]})
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_parquet(tmp_path / "t.parquet")
    label_map = {"pos": "positive", "neg": "negative", "gone": "negative"}
    for found in (
        load_dataset(tmp_path / "t.csv", label_map=label_map),
        StreamedDataset.open(tmp_path / "t.parquet", label_map=label_map),
    ):
        assert found.label_names == ("negative", "positive")
        said = " ".join(map(str, found.remarks))
        assert "no row has the label gone" in said and "“Positive”, “positive” are taken for one class" in said
    with pytest.raises(AttnvizError, match="Labels are to mean positive"):
        load_dataset(tmp_path / "t.csv", label_names=("bad", "good"), label_map=label_map)
