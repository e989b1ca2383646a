"""What the steps ask of an experiment, worked out once for all sessions."""

from __future__ import annotations

import numpy as np
import streamlit as st

import attnviz.analysis.activations
import attnviz.analysis.lstm_limits
from attnviz.analysis import reweighting
from attnviz.analysis.activations import Lesson
from attnviz.analysis.lstm_limits import Pace
from attnviz.analysis.reweighting import Shuffles
from attnviz.ui.cache import experiments


def lesson(name: str, text: str, variant: str) -> Lesson:
    """Return a sentence as a variant reads it, with everything in between."""
    return _lesson(name, experiments.stamp(name), text, variant)


def agreeing(name: str, text: str, variant: str) -> np.ndarray | None:
    """Return weights far from the variant's own that give the same probabilities, if there are any."""
    return _agreeing(name, experiments.stamp(name), text, variant)


def shuffles(name: str, text: str, variant: str) -> Shuffles:
    """Return how often the answer stays under shuffled weights."""
    return reweighting.shuffles(lesson(name, text, variant).explanation)


def fading(name: str, text: str, variant: str) -> np.ndarray:
    """Return how much the forward state after the last word owes to the words before it."""
    return _fading(name, experiments.stamp(name), text, variant)


def pace(name: str, variant: str) -> Pace:
    """Return how long reading takes by length, measured once on this machine."""
    return _pace(name, experiments.stamp(name), variant)


@st.cache_resource(max_entries=64, show_spinner=False)
def _lesson(name: str, stamp: int, text: str, variant: str) -> Lesson:
    return attnviz.analysis.activations.lesson(experiments.opened(name), text, variant)


@st.cache_resource(max_entries=64, show_spinner=False)
def _agreeing(name: str, stamp: int, text: str, variant: str) -> np.ndarray | None:
    return reweighting.agreeing(lesson(name, text, variant).explanation)


@st.cache_resource(max_entries=64, show_spinner=False)
def _fading(name: str, stamp: int, text: str, variant: str) -> np.ndarray:
    rows = lesson(name, text, variant).rows
    return attnviz.analysis.lstm_limits.fading(experiments.opened(name).model(variant), rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def _pace(name: str, stamp: int, variant: str) -> Pace:
    return attnviz.analysis.lstm_limits.pace(experiments.opened(name).model(variant))
