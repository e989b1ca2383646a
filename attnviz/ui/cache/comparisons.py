"""What the Embeddings page asks of an experiment, worked out once for all sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from attnviz import comparison, tracing
from attnviz.analysis import word_epochs as epochs
from attnviz.comparison import Drift, Lean, Method, Neighbourhood, Projection, Spaces
from attnviz.tracing import Trace
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment

MAPPED = 2_000  # words, the most frequent ones: a plane is fitted to them


@per_experiment(4)
def drift(name: str) -> Drift:
    """Return how far every word of an experiment moved; raise `AttnvizError` if it has no twins."""
    return comparison.drift(experiments.opened(name))


@per_experiment(4)
def lean(name: str) -> Lean:
    """Return which class every word speaks for."""
    return comparison.lean(experiments.opened(name))


@per_experiment(256)
def neighbours(name: str, word: str) -> Neighbourhood:
    """Return the words near a word before and after; raise `AttnvizError` if it has no vector."""
    return comparison.neighbours(experiments.opened(name), word, spaces=_spaces(name))


@per_experiment(64)
def word_epochs(name: str, word: str, couples: tuple[tuple[str, str], ...]) -> epochs.WordEpochs | None:
    """Return how a word moved from epoch to epoch beside its partner in `couples`; None if that was not kept."""
    return epochs.word_epochs(experiments.opened(name), word, epochs.partner(word, couples))


@per_experiment(64)
def trace(name: str, text: str, masked: bool = False) -> Trace:
    """Return how the answers to a text move with single vectors swapped."""
    return tracing.trace(experiments.opened(name), text, masked=masked)


def cosines(name: str, word: str, others: Sequence[str]) -> np.ndarray:
    """Return the cosines [N, 2] between a word and others before and after; those with a stranger, itself, are 1."""
    experiment = experiments.opened(name)
    known = comparison.cosines(experiment, word, _spaces(name))
    first = experiment.vocabulary.id(experiment.vocabulary.words[0])
    places = [experiment.vocabulary.id(other) - first for other in others]
    return np.array([known[place] if place >= 0 else (1.0, 1.0) for place in places]).reshape(-1, 2)


def mapped(name: str, method: Method, marked: Iterable[str]) -> tuple[Projection, Drift, Lean]:
    """Return the most frequent words and the `marked` ones on one plane; t-SNE has no place for more than the first."""
    experiment = experiments.opened(name)
    place = experiment.vocabulary.id
    whole = _projection(name, method)
    words = tuple(dict.fromkeys((*whole.words[:MAPPED], *marked)))
    if method == "tsne":
        words = whole.words
    elif any(word not in experiment.vocabulary for word in words):  # a stranger stands nowhere yet
        fitted = comparison.project(experiment, words, method, whole.words[:MAPPED])
        return fitted, comparison.drift(experiment, words), comparison.lean(experiment, words)
    places = np.array([place(word) - place(whole.words[0]) for word in words], dtype=np.int64)
    return whole.at(places), drift(name).at(places), lean(name).at(places)


@per_experiment(4)
def _spaces(name: str) -> Spaces:
    return Spaces.of(experiments.opened(name))


@per_experiment(8)
def _projection(name: str, method: Method) -> Projection:
    """Put all words on the plane of the most frequent ones; t-SNE, which has no plane, takes only those."""
    experiment = experiments.opened(name)
    first = experiment.vocabulary.words[:MAPPED]
    return comparison.project(experiment, first if method == "tsne" else experiment.vocabulary.words, method, first)
