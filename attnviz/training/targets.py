"""What a row teaches: its class, and where rows are few, what a plain classifier says of it that has not seen it.

After Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015 (https://arxiv.org/abs/1503.02531).
With a thousand rows TF-IDF with logistic regression knows what a word speaks for before an LSTM does.
"""

from __future__ import annotations

import warnings

import numpy as np

from attnviz.model.baseline import REGULARISATION, term_kind, vectorizer
from attnviz.training.config import TrainingConfig
from attnviz.training.loaders import TokenizedRows

MOST_ROWS = 6_000  # of more, the labels alone say as much, and the folds take long
_FOLDS = 3


def targets(rows: TokenizedRows, classes: int, config: TrainingConfig) -> np.ndarray:
    """Return targets [N, K] float32: rows that sum to 1, or to their class's weight if classes are to be balanced."""
    labels = np.asarray(rows.labels)
    counts = np.bincount(labels, minlength=classes)
    wanted: np.ndarray = np.eye(classes, dtype=np.float32)[labels]
    if config.distillation and len(labels) <= MOST_ROWS and counts.min() >= _FOLDS:
        wanted = (1 - config.distillation) * wanted + config.distillation * _told(rows, config.seed)
    if config.balance_classes:
        wanted *= (len(labels) / classes / np.maximum(counts, 1))[labels, None]
    return np.asarray(wanted, dtype=np.float32)


def _told(rows: TokenizedRows, seed: int) -> np.ndarray:
    """Return the probabilities [N, K] of each row by a logistic regression that was fitted without it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline, make_union

    kinds = ("characters",) if term_kind(rows.words) == "characters" else ("words", "characters")
    plain = make_pipeline(make_union(*map(vectorizer, kinds)), LogisticRegression(C=REGULARISATION, max_iter=200))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    tokens = np.empty(len(rows.words), dtype=object)
    tokens[:] = [list(words) or [""] for words in rows.words]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what has not quite converged is as good here
        return np.asarray(cross_val_predict(plain, tokens, rows.labels, cv=folds, method="predict_proba"))
