"""How much of a heat-map is the classifier's seed: the same sentences under classifiers that chance alone tells apart.

A divergence says nothing by itself: where all weights are near uniform, two seeds are near each other whatever they
look at. So it is a ratio to how far they are from uniform, beside Kendall's tau and whether the top word is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from attnviz.analysis.belief.correlation import Tau
from attnviz.model.experiment import Experiment


@dataclass(frozen=True)
class Spread:
    """Means over N sentences and all pairs of seeds."""

    sentences: int
    divergence: float  # Jensen–Shannon, in nats, between the weights of two seeds
    from_uniform: float  # the same between a seed's weights and equal ones
    tau: float
    same_top: float  # share of sentences whose most looked-at word is the same

    @property
    def ratio(self) -> float:
        """How far seeds are from each other, as a share of how far they are from uniform."""
        return self.divergence / self.from_uniform if self.from_uniform else np.nan


def spread(seeds: Sequence[Experiment], texts: Sequence[str], variant: str) -> Spread:
    """Compare the weights of two experiments or more that differ in their seed only; T > 1 tokens a sentence."""
    between, uniform, taus, tops = [], [], [], []
    used = 0
    for text in texts:
        weights = [experiment.explain(text, variant).weights for experiment in seeds]
        if len(weights[0]) < 2:
            continue
        used += 1
        equal = np.full(len(weights[0]), 1 / len(weights[0]))
        uniform += [jensen_shannon(one, equal) for one in weights]
        for one, other in combinations(weights, 2):
            between.append(jensen_shannon(one, other))
            tops.append(one.argmax() == other.argmax())
            if found := Tau.of(one, other):
                taus.append(found.tau)
    return Spread(used, *(float(np.mean(values)) if values else np.nan for values in (between, uniform, taus, tops)))


def jensen_shannon(one: np.ndarray, other: np.ndarray) -> float:
    """Return the divergence of two distributions [T], in nats: 0 where they are the same, log 2 at most."""
    middle = (one + other) / 2

    def from_middle(weights: np.ndarray) -> float:
        some = weights > 0
        return float((weights[some] * np.log(weights[some] / middle[some])).sum())

    return (from_middle(one) + from_middle(other)) / 2
