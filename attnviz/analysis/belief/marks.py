"""Words that people marked, beside a view: average precision (AUPRC) and token F1.

A signed view is taken with its sign, for the answered class: people mark what speaks for an answer, and what speaks
against it is no reason for it. Words that a view holds equal stand in any order; figures are exact means over all of
these (McSherry and Najork 2008), so a view that puts no word first has those of words in a random order. Their AUPRC is
above the share of marked words, most of all in short sentences: with one of ten marked it is .29, for that word stands
first now and then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attnviz.data.rationales.rationale import Span
from attnviz.model.explanation import Explanation

_DRAWS = 1000  # of texts, for an interval


@dataclass(frozen=True)
class Agreement:
    """How far marked words come first, 0..1."""

    auprc: float  # the mean, over the marked words, of the share of marked ones among the words as far as each
    f1: float  # of as many words as are marked, the first ones, the share that is marked

    @classmethod
    def of(cls, view: np.ndarray, marked: np.ndarray) -> Agreement | None:
        """Compare a view [T] with marks [T] (bool); None where no word is marked, or every one."""
        count = int(marked.sum())
        if not 0 < count < len(marked):
            return None
        _, group = np.unique(-view, return_inverse=True)  # of equal ones, the largest first
        sizes, hits = np.bincount(group), np.bincount(group, weights=marked)
        before, hits_before = np.cumsum(sizes) - sizes, np.cumsum(hits) - hits
        place, at = np.arange(len(view)), np.repeat(np.arange(len(sizes)), sizes)
        share = hits[at] / sizes[at]  # how often there is a marked word at a place
        earlier = (place - before[at]) * (hits[at] - 1) / np.maximum(sizes[at] - 1, 1)  # of its equals, if there is one
        precision = (hits_before[at] + 1 + earlier) / (place + 1)
        return cls(float((share * precision).sum() / count), float(share[:count].sum() / count))

    @classmethod
    def at_random(cls, marked: np.ndarray) -> Agreement | None:
        """Return the mean over all orders of the words [T]."""
        return cls.of(np.zeros(len(marked)), marked)


@dataclass(frozen=True)
class MeanAgreement:
    """The means over some texts, with their 95 % intervals by bootstrap over the texts."""

    auprc: float
    f1: float
    auprc_interval: tuple[float, float]
    f1_interval: tuple[float, float]

    @classmethod
    def of(cls, found: Sequence[Agreement]) -> MeanAgreement:
        """Sum up one text or more."""
        figures, random = np.array([(one.auprc, one.f1) for one in found]), np.random.default_rng(0)
        drawn = [figures[random.integers(0, len(figures), len(figures))].mean(axis=0) for _ in range(_DRAWS)]
        (auprc_low, f1_low), (auprc_high, f1_high) = np.quantile(drawn, (0.025, 0.975), axis=0).tolist()
        auprc, f1 = figures.mean(axis=0).tolist()
        return cls(auprc, f1, (auprc_low, auprc_high), (f1_low, f1_high))


def marked_tokens(explanation: Explanation, spans: Sequence[Span]) -> np.ndarray:
    """Return which tokens one person marked [T]: those with at least half of their characters."""
    edges = np.zeros(len(explanation.text) + 1, dtype=np.int64)
    for start, end in spans:
        edges[start] += 1
        edges[end] -= 1
    covered = np.concatenate(([0], np.cumsum(np.cumsum(edges[:-1]) > 0)))  # of the characters before each place
    starts = np.array([token.start for token in explanation.tokens], dtype=np.int64)
    ends = np.array([token.end for token in explanation.tokens], dtype=np.int64)
    return np.asarray(2 * (covered[ends] - covered[starts]) >= ends - starts)


def majority(people: Sequence[np.ndarray]) -> np.ndarray:
    """Return which tokens more than half of some people marked [T], of what each of them did [T] (bool)."""
    return np.asarray(2 * np.sum(people, axis=0) > len(people))
