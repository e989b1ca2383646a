"""Rows that somebody brings to see how a classifier does on them: a file, with labels or without.

More is let through than to train on: what has no label, or one the experiment does not know, is counted and left out;
an empty text is a text. A file without any usable label is shown without labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from attnviz.data.columns import LABEL_COLUMNS, SPLIT_COLUMNS, TEXT_COLUMNS, choose_column, guess_columns, usual_column
from attnviz.data.datasets import Dataset, existing, load_dataset
from attnviz.data.labels import are_numbers, place_of, readable
from attnviz.data.registry import SOURCES, recognise
from attnviz.data.splits import given_splits
from attnviz.data.tables import read_table
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment

MOST_BYTES = 500_000_000
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Upload:
    """The rows that can be scored, and what was left out."""

    rows: EvaluationRows
    split: str  # "all" if the file says nothing of splits
    total: int  # rows of the file
    other_split: int  # left out: not of the split that was asked for
    strange: dict[str, int]  # left out: how many rows have each label that the experiment does not know
    unlabelled: int  # left out: rows without a label
    empty: int  # texts without a word, which are scored all the same
    columns: tuple[str, ...]
    text_column: str
    label_column: str | None
    numbered: bool  # the labels are the classes' numbers from 0

    @property
    def left_out(self) -> dict[str, Any]:
        """How many rows were left out, and why, as programs read it."""
        return {"other_split": self.other_split, "strange": self.strange, "unlabelled": self.unlabelled}


@dataclass(frozen=True)
class Columns:
    """The columns of a file, and which of them are taken unless somebody says otherwise; None for none."""

    names: tuple[str, ...]
    text: str | None
    label: str | None
    official: bool  # a file of official rows, whose columns need no choice


def columns_of(
    path: Path, data: bytes, classes: Sequence[str], max_rows: int = MOST_ROWS, max_bytes: int = MOST_BYTES
) -> Columns:
    """Return the columns of an upload; `AttnvizError` if it cannot be read, or holds more than is taken."""
    table = read_table(path, max_rows, max_bytes, data)
    found = guess_columns(table, None, None, classes)
    return Columns(tuple(table.columns), *found, official=recognise(table) is not None)


def read_upload(
    path: Path,
    experiment: Experiment,
    *,
    data: bytes | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    split: str = "test",
    labelled: bool = True,
    guess: bool = False,
    max_rows: int = MOST_ROWS,
    max_bytes: int = MOST_BYTES,
) -> Upload:
    """Read a file, or what was uploaded under its name; of a file with a column `split`, the rows of one split.

    Labels are looked for only if it is to be `labelled`. Columns have usual names, unless they may be guessed. Raises
    `AttnvizError` if the file cannot be read, holds more than is taken, or has no text.
    """
    table = read_table(path, max_rows, max_bytes, data)
    names: dict[str, str] = {}
    if not (text_column or label_column) and (found := recognise(table)):
        source, table = found
        names = source.classes
    total, columns = len(table), tuple(table.columns)
    if guess:
        text_column, label_column = guess_columns(table, text_column, label_column, experiment.labels)
    text_column = choose_column(columns, text_column, TEXT_COLUMNS, path)
    if labelled and (label_column or usual_column(columns, LABEL_COLUMNS)):
        label_column = choose_column(columns, label_column, LABEL_COLUMNS, path)
    else:
        label_column = None
    if not usual_column(columns, SPLIT_COLUMNS):
        split = "all"
    if split != "all":
        splits = given_splits(table[choose_column(columns, None, SPLIT_COLUMNS, path)], path)
        table = table[np.array(splits) == split]
    other_split = total - len(table)
    texts = list(table[text_column])
    truth: Sequence[int] | None = None
    strange: Counter[str] = Counter()
    unlabelled, numbered = 0, False
    if label_column:
        labels = [names.get(label, label) for label in readable(table[label_column])]
        numbered = are_numbers(set(labels) - {""}, experiment.labels)
        place = place_of(set(labels) - {""}, experiment.labels)
        strange = Counter(label for label in labels if label and label not in place)
        unlabelled = labels.count("")
        kept = [row for row, label in enumerate(labels) if label in place]
        if kept:
            truth = [place[labels[row]] for row in kept]
            texts = [texts[row] for row in kept]
    if not texts:
        raise AttnvizError(
            "{file} has no rows in the split {split}: give another file, or leave the column out.",
            file=path.name,
            split=split,
        )
    key = sha256(repr((texts, truth, experiment.labels)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    empty = sum(not text or text.isspace() for text in texts)
    rows = EvaluationRows(path.name, texts, truth, None, key)
    return Upload(
        rows,
        split,
        total,
        other_split,
        dict(strange.most_common()),
        unlabelled,
        empty,
        columns,
        text_column,
        label_column,
        numbered,
    )


def load_rows(
    name_or_path: str,
    experiment: Experiment,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    split: str = "test",
    on_progress: Callable[[float], None] | None = None,
) -> tuple[EvaluationRows, Upload | None]:
    """Return the rows of a split of a data set known by name, or of a file, and what was left out of a file.

    Columns that are not given are guessed. `on_progress` hears the fraction of a file that has to be downloaded. Raises
    `AttnvizError` as `load_dataset` and `read_upload` do.
    """
    if name_or_path in SOURCES:
        dataset = load_dataset(
            name_or_path,
            text_column=text_column,
            label_column=label_column,
            label_names=experiment.labels,
            on_progress=on_progress,
        )
        return EvaluationRows.of(dataset, split, experiment), None
    found = read_upload(
        existing(name_or_path), experiment, text_column=text_column, label_column=label_column, split=split, guess=True
    )
    return found.rows, found


@dataclass(frozen=True)
class EvaluationRows:
    """N texts to be answered; `truth[i]` is the class of `texts[i]`, and None where the data have no labels."""

    name: str
    texts: Sequence[str] = field(repr=False)
    truth: Sequence[int] | None = field(repr=False)
    groups: Sequence[str] | None = field(repr=False)
    key: str  # tells these rows and their labels from any others

    @classmethod
    def of(cls, dataset: Dataset, split: str, experiment: Experiment) -> EvaluationRows:
        """Return the rows of a split; `AttnvizError` if it has none, or if their classes are not the experiment's."""
        if dataset.label_names != experiment.labels:
            raise AttnvizError(
                "{data} is labelled {found}, {experiment} answers {labels}: these must be the same classes in the same "
                "order. Load the data with the experiment's labels, or choose another experiment.",
                data=dataset.name,
                found=", ".join(dataset.label_names),
                experiment=experiment.name,
                labels=", ".join(experiment.labels),
            )
        part = dataset.split(split)
        if not part.texts:
            raise AttnvizError(
                "{data} has no rows to score: give it at least one, or choose another split.", data=dataset.name
            )
        return cls(dataset.name, part.texts, part.labels, part.groups, key_of(dataset.digest, split))

    def __len__(self) -> int:
        return len(self.texts)


def key_of(digest: str, split: str) -> str:
    """Return the key of a split of a data set."""
    return sha256(f"{digest} {split}".encode()).hexdigest()[:32]
