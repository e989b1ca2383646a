"""Scoring rows for a page: short ones first, behind all sessions that want the same rows, with what is known so far.

What is whole is kept for all; what is not, nobody takes for whole. Of what people upload nothing goes to the disk: its
texts and answers are in memory, until the server stops or others take their place.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import streamlit as st

from attnviz.analysis.evaluation import prediction_cache
from attnviz.analysis.evaluation.predictions import Predictions, fingerprint
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin, key_of
from attnviz.analysis.evaluation.short_first import Growth, predict_short_first
from attnviz.data.datasets import load_dataset
from attnviz.data.steps import told
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.model.learned import UNSEEN
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.background import EVERY, Background
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.session import _

_MOST = 4  # pieces of work begun; the one asked for longest ago is dropped


@dataclass(frozen=True)
class Progress:
    """How far scoring is; `grown` counts how often there was more to show."""

    doing: Literal["scoring", "checking"] = "scoring"
    fraction: float = 0.0
    grown: int = 0
    some: Results | None = None  # of the rows read so far
    since: float = 0.0  # when the rows began to be read, as `time.monotonic` counts


Work = Background[Progress, Results]
_AT_ONCE = 0.3  # seconds in which little work is done without a word
_work: OrderedDict[tuple[str, str], Work] = OrderedDict()


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
        own = key == key_of(experiment.about.data.digest, "test")
        known.results = _results(predictions, experiment, own=own) if predictions else None
    return known.results


def weights_of(experiment: Experiment) -> str:
    """Return the fingerprint of an experiment, worked out once."""
    return _fingerprint(experiment.name)


def scored(experiment: Experiment, rows: EvaluationRows, place: str, keep: bool, check: bool = False) -> Results | None:
    """Return what is known of some rows; begin to score them where nobody has, and draw how far that is.

    The answers go to the cache folder if it says `keep`. With `check` these may be the experiment's own test rows: it
    is looked whether they are, once they are read.
    """
    key = place, weights_of(experiment)
    if found := kept(experiment, place, rows.key, rows.origin):
        _work.pop(key, None)  # it has kept its answers since the last look
        return found
    if key not in _work:
        _work[key] = Background.of(lambda: _steps(experiment, rows, key[1], keep, check), Progress())
    _work.move_to_end(key)
    while len(_work) > _MOST:
        _work.popitem(last=False)[1].stop()
    return so_far(experiment, place)


def so_far(experiment: Experiment, place: str) -> Results | None:
    """Draw how far the scoring of a place is, if it has begun, and return what is known by now."""
    key = place, weights_of(experiment)
    if key not in _work:
        return None
    work = _work[key]
    work.look()
    if work.step.some is None:
        work.wait(_AT_ONCE)
    if work.done:
        _work.pop(key, None)
        if work.error:
            raise work.error
        _places(*key).results = work.result
        return work.result
    step = work.step
    st.fragment(_watch, run_every=None if session.asked(f"stopped {place}") else EVERY)(work, place, step.grown)
    return step.some


def _watch(work: Work, place: str, drawn: int) -> None:
    """Draw how far it is, with a way to stop it; the page is drawn anew once there is more to see."""
    ask, step = f"stopped {place}", work.step
    stopped = session.asked(ask)
    if not stopped:
        work.look()
        if work.done or step.grown != drawn:
            st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="scoring"):
        if stopped:
            st.info(_("Scoring was stopped.") + " " + escape_markdown(_reach(step.some)))
            again = st.button(_("Go on"), icon=":material/play_arrow:", on_click=session.ask, args=(ask, False))
        else:
            st.progress(step.fraction, escape_markdown(f"{_reach(step.some)} {_left(step)}".strip()))
            again = st.button(
                _("Stop"), icon=":material/stop:", key="stop_scoring", on_click=session.ask, args=(ask, True)
            )
    if again:
        st.rerun()  # with a look every half second, or with none


def _reach(some: Results | None) -> str:
    """Say which of the rows are read."""
    if some is None or some.total is None:
        return _("Reading the short rows …")
    said = _("Of {total} rows {count} are read so far, the short ones: all figures here are of these.")
    return said.format(total=f"{some.total:,}", count=f"{len(some.predictions):,}")


def _left(step: Progress) -> str:
    if step.doing == "checking":
        return _("Looking whether these are the very rows that the experiment was tested on …")
    if not step.fraction:
        return ""
    seconds = (time.monotonic() - step.since) / step.fraction * (1 - step.fraction)
    return _("About {seconds} s left.").format(seconds=max(round(seconds), 1))


def _steps(
    experiment: Experiment, rows: EvaluationRows, weights: str, keep: bool, check: bool
) -> Generator[Progress, None, Results]:
    now = Progress(since=time.monotonic())

    def heard(growth: Growth) -> Progress:
        nonlocal now
        if growth.some:
            now = replace(now, grown=now.grown + 1, some=_results(growth.some, experiment, len(rows)))
        since = now.since if growth.fraction else time.monotonic()
        now = replace(now, fraction=growth.fraction, since=since)
        return now

    table = yield from told(predict_short_first(experiment, rows, experiment.variants), heard)
    if check:
        yield replace(now, doing="checking", fraction=1.0)
    own = check and _is_own(rows.name, experiment)
    if own:
        unseen = np.full(len(rows), UNSEEN, dtype=np.int8)
        origin = replace(rows.origin, seen=unseen) if rows.origin.seen is None else rows.origin
        rows = replace(rows, origin=origin, key=key_of(experiment.about.data.digest, "test"))
    path = prediction_cache.place(rows.key, weights, experiment.variants) if keep else None
    return _results(prediction_cache.whole(table, experiment, rows, path), experiment, own=own)


def _is_own(name: str, experiment: Experiment) -> bool:
    """Return whether a data set known by name is the very one that an experiment was made with."""
    try:
        return load_dataset(name, label_names=experiment.labels).digest == experiment.about.data.digest
    except AttnvizError:  # the file of the other rows is another one by now
        return False


def _results(predictions: Predictions, experiment: Experiment, total: int | None = None, own: bool = False) -> Results:
    cut = experiment.segmenter
    return Results(predictions, experiment.max_tokens, experiment.language, cut, total=total, own=own)


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
