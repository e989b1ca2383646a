"""What the answer is without the words a view puts first, and of them alone, beside words in a random order.

Comprehensiveness and sufficiency are those of DeYoung et al. (2020, ERASER), means over the first 1, 5, 10, 20 and 50 %
of the words, at least one, each number of words once. Words are put out in two ways: deleted, or by random words in
their place. No way is right for a classifier that was never trained on such sentences; what both say can be believed.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
import torch

from attnviz.analysis.belief.subject import Subject, odds_of, probability
from attnviz.data.steps import told

Operator = Literal["deletion", "random_word"]

SHARES = (0.01, 0.05, 0.10, 0.20, 0.50)
ORDERS: dict[Operator, int] = {"deletion": 20, "random_word": 12}  # random ones, unless fewer are asked for
_DRAWS: dict[Operator, int] = {"deletion": 1, "random_word": 3}  # in the same places, whose median counts
_BAND = (0.05, 0.95)


@dataclass(frozen=True)
class Cost:
    """What it costs the answer to lose the words that come first in an order, as differences of its probability."""

    comprehensiveness: float  # without them: the more, the more they were needed
    sufficiency: float  # with nothing else: the less, the more they are enough
    flip: int | None  # of how few of them the loss changes the answer, among the numbers tried; None: of none


@dataclass(frozen=True)
class Band:
    """A mean over random orders, and the range that nine in ten of them keep to."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: np.ndarray) -> Band:
        """Sum up some values."""
        low, high = np.quantile(values, _BAND)
        return cls(float(values.mean()), float(low), float(high))


@dataclass(frozen=True)
class Faithfulness:
    """What views cost, by their names, and what words in a random order do."""

    operator: Operator
    counts: tuple[int, ...]  # how many words were put out
    costs: dict[str, Cost]
    random_comprehensiveness: Band
    random_sufficiency: Band


def counts_of(tokens: int) -> tuple[int, ...]:
    """Return how many words each of the shares is, each number once."""
    return tuple(sorted({max(1, ceil(share * tokens - 1e-9)) for share in SHARES})) if tokens else ()


def faithfulness(
    subject: Subject, views: Mapping[str, np.ndarray], operator: Operator
) -> Generator[float, None, Faithfulness | None]:
    """Put the words out that each view [T] puts first; return None of a sentence without a word.

    A signed view puts those first that speak most for the answer. Yields the share that is done.
    """
    sequences = put_out(subject, views, operator)
    logits = yield from told(subject.logits(sequences), lambda done: done / len(sequences))
    return costs(subject, tuple(views), operator, logits)


def put_out(subject: Subject, views: Mapping[str, np.ndarray], operator: Operator, orders: int = 0) -> list[np.ndarray]:
    """Return the sequences of ids that are to be read: those of each view, then those of random orders."""
    tokens, random = len(subject.ids), subject.random(operator)
    counts = counts_of(tokens)
    sequences = [
        _kept_out(subject, places, operator, random)
        for view in views.values()
        for order in [np.argsort(-view, kind="stable")]
        for count in counts
        for places in (order[:count], order[count:])
        for _ in range(_DRAWS[operator])
    ]
    return sequences + [
        _kept_out(subject, places, operator, random)
        for order in (random.permutation(tokens) for _ in range(orders or ORDERS[operator]))
        for count in counts
        for places in (order[:count], order[count:])
        for _ in range(_DRAWS[operator])
    ]


def costs(subject: Subject, views: Sequence[str], operator: Operator, logits: np.ndarray) -> Faithfulness | None:
    """Return what the logits [N, K] of what is `put_out` come to."""
    if not len(logits):
        return None
    counts = counts_of(len(subject.ids))
    shape = (len(views), len(counts), 2, _DRAWS[operator])
    shown = int(np.prod(shape))
    odds = odds_of(torch.from_numpy(logits), subject.answer).numpy()
    leads = logits[:, subject.answer] - np.delete(logits, subject.answer, axis=1).max(axis=1)
    before = float(probability(subject.own))

    def lost(values: np.ndarray) -> np.ndarray:
        """Return [orders, without and alone] of log-odds [orders, counts, without and alone]."""
        return before - np.asarray(probability(values).mean(axis=1))

    of_each = lost(np.median(odds[:shown].reshape(shape), axis=3))
    changed = np.median(leads[:shown].reshape(shape)[:, :, 0], axis=2) < 0  # [views, counts]
    at_random = lost(np.median(odds[shown:].reshape(-1, *shape[1:]), axis=3))
    found = {
        name: Cost(float(without), float(alone), counts[int(flips.argmax())] if flips.any() else None)
        for name, (without, alone), flips in zip(views, of_each, changed, strict=True)
    }
    return Faithfulness(operator, counts, found, Band.of(at_random[:, 0]), Band.of(at_random[:, 1]))


def _kept_out(subject: Subject, places: np.ndarray, operator: Operator, random: np.random.Generator) -> np.ndarray:
    if operator == "deletion":
        return np.delete(subject.ids, places)
    return subject.replaced(places, random)
