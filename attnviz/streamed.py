"""A data set larger than memory: a Parquet file whose row groups are read one after another, anew in every epoch.

Only its validation and test rows, a part of them if they are many, are held. Training rows are shuffled within a
window: of row groups drawn from all over the file, as many as make up its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from attnviz.batches import Sentences
from attnviz.datasets import (
    LABEL_COLUMNS,
    SPLIT_COLUMNS,
    TEXT_COLUMNS,
    Dataset,
    check_classes,
    check_splits,
    check_texts,
    unbroken,
)
from attnviz.labels import MAX_CLASSES, classes_of, places, tidied
from attnviz.splits import SPLITS, given_splits, hash_split
from attnviz.tables import RowGroups, choose_column
from attnviz.text import words
from attnviz.twins import Encode, Supply, Window

WINDOW = 50_000  # rows that are shuffled together
HELD = 20_000  # rows of validation, and as many of test, at most
_WORDS = 5_000_000  # that FastText and a language model read


@dataclass(frozen=True)
class StreamedDataset:
    """The rows of a Parquet file, split as `load_dataset` splits those of any file; `held` are those in memory."""

    name: str
    label_names: tuple[str, ...]
    rows: dict[str, int]  # by split, as the file has them
    counts: Counter[str] = field(repr=False)  # how often each word is in the training rows
    held: Dataset = field(repr=False)  # a sample of validation and test
    train: StreamedRows = field(repr=False)
    split_rule: str
    digest: str
    source: str
    licence: str = "not stated"

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        text_column: str | None = None,
        label_column: str | None = None,
        held: int = HELD,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> StreamedDataset:
        """Read the file once: check every row, count the words to learn from, and keep what validates and tests.

        `on_progress` hears the fraction done. Raises `AttnvizError` as `load_dataset` does, and for row groups that are
        too large to be read one at a time.
        """
        groups = RowGroups(path)
        text_column = choose_column(groups.columns, text_column, TEXT_COLUMNS, path)
        label_column = choose_column(groups.columns, label_column, LABEL_COLUMNS, path)
        split_column = next((name for name in groups.columns if name.lower() in SPLIT_COLUMNS), None)
        source = _Columns(groups, text_column, label_column, split_column)
        digest, of_split, counts = sha256(), Counter[str](), Counter[str]()
        of_group, labels, learnt, kept = [], set[str](), set[str](), _Sample(held)
        for group in range(len(groups.sizes)):
            part = source.read(group)
            digest.update(repr(part).encode("utf-8", "surrogatepass"))
            of_split.update(part.splits)
            labels |= set(part.labels)
            if len(labels) > MAX_CLASSES:
                break  # they are said below
            own = part.only("train")
            of_group.append(len(own.texts))
            learnt |= set(own.labels)
            counts.update(word for text in own.texts for word in words(text))
            kept.add(part)
            on_progress((group + 1) / len(groups.sizes))
        names = classes_of(labels, label_column, path)
        check_splits(path.stem, of_split)
        check_classes(path.stem, names, learnt)
        rule = f"column {split_column}" if split_column else "80/10/10 by a hash of the normalised text"
        rows = {split: of_split[split] for split in SPLITS}
        train = StreamedRows(source, names, tuple(of_group))
        sample = kept.dataset(path, names, rule, label_column)
        return cls(path.stem, names, rows, counts, sample, train, rule, digest.hexdigest(), path.name)

    def split(self, name: str) -> Dataset:
        """Return the rows of a split that are held; those of train are not."""
        return self.held.split(name)


@dataclass(frozen=True)
class StreamedRows:
    """The training rows of a file, read from it whenever they are asked for."""

    source: _Columns
    label_names: tuple[str, ...]
    of_group: tuple[int, ...]  # training rows in each row group
    window: int = WINDOW

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

    def read(self, group: int) -> tuple[list[Sequence[str]], np.ndarray]:
        """Return the look-up forms and the classes of the training rows of a row group."""
        part = self.source.read(group).only("train")
        classes = places(part.labels, self.label_names, self.source.label_column, self.source.groups.path)
        return [words(text) for text in part.texts], np.asarray(classes)

    def supply(self, encode: Encode) -> Supply:
        """Return them as ids."""
        return _Reader(self, encode, self._windows())

    def _order(self) -> list[int]:
        """Return the row groups that have training rows, shuffled once and for all."""
        order = np.random.default_rng(0).permutation(len(self.of_group))
        return [int(group) for group in order if self.of_group[group]]

    def _windows(self) -> list[list[int]]:
        windows: list[list[int]] = [[]]
        for group in self._order():
            if sum(self.of_group[one] for one in windows[-1]) >= self.window:
                windows.append([])
            windows[-1].append(group)
        return windows


@dataclass(frozen=True)
class _Reader:
    rows: StreamedRows
    encode: Encode
    plan: list[list[int]]  # the row groups of each window

    def steps(self, batch_size: int) -> int:
        sizes = [sum(self.rows.of_group[group] for group in window) for window in self.plan]
        return sum(-(-size // batch_size) for size in sizes)

    def windows(self, random: np.random.Generator) -> Iterator[Window]:
        for at in random.permutation(len(self.plan)):
            read = [self.rows.read(group) for group in self.plan[at]]
            sentences: Sentences = self.encode([row for texts, _ in read for row in texts])
            labels = np.concatenate([classes for _, classes in read])
            yield Window(sentences, labels, np.arange(len(labels)))


@dataclass(frozen=True)
class _Part:
    """Some rows."""

    texts: list[str]
    labels: list[str]
    splits: list[str]

    def only(self, split: str) -> _Part:
        rows = [row for row, one in enumerate(self.splits) if one == split]
        return _Part([self.texts[row] for row in rows], [self.labels[row] for row in rows], [split] * len(rows))


@dataclass(frozen=True)
class _Columns:
    """The columns of a file that matter."""

    groups: RowGroups
    text_column: str
    label_column: str
    split_column: str | None

    def read(self, group: int) -> _Part:
        """Return a row group, checked."""
        path = self.groups.path
        rows = self.groups.read(group, [one for one in (self.text_column, self.label_column, self.split_column) if one])
        texts = [unbroken(text) for text in rows[self.text_column]]
        check_texts(texts, rows, self.text_column, path)
        splits = given_splits(rows[self.split_column], path) if self.split_column else list(map(hash_split, texts))
        return _Part(texts, tidied(rows[self.label_column], path), splits)


class _Sample:
    """At most so many rows of validation and of test, each row with the same chance, whatever their number."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.seen = dict.fromkeys(SPLITS[1:], 0)
        self.kept: dict[str, list[tuple[str, str]]] = {split: [] for split in SPLITS[1:]}
        self.random = np.random.default_rng(0)

    def add(self, part: _Part) -> None:
        for split, kept in self.kept.items():
            own = part.only(split)
            for row in zip(own.texts, own.labels, strict=True):
                self.seen[split] += 1
                if len(kept) < self.most:
                    kept.append(row)
                elif (at := int(self.random.integers(self.seen[split]))) < self.most:
                    kept[at] = row

    def dataset(self, path: Path, names: tuple[str, ...], rule: str, label_column: str) -> Dataset:
        rows = [(text, label, split) for split, kept in self.kept.items() for text, label in kept]
        return Dataset(
            name=path.stem,
            texts=tuple(text for text, _, _ in rows),
            labels=tuple(places([label for _, label, _ in rows], names, label_column, path)),
            label_names=names,
            splits=tuple(split for _, _, split in rows),
            groups=None,
            split_rule=rule,
            had_split_column=True,
            source=path.name,
            licence="not stated",
        )
