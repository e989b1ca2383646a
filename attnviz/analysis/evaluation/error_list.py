"""The rows of a scoresheet that somebody wants to see: filtered, sorted, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.text import words

if TYPE_CHECKING:
    import pandas as pd

Sort = Literal["loss", "confidence", "disagreement", "length", "order"]
SORTS: tuple[Sort, ...] = ("loss", "confidence", "disagreement", "length", "order")
AMONG = ("errors", "all", "both-right", "only-first", "only-second", "both-wrong", "agree", "disagree")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; the defaults let every error through.

    `among` is one of `AMONG`, or "T-A": rows of class T that were answered A. Of `contains` every word must be there.
    """

    among: str = "errors"
    contains: str = ""
    label: str = ""  # the right class, or where there are no labels the answer
    least_unknown: int = 0  # per cent of the words and marks
    least_length: int = 0
    most_length: int = 0  # 0: no limit


def among(sheet: Predictions, variant: str, which: str) -> np.ndarray:
    """Return the rows [N] bool that `which` names; errors and confusions are those of `variant`."""
    answers, twins = sheet.answers, sheet.twins
    everything = np.ones(len(sheet), dtype=bool)
    if sheet.truth is not None:
        if which == "errors":
            return np.asarray(~sheet.right[variant])
        truth, _, answer = which.partition("-")
        if truth.isdecimal() and answer.isdecimal():
            return np.asarray((sheet.truth == int(truth)) & (answers[variant] == int(answer)))
        if twins:
            first, second = sheet.right[twins[0]], sheet.right[twins[1]]
            named = {
                "both-right": first & second,
                "only-first": first & ~second,
                "only-second": ~first & second,
                "both-wrong": ~first & ~second,
            }
            if which in named:
                return np.asarray(named[which])
    if twins and which in ("agree", "disagree"):
        same = answers[twins[0]] == answers[twins[1]]
        return np.asarray(same if which == "agree" else ~same)
    return everything


def filter_and_sort(
    sheet: Predictions,
    wordings: TokenIndex,
    variant: str,
    filters: Filters,
    sort: Sort = "loss",
    within: np.ndarray | None = None,
) -> np.ndarray:
    """Return the rows that pass, in order; `within` [N] bool narrows them further.

    Without labels there is no loss: the least confident come first then.
    """
    passes = among(sheet, variant, filters.among)
    if within is not None:
        passes = passes & within
    for word in set(words(filters.contains)):
        passes = passes & wordings.having([word])
    if filters.label in sheet.labels:
        k = sheet.labels.index(filters.label)
        passes = passes & ((sheet.answers[variant] if sheet.truth is None else sheet.truth) == k)
    if filters.least_unknown:
        passes = passes & (100 * sheet.oov >= filters.least_unknown * np.maximum(sheet.tokens, 1))
    if filters.least_length:
        passes = passes & (sheet.tokens >= filters.least_length)
    if filters.most_length:
        passes = passes & (sheet.tokens <= filters.most_length)
    rows = np.flatnonzero(passes)
    return np.asarray(rows[np.argsort(-_worth(sheet, variant, sort)[rows], kind="stable")])


def confidence(sheet: Predictions, variant: str) -> np.ndarray:
    """Return the probability of each answer, [N]."""
    return np.asarray(sheet.probabilities[variant].max(axis=1))


def disagreement(sheet: Predictions) -> np.ndarray:
    """Return how far the twins' probabilities are apart, [N] from 0 to 1 (total variation)."""
    if not sheet.twins:
        return np.zeros(len(sheet))
    one, other = (sheet.probabilities[variant] for variant in sheet.twins)
    return np.asarray(np.abs(one - other).sum(axis=1) / 2)


def table(sheet: Predictions, wordings: TokenIndex, rows: Sequence[int] | np.ndarray) -> pd.DataFrame:
    """Return one line a row: text, label, and of every variant the answer, probabilities, loss and words' weights.

    `row` counts from 1.
    """
    import pandas as pd

    rows = np.asarray(rows, dtype=np.int64)
    columns: dict[str, object] = {"row": rows + 1, "text": [sheet.texts[row] for row in rows]}
    if sheet.truth is not None:
        columns["label"] = [sheet.labels[k] for k in sheet.truth[rows]]
    if sheet.groups is not None:
        columns["group"] = sheet.groups[rows]
    columns |= {"tokens": sheet.tokens[rows], "unknown": sheet.oov[rows]}
    for variant, given in sheet.probabilities.items():
        columns[f"{variant} answer"] = [sheet.labels[k] for k in sheet.answers[variant][rows]]
        for k, label in enumerate(sheet.labels):
            columns[f"{variant} P({label})"] = given[rows, k].round(6)
        if sheet.truth is not None:
            columns[f"{variant} loss"] = sheet.losses[variant][rows].round(6)
        columns[f"{variant} weights"] = [" ".join(pairs) for pairs in _weighed(sheet, wordings, variant, rows)]
    return pd.DataFrame(columns)


def _weighed(sheet: Predictions, wordings: TokenIndex, variant: str, rows: np.ndarray) -> Iterator[list[str]]:
    """Yield the words of each row with their weights, as in “not=0.4211”."""
    for row in rows:
        at = slice(sheet.starts[row], sheet.starts[row + 1])
        pairs = zip(wordings.ids[at], sheet.weights[variant][at], strict=True)
        yield [f"{wordings.words[word]}={weight:.4f}" for word, weight in pairs]


def _worth(sheet: Predictions, variant: str, sort: Sort) -> np.ndarray:
    """Return the numbers [N] of which the highest come first."""
    if sort == "loss":
        return -confidence(sheet, variant) if sheet.truth is None else sheet.losses[variant]
    if sort == "confidence":
        return confidence(sheet, variant)
    if sort == "disagreement":
        return disagreement(sheet)
    if sort == "length":
        return sheet.tokens.astype(np.float64)
    return -np.arange(len(sheet), dtype=np.float64)
