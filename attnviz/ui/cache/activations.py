"""What the steps ask of an experiment, worked out once for all sessions."""

from __future__ import annotations

import numpy as np

import attnviz.analysis.activations
import attnviz.analysis.lstm_limits
from attnviz.analysis import reweighting
from attnviz.analysis.activations import Activations
from attnviz.analysis.lstm_limits import ReadingTime
from attnviz.analysis.reweighting import PermutedWeights
from attnviz.model.batches import Unknown
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment


@per_experiment(64)
def activations(
    name: str, text: str, variant: str, unknown: Unknown = "subword", without: tuple[int, ...] = ()
) -> Activations:
    """Return a sentence as a variant reads it, with everything in between."""
    return attnviz.analysis.activations.activations(experiments.opened(name), text, variant, unknown, without)


@per_experiment(64)
def alternative_weights(name: str, text: str, variant: str) -> np.ndarray | None:
    """Return weights far from the variant's own that give the same probabilities, if there are any."""
    return reweighting.alternative_weights(activations(name, text, variant).explanation)


def permuted_weights(name: str, text: str, variant: str) -> PermutedWeights:
    """Return how often the answer stays under shuffled weights."""
    return reweighting.permuted_weights(activations(name, text, variant).explanation)


@per_experiment(64)
def gradient_decay(name: str, text: str, variant: str) -> np.ndarray:
    """Return how much the forward state after the last word owes to the words before it."""
    rows = activations(name, text, variant).rows
    return attnviz.analysis.lstm_limits.gradient_decay(experiments.opened(name).model(variant), rows)


@per_experiment(16)
def reading_time(name: str, variant: str) -> ReadingTime:
    """Return how long reading takes by length, measured once on this machine."""
    return attnviz.analysis.lstm_limits.reading_time(experiments.opened(name).model(variant))
