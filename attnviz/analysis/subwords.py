"""A word taken apart: the n-grams its vector is built from, how each pulls on it, and what else lies near.

A word's vector is the mean of its n-grams' rows and, for a known word, of a row of its own (Bojanowski et al. 2017):
v = (own + Σ gᵢ) / N. So the shares gᵢ·v / (N |v|²) add up, with that of the own row, to exactly 1.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from attnviz.errors import AttnvizError
from attnviz.text import normalize
from attnviz.vectors.cosine import cosine, unit_rows
from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.hangul import letters
from attnviz.vectors.ngrams import Ngram

LONGEST = 48  # letters: longer than any word people write, and short enough to be drawn and summed at once
MOST = 20_000  # words searched where a whole file is too much: the most frequent ones
_NOTHING = 5e-3  # an own row below this share of the vector's length is float16's rounding


@dataclass(frozen=True)
class Part:
    """One row that a word's vector is the mean of: an n-gram's, or (`text` is the word) the word's own."""

    ngram: Ngram
    length: float  # of the row, its Euclidean norm
    cosine: float  # between the row and the word's vector
    share: float  # of the vector: all parts' shares add up to 1

    @property
    def text(self) -> str:
        """The n-gram as it is shown, or the word."""
        return self.ngram.text

    @property
    def start(self) -> int:
        """Where it starts in `<word>`, in characters."""
        return self.ngram.start


@dataclass(frozen=True)
class Dissection:
    """A word and everything its vector comes from."""

    word: str
    known: bool
    ngrams: tuple[Part, ...]
    own: Part | None  # a known word's own row, where it has any weight
    from_ngrams: float | None  # cosine between the mean of the n-grams alone and the vector
    vector: np.ndarray  # float32 [dim]
    nearest: tuple[tuple[str, float], ...]  # words and cosines, nearest first; none for a vector of zeros

    @property
    def marked(self) -> str:
        """The word between its boundary marks, as FastText cuts it."""
        return f"<{self.word}>"

    def covered(self, part: Part) -> str:
        """Return the characters of `<word>` that a part takes, in whole or, if it is of letters, in part."""
        return self.marked[part.start : part.start + len(part.ngram.pieces)]

    @property
    def parts(self) -> tuple[Part, ...]:
        """All rows the vector is the mean of."""
        return (self.own, *self.ngrams) if self.own else self.ngrams


@dataclass(frozen=True)
class Pair:
    """What two words have in common."""

    cosine: float | None  # None where one of them has no vector
    shared: frozenset[str]  # n-grams


@dataclass(frozen=True)
class Table:
    """Known words with their vectors at length 1: what a search looks through, and what `<unk>` stands for."""

    words: tuple[str, ...]
    directions: np.ndarray  # float32 [words, dim]
    unk: np.ndarray  # float32 [dim], the mean of the words' vectors: the row that classifiers start `<unk>` from
    complete: bool  # whether these are all known words
    of_letters: bool = False  # whether their n-grams are of letters too

    @classmethod
    def of(cls, vectors: FastTextVectors, most: int = MOST) -> Table:
        """Take the first words of `vectors`, the most frequent ones."""
        words = tuple(islice(vectors.words, most))
        matrix = vectors.matrix(words)
        unk = matrix.mean(axis=0) if len(words) else np.zeros(vectors.dim, np.float32)
        of_letters = vectors.ngram_units == "jamo"
        return cls(words, unit_rows(matrix), unk, complete=len(vectors.words) <= most, of_letters=of_letters)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each word."""
        return {word: row for row, word in enumerate(self.words)}

    def lacks(self, ngram: str) -> bool:
        """Return whether no known word has this n-gram, so that nothing but chance can have taught its row."""
        return self.complete and ngram not in self._marked

    @cached_property
    def _marked(self) -> str:
        """All words between their marks: a search in one text is quicker than a set of their n-grams is made."""
        marked = "\n".join(f"<{word}>" for word in self.words)
        return f"{marked}\n{''.join(map(letters, marked))}" if self.of_letters else marked

    def nearest(self, vector: np.ndarray, topn: int = 10) -> tuple[tuple[str, float], ...]:
        """Return the words nearest to a vector, with their cosines."""
        cosines = self.directions @ unit_rows(vector[None])[0]
        return tuple((self.words[row], float(cosines[row])) for row in np.argsort(-cosines, kind="stable")[:topn])


def readable(typed: str, *, lower: bool) -> str:
    """Return the word in what was typed as it is looked up: the first one, NFC, lower case if `lower`, not too long."""
    first = next(iter(typed.split()), "")[:LONGEST]
    return normalize(first) if lower else unicodedata.normalize("NFC", first)


def dissect(vectors: FastTextVectors, word: str, topn: int = 10) -> Dissection:
    """Take the vector of a word apart, and find the words nearest to it."""
    vector = vectors.vector(word)
    ngrams, rows = vectors.ngram_vectors(word)
    known = word in vectors
    count = len(ngrams) + known
    total = rows.sum(axis=0, dtype=np.float64)
    own = count * vector.astype(np.float64) - total
    # A word may have been given a place in the vocabulary after the vectors were trained: it has no row of its own.
    owns = known and (not ngrams or np.linalg.norm(vector - total / len(ngrams)) > _NOTHING * np.linalg.norm(vector))
    if not owns:
        count = len(ngrams)

    def part(ngram: Ngram, row: np.ndarray) -> Part:
        size = float(np.linalg.norm(vector))
        share = float(row @ vector) / (count * size * size) if size else 0.0
        return Part(ngram, float(np.linalg.norm(row)), cosine(row, vector) or 0.0, share)

    try:
        nearest = tuple(vectors.most_similar(word, topn))
    except AttnvizError:  # it has no vector, so nothing is near
        nearest = ()
    return Dissection(
        word=word,
        known=known,
        ngrams=tuple(map(part, ngrams, rows)),
        own=part(Ngram(1, word), own) if owns else None,
        from_ngrams=cosine(total, vector) if owns and ngrams else None,
        vector=vector,
        nearest=nearest,
    )


def compare(one: Dissection, other: Dissection) -> Pair:
    """Return what two words have in common."""
    shared = {part.text for part in one.ngrams} & {part.text for part in other.ngrams}
    return Pair(cosine(one.vector, other.vector), frozenset(shared))
