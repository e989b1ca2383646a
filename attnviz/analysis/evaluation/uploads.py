"""Rows that somebody brings to see how a classifier does on them: a file, with labels or without.

More is let through than to train on: what has no label, or one the experiment does not know, is counted and left out;
a text with nothing to read too. A file without any usable label is shown without labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from attnviz.analysis.evaluation.rows import EvaluationRows, Origin, key_of_rows
from attnviz.data.columns import (
    LABEL_COLUMNS,
    SPLIT_COLUMNS,
    TEXT_COLUMNS,
    choose_column,
    guess_columns,
    nested_columns,
    usual_column,
)
from attnviz.data.datasets import absent_splits, add_to, existing, load_dataset
from attnviz.data.labels import are_numbers, check_mapping, on_export, place_of, readable, told_by_export
from attnviz.data.names import match_key
from attnviz.data.registry import SOURCES, recognise
from attnviz.data.scored_columns import own
from attnviz.data.splits import cut_from_train, given_splits
from attnviz.data.tables import read_table
from attnviz.data.usable import is_blank
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.model.learned import SPLIT_OF

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 500_000_000
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Upload:
    """The rows that can be scored, and what was left out."""

    rows: EvaluationRows
    split: str  # "all" if nothing says which rows are for what
    splits: dict[
        str, int
    ]  # rows of the file by split: its own, or as which the experiment knows them; {} if nobody does
    total: int  # rows of the file
    other_split: int  # left out: not of the split that was asked for
    unusable: int  # of these, rows of the experiment's own file that lack a text or a label: training left them out too
    strange: dict[str, int]  # left out: how many rows have each label that the experiment does not know
    strange_rows: tuple[int, ...]  # and the numbers of those rows
    unlabelled_rows: tuple[int, ...]  # left out: rows without a label
    blank_rows: tuple[int, ...]  # left out: rows whose text has nothing to read, as in training and in `predict`
    columns: tuple[str, ...]
    text_column: str
    label_column: str | None
    numbered: bool  # the labels are the classes' numbers from 0
    remarks: tuple[AttnvizError, ...]  # on how the file was read

    @property
    def unlabelled(self) -> int:
        """How many rows were left out for having no label."""
        return len(self.unlabelled_rows)

    @property
    def left_out(self) -> dict[str, Any]:
        """How many rows were left out, and why, as programs read it."""
        counts = {"other_split": self.other_split, "strange": self.strange, "unlabelled": self.unlabelled}
        return counts | {"blank": len(self.blank_rows)}


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
    names = [name for name in map(str, table.columns) if name in own(table.columns) or name == found[1]]
    return Columns(tuple(names), *found, official=recognise(table) is not None)


def read_upload(
    path: Path,
    experiment: Experiment,
    *,
    data: bytes | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    split: str = "test",
    labelled: bool = True,
    label_map: Mapping[str, str] | None = None,
    guess: bool = False,
    max_rows: int = MOST_ROWS,
    max_bytes: int = MOST_BYTES,
) -> Upload:
    """Read a file, or what was uploaded under its name, and take the rows of one split.

    A column `split` says which rows are for what; where there is none, the experiment knows those that it learned from
    and was chosen by, and all others are for testing. Labels are looked for only if it is to be `labelled`; `label_map`
    says which mean another, beside what the experiment was told when it was made. Columns have usual names, unless they
    may be guessed. Raises `AttnvizError` if the file cannot be read, holds more than is taken, has no text, or no rows
    in the split.
    """
    remarks, given_map = list[AttnvizError](), label_map or {}
    table = read_table(path, max_rows, max_bytes, data, remarks.append)
    nested = nested_columns(table)
    names: dict[str, str] = {}
    if not (text_column or label_column) and (found := recognise(table)):
        source, table = found
        names = source.classes
    columns = tuple(table.columns)
    if guess:
        text_column, label_column = guess_columns(table, text_column, label_column, experiment.labels)
    text_column = choose_column(columns, text_column, TEXT_COLUMNS, path, nested)
    label_column = _label_column(columns, label_column, path, nested) if labelled else None
    told = _told(table, label_column, experiment, given_map)
    remarks += on_export(told, path)
    label_map = {**told, **(experiment.about.data.label_map or {}), **given_map}
    texts = list(table[text_column])
    cells = table[label_column] if label_column else table[text_column][:0]
    labels = [names.get(label, label) for label in readable(cells, label_map)]
    remarks += check_mapping(given_map, set(cells), experiment.labels, path) if label_column else ()
    place = place_of(set(labels) - {""}, experiment.labels)
    classes = [place.get(label) for label in labels]
    lacks_text = list(map(is_blank, texts))
    given = _given_splits(table, path, split)
    seen = _seen(texts, classes, given, experiment)
    splits = given or _known_splits(seen, lacks_text, labels if label_column else ())
    split = _split_taken(split, splits, seen, experiment, path)
    taken = [row for row in range(len(table)) if split == "all" or (splits and splits[row] == split)]
    strange = [row for row in taken if label_column and labels[row] and classes[row] is None]
    unlabelled = [row for row in taken if label_column and not labels[row]]
    blank = [row for row in taken if lacks_text[row]]
    taken = [row for row in taken if not lacks_text[row]]
    usable = [row for row in taken if label_column and classes[row] is not None]
    kept = np.array(usable or taken, dtype=np.int64)
    if not len(kept):
        raise _nothing_in(split, path)
    origin = _origin(path, table, text_column, label_column, seen).at(kept)
    texts = [texts[row] for row in kept]
    truth = [k for row in kept if (k := classes[row]) is not None] if usable else None
    key = key_of_rows(texts, truth, experiment.labels)
    return Upload(
        rows=EvaluationRows(origin, texts, truth, None, key),
        split=split,
        splits=dict(Counter(its for its in splits or () if its)),
        unusable=sum(not its for its in splits or ()) if split != "all" else 0,
        total=len(table),
        other_split=len(table) - len(taken) - len(blank),
        strange=dict(Counter(labels[row] for row in strange).most_common()),
        strange_rows=tuple(table.index[strange]),
        unlabelled_rows=tuple(table.index[unlabelled]),
        blank_rows=tuple(table.index[blank]),
        columns=tuple(own(columns)),
        text_column=text_column,
        label_column=label_column,
        numbered=are_numbers(set(labels) - {""}, experiment.labels),
        remarks=tuple(remarks),
    )


def _origin(
    path: Path, table: pd.DataFrame, text_column: str, label_column: str | None, seen: np.ndarray | None
) -> Origin:
    """Return what the person who brought a file knows of its rows."""
    theirs = own(table.columns)
    numbers, cells = table.index.to_numpy(dtype=np.int64), table.loc[:, [name in theirs for name in table.columns]]
    return Origin(path.name, numbers, cells, text_column, label_column if label_column in theirs else None, seen)


def _label_column(columns: Sequence[str], given: str | None, path: Path, nested: Sequence[str]) -> str | None:
    if given or usual_column(columns, LABEL_COLUMNS):
        return choose_column(columns, given, LABEL_COLUMNS, path, nested)
    return None


def _told(
    table: pd.DataFrame, label_column: str | None, experiment: Experiment, label_map: Mapping[str, str]
) -> dict[str, str]:
    """Return what an export of ours says that labels mean which nobody else has given a meaning."""
    if not label_column:
        return {}
    given = set(map(match_key, {**(experiment.about.data.label_map or {}), **label_map}))
    told = told_by_export(table, label_column, experiment.labels)
    return {label: name for label, name in told.items() if match_key(label) not in given}


def _given_splits(table: pd.DataFrame, path: Path, split: str) -> list[str] | None:
    """Return the splits that a file gives; who wants all rows need not mind what its column says."""
    if not usual_column(list(table.columns), SPLIT_COLUMNS):
        return None
    try:
        return given_splits(table[choose_column(list(table.columns), None, SPLIT_COLUMNS, path)], path)
    except AttnvizError:
        if split != "all":
            raise
        return None


def _seen(
    texts: Sequence[str], classes: Sequence[int | None], given: Sequence[str] | None, experiment: Experiment
) -> np.ndarray | None:
    """Return which rows an experiment learned from or was chosen by.

    One that has not kept that may still be made of these very rows: then they are split as they were for it.
    """
    if experiment.learned:
        return experiment.learned.seen(texts)
    known = [k for k in classes if k is not None]
    if not known or len(known) < len(texts):
        return None
    splits = given or ["train"] * len(texts)
    splits = cut_from_train(splits, texts, absent_splits(set(splits)))
    digest = sha256()
    add_to(digest, texts, known, splits)
    if digest.hexdigest() != experiment.about.data.digest:
        return None
    return np.array([SPLIT_OF.index(its) for its in splits], dtype=np.int8)


def _known_splits(seen: np.ndarray | None, lacks_text: Sequence[bool], labels: Sequence[str]) -> list[str] | None:
    """Return the splits by what an experiment knows of rows, None if it knows none of them.

    What training left out, for want of a text or of a label, was no test row either: it has the split "".
    """
    if seen is None or not seen.any():
        return None
    usable = [not lacks and label != "" for lacks, label in zip_longest(lacks_text, labels)]
    return [SPLIT_OF[its] if kept else "" for its, kept in zip(seen, usable, strict=True)]


def _split_taken(
    split: str, splits: Sequence[str] | None, seen: np.ndarray | None, experiment: Experiment, path: Path
) -> str:
    """Return the split to take: all rows where nothing tells them apart, unless just those are asked for."""
    if splits or split == "all":
        return split
    if split == "test":
        return "all"
    if seen is None:
        raise AttnvizError(
            "{file} has no column split, and {experiment} has not kept which rows it learned from: nobody knows its "
            "split {split}. Take all of its rows, or give it such a column.",
            file=path.name,
            experiment=experiment.name,
            split=split,
        )
    raise _nothing_in(split, path)


def _nothing_in(split: str, path: Path) -> AttnvizError:
    return AttnvizError(
        "{file} has no rows in the split {split}: give another file, or choose another split.",
        file=path.name,
        split=split,
    )


def load_rows(
    name_or_path: str,
    experiment: Experiment,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    label_map: Mapping[str, str] | None = None,
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
            label_map=label_map,
            on_progress=on_progress,
        )
        return EvaluationRows.of(dataset, split, experiment), None
    found = read_upload(
        existing(name_or_path),
        experiment,
        text_column=text_column,
        label_column=label_column,
        label_map=label_map,
        split=split,
        guess=True,
    )
    return found.rows, found
