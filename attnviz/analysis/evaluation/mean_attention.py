"""What a classifier looks at in general: the mean weight of each word over all sentences of a data set."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

import numpy as np

from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.token_index import TokenIndex


@dataclass(frozen=True)
class MeanAttention:
    """W words; a `share` of 2: on average the word got twice the weight it would get if attention did nothing."""

    words: tuple[str, ...] = field(repr=False)
    counts: np.ndarray = field(repr=False)  # [W], how often the word stands in the sentences
    texts: np.ndarray = field(repr=False)  # [W], in how many sentences
    marks: np.ndarray = field(repr=False)  # [W] bool: punctuation and other marks
    share: dict[str, np.ndarray] = field(repr=False)  # by variant [W], mean weight over the uniform share

    @classmethod
    def of(cls, predictions: Predictions, token_index: TokenIndex) -> MeanAttention:
        """Sum up predictions; `token_index` is that of their texts."""
        count = len(token_index.words)
        counts = np.bincount(token_index.ids, minlength=count)
        sentence = np.repeat(np.arange(len(predictions.tokens)), predictions.tokens)  # that each token stands in
        length = predictions.tokens[sentence]
        share = {}
        for variant, given in predictions.weights.items():
            weights = given.astype(np.float64)
            on_words = np.bincount(sentence, weights, minlength=len(length))  # padding may have the rest
            weights *= length / np.maximum(on_words[sentence], np.finfo(np.float64).tiny)
            share[variant] = np.bincount(token_index.ids, weights, minlength=count) / np.maximum(counts, 1)
        texts = np.asarray(token_index.presence.sum(axis=0)).ravel()
        marks = np.array([_is_mark(word) for word in token_index.words], dtype=bool)
        return cls(token_index.words, counts, texts, marks, share)

    def ranked(self, variant: str, *, marks: bool, least: int) -> np.ndarray:
        """Return the places of words, or of marks, that occur `least` times, those looked at most first."""
        passes = (self.marks == marks) & (self.counts >= least)
        order = np.argsort(-self.share[variant], kind="stable")
        return np.asarray(order[passes[order]])


def _is_mark(word: str) -> bool:
    return not any(unicodedata.category(letter)[0] in "LN" for letter in word)
