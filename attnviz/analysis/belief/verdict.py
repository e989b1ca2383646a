"""The line under a heat-map: what the answer is without the words it looked at most, and without any others.

Words are put out by putting random words of the vocabulary in their place. To leave them out, or to read them as
`<unk>`, makes a sentence that no classifier here was trained to read. It is a hint and no proof: it is said of this
sentence and of these draws, and words that carry an answer only together with others are not found by it.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch

from attnviz.analysis.belief.subject import Subject, odds_of, probability
from attnviz.data.steps import finished
from attnviz.model.belief_figures import Kind

DRAWS = 20
BEATS = 19  # of so many random sets: what a heat-map without a meaning beats in at most one sentence of ten
MANY, ENOUGH = 3, 6  # so many words at once, in sentences of so many words or more; in shorter ones a single word
_EQUAL = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What a classifier says without the words it looked at most; probabilities of the class it answered."""

    kind: Kind
    label: str  # the class that it answered
    top: tuple[int, ...]  # places of the words, the most looked at first
    probability: float  # of the sentence as it stands
    without_top: float  # the median of the draws
    without_random: float  # the median of as many other words, drawn anew each time
    beaten: int  # how many of the draws of other words cost the answer less than the top ones' median
    stands: bool  # whether the answer is the same without the top ones, in the median


def verdict(subject: Subject) -> Verdict:
    """Judge a heat-map; `none` where there are no two words, or all weigh the same."""
    return finished(judged(subject))


def judged(subject: Subject) -> Generator[int, None, Verdict]:
    """Return the verdict on a heat-map; yields how many of the sentences that it takes are read so far."""
    return conclusion(subject, (yield from subject.logits(changed(subject))))


def changed(subject: Subject) -> list[np.ndarray]:
    """Return the sentences, as ids [T], that a verdict takes: those without the top words, then those without others.

    There are none where no verdict can be given.
    """
    weights = subject.explanation.weights
    if equal(weights):
        return []
    top, random = _top(weights), subject.random("verdict")
    without = [subject.replaced(top, random) for _ in range(DRAWS)]
    return without + [subject.replaced(_others(top, len(weights), random), random) for _ in range(DRAWS)]


def conclusion(subject: Subject, logits: np.ndarray) -> Verdict:
    """Judge a heat-map by the logits [N, K] of the sentences that are `changed`."""
    label, own = subject.explanation.prediction, subject.own
    before = float(probability(own))
    if not len(logits):
        return Verdict("none", label, (), before, before, before, 0, stands=True)
    top = tuple(int(at) for at in _top(subject.explanation.weights))
    odds = odds_of(torch.from_numpy(logits), subject.answer).numpy()
    leads = logits[:DRAWS, subject.answer] - np.delete(logits[:DRAWS], subject.answer, axis=1).max(axis=1)
    without_top, others = float(np.median(odds[:DRAWS])), odds[DRAWS:]
    beaten = int((others > without_top).sum())
    kind: Kind = "rises" if without_top > own else "carried" if beaten >= BEATS else "no_more"
    after, with_others = (float(one) for one in probability(np.array([without_top, np.median(others)])))
    return Verdict(kind, label, top, before, after, with_others, beaten, stands=bool(np.median(leads) > 0))


def equal(weights: np.ndarray) -> bool:
    """Return whether weights [T] put no word before another."""
    return len(weights) < 2 or bool(np.ptp(weights) <= _EQUAL)


def _top(weights: np.ndarray) -> np.ndarray:
    """Return the places of the largest weights, the largest first; of equal ones the earlier."""
    return np.argsort(-weights, kind="stable")[: MANY if len(weights) >= ENOUGH else 1]


def _others(top: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Draw as many places, any but just the same ones."""
    while True:
        drawn = random.choice(count, len(top), replace=False)
        if set(drawn) != set(top):
            return np.asarray(drawn)
