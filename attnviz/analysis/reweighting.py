"""The same hidden states under other weights: softmax at a temperature, weights by hand, and weights that agree.

The hidden states stay, so the votes v_i = V·h_i do: whatever weights α are taken, logit_k = Σ α_i v_ik + bias_k. Where
a classifier reads padding, what that got and gave stays as it is, a part of the bias, and the words share the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attnviz.model.explanation import Explanation

_SAME = 1e-9  # of the logits' differences: finer than any figure shown
_NOTHING = 1e-3


@dataclass(frozen=True)
class Answer:
    """What a classifier answers to its hidden states under some weights [T]."""

    weights: np.ndarray  # [T]
    contributions: np.ndarray  # [T, K]
    logits: np.ndarray  # [K]
    probabilities: np.ndarray  # [K]
    prediction: int


@dataclass(frozen=True)
class PermutedWeights:
    """How often the answer stays when the same weights are dealt to other words."""

    count: int
    same: int
    distance: float  # the mean one between the shuffled weights and the model's own


@dataclass(frozen=True)
class Overlap:
    """Marked words beside the words with the largest weights, as many as are marked."""

    marked: tuple[int, ...]
    top: tuple[int, ...]
    attention: float  # the weight that the marked words have together

    @property
    def hits(self) -> int:
        """How many words are in both."""
        return len(set(self.marked) & set(self.top))

    @property
    def share(self) -> float:
        """The hits as a share of the words marked; 0 where none is."""
        return self.hits / len(self.marked) if self.marked else 0.0


def softmax(scores: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return exp(e_i / τ) / Σ exp(e_j / τ), [T]; at 0 its limit: all weight on the highest score, ties share it."""
    if not len(scores):
        return np.zeros(0)
    if temperature <= 0:
        highest = scores == scores.max()
        return np.asarray(highest / highest.sum())
    powers = np.exp((scores - scores.max()) / temperature)
    return np.asarray(powers / powers.sum())


def reweight(explanation: Explanation, weights: np.ndarray) -> Answer:
    """Answer from the sentence's hidden states under `weights` [T]."""
    contributions = weights[:, None] * explanation.votes
    logits = contributions.sum(axis=0) + explanation.fixed
    probabilities = softmax(logits)
    return Answer(weights, contributions, logits, probabilities, int(probabilities.argmax()))


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of all weight that must be moved to turn one into the other, 0..1 (total variation)."""
    return float(np.abs(one - other).sum() / 2)


def alternative_weights(explanation: Explanation) -> np.ndarray | None:
    """Return weights [T] as far from the model's as can be that give exactly its probabilities, None if none do.

    A linear programme: least Σ β_i α_i with β ≥ 0, Σ β_i = 1 and the same differences between the logits. Its corners
    have at most K words with any weight, so a sentence of no more words than classes may have no second answer.
    """
    own = explanation.weights
    if len(own) < 2:
        return None
    from scipy.optimize import linprog  # a third of a second, and only here

    gaps = (explanation.votes[:, 1:] - explanation.votes[:, :1]).T  # [K - 1, T]
    found = linprog(
        own,
        A_eq=np.vstack((np.ones(len(own)), gaps)),
        b_eq=np.concatenate(([total := float(own.sum()) if explanation.padding else 1.0], gaps @ own)),
        bounds=(0, None),
        method="highs",
    )
    if not found.success:
        return None
    weights = np.clip(found.x, 0, None)
    weights *= total / weights.sum()
    return np.asarray(weights) if distance(weights, own) > _NOTHING else None


def flip_radius(explanation: Explanation) -> float | None:
    """Return the least share of all weight that must be moved to change the answer, None if no weights change it.

    For each other class j the words' leads are v_ik − v_ij. What brings the answer down most is weight moved from the
    words with the largest leads to the one with the least; to take the largest first is what a linear programme finds.
    """
    k, fixed = int(explanation.logits.argmax()), explanation.fixed
    total = float(explanation.weights.sum()) if explanation.padding else 1.0
    radii = []
    for j in range(len(explanation.labels)):
        leads, bias = explanation.votes[:, k] - explanation.votes[:, j], fixed[k] - fixed[j]
        if j == k or not len(leads) or total * leads.min() + bias > 0:
            continue
        order = np.argsort(-leads, kind="stable")
        need = float(explanation.weights @ leads + bias)
        gains = explanation.weights[order] * (leads[order] - leads.min())
        whole = int(np.searchsorted(np.cumsum(gains), need))  # the words that lose all of their weight
        rest = need - gains[:whole].sum()
        part = rest / (leads[order[whole]] - leads.min()) if whole < len(order) and rest > 0 else 0.0
        radii.append(float(explanation.weights[order[:whole]].sum() + part))
    return min(radii, default=None)


def permuted_weights(explanation: Explanation, count: int = 100, seed: int = 0) -> PermutedWeights:
    """Deal the weights to the words in `count` random orders and look at the answers."""
    random, own = np.random.default_rng(seed), explanation.weights
    dealt = np.stack([random.permutation(own) for _ in range(count)])  # [count, T]
    answers = (dealt @ explanation.votes + explanation.fixed).argmax(axis=1)
    same = int((answers == explanation.logits.argmax()).sum())
    return PermutedWeights(count, same, float(np.abs(dealt - own).sum(axis=1).mean() / 2))


def overlap(weights: np.ndarray, marked: tuple[int, ...]) -> Overlap:
    """Compare marked words with the words that have the largest weights; ties go to the earlier word."""
    top = np.argsort(-weights, kind="stable")[: len(marked)]
    return Overlap(marked, tuple(sorted(int(at) for at in top)), float(weights[list(marked)].sum()) if marked else 0.0)
