"""FastText vectors: any word, seen in training or not, gets one, from its own row or from its character n-grams.

After Bojanowski et al., "Enriching Word Vectors with Subword Information", 2017 (https://arxiv.org/abs/1607.04606).
gensim trains the vectors and cuts and hashes the n-grams, so that every vector is the one that gensim gives.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from gensim.models.fasttext_inner import compute_ngrams_bytes, ft_hash_bytes
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from attnviz.errors import AttnvizError

FORMAT = 1
_SETTINGS = "fasttext"  # one JSON value in the file's header: several would be written in an order that changes
_GENSIM_SENTENCE = 10_000  # gensim trains on that many words of a sentence and drops the rest without a word
_SECONDS_BETWEEN_REPORTS = 0.5
_ROWS_AT_A_TIME = 4096


class FastTextVectors:
    """Words with a vector of their own, and n-gram buckets that give every other word one.

    `vectors` is [words, dim], `ngram_vectors` is [buckets, dim], both of any float type; what comes out is float32.
    """

    def __init__(
        self, words: Sequence[str], vectors: np.ndarray, ngram_vectors: np.ndarray, *, min_n: int, max_n: int
    ) -> None:
        self.words = tuple(words)
        self.min_n = min_n
        self.max_n = max_n
        self._rows = {word: row for row, word in enumerate(self.words)}
        self._vectors = vectors
        self._ngram_vectors = ngram_vectors

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._vectors.shape[1])

    @property
    def buckets(self) -> int:
        """How many rows the n-grams share."""
        return len(self._ngram_vectors)

    @classmethod
    def open(cls, path: str | Path) -> FastTextVectors:
        """Read what `save` wrote; a file that is missing, damaged or of another format raises `AttnvizError`."""
        try:
            with safe_open(str(path), framework="numpy") as file:
                settings = json.loads(file.metadata()[_SETTINGS])
                words = bytes(file.get_tensor("words")).decode("utf-8").split("\n")
                vectors = file.get_tensor("vectors")
                ngram_vectors = file.get_tensor("ngrams")
        except (OSError, SafetensorError) as error:
            raise AttnvizError("{path}: cannot be read. Rebuild the experiment.", path=path) from error
        return cls(words, vectors, ngram_vectors, min_n=settings["min_n"], max_n=settings["max_n"])

    def save(self, path: str | Path) -> None:
        """Write one safetensors file that stands alone: words, vectors in float16, n-gram lengths in its header."""
        tensors = {
            "words": np.frombuffer("\n".join(self.words).encode("utf-8"), dtype=np.uint8),
            "vectors": np.ascontiguousarray(self._vectors, dtype=np.float16),
            "ngrams": np.ascontiguousarray(self._ngram_vectors, dtype=np.float16),
        }
        settings = {"format": FORMAT, "min_n": self.min_n, "max_n": self.max_n}
        save_file(tensors, str(path), metadata={_SETTINGS: json.dumps(settings)})

    @classmethod
    def train(
        cls,
        sentences: Iterable[Sequence[str]],
        vocabulary_counts: Mapping[str, int],
        *,
        on_progress: Callable[[float], None] | None = None,
        **settings: int,
    ) -> FastTextVectors:
        """Train to the end as `training` does, with its settings; `on_progress(fraction)` hears of it twice a second.

        It is called in the caller's own thread, and what it raises stops the training.
        """
        steps = cls.training(sentences, vocabulary_counts, **settings)
        while True:
            try:
                fraction = next(steps)
            except StopIteration as end:
                trained: FastTextVectors = end.value
                return trained
            if on_progress:
                try:
                    on_progress(fraction)
                except BaseException:
                    steps.close()
                    raise

    @classmethod
    def training(
        cls,
        sentences: Iterable[Sequence[str]],
        vocabulary_counts: Mapping[str, int],
        *,
        dim: int = 100,
        min_n: int = 3,
        max_n: int = 6,
        buckets: int = 20_000,
        epochs: int = 5,
        window: int = 5,
        seed: int = 0,
        workers: int = 1,
    ) -> Generator[float, None, FastTextVectors]:
        """Train by skip-gram, yield the fraction done twice a second, and return the vectors.

        The words are those of `vocabulary_counts`, in its order; other words in the sentences are passed over. The
        same seed gives the same vectors with one worker only. Closing the generator stops the training.
        """
        from gensim.models import FastText  # the trainer brings scipy and more along

        corpus = _Corpus(sentences)
        model = FastText(
            sg=1,
            vector_size=dim,
            min_n=min_n,
            max_n=max_n,
            bucket=buckets,
            window=window,
            min_count=1,
            sorted_vocab=0,  # gensim's own sort would shuffle words of equal count
            seed=seed,
            workers=workers,
        )

        def run() -> None:
            model.build_vocab_from_freq(dict(vocabulary_counts))
            model.train(corpus, total_words=corpus.words, epochs=epochs)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                yield min(corpus.read / (corpus.words * epochs), 1.0)
                thread.join(_SECONDS_BETWEEN_REPORTS)
        finally:
            corpus.stopped = True
            thread.join()
        yield 1.0
        return cls(
            model.wv.index_to_key,
            model.wv.vectors.astype(np.float16),
            model.wv.vectors_ngrams.astype(np.float16),
            min_n=min_n,
            max_n=max_n,
        )

    def __contains__(self, word: object) -> bool:
        return word in self._rows

    def __getitem__(self, word: str) -> np.ndarray:
        return self.vector(word)

    def vector(self, word: str) -> np.ndarray:
        """Return the float32 [dim] vector of any word: its own, else the mean of its n-grams', else zeros."""
        row = self._rows.get(word)
        if row is not None:
            return self._vectors[row].astype(np.float32)
        total = np.zeros(self.dim, dtype=np.float32)
        if not self.buckets:
            return total
        hashed = [ft_hash_bytes(ngram) % self.buckets for ngram in self._encoded_ngrams(word)]
        for start in range(0, len(hashed), _ROWS_AT_A_TIME):
            total += self._ngram_vectors[hashed[start : start + _ROWS_AT_A_TIME]].sum(axis=0, dtype=np.float32)
        return total / max(len(hashed), 1)

    def matrix(self, words: Iterable[str]) -> np.ndarray:
        """Return the float32 [words, dim] vectors of `words`."""
        wanted = list(words)
        matrix = np.empty((len(wanted), self.dim), dtype=np.float32)
        for i, word in enumerate(wanted):
            matrix[i] = self.vector(word)
        return matrix

    def ngrams(self, word: str) -> list[str]:
        """Return the character n-grams of `<word>`, in the order of their place in it."""
        return [ngram.decode("utf-8") for ngram in self._encoded_ngrams(word)]

    def _encoded_ngrams(self, word: str) -> list[bytes]:
        ngrams: list[bytes] = compute_ngrams_bytes(word, self.min_n, self.max_n)
        return ngrams

    def most_similar(self, word: str, topn: int = 10) -> list[tuple[str, float]]:
        """Return the `topn` nearest words and their cosines."""
        vector = self.vector(word)
        cosines = self._directions @ (vector / np.linalg.norm(vector))
        order = np.argsort(-cosines, kind="stable")
        nearest = ((self.words[i], float(cosines[i])) for i in order if self.words[i] != word)
        return list(islice(nearest, topn))

    @cached_property
    def _directions(self) -> np.ndarray:
        """The words' vectors at length 1, float32 [words, dim]; kept, as every neighbour search needs all of them."""
        vectors = self._vectors.astype(np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)


class _Corpus:
    """The sentences as gensim reads them: it knows how many words were read, and ends early once `stopped`."""

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        self._sentences = [
            sentence[start : start + _GENSIM_SENTENCE]
            for sentence in sentences
            for start in range(0, len(sentence), _GENSIM_SENTENCE)
        ]
        self.words = sum(map(len, self._sentences))
        self.read = 0
        self.stopped = False

    def __iter__(self) -> Iterator[Sequence[str]]:
        for sentence in self._sentences:
            if self.stopped:
                return
            yield sentence
            self.read += len(sentence)
