"""Where the word vectors of a run come from: FastText trained on its rows, or a `.bin` pruned to them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attnviz.data.files import written_whole
from attnviz.data.steps import told
from attnviz.model.about import VectorsInfo
from attnviz.text import Vocabulary
from attnviz.training.config import TrainingConfig, other_run
from attnviz.training.progress import Progress
from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.pruning import prune, pruning_cosine

_OOV_SAMPLED = 5_000  # words on which the cost of a selection is measured, at most
_OFTEN = 5  # times that a word outside the vocabulary must be in other texts, for FastText to learn it too
_WORDS_TO_READ = 8_000_000  # a small corpus gives better vectors the more often FastText reads it


@dataclass(frozen=True)
class Corpus:
    """What FastText reads: sentences, how often it meets each word that it learns (or in what proportion), epochs."""

    sentences: Sequence[Sequence[str]]
    counts: dict[str, int]
    epochs: int
    repeats: int  # of the own rows among others, so that they are read as often as they would be alone

    @classmethod
    def of(
        cls,
        sentences: Sequence[Sequence[str]],
        vocabulary: Vocabulary,
        config: TrainingConfig,
        others: Sequence[Sequence[str]] = (),
    ) -> Corpus:
        """Put the own sentences together, shuffled, with those of another data set."""
        counts = dict(zip(vocabulary.words, vocabulary.counts, strict=True))
        alone = _vector_epochs(config, sentences)
        if not others:
            return cls(sentences, counts, alone, 1)
        repeats = max(1, round(alone / _vector_epochs(config, [*sentences, *others])))
        counts = {word: count * repeats for word, count in counts.items()}
        for word, count in Counter(word for words in others for word in words).most_common():
            if word in counts or count >= _OFTEN:
                counts[word] = counts.get(word, 0) + count
        mixed = [*(list(sentences) * repeats), *others]
        random.Random(config.seed).shuffle(mixed)  # noqa: S311 - no secret
        return cls(mixed, counts, _vector_epochs(config, mixed), repeats)


def trained_vectors(
    corpus: Corpus, vocabulary: Vocabulary, config: TrainingConfig, kept: Path, more: str = ""
) -> Generator[Progress, None, tuple[FastTextVectors, VectorsInfo]]:
    """Train vectors, or take the ones of the run that goes on, as float16 gives them back; and say how they were made.

    `more` is the name of another data set whose rows are among those of the corpus.
    """
    if not kept.exists():
        steps = FastTextVectors.training(
            corpus.sentences, corpus.counts, **config.vector_sizes, epochs=corpus.epochs, seed=config.seed
        )
        trained = yield from told(steps, lambda fraction: Progress("vectors", fraction))
        with written_whole(kept) as new:
            trained.with_words(vocabulary.words).save(new)
    vectors = _reopened(kept, vocabulary, config.vector_sizes)
    return vectors, VectorsInfo(
        "gensim FastText (skip-gram) on the training rows" + (f" and those of {more}" if more else ""),
        epochs=corpus.epochs,
        repeats_of_the_own_rows=corpus.repeats if more else None,
        min_n=vectors.min_n,
        max_n=vectors.max_n,
        ngram_units=vectors.ngram_units,
        buckets=vectors.buckets,
    )


def pruned_vectors(
    sentences: Sequence[Sequence[str]],
    others: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    pretrained: FastTextVectors,
    config: TrainingConfig,
    classes: int,
    kept: Path,
) -> Generator[Progress, None, tuple[FastTextVectors, VectorsInfo]]:
    """Take rows of a .bin along, as float16 gives them back; return them and what is said of them.

    What the selection costs is measured on the words of `others` that the vocabulary lacks: the mean cosine between the
    vector they are left with and the one that the .bin gives them.
    """
    yield Progress("vectors", 0.0)
    counts = dict(Counter(word for words in sentences for word in words).most_common())
    ngrams = config.ngrams
    if ngrams is None:
        ngrams = config.ngrams_within_budget(pretrained.dim, classes, len(vocabulary.words))
    if not kept.exists():
        with written_whole(kept) as new:
            prune(pretrained, counts, vocabulary.words, ngrams).save(new)
    own = _reopened(kept, vocabulary, pretrained.sizes)
    yield Progress("vectors", 0.8)
    oov = list(dict.fromkeys(word for words in others for word in words if word not in vocabulary))[:_OOV_SAMPLED]
    cosine = round(float(pruning_cosine(own, pretrained, oov).mean()), 3) if oov else None
    yield Progress("vectors", 1.0)
    return own, VectorsInfo(
        pretrained.source.name if pretrained.source else "a file",
        min_n=own.min_n,
        max_n=own.max_n,
        ngram_units=own.ngram_units,
        buckets=own.buckets,
        ngrams=own.kept_ngrams,
        cosine_of_words_outside_the_vocabulary=cosine,
    )


def _reopened(kept: Path, vocabulary: Vocabulary, sizes: dict[str, Any]) -> FastTextVectors:
    """Open the vectors that a run has kept; those of another run raise `AttnvizError`."""
    vectors = FastTextVectors.open(kept)
    if vectors.words != vocabulary.words or vectors.sizes != sizes:
        raise other_run(kept)
    return vectors


def _vector_epochs(config: TrainingConfig, sentences: Sequence[Sequence[str]]) -> int:
    """Return how often FastText reads the corpus: a small one more often than asked for."""
    return max(config.vector_epochs, min(50, _WORDS_TO_READ // max(1, sum(map(len, sentences)))))
