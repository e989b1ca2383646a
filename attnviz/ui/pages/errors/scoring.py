"""Scoring rows for a page, in slices that a fragment runs: it shows how far it is, can be stopped, and nobody waits.

All sessions that want the same rows share one job, and one slice runs at a time on a server. Of what people upload
nothing goes to the disk: its texts and answers are in memory, until the server stops or others take their place.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

import streamlit as st

from attnviz.analysis.evaluation import prediction_cache
from attnviz.analysis.evaluation.predictions import Predictions, fingerprint
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.components.sliced_work.sliced_work import SlicedWork
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.session import _

_SLICE = 0.8  # seconds
_PAUSE = 30  # ms between two slices, in which a click comes first
_MOST = 4  # jobs begun; the one advanced longest ago is dropped
_turn = threading.Lock()
_jobs: OrderedDict[tuple[str, str], SlicedWork[float, Predictions]] = OrderedDict()


def in_memory(experiment: Experiment, place: str) -> Results | None:
    """Return what is known of the rows at a place if they are scored already."""
    return _places(place, weights_of(experiment)).results


def kept(experiment: Experiment, place: str, key: str, origin: Origin) -> Results | None:
    """Return what is known of some rows if they are scored already, in memory or by their key in the cache folder.

    A place is that of one person's file: another one with the same texts has a place, names and columns of its own.
    """
    weights = weights_of(experiment)
    known = _places(place, weights)
    if known.results is None:
        predictions = prediction_cache.find(key, weights, experiment.variants, experiment.name, origin)
        known.results = _results(predictions, experiment) if predictions else None
    return known.results


def weights_of(experiment: Experiment) -> str:
    """Return the fingerprint of an experiment, worked out once."""
    return _fingerprint(experiment.name)


@st.fragment
def scoring(experiment: Experiment, rows: EvaluationRows, place: str, keep: bool) -> None:
    """Show how far scoring is, with a way to stop it, and go on with it; the page runs anew when it is done.

    The answers go to the cache folder if it says `keep`.
    """
    weights, stopped = weights_of(experiment), f"stopped {place}"
    if session.asked(stopped):
        st.info(_("Scoring was stopped."))
        st.button(_("Go on"), icon=":material/play_arrow:", on_click=session.ask, args=(stopped, False))
        return
    about = _("Scoring {count} rows with {classifiers} classifiers …").format(
        count=f"{len(rows):,}", classifiers=len(experiment.variants)
    )
    work = _work(experiment, rows, place, weights, keep)
    bar = st.progress(work.progress, escape_markdown(about))
    st.button(_("Stop"), icon=":material/stop:", key="stop_scoring", on_click=session.ask, args=(stopped, True))
    with _turn:
        work.advance(_SLICE)
    bar.progress(work.progress, escape_markdown(about))
    if work.result is not None:
        _places(place, weights).results = _results(work.result, experiment)
        _jobs.pop((place, weights), None)
        st.rerun()
    work.ask(f"scoring {place}", _PAUSE)


def _results(predictions: Predictions, experiment: Experiment) -> Results:
    return Results(predictions, experiment.max_tokens, experiment.language, experiment.segmenter)


def _work(
    experiment: Experiment, rows: EvaluationRows, place: str, weights: str, keep: bool
) -> SlicedWork[float, Predictions]:
    key = place, weights
    if key not in _jobs:
        variants = experiment.variants
        path = prediction_cache.place(rows.key, weights, variants) if keep else None
        _jobs[key] = SlicedWork(lambda: prediction_cache.predict_and_keep(experiment, rows, variants, path), 0.0)
    _jobs.move_to_end(key)
    while len(_jobs) > _MOST:
        _jobs.popitem(last=False)
    return _jobs[key]


class _Place:
    """Where what is known of some rows is kept in memory once it is there."""

    def __init__(self) -> None:
        self.results: Results | None = None


@st.cache_resource(max_entries=6, show_spinner=False)
def _places(place: str, weights: str) -> _Place:
    return _Place()


@per_experiment(16)
def _fingerprint(name: str) -> str:
    return fingerprint(experiments.opened(name))
