"""A data set larger than memory: a Parquet file whose row groups are read one after another, anew in every epoch.

Only its validation and test rows, a sample of them if they are many, are kept. Training rows are shuffled among those
of row groups drawn from all over the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import compress
from pathlib import Path

import numpy as np

from attnviz.data.columns import LABEL_COLUMNS, SPLIT_COLUMNS, TEXT_COLUMNS, choose_column, guess_columns, usual_column
from attnviz.data.datasets import (
    Dataset,
    absent_splits,
    add_to,
    check_classes,
    check_splits,
    split_rule,
    without,
)
from attnviz.data.labels import check_mapping, classes_of, names_of, places, spelled_alike
from attnviz.data.parquet import RowGroups
from attnviz.data.splits import SPLITS, cut_from_train, given_splits, text_hashes
from attnviz.data.usable import UsableRows
from attnviz.errors import AttnvizError
from attnviz.morphemes import WORDS, Segmenter
from attnviz.text import words

SHUFFLED = 50_000  # rows that are shuffled among one another, at least
KEPT = 20_000  # rows of validation, and as many of test, at most
KNOWN_AGAIN = 5_000_000  # rows at most of which hashes are kept: 20 MB
_WORDS = 5_000_000  # that FastText and a language model read


@dataclass(frozen=True)
class StreamedDataset:
    """The rows of a Parquet file, classes and splits as `load_dataset` finds them, but for official layouts."""

    name: str
    label_names: tuple[str, ...]
    rows: dict[str, int]  # by split, as the file has them
    counts: Counter[str] = field(repr=False)  # how often each word is in the training rows
    kept: Dataset = field(repr=False)  # validation and test, or samples of them
    train: StreamedRows = field(repr=False)
    split_rule: str
    digest: str
    source: str
    class_counts: Counter[str]
    hashes: tuple[np.ndarray, np.ndarray] | None = field(repr=False)  # of the texts of train and of validation
    licence: str = "not stated"
    label_map: tuple[tuple[str, str], ...] = ()
    remarks: tuple[AttnvizError, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        text_column: str | None = None,
        label_column: str | None = None,
        label_map: Mapping[str, str] | None = None,
        guess: bool = False,
        most_kept: int = KEPT,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> StreamedDataset:
        """Read the file once: check every row, count the words to learn from, and keep what validates and tests.

        `on_progress` hears the fraction done. Raises `AttnvizError` as `load_dataset` does, and for row groups that are
        too large to be read one at a time.
        """
        source, remarks = _Source.of(RowGroups(path), text_column, label_column, label_map or {}, guess)
        usable, classes = UsableRows(path, source.text_column, source.label_column), Counter[str]()
        digest, rows, counts, learnt = sha256(), Counter[str](), Counter[str](), set[int]()
        of_group, samples = [], {split: _Sample(most_kept) for split in SPLITS[1:]}
        groups, hashes = len(source.groups.sizes), _Hashes()
        for group in range(groups):
            texts, labels, splits = source.read(group, usable)
            classes.update(source.classes[label] for label in labels)
            add_to(digest, texts, labels, splits)
            rows.update(splits)
            hashes.add(texts, splits)
            of_group.append(splits.count("train"))
            for text, label, split in zip(texts, labels, splits, strict=True):
                if split == "train":
                    learnt.add(label)
                    counts.update(words(text))
                else:
                    samples[split].add((text, label))
            on_progress((group + 1) / groups)
        remarks += usable.remarks()
        check_splits(path.stem, rows)
        check_classes(path.stem, source.classes, {source.classes[label] for label in learnt})
        rule = split_rule(source.split_column, source.absent)
        for split, sample in samples.items():
            if sample.seen > most_kept:
                rule += f"; of {split}, {most_kept:,} rows drawn at random"
        rule += without(usable.left_out)
        kept = [(*row, split) for split, sample in samples.items() for row in sample.rows]
        return cls(
            name=path.stem,
            label_names=source.classes,
            rows={split: rows[split] for split in SPLITS},
            counts=counts,
            kept=Dataset(
                name=path.stem,
                columns=(source.text_column, source.label_column),
                texts=tuple(text for text, _, _ in kept),
                labels=tuple(label for _, label, _ in kept),
                label_names=source.classes,
                splits=tuple(split for _, _, split in kept),
                groups=None,
                split_rule=rule,
                had_split_column=True,
                source=path.name,
                licence=cls.licence,
            ),
            train=StreamedRows(source, tuple(of_group)),
            split_rule=rule,
            digest=digest.hexdigest(),
            source=path.name,
            class_counts=classes,
            label_map=tuple((label_map or {}).items()),
            remarks=tuple(remarks),
            hashes=hashes.of_splits(),
        )

    def split(self, name: str) -> Dataset:
        """Return the rows of a split that are kept; those of train are not."""
        return self.kept.split(name)


@dataclass(frozen=True)
class StreamedRows:
    """The training rows of a file, read from it whenever they are asked for."""

    source: _Source
    of_group: tuple[int, ...]  # training rows in each row group
    shuffled: int = SHUFFLED
    segmenter: Segmenter = WORDS

    def sample(self) -> list[Sequence[str]]:
        """Return the look-up forms of rows from all over the file, as many as are quickly read again and again."""
        taken, count = list[Sequence[str]](), 0
        for group in self._order():
            for row in self.read(group)[0]:
                taken.append(row)
                count += len(row)
                if count >= _WORDS:
                    return taken
        return taken

    def texts(self, most: int) -> list[str]:
        """Return the texts of rows from all over the file, at most so many."""
        taken = list[str]()
        for group in self._order():
            texts, _, splits = self.source.read(group)
            taken += [text for text, split in zip(texts, splits, strict=True) if split == "train"]
            if len(taken) >= most:
                break
        return taken[:most]

    def read(self, group: int) -> tuple[list[Sequence[str]], np.ndarray]:
        """Return the look-up forms and the classes of the training rows of a row group."""
        texts, labels, splits = self.source.read(group)
        rows = [row for row, split in enumerate(splits) if split == "train"]
        return [self.segmenter.words(texts[row]) for row in rows], np.array(
            [labels[row] for row in rows], dtype=np.int64
        )

    def plan(self) -> list[list[int]]:
        """Return which row groups are shuffled together: each time as many as hold `shuffled` training rows."""
        plan: list[list[int]] = [[]]
        for group in self._order():
            if sum(self.of_group[one] for one in plan[-1]) >= self.shuffled:
                plan.append([])
            plan[-1].append(group)
        return plan

    def _order(self) -> list[int]:
        """Return the row groups that have training rows, shuffled once and for all."""
        order = np.random.default_rng(0).permutation(len(self.of_group))
        return [int(group) for group in order if self.of_group[group]]


@dataclass(frozen=True)
class _Source:
    """The columns of a file that matter, and what all their cells together mean."""

    groups: RowGroups
    text_column: str
    label_column: str
    split_column: str | None
    label_of: Mapping[str, str]  # by cell
    classes: tuple[str, ...]
    absent: Sequence[str]  # splits that the train rows give

    @classmethod
    def of(
        cls,
        groups: RowGroups,
        text_column: str | None,
        label_column: str | None,
        label_map: Mapping[str, str],
        guess: bool,
    ) -> tuple[_Source, list[AttnvizError]]:
        """Choose the columns, guessed by the first rows if at all, and read those of the labels and the splits."""
        path, split_column = groups.path, None
        if guess and not (text_column and label_column):
            first = groups.read(next(group for group, size in enumerate(groups.sizes) if size), groups.columns)
            text_column, label_column = guess_columns(first, text_column, label_column)
        text_column = choose_column(groups.columns, text_column, TEXT_COLUMNS, path, groups.nested)
        label_column = choose_column(groups.columns, label_column, LABEL_COLUMNS, path, groups.nested)
        if usual_column(groups.columns, SPLIT_COLUMNS):
            split_column = choose_column(groups.columns, None, SPLIT_COLUMNS, path)
        cells, splits = Counter[str](), set[str]()
        for group in range(len(groups.sizes)):
            rows = groups.read(group, [name for name in (label_column, split_column) if name])
            cells.update(rows[label_column])
            if split_column:
                splits |= set(given_splits(rows[split_column], path))
        label_of = names_of(cells, label_map)
        remarks = [*check_mapping(label_map, cells, None, path), *spelled_alike(cells, label_of)]
        classes = classes_of([name for name in label_of.values() if name], label_column, path)
        absent = absent_splits(splits) if split_column else SPLITS[1:]
        return cls(groups, text_column, label_column, split_column, label_of, classes, absent), remarks

    def read(self, group: int, usable: UsableRows | None = None) -> tuple[list[str], list[int], list[str]]:
        """Return texts, classes and splits of a group's rows that have text and label; `usable` counts the others."""
        path = self.groups.path
        columns = (self.text_column, self.label_column, self.split_column)
        rows = self.groups.read(group, [name for name in dict.fromkeys(columns) if name])
        texts = list(rows[self.text_column])
        labels = [self.label_of[cell] for cell in rows[self.label_column]]
        usable = usable or UsableRows(path, self.text_column, self.label_column)
        if not all(kept := usable.kept(texts, labels, rows.index)):
            rows, texts, labels = rows[kept], list(compress(texts, kept)), list(compress(labels, kept))
        given = given_splits(rows[self.split_column], path) if self.split_column else ["train"] * len(texts)
        return texts, places(labels, self.classes, self.label_column, path), cut_from_train(given, texts, self.absent)


class _Hashes:
    """The hashes of training and validation texts, none once they are too many."""

    def __init__(self) -> None:
        self.parts: dict[str, list[np.ndarray]] = {split: [] for split in SPLITS[:2]}
        self.count = 0

    def add(self, texts: Sequence[str], splits: Sequence[str]) -> None:
        self.count += len(texts)
        for split, parts in self.parts.items():
            if self.count <= KNOWN_AGAIN:
                parts.append(text_hashes(text for text, its in zip(texts, splits, strict=True) if its == split))

    def of_splits(self) -> tuple[np.ndarray, np.ndarray] | None:
        train, validation = (np.concatenate(parts) for parts in self.parts.values())
        return (train, validation) if self.count <= KNOWN_AGAIN else None


class _Sample:
    """At most so many rows, each with the same chance, however many are seen (Vitter's algorithm R, 1985)."""

    def __init__(self, most: int) -> None:
        self.most, self.seen = most, 0
        self.rows: list[tuple[str, int]] = []
        self.random = np.random.default_rng(0)

    def add(self, row: tuple[str, int]) -> None:
        self.seen += 1
        if len(self.rows) < self.most:
            self.rows.append(row)
        elif (at := int(self.random.integers(self.seen))) < self.most:
            self.rows[at] = row
