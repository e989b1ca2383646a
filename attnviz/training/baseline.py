"""The plain classifier, fitted on the rows that the variants learn from: a matter of seconds, so it is in every run."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence

import numpy as np

from attnviz.data.streaming import StreamedRows
from attnviz.model.about import BaselineInfo
from attnviz.model.baseline import REGULARISATION, Baseline, term_kind, vectorizer
from attnviz.training.loaders import TokenizedRows
from attnviz.training.progress import Progress

_ITERATIONS = 200
_TERMS = 50_000
_COEFFICIENTS = 1_000_000  # at most, however many classes there are,
_FEWEST_TERMS = 5_000  # but for these
_LETTERS = {"words": 30_000_000, "characters": 4_000_000}  # read at most, which takes a minute: of more rows, some


def fitted(
    rows: TokenizedRows | StreamedRows, classes: int, seed: int
) -> Generator[Progress, None, tuple[Baseline | None, BaselineInfo]]:
    """Fit TF-IDF and logistic regression on training rows, and yield how far that is.

    Of rows that are too many to be read within a minute, some are drawn. Where none can be fitted, it says why.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    yield Progress("baseline", 0.0)
    tokens, labels = _window(rows)
    kind = term_kind(tokens)
    drawn = _drawn(tokens, _LETTERS[kind], seed)
    tokens, labels = [tokens[row] for row in drawn], labels[drawn]
    if len(set(labels.tolist())) < classes:
        return None, BaselineInfo(len(labels), skipped="the rows to learn from lack a class")
    if not any(tokens):
        return None, BaselineInfo(len(labels), skipped="the rows to learn from have no words")
    terms = vectorizer(kind, max_features=max(min(_TERMS, _COEFFICIENTS // classes), _FEWEST_TERMS))
    found = terms.fit_transform(tokens)
    yield Progress("baseline", 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # after so many steps no answer changes
        regression = LogisticRegression(C=REGULARISATION, max_iter=_ITERATIONS).fit(found, labels)
    names = tuple(terms.get_feature_names_out().tolist())
    numbers = (terms.idf_, regression.coef_, regression.intercept_)
    yield Progress("baseline", 1.0)
    kept = (value.astype(np.float16).astype(np.float32) for value in numbers)  # as its file gives them back
    return Baseline({kind: names}, *kept), BaselineInfo(len(labels), {kind: len(names)}, REGULARISATION)


def _window(rows: TokenizedRows | StreamedRows) -> tuple[Sequence[Sequence[str]], np.ndarray]:
    """Return texts [N] and classes [N] of training rows: all, or those of a stream that are shuffled together."""
    if isinstance(rows, TokenizedRows):
        return rows.words, np.asarray(rows.labels)
    read = [rows.read(group) for group in rows.plan()[0]]
    return [row for texts, _ in read for row in texts], np.concatenate([labels for _, labels in read])


def _drawn(tokens: Sequence[Sequence[str]], letters: int, seed: int) -> np.ndarray:
    """Return the places of so many rows as have no more letters in all, at least one, in order."""
    order = np.random.default_rng(seed).permutation(len(tokens))
    sizes = np.cumsum([sum(map(len, tokens[row])) for row in order])
    return np.sort(order[: max(int((sizes <= letters).sum()), 1)])
