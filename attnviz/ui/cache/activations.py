"""What the steps ask of an experiment, worked out once for all sessions."""

from __future__ import annotations

import numpy as np
import streamlit as st

import attnviz.analysis.activations
import attnviz.analysis.lstm_limits
from attnviz.analysis import reweighting
from attnviz.analysis.activations import Activations
from attnviz.analysis.lstm_limits import ReadingTime
from attnviz.analysis.reweighting import PermutedWeights
from attnviz.ui.cache import experiments


def activations(name: str, text: str, variant: str) -> Activations:
    """Return a sentence as a variant reads it, with everything in between."""
    return _activations(name, experiments.stamp(name), text, variant)


def alternative_weights(name: str, text: str, variant: str) -> np.ndarray | None:
    """Return weights far from the variant's own that give the same probabilities, if there are any."""
    return _alternative_weights(name, experiments.stamp(name), text, variant)


def permuted_weights(name: str, text: str, variant: str) -> PermutedWeights:
    """Return how often the answer stays under shuffled weights."""
    return reweighting.permuted_weights(activations(name, text, variant).explanation)


def gradient_decay(name: str, text: str, variant: str) -> np.ndarray:
    """Return how much the forward state after the last word owes to the words before it."""
    return _gradient_decay(name, experiments.stamp(name), text, variant)


def reading_time(name: str, variant: str) -> ReadingTime:
    """Return how long reading takes by length, measured once on this machine."""
    return _reading_time(name, experiments.stamp(name), variant)


@st.cache_resource(max_entries=64, show_spinner=False)
def _activations(name: str, stamp: int, text: str, variant: str) -> Activations:
    return attnviz.analysis.activations.activations(experiments.opened(name), text, variant)


@st.cache_resource(max_entries=64, show_spinner=False)
def _alternative_weights(name: str, stamp: int, text: str, variant: str) -> np.ndarray | None:
    return reweighting.alternative_weights(activations(name, text, variant).explanation)


@st.cache_resource(max_entries=64, show_spinner=False)
def _gradient_decay(name: str, stamp: int, text: str, variant: str) -> np.ndarray:
    rows = activations(name, text, variant).rows
    return attnviz.analysis.lstm_limits.gradient_decay(experiments.opened(name).model(variant), rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def _reading_time(name: str, stamp: int, variant: str) -> ReadingTime:
    return attnviz.analysis.lstm_limits.reading_time(experiments.opened(name).model(variant))
