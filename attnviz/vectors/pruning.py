"""What an experiment takes along of large vectors: rows for its words, and n-grams that make up the words it will meet.

A word outside the vocabulary gets the mean of those of its n-grams that were taken. They are chosen on the words of the
training rows, most of all those outside the vocabulary, since the unknown words to come are like them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np

from attnviz.vectors.cosine import unit_rows
from attnviz.vectors.fasttext import FastTextVectors

_ROUNDS = 16
_COVERED = 4  # how fast a word stops asking for more: (1 - what it has)^4
_KNOWN = 0.01  # how much a word of the vocabulary asks for, next to one outside it
_MOST_WORDS = 200_000  # are looked at
_AT_A_TIME = 10_000


def prune(
    vectors: FastTextVectors, counts: Mapping[str, int], vocabulary: Sequence[str], ngrams: int
) -> FastTextVectors:
    """Take the vectors of the vocabulary, and as many n-gram rows as told, chosen for the words that were counted.

    `counts` holds the most frequent word first. The rows are chosen in rounds. In each, a word asks for its n-grams by
    the root of its count, and by the length of each n-gram's row, since long ones make the vector; a word asks the less
    the more of its n-grams have been taken, so that hardly a word is left with none.
    """
    known = set(vocabulary)
    asked = {word: buckets for word in islice(counts, _MOST_WORDS) if (buckets := vectors.ngram_buckets(word))}
    if not asked or not ngrams:
        return vectors.with_ngrams(vocabulary, np.zeros(0, dtype=np.int64))
    asks = np.array([counts[word] ** 0.5 * (_KNOWN if word in known else 1.0) for word in asked])
    sizes = np.array([len(buckets) for buckets in asked.values()])
    used, ngram = np.unique(np.concatenate(list(asked.values())), return_inverse=True)  # ngram: which of `used`
    word = np.repeat(np.arange(len(asked)), sizes)
    length = np.maximum(_lengths(vectors, used), np.finfo(np.float32).tiny)[ngram]
    whole = np.bincount(word, length)
    taken = np.zeros(len(used), dtype=bool)
    ngrams = min(ngrams, len(used))
    for turn in range(_ROUNDS):
        has = np.bincount(word, length * taken[ngram]) / whole
        worth = np.bincount(ngram, (asks * np.maximum(1 - has, 0) ** _COVERED / sizes)[word] * length)
        worth[taken] = -1
        more = ngrams * (turn + 1) // _ROUNDS - ngrams * turn // _ROUNDS
        taken[np.argsort(-worth, kind="stable")[:more]] = True
    return vectors.with_ngrams(vocabulary, used[taken])


def pruning_cosine(kept: FastTextVectors, full: FastTextVectors, words: Sequence[str]) -> np.ndarray:
    """Return the cosine between the vector kept and the full one of each word; 0 where nothing of it was kept."""
    a, b = kept.matrix(words).astype(np.float64), full.matrix(words).astype(np.float64)
    return np.asarray((unit_rows(a) * unit_rows(b)).sum(axis=1))


def _lengths(vectors: FastTextVectors, buckets: np.ndarray) -> np.ndarray:
    """Return the lengths of the rows of some n-gram buckets."""
    blocks = (buckets[start : start + _AT_A_TIME] for start in range(0, len(buckets), _AT_A_TIME))
    return np.concatenate([np.linalg.norm(vectors.bucket_vectors(block), axis=1) for block in blocks])
