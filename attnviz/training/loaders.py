"""What training reads: labelled rows as ids, window after window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from attnviz.data.datasets import Dataset
from attnviz.data.streaming import StreamedRows
from attnviz.model.batches import Sentences
from attnviz.morphemes import WORDS, Segmenter


class Chunk(NamedTuple):
    """Sentences that an epoch reads together: `rows` of them, each with its label."""

    sentences: Sentences
    labels: np.ndarray  # classes [N], or targets [N, K]
    rows: np.ndarray


Encode = Callable[[Sequence[Sequence[str]]], Sentences]


class BatchLoader(Protocol):
    """What training reads, window after window; rows are shuffled within one."""

    def steps(self, batch_size: int) -> int:
        """Return the number of batches of an epoch."""
        ...

    def chunks(self, random: np.random.Generator) -> Iterator[Chunk]:
        """Yield what the next epoch reads."""
        ...


@dataclass(frozen=True)
class TokenizedRows:
    """Labelled sentences, as look-up forms; `groups` names the part of the data that each comes from."""

    words: Sequence[Sequence[str]]
    labels: Sequence[int]
    groups: Sequence[str]
    targets: np.ndarray | None = None  # [N, K] to learn instead of the labels

    @classmethod
    def of(cls, part: Dataset, segmenter: Segmenter = WORDS) -> TokenizedRows:
        """Tokenize the rows of a data set."""
        return cls([segmenter.words(text) for text in part.texts], part.labels, part.groups or ("",) * len(part))


@dataclass(frozen=True)
class _InMemory:
    """All rows are one window; an epoch draws as many of each group as the smallest has."""

    sentences: Sentences
    labels: np.ndarray
    groups: Sequence[str]

    def steps(self, batch_size: int) -> int:
        _, sizes = np.unique(np.asarray(self.groups), return_counts=True)
        return -(-len(sizes) * int(sizes.min()) // batch_size)

    def chunks(self, random: np.random.Generator) -> Iterator[Chunk]:
        yield Chunk(self.sentences, self.labels, balanced(self.groups, random))


@dataclass(frozen=True)
class _Streamed:
    """A file is read anew in every epoch, some row groups at a time."""

    rows: StreamedRows
    encode: Encode
    plan: list[list[int]]  # the row groups of each window

    def steps(self, batch_size: int) -> int:
        sizes = [sum(self.rows.of_group[group] for group in groups) for groups in self.plan]
        return sum(-(-size // batch_size) for size in sizes)

    def chunks(self, random: np.random.Generator) -> Iterator[Chunk]:
        for at in random.permutation(len(self.plan)):
            yield self._chunk(self.plan[at])

    def _chunk(self, groups: Sequence[int]) -> Chunk:
        read = [self.rows.read(group) for group in groups]
        labels = np.concatenate([classes for _, classes in read])
        return Chunk(self.encode([row for texts, _ in read for row in texts]), labels, np.arange(len(labels)))


def loader(rows: TokenizedRows | StreamedRows, encode: Encode) -> BatchLoader:
    """Return labelled rows as ids."""
    if isinstance(rows, StreamedRows):
        return _Streamed(rows, encode, rows.plan())
    wanted = np.asarray(rows.labels) if rows.targets is None else rows.targets
    return _InMemory(encode(rows.words), wanted, rows.groups)


def balanced(groups: Sequence[str], random: np.random.Generator) -> np.ndarray:
    """Draw as many rows of each group as the smallest has: all of them if there is one group."""
    names, of_row, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    drawn = [random.choice(np.flatnonzero(of_row == group), sizes.min(), replace=False) for group in range(len(names))]
    return np.sort(np.concatenate(drawn))
