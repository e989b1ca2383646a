"""How attention on the probe sentences grew: what an experiment's history holds, epoch by epoch.

Epoch 0 is before the first step. A history is only as good as the run that wrote it: what lacks the numbers, or has
them in another shape, is passed over, so that an old experiment opens all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attnviz.model.about import History, Probe
from attnviz.model.experiment import Experiment


@dataclass(frozen=True)
class VariantHistory:
    """One variant on one probe sentence of T tokens, over E epochs and before the first: K classes."""

    weights: np.ndarray  # [E + 1, T] α_i
    probabilities: np.ndarray  # [E + 1, K]
    kept: int  # the epoch whose weights the experiment keeps, from 1

    @property
    def evenness(self) -> np.ndarray:
        """The entropy of each epoch's weights over that of the uniform ones, [E + 1]: 1 is uniform, 0 a single word."""
        if self.weights.shape[1] < 2:
            return np.ones(len(self.weights))
        logs = np.log(self.weights, out=np.zeros_like(self.weights), where=self.weights > 0)
        return np.asarray(-(self.weights * logs).sum(axis=1) / np.log(self.weights.shape[1]))


@dataclass(frozen=True)
class AttentionHistory:
    """A probe sentence and how each variant's attention on it grew."""

    text: str
    tokens: tuple[str, ...]  # those that the classifiers read
    variants: dict[str, VariantHistory]

    @property
    def epochs(self) -> int:
        """The number of the last epoch."""
        return len(next(iter(self.variants.values())).weights) - 1


def attention_history(experiment: Experiment, text: str) -> AttentionHistory | None:
    """Return how attention on a text grew, if it is a probe sentence."""
    return next((one for one in attention_histories(experiment, text)), None)


def attention_histories(experiment: Experiment, text: str | None = None) -> tuple[AttentionHistory, ...]:
    """Return the probe sentences of an experiment (or the one that is `text`) whose history is whole, in order."""
    probes = experiment.history.probes if len(experiment.history.epochs) > 1 else ()
    found = {
        probe.text: _history(experiment, place, probe)
        for place, probe in enumerate(probes)
        if text in (None, probe.text)
    }
    return tuple(one for one in found.values() if one)


def _history(experiment: Experiment, place: int, probe: Probe) -> AttentionHistory | None:
    """Return the history of a probe; None if a number is missing, or none that a weight or a probability can be."""
    if list(probe.tokens) != [token.text for token in experiment.tokenize(probe.text)]:
        return None
    tokens, epochs = probe.tokens[: experiment.max_tokens], experiment.history.epochs
    try:
        stopped = epochs[0].keys() - epochs[-1].keys()  # before they had learned as long as the others
        variants = {
            variant: _variant_history(variant, place, experiment.history)
            for variant in experiment.variants
            if variant not in stopped
        }
    except (KeyError, IndexError, ValueError):
        return None
    shape = (len(epochs), len(tokens)), (len(epochs), len(experiment.labels))
    whole = all(
        (one.weights.shape, one.probabilities.shape) == shape
        and all(((values >= 0) & (values <= 1)).all() for values in (one.weights, one.probabilities))
        for one in variants.values()
    )
    return AttentionHistory(probe.text, tokens, variants) if tokens and whole else None


def _variant_history(variant: str, place: int, history: History) -> VariantHistory:
    readings = [epoch[variant].probes[place] for epoch in history.epochs]
    weights, probabilities = (
        np.array([getattr(reading, name) for reading in readings], dtype=np.float64)
        for name in ("weights", "probabilities")
    )
    return VariantHistory(weights, probabilities, kept=history.kept(variant))
