"""What stands above every page: what this is, which experiment, which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import streamlit as st

from attnviz.ui import classroom, session
from attnviz.ui.cache import experiments
from attnviz.ui.choices import dropdown, segments
from attnviz.ui.components.copy_text.copy_text import copy_link
from attnviz.ui.i18n import LANGUAGES
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.second import WIDTH, chooser, wanted_in_vain
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView, StepsView, View

_FEW_FAULTS = 2  # more are folded away, or they would push the page off the screen


def menu(pages: Mapping[type[View], st.Page], shown: type[View] = View) -> None:
    """Draw the ways to all pages, each as it was left, and on those about one sentence the way to one's class.

    `shown` is the view of the page that is on the screen.
    """
    with st.container(horizontal=True, gap="small", key="menu"):
        for kind, page in pages.items():
            st.page_link(page, query_params=session.page_query(kind))
        if issubclass(shown, (SentenceView, StepsView)):
            classroom.door(shown)


def header(question: str, kind: type[View] = View) -> None:
    """Draw the question that the page answers, the choices that hold on more than one page, and the way to share it.

    `kind` is the view of the page: some can be compared with a second experiment.
    """
    st.html(Path(__file__).with_name("page.css"))
    names, experiment = experiments.names(), session.chosen()
    shown = replace(
        session.current_view(View), lang=session.language(), experiment=experiment.name if experiment else ""
    )
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        st.title(question, anchor=False)
        if len(names) > 1:
            dropdown(
                _("Experiment"), dict(zip(names, names, strict=True)), shown, "experiment", width=WIDTH, hidden=True
            )
        chooser(kind, experiment)
        # the experiment hangs on the language at first, and is not to change under a lesson
        then = {"experiment": shown.experiment} if len(names) > 1 else None
        segments(_("Language"), LANGUAGES, shown, "lang", hidden=True, then=then)
        # what a browser chooses by itself may be another experiment and language in another browser
        settled = {"experiment": shown.experiment} if experiment else {}
        with st.container(width="content"):
            share({**settled, "lang": shown.lang})


@st.fragment
def share(settled: Mapping[str, str]) -> None:
    """Draw the way to share the page: a run by itself for a QR code."""
    asked = session.kept("shared_link", dict[str, str])

    def ask(link: str) -> None:
        asked["link"] = link

    copy_link(settled, key="link", translate=session.translation(), asked=asked.get("link", ""), on_ask=ask)


def faults(kind: type[View] = View) -> None:
    """Name what cannot be opened and what the link asks for in vain."""
    wanted, experiment = session.current_view(View).experiment, session.chosen()
    if experiment is None and not experiments.names():
        command = "python -m attnviz train movie-reviews --name reviews-en"
        st.info(escape_markdown(_("There is no experiment yet. Train one:")) + f" `{command}`")
    elif wanted and wanted not in experiments.names() and experiment:
        say(
            _("There is no experiment “{name}”: this is “{other}”.").format(name=wanted, other=experiment.name),
            st.warning,
        )
    if other := wanted_in_vain(kind):
        say(_("There is no experiment “{name}” to compare with.").format(name=other), st.warning)
    damaged = session.faults()
    warn = st.warning
    if len(damaged) > _FEW_FAULTS:
        label = _("{count} experiments cannot be opened").format(count=len(damaged))
        warn = st.expander(label, icon=":material/warning:").warning
    for name, fault in damaged.items():
        say(_("“{name}” cannot be opened.").format(name=name) + " " + fault, warn)
