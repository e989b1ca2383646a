"""Rows to be answered, with their labels or without, and what of them no answer depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from attnviz.data.datasets import Dataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.model.learned import SPLIT_OF, TRAIN, UNSEEN

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Origin:
    """What the person who brought N rows knows of them and no answer depends on: it is kept with no answers.

    Two files of the same texts share their answers, and neither shows the other's name, numbers or columns.
    """

    name: str
    numbers: np.ndarray | None = field(default=None, repr=False)  # [N], in the file; None counts from 1
    cells: pd.DataFrame | None = field(default=None, repr=False)  # the file's own columns, None for known data sets
    text_column: str = ""
    label_column: str | None = None
    seen: np.ndarray | None = field(default=None, repr=False)  # [N] of UNSEEN, TRAIN, VALIDATION; None: nobody knows

    @property
    def learned_from(self) -> int | None:
        """How many of the rows the experiment learned from, None where nobody knows."""
        return None if self.seen is None else int((self.seen == TRAIN).sum())

    @property
    def known(self) -> int:
        """How many of the rows the experiment learned from or was chosen by, as far as anybody knows."""
        return 0 if self.seen is None else int((self.seen != UNSEEN).sum())

    @cached_property
    def other_columns(self) -> tuple[str, ...]:
        """The file's own columns besides those of the text and the label."""
        named = () if self.cells is None else tuple(map(str, self.cells.columns))
        return tuple(name for name in named if name not in (self.text_column, self.label_column))

    def others(self, row: int) -> dict[str, str]:
        """Return what the other columns say of the row at a place, but for empty cells."""
        if self.cells is None:
            return {}
        found = dict(zip(map(str, self.cells.columns), self.cells.iloc[row], strict=True))
        return {name: cell for name, cell in found.items() if name in self.other_columns and cell}

    def number(self, row: int) -> int:
        """Return the number of the row at a place, as its file counts."""
        return row + 1 if self.numbers is None else int(self.numbers[row])

    def place(self, number: int) -> int:
        """Return the place of a numbered row, -1 where there is none."""
        if self.numbers is None:
            return number - 1
        return next(iter(np.flatnonzero(self.numbers == number).tolist()), -1)

    def at(self, rows: np.ndarray) -> Origin:
        """Return the origin of some of the rows."""
        numbers = rows + 1 if self.numbers is None else self.numbers[rows]
        cells = None if self.cells is None else self.cells.iloc[rows]
        seen = None if self.seen is None else self.seen[rows]
        return Origin(self.name, numbers, cells, self.text_column, self.label_column, seen)


@dataclass(frozen=True)
class EvaluationRows:
    """N texts to be answered; `truth[i]` is the class of `texts[i]`, and None where the data have no labels."""

    origin: Origin
    texts: Sequence[str] = field(repr=False)
    truth: Sequence[int] | None = field(repr=False)
    groups: Sequence[str] | None = field(repr=False)
    key: str  # tells these texts and labels from any others, whoever brought them

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
        seen = None
        if experiment.learned:
            seen = experiment.learned.seen(part.texts)
        elif dataset.digest == experiment.about.data.digest:
            seen = np.array([SPLIT_OF.index(its) for its in part.splits], dtype=np.int8)
        origin = Origin(dataset.name, seen=seen)
        key = key_of(dataset.digest, split)
        if dataset.digest != experiment.about.data.digest:
            key = key_of_rows(part.texts, part.labels, experiment.labels)
        return cls(origin, part.texts, part.labels, part.groups, key)

    @classmethod
    def of_test(cls, tested: Dataset, experiment: Experiment) -> EvaluationRows:
        """Return test rows that were read without the others: nobody has looked whether those are the experiment's."""
        seen = experiment.learned.seen(tested.texts) if experiment.learned else None
        key = key_of_rows(tested.texts, tested.labels, experiment.labels)
        return cls(Origin(tested.name, seen=seen), tested.texts, tested.labels, tested.groups, key)

    @property
    def name(self) -> str:
        """The name of the data set or the file."""
        return self.origin.name

    def __len__(self) -> int:
        return len(self.texts)


def key_of_rows(texts: Sequence[str], truth: Sequence[int] | None, labels: Sequence[str]) -> str:
    """Return the key of rows that are told by nothing but themselves."""
    told = repr((list(texts), None if truth is None else list(truth), tuple(labels)))
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def key_of(digest: str, split: str) -> str:
    """Return the key of a split of the data set that an experiment was made with, be it here or not."""
    return sha256(f"{digest} {split}".encode()).hexdigest()[:32]
