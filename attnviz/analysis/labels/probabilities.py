"""How probable each row's classes are to plain classifiers that have not seen the row.

The rows are parted into folds; those of a fold are answered by two logistic regressions that were fitted on all others,
one over the mean of the experiment's word vectors and one over TF-IDF. What they say is mixed as fits the labels best
by log loss: of few rows TF-IDF knows little. A text and its duplicates are in one fold, so that none gives away the
label of another. Vectors and TF-IDF know no labels.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from attnviz.data.splits import text_hashes
from attnviz.model.baseline import REGULARISATION, term_kind, vectorizer
from attnviz.model.experiment import Experiment
from attnviz.text import words
from attnviz.vectors.cosine import unit_rows

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FOLDS = 5
KINDS = ("means", "terms")  # of what a logistic regression is fitted over
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_STRENGTH = {"terms": REGULARISATION, "means": 1.0}  # inverse, of their regularisation
_TERMS = 50_000
_TOLERANCE = 1e-3  # what a fit may still change: no order of suspects hangs on less
_ITERATIONS = 200


def out_of_sample(
    texts: Sequence[str], labels: np.ndarray, experiment: Experiment, kind: str
) -> Generator[float, None, np.ndarray]:
    """Return the probabilities [N, K] of each row by what was fitted over one of `KINDS` without the row.

    Yields the fraction done.
    """
    fold = text_hashes(texts) % FOLDS
    found = np.zeros((len(texts), len(experiment.labels)))
    yield 0.0
    features = _terms(texts) if kind == "terms" else _means(texts, experiment)
    for out in range(FOLDS):
        yield (out + 1) / (FOLDS + 1)
        asked = fold == out
        if asked.any():
            found[asked] = _answers(features, labels, asked, found.shape[1], _STRENGTH[kind])
    yield 1.0
    return found


def mixed(one: np.ndarray, other: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Mix two opinions [N, K] as fits the labels best by log loss; return it and the share of the other."""

    def loss(share: float) -> float:
        given = ((1 - share) * one + share * other)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(given, 1e-12)).mean())

    share = min(_SHARES, key=loss)
    return (1 - share) * one + share * other, share


def _answers(features: Any, labels: np.ndarray, asked: np.ndarray, classes: int, strength: float) -> np.ndarray:
    """Return what a logistic regression that was fitted on the other rows says of those that are asked, [M, K]."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    found = np.zeros((int(asked.sum()), classes))
    there = np.unique(labels[~asked])
    if len(there) < 2:  # a class that all other rows have
        found[:, there] = 1.0
        return found if len(there) else np.full_like(found, 1 / classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        regression = LogisticRegression(C=strength, max_iter=_ITERATIONS, tol=_TOLERANCE)
        regression.fit(features[~asked], labels[~asked])
    found[:, there] = regression.predict_proba(features[asked])
    return found


def _terms(texts: Sequence[str]) -> csr_matrix:
    """Return TF-IDF [N, F] of the terms that the plain baseline counts in texts of their kind."""
    tokens = [words(text) for text in texts]
    return vectorizer(term_kind(tokens), max_features=_TERMS).fit_transform(tokens)


def _means(texts: Sequence[str], experiment: Experiment) -> np.ndarray:
    """Return the mean word vectors of texts [N, D], rare words weighed more, each number of them on one scale."""
    from scipy.sparse import csr_matrix

    read = [experiment.words(text) for text in texts]
    place: dict[str, int] = {}
    flat = np.array([place.setdefault(word, len(place)) for one in read for word in one], np.int64)
    ends = np.cumsum([0, *map(len, read)])
    counts = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(read), len(place)))
    counts.sum_duplicates()
    rarity = np.log((1 + len(read)) / (1 + counts.getnnz(axis=0)))
    means = unit_rows(np.asarray(counts @ (experiment.vectors.matrix(list(place)) * rarity[:, None])))
    means -= means.mean(axis=0)
    scale = means.std(axis=0)
    return np.asarray(means / np.where(scale > 0, scale, 1.0) / means.shape[1] ** 0.5, dtype=np.float64)
