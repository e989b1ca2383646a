"""How long a run would take, from a few of its own steps."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from attnviz.data.datasets import Dataset
from attnviz.data.steps import finished
from attnviz.model.about import About, DataInfo, TrainingInfo, VectorsInfo
from attnviz.model.experiment import Experiment
from attnviz.morphemes import WORDS, Segmenter
from attnviz.text import Vocabulary
from attnviz.training.config import TrainingConfig, for_self_attention
from attnviz.training.language_model import pretrain
from attnviz.training.loaders import TokenizedRows
from attnviz.training.morphemes import MOST_ROWS, counted
from attnviz.training.trainer import Trainer, usual_device
from attnviz.training.vectors import Corpus
from attnviz.vectors.fasttext import FastTextVectors

_STEPS, _WARM_UP = 10, 3  # of them the first also measure precision and fill caches
_WORDS = 20_000  # on which FastText is timed
_CUT = 500  # rows on which kiwipiepy is timed
_START = 5.0  # seconds: imports, and reading the rows
_SCORING = 0.35  # of a step's time for as many rows that are only read


@dataclass(frozen=True)
class Estimate:
    """Seconds that a run takes: its vectors, its language model, one epoch of all variants, everything else."""

    vectors: float
    language_model: float
    epoch: float
    epochs: int
    rest: float

    @property
    def total(self) -> float:
        """Return the seconds of the whole run."""
        return self.vectors + self.language_model + self.epochs * self.epoch + self.rest


def measure(
    dataset: Dataset,
    config: TrainingConfig,
    pretrained: Experiment | FastTextVectors | Sequence[Experiment] | None = None,
    more: Dataset | None = None,
) -> Estimate:
    """Take a few steps of a run and count up; nothing is kept."""
    began = time.perf_counter()
    train = dataset.split("train")
    segmenter, cutting = _segmenter(train.texts, config)
    learning = TokenizedRows.of(train, segmenter)
    config = config.for_rows(len(learning.labels))
    reading = time.perf_counter() - began + cutting
    vocabulary = Vocabulary.build(learning.words, config.vocab_size)
    others = TokenizedRows.of(more.split("train"), segmenter).words if more else ()
    if isinstance(pretrained, Experiment | FastTextVectors):
        vectors = reading  # to look a row up for every word takes about as long as to read them
        dim = (pretrained.vectors if isinstance(pretrained, Experiment) else pretrained).dim
    else:  # an experiment's that are trained on take as long as new ones
        dim, vectors = config.embedding_dim, _fasttext(Corpus.of(learning.words, vocabulary, config, others), config)
    language_model = _language_model([*learning.words, *others], vocabulary, dim, config)
    rows = _STEPS * config.batch_size
    sample = _sample(learning, rows)
    about = config.about(dataset.label_names, dim, DataInfo(), VectorsInfo(), TrainingInfo())
    later = {variant: own for variant, own in about.variants.items() if own.embedding_of}
    at_first = {variant: own for variant, own in about.variants.items() if variant not in later}
    step = _step(sample, vocabulary, replace(about, variants=at_first), config)
    if later:
        step += _step(sample, vocabulary, replace(about, variants=later), for_self_attention(config))
    batches = math.ceil(len(learning.labels) / config.batch_size)
    count = len(dataset.split("validation")) / config.batch_size
    tests = len(dataset.split("test")) / config.batch_size
    epoch = step * (batches + _SCORING * count)
    rest = _START + reading + step * _SCORING * (count + tests)
    return Estimate(vectors, language_model, epoch, config.epochs or 1, rest)


def _segmenter(texts: Sequence[str], config: TrainingConfig) -> tuple[Segmenter, float]:
    """Return a segmenter by some of the texts, and the seconds that the others would take beyond."""
    if config.units == "words":
        return WORDS, 0.0
    with tempfile.TemporaryDirectory() as scratch:
        some = texts[:_CUT]
        finished(counted(some[:1], Path(scratch, "first.txt")))  # which reads the model of kiwipiepy
        began = time.perf_counter()
        segmenter = finished(counted(some, Path(scratch, "some.txt")))
        return segmenter, (time.perf_counter() - began) * (min(len(texts), MOST_ROWS) / max(len(some), 1) - 1)


def _fasttext(corpus: Corpus, config: TrainingConfig) -> float:
    """Return the seconds that FastText takes."""
    total = sum(map(len, corpus.sentences))
    some = corpus.sentences[: max(1, len(corpus.sentences) * _WORDS // max(total, 1))]

    def timed(texts: Sequence[Sequence[str]], known: dict[str, int], epochs: int) -> float:
        began = time.perf_counter()
        finished(FastTextVectors.training(texts, known, epochs=epochs, **config.vector_sizes))
        return time.perf_counter() - began

    timed([["gensim"]], {"gensim": 1}, 1)  # which has to be imported
    taken = [timed(some, corpus.counts, epochs) for epochs in (1, 4)]  # the difference is free of what is done once
    an_epoch = max(taken[1] - taken[0], 0.01) / 3 * total / sum(map(len, some))
    return max(taken[0] - an_epoch * sum(map(len, some)) / total, 0) + an_epoch * corpus.epochs


def _language_model(
    sentences: Sequence[Sequence[str]], vocabulary: Vocabulary, dim: int, config: TrainingConfig
) -> float:
    """Return the seconds that reading for the language model takes."""
    if not config.language_model_epochs:
        return 0.0
    counts = [min(len(words), config.max_tokens) for words in sentences]
    some = sentences[: max(1, len(sentences) * _WORDS // max(sum(counts), 1))]
    ids = [[vocabulary.id(word) for word in words[: config.max_tokens]] for words in some]
    table = torch.zeros(len(vocabulary), dim, device=usual_device())
    began, first = time.perf_counter(), 0.0
    for fraction in pretrain(ids, table, config.hidden_dim, epochs=2, seed=0):  # the first epoch warms up
        if fraction <= 0.5:
            first = time.perf_counter()
    return (time.perf_counter() - max(first, began)) * sum(counts) / sum(map(len, ids)) * config.language_model_epochs


def _sample(learning: TokenizedRows, rows: int) -> TokenizedRows:
    """Return rows spread over all of them, again and again if they are few."""
    places = np.linspace(0, len(learning.labels) - 1, rows).astype(int)
    return TokenizedRows([learning.words[i] for i in places], [learning.labels[i] for i in places], [""] * rows)


def _step(sample: TokenizedRows, vocabulary: Vocabulary, about: About, config: TrainingConfig) -> float:
    """Return the median seconds of a step of all variants."""
    size = len(vocabulary.words), about.embedding_dim
    numbers = np.random.default_rng(0).normal(0, 0.1, size).astype(np.float16)
    nothing = np.zeros((0, about.embedding_dim), np.float16)
    vectors = FastTextVectors(list(vocabulary.words), numbers, nothing, min_n=1, max_n=0)
    with tempfile.TemporaryDirectory() as scratch:
        once = replace(config, epochs=1, probes=())
        twins = Trainer(about, once, vocabulary, vectors, Path(scratch, "checkpoint.safetensors"))
        few = TokenizedRows(sample.words[:1], sample.labels[:1], sample.groups[:1])
        taken, began = [], time.perf_counter()
        for progress in twins.fit(sample, few):
            taken.append(time.perf_counter() - began)
            if progress.step >= _STEPS - 1:
                break
            began = time.perf_counter()
    return float(np.median(taken[_WARM_UP:]))
