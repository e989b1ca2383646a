"""The data sets known by name on the Errors page: which of them fit, their test rows, and the way to those not here."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import streamlit as st

from attnviz.analysis.evaluation.rows import EvaluationRows, Origin, key_of
from attnviz.data.datasets import load_test_rows
from attnviz.data.download import Download
from attnviz.data.registry import SOURCES, at_hand, test_at_hand
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.ui import owner, session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.background import EVERY, Background
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors import scoring
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView

_downloads: dict[str, Background[float, Path]] = {}  # by data set, for all sessions


def named(experiment: Experiment) -> list[str]:
    """Return the data sets known by name whose classes are the experiment's, its own first."""
    fits = [name for name, source in SOURCES.items() if tuple(source.classes.values()) == experiment.labels]
    return sorted(fits, key=lambda name: name != experiment.about.data.name)


def first(experiment: Experiment) -> str | None:
    """Return the data set that is shown unasked: the experiment's own, be it only one that comes with the project."""
    own, fits = experiment.about.data.name, named(experiment)
    shipped = (name for name in fits if not SOURCES[name].trainable)
    if own in fits and test_at_hand(own):
        return own
    return next(shipped, own if own in fits else None)


def known(name: str, experiment: Experiment) -> Results | None:
    """Return the scored test rows of a data set; while there are none, draw the way to them and return None."""
    own = experiment.about.data
    key = key_of(own.digest, "test")
    if name == own.name and (found := scoring.kept(experiment, key, key, Origin(name))):
        return found
    if not test_at_hand(name):
        _fetch(name, experiment)
        return None
    if name != own.name and own.name in named(experiment) and not test_at_hand(own.name) and owner.is_owner():
        _button(own.name, type="tertiary")
    with st.spinner(_("Reading {name} …").format(name=name)):
        file = SOURCES[name].test_file
        path = file.path if isinstance(file, Download) else file.fetch()
        rows = _rows(experiment.name, name, path.stat().st_mtime_ns)
    perhaps = name == own.name and at_hand(name) and len(rows) == own.rows.get("test")
    found = scoring.scored(experiment, rows, rows.key, keep=True, check=perhaps)
    strange = not perhaps or (found is not None and found.total is None and not found.own)
    if strange and SOURCES[name].trainable:
        told = _(
            "These are not the very rows that {experiment} was made with: it may have learned from some of them, and "
            "its figures here may flatter it."
        )
        say(told.format(experiment=experiment.name))
    return found


def _fetch(name: str, experiment: Experiment) -> None:
    """Offer to download the test rows of a data set, and draw how far that is."""
    source = SOURCES[name]
    work = _downloads.get(name)
    if work and not work.done:
        st.fragment(_watch, run_every=EVERY)(name, work)
        return
    if work and isinstance(work.error, AttnvizError):
        say(translated(work.error, _), st.error)
    elif work and work.error:
        raise work.error
    told = _(
        "The test rows of {name} are not on this machine yet: {about}. Licence: {licence}. They are downloaded once, "
        "and kept."
    )
    say(told.format(name=name, about=source.about, licence=source.licence), st.info)
    with st.container(horizontal=True, key="fetch"):
        if owner.is_owner():
            _button(name, type="primary")
        else:
            say(_(owner.NOT_OWNER))
        st.button(
            _("A file of your own"),
            icon=":material/upload_file:",
            on_click=partial(session.update_view, ErrorsView, data="upload"),
        )


def _button(name: str, type: Literal["primary", "tertiary"]) -> None:
    """Draw the button that leads to a data set and downloads its test rows."""
    file = SOURCES[name].test_file
    assert isinstance(file, Download)
    label = _("Download {name} ({megabytes} MB)").format(name=name, megabytes=f"{file.megabytes:g}")
    st.button(label, icon=":material/download:", type=type, on_click=_begin, args=(name, file))


def _begin(name: str, file: Download) -> None:
    """Begin a download, unless somebody has, and show it."""
    if owner.is_owner() and (name not in _downloads or _downloads[name].done):
        _downloads[name] = Background(lambda work: file.fetch(work.tell), 0.0, rests=False)
    session.update_view(ErrorsView, data=name)


def _watch(name: str, work: Background[float, Path]) -> None:
    if work.done:
        st.rerun()
    st.progress(work.step, escape_markdown(_("Downloading {name} …").format(name=name)))


@per_experiment(4)
def _rows(experiment_name: str, name: str, changed: int) -> EvaluationRows:
    """Return the test rows of a named data set, read anew once their file has `changed`."""
    experiment = experiments.opened(experiment_name)
    return EvaluationRows.of_test(load_test_rows(name, experiment.labels), experiment)
