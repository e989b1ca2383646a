"""FastText vectors: any word, seen in training or not, gets one, from a row of its own or from its character n-grams.

After Bojanowski et al., "Enriching Word Vectors with Subword Information", 2017 (https://arxiv.org/abs/1607.04606).
gensim trains the vectors and hashes the n-grams, so that with those of characters every vector is the one it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from attnviz.data.steps import finished
from attnviz.errors import AttnvizError
from attnviz.text import check_text, listed
from attnviz.vectors.cosine import unit_rows
from attnviz.vectors.fasttext_bin import FacebookFile, MappedMatrix, MappedWords, is_facebook
from attnviz.vectors.gensim_training import Corpus
from attnviz.vectors.neighbours import MOST_FREQUENT, NeighbourIndex
from attnviz.vectors.ngrams import Ngram, Units, buckets_of, cut
from attnviz.vectors.storage import LARGEST, SavedVectors

# gensim is imported where it is used: that takes a second, and a sentence of known words does without.

_ROWS_AT_A_TIME = 4096
_ENDLESS = 1_000  # characters of a word whose n-grams are kept until the next such word, for they take long to cut


class FastTextVectors:
    """Words with a vector of their own, and n-gram buckets that give every other word one.

    `vectors` is [words, dim], `ngram_vectors` is [buckets, dim], both of any float type; what comes out is float32.
    Of many `buckets`, only those in `ngram_ids` may have a row, in that order: n-grams of the others count for nothing.
    """

    def __init__(
        self,
        words: Iterable[str],
        vectors: np.ndarray | MappedMatrix,
        ngram_vectors: np.ndarray | MappedMatrix,
        *,
        min_n: int,
        max_n: int,
        ngram_units: Units = "characters",
        buckets: int | None = None,
        ngram_ids: np.ndarray | None = None,
    ) -> None:
        self.words: Sequence[str] = words if isinstance(words, MappedWords) else tuple(words)
        self.min_n, self.max_n, self.ngram_units = min_n, max_n, ngram_units
        self.dim, self.buckets = int(vectors.shape[1]), len(ngram_vectors) if buckets is None else buckets
        self._vectors = vectors
        self._ngram_vectors = ngram_vectors
        self._ngram_ids = ngram_ids
        self._ngram_row = None if ngram_ids is None else {id_: row for row, id_ in enumerate(ngram_ids.tolist())}
        self._add_ngrams = isinstance(words, MappedWords)  # in a `.bin` a word's own row is only one part of its vector
        self._row: Callable[[str], int | None] = (
            words.find if isinstance(words, MappedWords) else {word: row for row, word in enumerate(self.words)}.get
        )
        self.source: Path | None = None  # of a `.bin`
        self._nearby: NeighbourIndex | None = None
        self._endless: tuple[str, list[tuple[Ngram, int]]] = "", []

    @classmethod
    def open(cls, path: str | Path) -> FastTextVectors:
        """Open what `save` wrote, or a Facebook `.bin` where it lies; it is told by its content.

        A file that is missing, damaged or of another format raises `AttnvizError`.
        """
        path = Path(path)
        if is_facebook(path):
            file = FacebookFile(path)
            opened = cls(file.words, file.word_rows, file.ngram_rows, min_n=file.min_n, max_n=file.max_n)
            opened.source = path
            return opened
        return cls(**vars(SavedVectors.read(path)))

    def save(self, path: str | Path) -> None:
        """Write one safetensors file that stands alone: words, float16 vectors, and n-gram lengths in its header."""
        assert not isinstance(self._ngram_vectors, MappedMatrix), (
            "a .bin is not copied: take along the words and n-grams that are needed"
        )
        vectors, ngram_vectors = (
            np.ascontiguousarray(rows[:], dtype=np.float16) for rows in (self._vectors, self._ngram_vectors)
        )
        sizes = self.min_n, self.max_n, self.buckets
        SavedVectors(self.words, vectors, ngram_vectors, *sizes, self._ngram_ids, self.ngram_units).write(path)

    @classmethod
    def train(
        cls,
        sentences: Iterable[Sequence[str]],
        vocabulary_counts: Mapping[str, int],
        *,
        on_progress: Callable[[float], None] = lambda _: None,
        **settings: Any,
    ) -> FastTextVectors:
        """Train to the end as `training` does, with its settings; `on_progress(fraction)` hears of it twice a second.

        It is called in the caller's own thread, and what it raises stops the training.
        """
        return finished(cls.training(sentences, vocabulary_counts, **settings), on_progress)

    @classmethod
    def training(
        cls,
        sentences: Iterable[Sequence[str]],
        vocabulary_counts: Mapping[str, int],
        *,
        dim: int = 100,
        min_n: int = 3,
        max_n: int = 6,
        ngram_units: Units = "characters",
        buckets: int = 20_000,
        epochs: int = 5,
        window: int = 5,
        seed: int = 0,
        workers: int = 1,
        start: FastTextVectors | None = None,
    ) -> Generator[float, None, FastTextVectors]:
        """Train by skip-gram, yield the fraction done twice a second, and return the vectors.

        The words are those of `vocabulary_counts`, in its order; other words in the sentences are passed over. What
        `start` knows, which must be of the same sizes, goes on learning from there. With
        one worker the same seed gives the same vectors, with more it does not. Closing the generator stops the
        training. `max_n` below `min_n`, or no buckets, makes vectors without n-grams.
        """
        from_one = {"dim": dim, "min_n": min_n, "epochs": epochs, "window": window, "workers": workers}
        from_zero = {"max_n": max_n, "buckets": buckets, "seed": seed}
        for name, value in (from_one | from_zero).items():
            least = 1 if name in from_one else 0
            if not least <= value <= LARGEST:
                raise AttnvizError(
                    "{name} is {value}: give {least} to {most}.", name=name, value=value, least=least, most=LARGEST
                )
        corpus = Corpus(sentences)
        if not vocabulary_counts or not corpus.words:
            raise AttnvizError(
                "Vectors need words: the texts hold {words} and the vocabulary {known}. Give texts with words in them.",
                words=corpus.words,
                known=len(vocabulary_counts),
            )
        assert all(word and "\n" not in word and count > 0 for word, count in vocabulary_counts.items())

        def hashed(word: str) -> list[int]:
            return buckets_of(cut(word, min_n, max_n, ngram_units), buckets)

        sizes = {"vector_size": dim, "min_n": min_n, "max_n": max_n, "bucket": buckets, "window": window}
        counts, begin = dict(vocabulary_counts), start._begin if start else None
        trained = yield from corpus.train(counts, hashed, epochs, begin, seed=seed, workers=workers, **sizes)
        vectors, ngram_vectors = trained.vectors.astype(np.float16), trained.vectors_ngrams.astype(np.float16)
        return cls(trained.index_to_key, vectors, ngram_vectors, min_n=min_n, max_n=max_n, ngram_units=ngram_units)

    def _begin(self, keyed: Any) -> None:
        """Give gensim's vectors [words, dim] and n-grams [buckets, dim] the values that they have here."""
        keyed.vectors_ngrams[:] = self.bucket_vectors(np.arange(self.buckets))
        for row, (word, buckets) in enumerate(zip(keyed.index_to_key, keyed.buckets_word, strict=True)):
            ngrams = keyed.vectors_ngrams[buckets]
            if word in self:  # gensim's vector of a word is the mean of these and a row of its own
                keyed.vectors_vocab[row] = self.vector(word) * (len(ngrams) + 1) - ngrams.sum(axis=0)
            elif len(ngrams):
                keyed.vectors_vocab[row] = ngrams.mean(axis=0)
        keyed.adjust_vectors()

    def __repr__(self) -> str:
        source = f", from {self.source}" if self.source else ""
        return f"<FastTextVectors of {len(self.words):,} words, {self.dim} dimensions{source}>"

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._row(word) is not None

    def __getitem__(self, word: str) -> np.ndarray:
        return self.vector(word)

    def vector(self, word: str) -> np.ndarray:
        """Return the float32 [dim] vector of any word: its own row, else the mean of its n-grams' rows.

        In a `.bin` the own row of a word is one more in that mean, as FastText trains it. Zeros are left for what has
        no row at all, such as the empty string.
        """
        check_text(word)
        vector = np.zeros(self.dim, dtype=np.float32)
        row = self._row(word)
        if row is not None:
            vector += self._vectors[row]
            if not self._add_ngrams:
                return vector
        rows = [row for _, row in self._ngram_rows(word)]
        for start in range(0, len(rows), _ROWS_AT_A_TIME):  # a word may have 100,000 characters
            vector += self._ngram_vectors[rows[start : start + _ROWS_AT_A_TIME]].sum(axis=0, dtype=np.float32)
        vector /= max(len(rows) + (row is not None), 1)
        return vector

    def matrix(self, words: Iterable[str]) -> np.ndarray:
        """Return the float32 [words, dim] vectors of `words`."""
        words = listed(words)
        matrix = np.empty((len(words), self.dim), dtype=np.float32)
        for at, word in enumerate(words):
            matrix[at] = self.vector(word)
        return matrix

    def with_words(self, words: Sequence[str]) -> FastTextVectors:
        """Return vectors whose words are `words`, each with the vector it has here; the n-grams are the same."""
        return self._with(words, self._ngram_vectors, self._ngram_ids)

    def with_ngrams(self, words: Sequence[str], buckets: np.ndarray) -> FastTextVectors:
        """Return vectors whose words are `words` and which keep the n-grams of some buckets only, ascending ids [n]."""
        return self._with(words, self.bucket_vectors(buckets).astype(np.float16), buckets.astype(np.int32))

    def with_tables(self, kept: Callable[[np.ndarray], np.ndarray]) -> FastTextVectors:
        """Return the same vectors, their two tables where `kept` puts them."""
        assert isinstance(self._vectors, np.ndarray) and isinstance(self._ngram_vectors, np.ndarray), "no .bin"
        return FastTextVectors(
            self.words,
            kept(self._vectors),
            kept(self._ngram_vectors),
            min_n=self.min_n,
            max_n=self.max_n,
            ngram_units=self.ngram_units,
            buckets=self.buckets,
            ngram_ids=self._ngram_ids,
        )

    def _with(
        self, words: Sequence[str], ngram_vectors: np.ndarray | MappedMatrix, ngram_ids: np.ndarray | None
    ) -> FastTextVectors:
        return FastTextVectors(
            words,
            self.matrix(words).astype(np.float16),
            ngram_vectors,
            min_n=self.min_n,
            max_n=self.max_n,
            ngram_units=self.ngram_units,
            buckets=self.buckets,
            ngram_ids=ngram_ids,
        )

    def ngrams(self, word: str) -> list[str]:
        """Return the n-grams of `<word>` that have a row, from its start to its end: of characters, then of letters."""
        return [ngram.text for ngram, _ in self._ngram_rows(word)]

    def ngram_vectors(self, word: str) -> tuple[list[Ngram], np.ndarray]:
        """Return the n-grams of `<word>` and the float32 [n, dim] rows they are hashed to."""
        found = self._ngram_rows(word)
        rows = np.array([row for _, row in found], dtype=np.int64)
        return [ngram for ngram, _ in found], self._ngram_vectors[rows].astype(np.float32)

    def ngram_buckets(self, word: str) -> list[int]:
        """Return the bucket that each n-gram of `<word>` is hashed to, whether it has a row or not."""
        return [bucket for _, bucket in self._hashed(word)]

    def bucket_vectors(self, buckets: np.ndarray) -> np.ndarray:
        """Return the float32 [n, dim] rows of some buckets; every bucket must have one."""
        assert self._ngram_ids is None, "of all n-grams some can be taken, of some no others"
        return self._ngram_vectors[buckets].astype(np.float32)

    def digest(self) -> bytes:
        """Return what tells these vectors from any others."""
        assert not isinstance(self._ngram_vectors, MappedMatrix), "a .bin is told by its path, size and time"
        digest = sha256(repr((self.words, self.sizes)).encode("utf-8", "surrogatepass"))
        for rows in (self._vectors, self._ngram_vectors, self._ngram_ids):
            digest.update(np.ascontiguousarray([] if rows is None else rows[:]).tobytes())
        return digest.digest()

    @property
    def sizes(self) -> dict[str, Any]:
        """What they must have in common with others to be taken for them."""
        return {name: getattr(self, name) for name in ("dim", "min_n", "max_n", "ngram_units", "buckets")}

    @property
    def kept_ngrams(self) -> int:
        """How many n-gram buckets have a row."""
        return len(self._ngram_vectors)

    def _ngram_rows(self, word: str) -> list[tuple[Ngram, int]]:
        """Return the n-grams of `<word>` that have a row, each with it."""
        hashed = self._hashed(word)
        if self._ngram_row is None:
            return hashed
        return [(ngram, self._ngram_row[bucket]) for ngram, bucket in hashed if bucket in self._ngram_row]

    def _hashed(self, word: str) -> list[tuple[Ngram, int]]:
        """Return the n-grams of `<word>`, each with the bucket it is hashed to."""
        check_text(word)
        if not self.buckets:
            return []
        last, kept = self._endless
        if word and word == last:
            return kept
        encodable = word.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair has no UTF-8
        ngrams = cut(encodable, self.min_n, self.max_n, self.ngram_units)
        hashed = list(zip(ngrams, buckets_of(ngrams, self.buckets), strict=True))
        if len(word) > _ENDLESS:
            self._endless = word, hashed
        return hashed

    def most_similar(self, word: str, topn: int = 10) -> list[tuple[str, float]]:
        """Return the `topn` words nearest to any word, itself left out, with their cosines to 6 places.

        The nearest come first, and of equally near ones the first in `words`. In a `.bin` they are looked for among
        the words that `prepare_neighbours` went through; the first search does it.
        """
        [direction] = unit_rows(self.vector(word)[None])
        if not direction.any():
            raise AttnvizError("{word!r} has no n-gram, so no word is near it. Type a longer one.", word=word)
        if self.source and not self._nearby:
            self.prepare_neighbours()
        if self._nearby:
            rows = self._nearby.nearest(direction, max(topn, 0) + 1)
            units = unit_rows(self._matrix_of(rows.tolist()))
        else:
            rows, units = np.arange(len(self.words)), self._units
        cosines = (units @ direction).astype(np.float64).round(6)
        order = np.argsort(-cosines, kind="stable")
        nearest = ((self.words[int(rows[at])], float(cosines[at])) for at in order)
        return list(islice((near for near in nearest if near[0] != word), max(topn, 0)))

    def prepare_neighbours(
        self, among: int = MOST_FREQUENT, on_progress: Callable[[float], object] | None = None
    ) -> None:
        """Work out, and keep beside a `.bin`, what finds neighbours among its first `among` words at once.

        `on_progress(fraction)` hears of it. Vectors that are in memory anyway need none of it.
        """
        if self.source and not (self._nearby and self._nearby.among == min(among, len(self.words))):
            nearby = NeighbourIndex(self.source, len(self.words), self.dim, among)
            nearby.prepare(self._matrix_of, on_progress)
            self._nearby = nearby

    def _matrix_of(self, rows: Iterable[int]) -> np.ndarray:
        return self.matrix(self.words[row] for row in rows)

    @cached_property
    def _units(self) -> np.ndarray:
        """The words' vectors at length 1, float32 [words, dim]: made once, at the first search for neighbours."""
        return unit_rows(self._vectors[:])
