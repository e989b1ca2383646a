"""Many sentences -> ids -> batches of like length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from attnviz.model.classifier import AttentionClassifier, Reading
from attnviz.text import PADDING, UNKNOWN, Vocabulary

Unknown = Literal["subword", "unk"]
_MIXOUT = 0.5


class WordVectors(Protocol):
    """What gives any word, seen or not, a vector."""

    buckets: int  # of n-grams; without any, a word with no row of its own has no vector either

    def matrix(self, words: Sequence[str]) -> np.ndarray:
        """Return float32 [len(words), D]."""
        ...


@dataclass(frozen=True)
class Sentences:
    """Encoded sentences: ids below the vocabulary's size are its rows, the others rows of `oov` [S, D]."""

    ids: tuple[np.ndarray, ...]
    oov: Tensor
    vocabulary_size: int

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each sentence."""
        return np.array([len(ids) for ids in self.ids], dtype=np.int64)


def encode(
    token_words: Sequence[Sequence[str]], vocabulary: Vocabulary, vectors: WordVectors, unknown: Unknown = "subword"
) -> Sentences:
    """Look up the words of sentences; a word outside the vocabulary is read by its subword vector, or as `<unk>`.

    Vectors without n-grams, as a model from elsewhere may have them, leave `<unk>` alone.
    """
    size, unknown = len(vocabulary), unknown if vectors.buckets else "unk"
    found: dict[str, int] = {}

    def oov_id(word: str) -> int:
        return UNKNOWN if unknown == "unk" else found.setdefault(word, size + len(found))

    ids = tuple(
        np.array([vocabulary.id(word) if word in vocabulary else oov_id(word) for word in words], dtype=np.int64)
        for words in token_words
    )
    return Sentences(ids, torch.from_numpy(vectors.matrix(list(found))), size)


def by_length(lengths: np.ndarray, batch_size: int, generator: np.random.Generator | None = None) -> list[np.ndarray]:
    """Cut rows into batches of like length, so that little is padded; a generator shuffles ties and batches."""
    noise = generator.random(len(lengths)) if generator else np.zeros(len(lengths))
    order = np.lexsort((noise, lengths))
    batches = [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
    if generator:
        generator.shuffle(batches)
    return batches


def by_tokens(lengths: np.ndarray, most: int) -> list[np.ndarray]:
    """Cut rows into batches of like length with at most `most` tokens each, padding and all.

    So short rows go many at once; a row that alone is longer is a batch of its own.
    """
    order = np.argsort(lengths, kind="stable")
    batches, first = [], 0
    for at, row in enumerate(order):
        if at > first and (at + 1 - first) * lengths[row] > most:
            batches.append(order[first:at])
            first = at
    return [*batches, order[first:]] if len(order) else []


@dataclass(frozen=True)
class Batch:
    """B sentences: distinct ids [U], where they stand (places [B, T]) and lengths [B]."""

    distinct: Tensor
    places: Tensor
    lengths: Tensor
    oov: Tensor
    vocabulary_size: int

    @classmethod
    def of(cls, ids: Sequence[np.ndarray], sentences: Sentences, device: torch.device) -> Batch:
        """Pad some id arrays of `sentences` to the longest of them."""
        lengths = np.array([len(row) for row in ids], dtype=np.int64)
        padded = np.full((len(ids), int(lengths.max(initial=0))), PADDING, dtype=np.int64)
        padded[np.arange(padded.shape[1]) < lengths[:, None]] = np.concatenate(ids) if len(ids) else []
        distinct, places = np.unique(padded, return_inverse=True)
        return cls(
            torch.from_numpy(distinct).to(device),
            torch.from_numpy(places.reshape(padded.shape)).to(device),
            torch.from_numpy(lengths).to(device),
            sentences.oov.to(device),
            sentences.vocabulary_size,
        )

    def read(self, model: AttentionClassifier, input_dropout: float = 0.0, began: Tensor | None = None) -> Reading:
        """Let a model read the batch; only rows of its vocabulary can get a gradient.

        `input_dropout` blanks that share of the numbers in the word vectors, the same ones wherever a word stands. Half
        of the words, drawn by chance, have the vectors with which they `began` [vocabulary, D], where these are given.
        """
        return model.read(F.dropout(self.rows(model, began), input_dropout), self.places, self.lengths)

    def rows(self, model: AttentionClassifier, began: Tensor | None = None) -> Tensor:
        """Return the word vectors of the distinct ids, [U, D], some of them as they `began`."""
        known = self.distinct < self.vocabulary_size  # sorted: those outside the vocabulary come last
        ids = self.distinct[known]
        rows: Tensor = model.embedding(ids)
        if began is not None:
            rows = torch.where(torch.rand(len(ids), 1, device=rows.device) < _MIXOUT, began[ids], rows)
        if not known.all():
            rows = torch.cat((rows, self.oov[self.distinct[~known] - self.vocabulary_size]))
        return rows


def read_all(
    model: AttentionClassifier, sentences: Sentences, batch_size: int = 128
) -> Iterator[tuple[np.ndarray, Reading]]:
    """Yield (rows, reading) batch by batch, longest last, without gradients."""
    device = model.fc.weight.device
    with torch.inference_mode():
        for rows in by_length(sentences.lengths, batch_size):
            yield rows, Batch.of([sentences.ids[row] for row in rows], sentences, device).read(model)
