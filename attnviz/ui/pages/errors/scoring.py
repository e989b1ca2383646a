"""Scoring rows for a page, in slices that a fragment runs: it shows how far it is, can be stopped, and nobody waits.

All sessions that want the same rows share one job, and one slice runs at a time on a server. Of what people upload
nothing goes to the disk: its texts and answers are in memory, until the server stops or others take their place.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

import streamlit as st

from attnviz.analysis.evaluation import prediction_cache
from attnviz.analysis.evaluation.predictions import Predictions, fingerprint, from_table, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.session import _

_SLICE = 0.8  # seconds
_MOST = 4  # jobs begun; the one advanced longest ago is dropped
_turn = threading.Lock()
_jobs: OrderedDict[tuple[str, str], Job] = OrderedDict()


class Job:
    """Rows on their way to a scoresheet."""

    def __init__(self, experiment: Experiment, rows: EvaluationRows, weights: str, keep: bool) -> None:
        self.steps = predict_rows(experiment, rows)
        self.parts: list[object] = []
        self.path = prediction_cache.place(rows.key, weights, experiment.variants) if keep else None
        self.fraction = 0.0
        self.sheet: Predictions | None = None

    def advance(self, seconds: float) -> None:
        """Go on for a while; at the end the sheet is there and kept."""
        import pyarrow as pa

        until = time.monotonic() + seconds
        for step in self.steps:
            self.fraction = step.fraction
            if step.part is not None:
                self.parts.append(step.part)
            if time.monotonic() > until:
                return
            time.sleep(0)  # whoever types goes first
        table = pa.concat_tables(self.parts)
        if self.path:
            prediction_cache.keep(table, self.path)
        self.sheet = from_table(table)


def kept(experiment: Experiment, key: str) -> Results | None:
    """Return what is known of some rows if they are scored already, in memory or in the cache folder."""
    weights = weights_of(experiment)
    place = _places(key, weights)
    if place.dossier is None and (sheet := prediction_cache.find(key, weights, experiment.variants)):
        place.dossier = _dossier(sheet, experiment)
    return place.dossier


def weights_of(experiment: Experiment) -> str:
    """Return the fingerprint of an experiment, worked out once."""
    return _fingerprint(experiment.name, experiments.stamp(experiment.name))


@st.fragment(run_every=0.4)
def scoring(experiment: Experiment, rows: EvaluationRows, keep: bool) -> None:
    """Show how far scoring is, with a way to stop it, and go on with it; the page runs anew when it is done."""
    weights, stopped = weights_of(experiment), f"stopped {rows.key}"
    if session.asked(stopped):
        st.rerun()  # the whole page: a fragment that is drawn goes on running by the clock
    about = _("Scoring {count} rows with {classifiers} classifiers …").format(
        count=f"{len(rows):,}", classifiers=len(experiment.variants)
    )
    job = _job(experiment, rows, weights, keep)
    bar = st.progress(job.fraction, session.escape_markdown(about))
    st.button(_("Stop"), icon=":material/stop:", key="stop_scoring", on_click=session.ask, args=(stopped,))
    with _turn:
        if job.sheet is None:
            job.advance(_SLICE)
    bar.progress(job.fraction, session.escape_markdown(about))
    if job.sheet is not None:
        _places(rows.key, weights).dossier = _dossier(job.sheet, experiment)
        _jobs.pop((rows.key, weights), None)
        st.rerun()


def waiting(experiment: Experiment, rows: EvaluationRows, keep: bool) -> None:
    """Draw the scoring, or if it was stopped the way to go on; the answers go to the cache folder if it says `keep`."""
    stopped = f"stopped {rows.key}"
    if session.asked(stopped):
        st.info(_("Scoring was stopped."))
        st.button(_("Go on"), icon=":material/play_arrow:", on_click=session.ask, args=(stopped, False))
        return
    scoring(experiment, rows, keep)


def _dossier(sheet: Predictions, experiment: Experiment) -> Results:
    return Results(sheet, experiment.max_tokens, experiment.language)


def _job(experiment: Experiment, rows: EvaluationRows, weights: str, keep: bool) -> Job:
    key = rows.key, weights
    if key not in _jobs:
        _jobs[key] = Job(experiment, rows, weights, keep)
    _jobs.move_to_end(key)
    while len(_jobs) > _MOST:
        _jobs.popitem(last=False)
    return _jobs[key]


class _Place:
    """Where what is known of a sheet is kept in memory once it is there."""

    def __init__(self) -> None:
        self.dossier: Results | None = None


@st.cache_resource(max_entries=6, show_spinner=False)
def _places(key: str, weights: str) -> _Place:
    return _Place()


@st.cache_resource(max_entries=16, show_spinner=False)
def _fingerprint(name: str, stamp: int) -> str:
    return fingerprint(experiments.opened(name))
