"""The words of many texts as numbers, so that thousands of texts can be counted, filtered and compared at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from attnviz.morphemes import WORDS, Segmenter

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class TokenIndex:
    """N texts of M words in all, each a place in `words` [W]; `ids[starts[i]:starts[i + 1]]` are those of text i."""

    words: tuple[str, ...] = field(repr=False)
    ids: np.ndarray = field(repr=False)  # [M]
    starts: np.ndarray = field(repr=False)  # [N + 1]
    segmenter: Segmenter = field(default=WORDS, repr=False)  # by which texts were cut

    @classmethod
    def of(cls, texts: Iterable[str], max_tokens: int, segmenter: Segmenter = WORDS) -> TokenIndex:
        """Cut texts into words as the classifiers read them: the first `max_tokens` of each."""
        place: dict[str, int] = {}
        parts, lengths = [], [0]
        for text in texts:
            found = segmenter.words(text)[:max_tokens]
            parts.append(np.array([place.setdefault(word, len(place)) for word in found], dtype=np.int32))
            lengths.append(len(found))
        ids = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
        ids.setflags(write=False)
        return cls(tuple(place), ids, np.cumsum(lengths), segmenter)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each word is in `words`."""
        return {word: at for at, word in enumerate(self.words)}

    @cached_property
    def lengths(self) -> np.ndarray:
        """How many words each text has, [N]."""
        return np.diff(self.starts)

    @cached_property
    def presence(self) -> csr_matrix:
        """1 where a text has a word, however often: sparse [N, W]."""
        from scipy.sparse import csr_matrix

        shape = (len(self), len(self.words))
        ones = np.ones(len(self.ids), dtype=np.int32)
        found = csr_matrix((ones, self.ids, self.starts), shape=shape, copy=True)  # what follows sorts in place
        found.sum_duplicates()
        found.data[:] = 1
        return found

    def having(self, wanted: Sequence[str]) -> np.ndarray:
        """Return which texts have one of some words, [N] bool."""
        columns = [self.place[word] for word in wanted if word in self.place]
        if not columns:
            return np.zeros(len(self), dtype=bool)
        return np.asarray(self.presence[:, columns].sum(axis=1)).ravel() > 0

    def last(self) -> list[str]:
        """Return the last word of each text, "" where it has none."""
        ends = self.starts[1:]
        return [
            self.words[self.ids[end - 1]] if end > start else "" for start, end in zip(self.starts, ends, strict=False)
        ]
