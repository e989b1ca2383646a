"""Texts with one class each: `load_dataset("movie-reviews")`, or a file of your own, of any kind in `tables.KINDS`.

A file is a table with a header: texts, classes (names or numbers) and, if you like, a column `split` that says train,
validation or test; or one of the official files of AG News and NSMC, which are known when they are seen. A second file
may bring the test rows. A few rows without text or label are left out and counted, more are an error that names them;
lines blank throughout are passed over. A text is taken as it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.columns import (
    LABEL_COLUMNS,
    SPLIT_COLUMNS,
    TEXT_COLUMNS,
    choose_column,
    guess_columns,
    nested_columns,
    usual_column,
)
from attnviz.data.labels import check_mapping, classes_of, names_of, on_export, places, spelled_alike, told_by_export
from attnviz.data.registry import SOURCES, Source, recognise
from attnviz.data.splits import SPLITS, cut_from_train, given_splits, hash_split, key, unbroken
from attnviz.data.tables import read_table
from attnviz.data.usable import UsableRows
from attnviz.errors import AttnvizError, enumerate_values

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

    import pandas as pd

_HASH = "by a hash of the normalised text"


@dataclass(frozen=True)
class Dataset:
    """N texts, the class and the split of each; `label_names[labels[i]]` is the class of `texts[i]`.

    `groups` says where each row comes from, if the data know. Without `had_split_column` the file left the split to the
    hash; the split of a data set known by name counts as its own.
    """

    name: str
    columns: tuple[str, str]  # of the file that the texts and the classes are from
    texts: tuple[str, ...] = field(repr=False)
    labels: tuple[int, ...] = field(repr=False)
    label_names: tuple[str, ...]
    splits: tuple[str, ...] = field(repr=False)
    groups: tuple[str, ...] | None = field(repr=False)
    split_rule: str
    had_split_column: bool
    source: str
    licence: str
    left_out: int = 0  # rows of the file without text or label
    label_map: tuple[tuple[str, str], ...] = ()  # labels of the file, and the class that each was to mean
    remarks: tuple[AttnvizError, ...] = field(default=(), repr=False, compare=False)  # on how the file was read

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def digest(self) -> str:
        """Tell these rows, their labels and splits from any others."""
        digest = sha256()
        add_to(digest, self.texts, self.labels, self.splits)
        return digest.hexdigest()

    @property
    def group_rows(self) -> dict[str, list[int]]:
        """The rows of each group, by name; none where the data know no groups."""
        rows: dict[str, list[int]] = {group: [] for group in sorted(set(self.groups or ()))}
        for row, group in enumerate(self.groups or ()):
            rows[group].append(row)
        return rows

    def split(self, name: str) -> Dataset:
        """Return the rows of one split, all of them for "all"; a split that has none raises `AttnvizError`."""
        if name == "all":
            return self
        kept = [split == name for split in self.splits]
        if not any(kept):
            raise AttnvizError(
                "{dataset} has no rows in the split {split}. Choose among: {splits}.",
                dataset=self.name,
                split=name,
                splits=enumerate_values([*(split for split in SPLITS if split in self.splits), "all"]),
            )
        return replace(
            self,
            texts=tuple(compress(self.texts, kept)),
            labels=tuple(compress(self.labels, kept)),
            splits=tuple(compress(self.splits, kept)),
            groups=None if self.groups is None else tuple(compress(self.groups, kept)),
        )


@dataclass(frozen=True)
class _Reading:
    """How to read a file, the same for a second one that brings the test rows."""

    text_column: str | None
    label_column: str | None
    split_column: str | None
    label_map: Mapping[str, str]
    guess: bool
    max_rows: int
    max_bytes: int

    def read(
        self,
        path: Path,
        source: Source | None,
        label_names: Sequence[str] | None,
        missing: Collection[str],
        hashed: str | None = None,
    ) -> tuple[Dataset, Source | None]:
        """Return the rows of a file and the source it is recognised as; its train rows give for `missing` splits.

        Only those of one split, if its name is to be the hash of their text: the others are left as they are.
        """
        remarks = list[AttnvizError]()
        rows = read_table(path, self.max_rows, self.max_bytes, on_remark=remarks.append)
        if source:
            rows = source.tidy(rows, path)
        elif not (self.text_column or self.label_column or self.split_column) and (found := recognise(rows)):
            source, rows = found
        columns = list(rows.columns)
        text_column, label_column = self.text_column, self.label_column
        if self.guess:
            text_column, label_column = guess_columns(rows, text_column, label_column)
        text_column = choose_column(columns, text_column, TEXT_COLUMNS, path, nested_columns(rows))
        label_column = choose_column(columns, label_column, LABEL_COLUMNS, path, nested_columns(rows))
        if source and source.has_empty_texts:
            rows = rows[rows[text_column].str.strip() != ""]
        if hashed:
            rows = rows[[hash_split(text) == hashed for text in rows[text_column]]]
        counts = Counter(rows[label_column])
        told = told_by_export(rows, label_column, label_names or ())
        remarks += on_export(told, path)
        names = names_of(counts, {**told, **self.label_map})
        remarks += check_mapping(self.label_map, counts, label_names, path)
        remarks += spelled_alike(counts, names) if label_names is None else ()
        texts, labels = list(rows[text_column]), [names[cell] for cell in rows[label_column]]
        usable = UsableRows(path, text_column, label_column)
        kept = usable.kept(texts, labels, rows.index)
        remarks += usable.remarks()
        if not all(kept):
            rows, texts, labels = rows[kept], list(compress(texts, kept)), list(compress(labels, kept))
        if source:
            labels = [source.classes.get(label, label) for label in labels]
        classes = classes_of(labels, label_column, path) if label_names is None else tuple(label_names)
        if source and not source.trainable:
            splits, rule = ["test"] * len(texts), "all of them test rows"
        else:
            splits, rule = self._splits(rows, texts, missing, path)
        return Dataset(
            name=path.stem,
            columns=(text_column, label_column),
            texts=tuple(texts),
            labels=tuple(places(labels, classes, label_column, path)),
            label_names=classes,
            splits=tuple(splits),
            groups=tuple(rows[source.group_column]) if source and source.group_column else None,
            split_rule=rule,
            had_split_column=self._has_splits(columns),
            source=path.name,
            licence=source.licence if source else "not stated",
            left_out=usable.left_out,
            label_map=tuple(self.label_map.items()),
            remarks=tuple(remarks),
        ), source

    def _has_splits(self, columns: Sequence[str]) -> bool:
        return self.split_column is not None or usual_column(columns, SPLIT_COLUMNS) is not None

    def _splits(
        self, rows: pd.DataFrame, texts: Sequence[str], missing: Collection[str], path: Path
    ) -> tuple[list[str], str]:
        """Return the split of each row and the rule in words."""
        columns = list(rows.columns)
        if not self._has_splits(columns):
            return cut_from_train(["train"] * len(texts), texts, missing), split_rule(None, missing)
        column = choose_column(columns, self.split_column, SPLIT_COLUMNS, path)
        splits = given_splits(rows[column], path)
        absent = absent_splits(set(splits), missing)
        return cut_from_train(splits, texts, absent), split_rule(column, absent)


def load_dataset(
    name_or_path: str | Path,
    *,
    test: str | Path | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    label_names: Sequence[str] | None = None,
    split_column: str | None = None,
    label_map: Mapping[str, str] | None = None,
    guess: bool = False,
    max_rows: int = 1_000_000,
    max_bytes: int = 500_000_000,
    on_progress: Callable[[float], None] | None = None,
) -> Dataset:
    """Read a data set by its name, or a table from a file of one of `tables.KINDS`.

    A column that is not given must have a usual name, unless it may be guessed. Every row of the file `test` becomes a
    test row, its classes those of the first file; that one then gives none. Without `label_names` the rows are to train
    on: two classes or more, each in train, and no split empty. With them the rows are to judge what was trained on
    those classes: each label is one of the names, whatever its case, or the labels are all the numbers from 0 in the
    order of the names. `label_map` says which labels mean another, as `{"pos": "positive"}`. What does not fit raises
    `AttnvizError`. `on_progress` hears the fraction of each file that has to be downloaded.
    """
    named = SOURCES.get(str(name_or_path))
    path, own_test = named.fetch(on_progress) if named else (existing(name_or_path), None)
    test_path = own_test if test is None else Path(test)
    reading = _Reading(text_column, label_column, split_column, label_map or {}, guess, max_rows, max_bytes)
    missing = SPLITS[1:2] if test_path else SPLITS[1:]
    dataset, source = reading.read(path, named, label_names, missing)
    if test_path:
        test_rows, _ = reading.read(test_path, named if test is None else None, dataset.label_names, ())
        dataset = _joined(dataset, test_rows)
    if named:
        dataset = replace(dataset, name=str(name_or_path), source=named.about, had_split_column=True)
    else:
        if test_path and path.stem in SPLITS:  # ag_news/train.csv is half of ag_news
            dataset = replace(dataset, name=path.resolve().parent.name)
        if source:
            dataset = replace(dataset, source=f"{source.about} ({dataset.source})")
    dataset = replace(dataset, split_rule=dataset.split_rule + without(dataset.left_out))
    if label_names is None:
        check_splits(dataset.name, Counter(dataset.splits))
        learnt = {dataset.label_names[k] for k in set(dataset.split("train").labels)}
        check_classes(dataset.name, dataset.label_names, learnt)
    return dataset


def load_test_rows(name: str, label_names: Sequence[str]) -> Dataset:
    """Return the test rows of a data set known by name, in the order of `load_dataset`, and read no more than it takes.

    They must be there without a download of the others. Raises `AttnvizError` as `load_dataset` does.
    """
    source = SOURCES[name]
    reading = _Reading(None, None, None, {}, guess=False, max_rows=1_000_000, max_bytes=500_000_000)
    hashed = None if source.test or not source.trainable else "test"
    dataset, _ = reading.read(source.test_file.fetch(), source, label_names, SPLITS[1:], hashed)
    return replace(dataset, name=name, source=source.about, splits=("test",) * len(dataset), had_split_column=True)


def without(left_out: int) -> str:
    """Say how many rows are left out, to follow a split rule."""
    return f"; left out, without text or label: {left_out:,}" if left_out else ""


def absent_splits(given: Collection[str], missing: Collection[str] = SPLITS[1:]) -> list[str]:
    """Return those of the `missing` splits that a column does not give and its train rows must."""
    return [split for split in missing if split not in given] if "train" in given else []


def split_rule(column: str | None, absent: Collection[str]) -> str:
    """Say how rows are split: by a column, or else by the hash, which also gives the `absent` splits."""
    if column is None:
        return f"80/10/10 {_HASH}" if len(absent) == 2 else f"a tenth cut out for {' and '.join(absent)} {_HASH}"
    cut = f", with a tenth of its train rows cut out for {' and '.join(absent)} {_HASH}" if absent else ""
    return f"column {column}{cut}"


def add_to(digest: Digest, texts: Sequence[str], labels: Sequence[int], splits: Sequence[str]) -> None:
    """Take some rows, in their order, into what tells them from any others.

    Line breaks of HTML count as spaces, as they did when the shipped experiments were made.
    """
    for row in zip(map(unbroken, texts), labels, splits, strict=True):
        digest.update(repr(row).encode())


def _joined(dataset: Dataset, test: Dataset) -> Dataset:
    """Return the rows of `dataset` followed by those of `test`, of the same classes, as its test split."""
    for rows, wrong in (
        (dataset, "test" in dataset.splits),
        (test, test.had_split_column and {*test.splits} != {"test"}),
    ):
        if wrong:
            raise AttnvizError(
                "{file} says in its column of splits which rows are for testing, and {test} was given for that. "
                "Leave out the one or the other.",
                file=rows.source,
                test=test.source,
            )
    learnt = set(map(key, dataset.texts))
    twice = sum(key(text) in learnt for text in test.texts)
    groups = dataset.groups and (*dataset.groups, *(test.groups or (test.name,) * len(test)))
    return replace(
        dataset,
        texts=dataset.texts + test.texts,
        labels=dataset.labels + test.labels,
        splits=dataset.splits + ("test",) * len(test),
        groups=groups,
        split_rule=f"{dataset.source}: {dataset.split_rule}; {test.source}: the test rows "
        f"({twice:,} of them have a text that is in {dataset.source} too)",
        had_split_column=True,
        source=f"{dataset.source} and {test.source}",
        left_out=dataset.left_out + test.left_out,
        label_map=dataset.label_map,
        remarks=(*dataset.remarks, *test.remarks),
    )


def existing(name: str | Path) -> Path:
    """Return the path of a file; what is neither a data set nor looks like a file raises `AttnvizError`."""
    path = Path(name)
    with suppress(OSError):  # what a file system refuses even to look at, `read_table` explains
        if not path.suffix and not path.exists():
            raise AttnvizError(
                "There is no data set called {name}. Known by name: {known}. Or give a file, with its suffix.",
                name=name,
                known=enumerate_values(SOURCES),
            )
    return path


def check_splits(name: str, counts: Mapping[str, int]) -> None:
    """Raise `AttnvizError` if there is a split without rows."""
    for split in SPLITS:
        if not counts.get(split):
            raise AttnvizError(
                "{dataset}: none of its {count} rows is in the split {split}, and training needs some. "
                "Give more rows, or say in a column named split which rows are for what.",
                dataset=name,
                count=sum(counts.values()),
                split=split,
            )


def check_classes(name: str, classes: Sequence[str], learnt: Collection[str]) -> None:
    """Raise `AttnvizError` if a class is not among those that there are training rows of."""
    if untrained := [one for one in classes if one not in learnt]:
        raise AttnvizError(
            "{dataset}: the split train lacks these classes: {classes}. Give more rows of them, or leave them out.",
            dataset=name,
            classes=enumerate_values(untrained),
        )
