"""The rows of predictions that somebody wants to see: filtered, sorted, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.data import scored_columns
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd

    from attnviz.analysis.evaluation.paired import Paired

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


def check_among(predictions: Predictions, which: str) -> None:
    """Raise `AttnvizError` where labels, or a second variant, are missing that `which` rows speak of."""
    if which in ("errors", "both-right", "only-first", "only-second", "both-wrong") and predictions.truth is None:
        raise AttnvizError(
            "{data} has no labels, so nothing says which answers are wrong: ask for all rows, or for disagreements.",
            data=predictions.dataset,
        )
    if which not in ("errors", "all") and not predictions.twins:
        raise AttnvizError(
            "{experiment} has one variant, which nothing can disagree with: ask for errors, or for all rows.",
            experiment=predictions.experiment,
        )


def among(predictions: Predictions, variant: str, which: str) -> np.ndarray:
    """Return the rows [N] bool that `which` names; errors and confusions are those of `variant`."""
    answers, twins = predictions.answers, predictions.twins
    everything = np.ones(len(predictions), dtype=bool)
    if predictions.truth is not None:
        if which == "errors":
            return np.asarray(~predictions.right[variant])
        truth, _, answer = which.partition("-")
        if truth.isdecimal() and answer.isdecimal():
            return np.asarray((predictions.truth == int(truth)) & (answers[variant] == int(answer)))
        if twins:
            first, second = predictions.right[twins[0]], predictions.right[twins[1]]
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
    predictions: Predictions,
    token_index: TokenIndex,
    variant: str,
    filters: Filters,
    sort: Sort = "loss",
    within: np.ndarray | None = None,
    apart: np.ndarray | None = None,
) -> np.ndarray:
    """Return the rows that pass, in order; `within` [N] bool narrows them further.

    Sorted by disagreement, those come first on which the twins are farthest apart, or those of the highest `apart` [N].
    Without labels there is no loss: the least confident come first then.
    """
    passes = among(predictions, variant, filters.among)
    if within is not None:
        passes = passes & within
    for word in set(token_index.segmenter.words(filters.contains)):
        passes = passes & token_index.having([word])
    if filters.label in predictions.labels:
        k = predictions.labels.index(filters.label)
        passes = passes & ((predictions.answers[variant] if predictions.truth is None else predictions.truth) == k)
    if filters.least_unknown:
        passes = passes & (100 * predictions.oov >= filters.least_unknown * np.maximum(predictions.tokens, 1))
    if filters.least_length:
        passes = passes & (predictions.tokens >= filters.least_length)
    if filters.most_length:
        passes = passes & (predictions.tokens <= filters.most_length)
    rows = np.flatnonzero(passes)
    worth = apart if apart is not None and sort == "disagreement" else _worth(predictions, variant, sort)
    return np.asarray(rows[np.argsort(-worth[rows], kind="stable")])


def confidence(predictions: Predictions, variant: str) -> np.ndarray:
    """Return the probability of each answer, [N]."""
    return np.asarray(predictions.probabilities[variant].max(axis=1))


def disagreement(predictions: Predictions) -> np.ndarray:
    """Return how far the twins' probabilities are apart, [N] from 0 to 1 (total variation)."""
    if not predictions.twins:
        return np.zeros(len(predictions))
    one, other = (predictions.probabilities[variant] for variant in predictions.twins)
    return np.asarray(np.abs(one - other).sum(axis=1) / 2)


def table(
    predictions: Predictions, token_index: TokenIndex, rows: Sequence[int] | np.ndarray, paired: Paired | None = None
) -> pd.DataFrame:
    """Return one line a row: its file's own columns, its number there, and what every variant made of it.

    Behind them stands what the second experiment of a pair made of it.

    Its label stands as the file has it, and `truth` is the class that it means. A data set known by name has the
    columns text, label and group.
    """
    rows = np.asarray(rows, dtype=np.int64)
    return scored_columns.beside(own(predictions, rows), ours(predictions, token_index, rows, paired))


def ours(
    predictions: Predictions, token_index: TokenIndex, rows: np.ndarray, paired: Paired | None = None
) -> dict[str, object]:
    """Return the columns of `table` that are not the file's own, by name."""
    columns: dict[str, object] = {
        scored_columns.ROW: [predictions.origin.number(row) for row in rows],
        **_truth(predictions, rows),
        scored_columns.TOKENS: predictions.tokens[rows],
        scored_columns.UNKNOWN: predictions.oov[rows],
    }
    for variant, given in predictions.probabilities.items():
        columns[scored_columns.answer(variant)] = [predictions.labels[k] for k in predictions.answers[variant][rows]]
        for k, label in enumerate(predictions.labels):
            columns[scored_columns.probability(variant, label)] = given[rows, k].round(6)
        if predictions.truth is not None:
            columns[scored_columns.loss(variant)] = predictions.losses[variant][rows].round(6)
        weighed = [" ".join(pairs) for pairs in _weighed(predictions, token_index, variant, rows)]
        columns[scored_columns.weights(variant)] = weighed
    return columns | (paired.columns(rows) if paired else {})


def own(predictions: Predictions, rows: np.ndarray) -> pd.DataFrame:
    """Return the columns that rows had before anybody scored them."""
    import pandas as pd

    if predictions.origin.cells is not None:
        return predictions.origin.cells.iloc[rows]
    columns: dict[str, object] = {"text": [predictions.texts[row] for row in rows]}
    if predictions.truth is not None:
        columns["label"] = [predictions.labels[k] for k in predictions.truth[rows]]
    if predictions.groups is not None:
        columns["group"] = predictions.groups[rows]
    return pd.DataFrame(columns)


def _truth(predictions: Predictions, rows: np.ndarray) -> dict[str, list[str]]:
    """Return the column of the classes of a file's rows, none where nobody knows them."""
    if predictions.truth is None or predictions.origin.cells is None:
        return {}
    return {scored_columns.TRUTH: [predictions.labels[k] for k in predictions.truth[rows]]}


def _weighed(predictions: Predictions, token_index: TokenIndex, variant: str, rows: np.ndarray) -> Iterator[list[str]]:
    """Yield the words of each row with their weights, as in “not=0.4211”."""
    for row in rows:
        at = slice(predictions.starts[row], predictions.starts[row + 1])
        pairs = zip(token_index.ids[at], predictions.weights[variant][at], strict=True)
        yield [f"{token_index.words[word]}={weight:.4f}" for word, weight in pairs]


def _worth(predictions: Predictions, variant: str, sort: Sort) -> np.ndarray:
    """Return the numbers [N] of which the highest come first."""
    if sort == "loss":
        return -confidence(predictions, variant) if predictions.truth is None else predictions.losses[variant]
    if sort == "confidence":
        return confidence(predictions, variant)
    if sort == "disagreement":
        return disagreement(predictions)
    if sort == "length":
        return predictions.tokens.astype(np.float64)
    return -np.arange(len(predictions), dtype=np.float64)
