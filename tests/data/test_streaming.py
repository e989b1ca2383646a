from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.data.parquet import RowGroups
from attnviz.data.streaming import StreamedDataset
from attnviz.errors import AttnvizError
from attnviz.model.batches import encode
from attnviz.model.experiment import load
from attnviz.text import Vocabulary, words
from attnviz.training.loaders import loader
from attnviz.training.train import train
from attnviz.vectors.fasttext import FastTextVectors
from tests.conftest import TINY

QUICK = replace(TINY, second_seed=False)


@pytest.fixture(scope="module")
def parquet(tiny_csv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the rows of tiny.csv as a Parquet file of many row groups."""
    path = tmp_path_factory.mktemp("parquet") / "tiny.parquet"
    pq.write_table(pa.Table.from_pandas(pd.read_csv(tiny_csv)), path, row_group_size=50)
    return path


def test_rows_are_split_and_counted_as_those_of_a_file_in_memory(parquet: Path, tiny_data: Dataset) -> None:
    heard: list[float] = []
    streamed = StreamedDataset.open(parquet, on_progress=heard.append)
    assert heard == sorted(heard) and heard[-1] == 1.0 and len(heard) > 5
    assert streamed.label_names == tiny_data.label_names
    assert streamed.rows == Counter(tiny_data.splits)
    assert streamed.split_rule == tiny_data.split_rule
    for split in ("validation", "test"):
        one, other = streamed.split(split), tiny_data.split(split)
        assert Counter(zip(one.texts, one.labels, strict=True)) == Counter(zip(other.texts, other.labels, strict=True))
    assert sorted(Counter(streamed.kept.splits).items()) == [
        ("test", len(tiny_data.split("test"))),
        ("validation", len(tiny_data.split("validation"))),
    ]
    assert streamed.digest == tiny_data.digest
    assert streamed.counts == Counter(word for text in tiny_data.split("train").texts for word in words(text))


def test_an_epoch_reads_every_training_row_once_in_another_order(parquet: Path, tiny_data: Dataset) -> None:
    streamed = StreamedDataset.open(parquet)
    vocabulary = Vocabulary.of_counts(streamed.counts)
    supply = loader(
        replace(streamed.train, shuffled=120), lambda rows: encode(rows, vocabulary, _no_vectors(vocabulary))
    )

    def epoch(seed: int) -> list[list[tuple[tuple[int, ...], int]]]:
        return [
            [(tuple(map(int, window.sentences.ids[row])), int(window.labels[row])) for row in window.rows]
            for window in supply.chunks(np.random.default_rng(seed))
        ]

    part = tiny_data.split("train")
    expected = Counter(
        (tuple(vocabulary.id(word) for word in words(text)), label)
        for text, label in zip(part.texts, part.labels, strict=True)
    )
    one, other = epoch(1), epoch(2)
    assert len(one) > 2 and max(map(len, one)) < len(part) / 2  # never all in memory
    assert one != other
    for windows in one, other:
        assert Counter(row for window in windows for row in window) == expected
    assert supply.steps(16) == sum(-(-len(window) // 16) for window in one)


def _no_vectors(vocabulary: Vocabulary) -> FastTextVectors:
    numbers = np.zeros((len(vocabulary.words), 4), np.float16)
    return FastTextVectors(list(vocabulary.words), numbers, np.zeros((0, 4), np.float16), min_n=1, max_n=0)


def test_a_streamed_run_learns_as_well(parquet: Path, tmp_path: Path) -> None:
    streamed = StreamedDataset.open(parquet)
    streamed = replace(streamed, train=replace(streamed.train, shuffled=150))
    progress = [event for event in train(streamed, "streamed", QUICK, out=tmp_path) if event.stage == "training"]
    assert progress[-1].fraction == 1.0 and progress[-1].step == progress[-1].steps
    experiment = load(tmp_path / "streamed")
    assert experiment.about.data.rows == streamed.rows
    assert experiment.figures["fine-tuned"]["all"].accuracy > 0.9


def test_a_stopped_streamed_run_goes_on(parquet: Path, tmp_path: Path) -> None:
    quick = replace(QUICK, epochs=2)

    def opened() -> StreamedDataset:
        streamed = StreamedDataset.open(parquet)
        return replace(streamed, train=replace(streamed.train, shuffled=100))

    list(train(opened(), "whole", quick, out=tmp_path))
    stopped = train(opened(), "stopped", quick, out=tmp_path)
    next(event for event in stopped if event.epoch == 2 and event.step == 2)
    stopped.close()
    list(train(opened(), "stopped", quick, out=tmp_path, resume=True))
    weights = [(tmp_path / name / "fine-tuned.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert weights[0] == weights[1]


def test_only_a_sample_of_many_validation_rows_is_held(parquet: Path, tiny_data: Dataset) -> None:
    streamed = StreamedDataset.open(parquet, most_kept=10)
    for split in ("validation", "test"):
        held = streamed.split(split)
        assert len(held) == 10
        assert set(held.texts) <= set(tiny_data.split(split).texts)
        assert f"of {split}, 10 rows drawn at random" in streamed.split_rule
    assert streamed.rows == Counter(tiny_data.splits)


@pytest.mark.parametrize("named", [("train", "train", "dev", "test"), ("train", "train", "train", "test")])
def test_a_column_of_splits_is_kept_to(tmp_path: Path, named: tuple[str, ...]) -> None:
    rows = [(f"text {i}", "ab"[i % 2], named[i // 2 % 4]) for i in range(200)]
    path = tmp_path / "split.parquet"
    pd.DataFrame(rows, columns=["text", "label", "split"]).to_parquet(path, row_group_size=7)
    streamed, whole = StreamedDataset.open(path), load_dataset(path)
    assert streamed.rows == Counter(whole.splits)
    assert (streamed.split_rule, streamed.digest) == (whole.split_rule, whole.digest)
    assert set(streamed.split("test").texts) == set(whole.split("test").texts)


def test_labels_mean_the_same_in_every_row_group(tmp_path: Path) -> None:
    rows = [(f"text {i}", ("1.0", "2.0")[i % 2] if i < 100 else "mixed") for i in range(200)]
    path = tmp_path / "numbers.parquet"
    pd.DataFrame(rows, columns=["text", "label"]).to_parquet(path, row_group_size=20)
    assert StreamedDataset.open(path).label_names == load_dataset(path).label_names == ("1.0", "2.0", "mixed")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("good", "a"), ("", "b")], "no text in row 2"),
        ([("good", "a"), ("bad", None), ("fine", "b")], "no label in row 2"),
        ([("good", "a"), ("bad", "a")], "every label"),
        ([(f"text {i}", str(i)) for i in range(300)], "300 classes, more than 100"),
        ([("good", "a"), ("bad", "b")], "none of its 2 rows"),
    ],
)
def test_what_cannot_be_trained_on_is_said_with_its_row(
    tmp_path: Path, rows: list[tuple[str, str | None]], said: str
) -> None:
    path = tmp_path / "bad.parquet"
    pd.DataFrame(rows, columns=["text", "label"]).to_parquet(path, row_group_size=1)
    with pytest.raises(AttnvizError, match=said):
        StreamedDataset.open(path)


def test_columns_may_be_guessed_by_the_first_rows(tmp_path: Path, parquet: Path) -> None:
    renamed = tmp_path / "renamed.parquet"
    table = pq.read_table(parquet)
    names = {"text": "they wrote", "label": "stars"}
    renamed_table = table.rename_columns([names.get(name, name) for name in table.column_names])
    pq.write_table(renamed_table, renamed, row_group_size=50)
    found = StreamedDataset.open(renamed, guess=True)
    assert found.kept.columns == ("they wrote", "stars")
    assert found.digest == StreamedDataset.open(parquet).digest
    with pytest.raises(AttnvizError, match="no column called text"):
        StreamedDataset.open(renamed)


def test_files_that_cannot_be_read_in_parts_are_refused(tmp_path: Path, tiny_csv: Path, parquet: Path) -> None:
    with pytest.raises(AttnvizError, match="not a Parquet file"):
        StreamedDataset.open(tiny_csv)
    with pytest.raises(AttnvizError, match="smaller row groups"):
        RowGroups(parquet, most=49)
    with pytest.raises(AttnvizError, match="There is no file"):
        StreamedDataset.open(tmp_path / "none.parquet")
    nested = tmp_path / "nested.parquet"
    pq.write_table(pa.table({"text": ["a", "b"], "label": [["x"], ["y"]]}), nested)
    with pytest.raises(AttnvizError, match="the column label has no single value"):
        StreamedDataset.open(nested)
    pq.write_table(pa.table({"text": pa.array([], pa.string()), "label": pa.array([], pa.string())}), nested)
    with pytest.raises(AttnvizError, match="no rows"):
        StreamedDataset.open(nested)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(parquet.read_bytes()[:-20])
    with pytest.raises(AttnvizError, match="not a whole Parquet file"):
        StreamedDataset.open(broken)


def test_rows_are_numbered_as_in_the_whole_file(parquet: Path) -> None:
    groups = RowGroups(parquet)
    assert groups.read(2, ["text"]).index[0] == 101
