"""What one browser's session remembers: its view, its language and, shared by all sessions, the open experiments."""

from __future__ import annotations

import re
import threading
import time
from typing import Any, cast
from urllib.parse import urlsplit

import streamlit as st
import torch

import attnviz.model.experiment
from attnviz.errors import AttnvizError
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.model.experiment import Experiment
from attnviz.training import jobs
from attnviz.ui.cache import experiments
from attnviz.ui.i18n import LANGUAGES, catalogue, spoken, translated
from attnviz.ui.views import AnyView, View, fitting, read, write

DEFAULT_EXPERIMENT = "reviews-en"
_WELL_AFTER = 4.0  # seconds
_ECHO = 1.0  # seconds in which a browser may tell what it has not heard is overruled
# A sentence is too little work to share out, and each of thirty sessions would start threads of its own for it.
torch.set_num_threads(1)
# Markdown's own marks are escaped. Arrows, icons and addresses Streamlit makes even of escaped ones, so an invisible
# word joiner takes them apart.
_PLAIN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]()#+-.!|~:$<>&"})
_APART = re.compile(r"(?<=[-<>=~])(?=[-<>=~])|(?<=:)(?=\S)|(?<=@)|(?<=www)(?=\.)")


def _(message: str) -> str:
    """Translate a message into the language of the screen."""
    return translation()(message)


def translation() -> Translate:
    """Return what translates into the language of the screen, also when this run is over."""
    return catalogue(language()).gettext


def language() -> str:
    """Return the language of the screen: the one in the link, else the browser's."""
    chosen = _remembered().get("lang", "auto")
    return chosen if chosen in LANGUAGES else spoken(st.context.locale)


def theme() -> palette.Theme:
    """Return the theme of the screen."""
    return "dark" if st.context.theme.type == "dark" else "light"


def begin() -> None:
    """Follow the link if it is new: on the first run, on another page, and when the browser went back or forward.

    A run that a widget started brings the link along as it was before, so what the widget changed comes first; and a
    way to another page that brings none does not mean the defaults.
    """
    state, query = st.session_state, st.query_params.to_dict()
    page = urlsplit(st.context.url or "").path
    changed, elsewhere = state.pop("changed", False), state.get("page", page) != page
    state["page"] = page
    if query != state.get("link") and not changed and not (elsewhere and not query):
        state["link"], state["unread"] = query, (query, set())
    elif elsewhere:
        state["unread"] = None
    current_view(View)


def current_view(kind: type[AnyView]) -> AnyView:
    """Return what the page at hand shows now, of the fields that `kind` has: those of a new link count once."""
    if unread := st.session_state.get("unread"):
        query, followed = unread
        if kind not in followed:
            _remembered().update(vars(read(kind, query)))
            followed.add(kind)
    return remembered(kind)


def remembered(kind: type[AnyView]) -> AnyView:
    """Return what the session last showed of the fields that `kind` has, on whatever page."""
    values = _remembered()
    return kind(**{name: values[name] for name in kind.__dataclass_fields__ if name in values})


def to_query(shown: View) -> dict[str, str]:
    """Return the link of a view. Unless it is that of a first visit, it names the language that is on the screen."""
    query = write(shown)
    return {**query, "lang": language()} if query else query


def update_view(**values: Any) -> None:
    """Change fields of the view: what the next run shows and its link tells."""
    _remembered().update(values)
    st.session_state["changed"] = True


def update_url(shown: View) -> bool:
    """Put a view into the address bar; return False if its text is too long for that.

    A run in haste brings the address from before the last one's came: then it is told once more.
    """
    st.session_state["changed"] = False
    _remembered().update(vars(shown))
    query = to_query(shown)
    short = fitting(type(shown), query)
    if not (short == st.query_params.to_dict() == st.session_state.get("link")):
        st.query_params.from_dict(short)
    st.session_state["link"] = short
    return short == query


def page_query(kind: type[View]) -> dict[str, str]:
    """Return the link of another page as it was left: with it the browser's history has one entry a step."""
    return fitting(kind, to_query(remembered(kind)))


def widget_args(shown: View, name: str, then: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the arguments that tie a widget to the field `name` of the view; a choice changes `then` along with it.

    While clicks come faster than answers, a browser may still tell what the last run has put another value in place of.
    """
    spoken_in = st.session_state.setdefault("spoken_in", {})
    overruled = st.session_state.setdefault("overruled", {})

    def take() -> None:
        value = st.session_state.get(name, ...)
        was, until = overruled.get(name, (..., 0.0))
        if value is ... or (value == was and time.monotonic() < until):
            spoken_in[name] = ""  # so that it is set once more, and the browser told
            return update_view()
        if value == []:  # the last one of several choices stays
            return update_view()
        return update_view(**{name: tuple(value) if isinstance(value, list) else value, **(then or {})})

    value = getattr(shown, name)
    value = list(value) if isinstance(value, tuple) else value
    if (was := st.session_state.get(name, ...)) != value or spoken_in.get(name, language()) != language():
        if was != value and spoken_in.get(name) != "":  # else a second click on the same would be passed over too
            overruled[name] = was, time.monotonic() + _ECHO
        st.session_state[name] = value  # a list that drops down shows the words of another language until it is set
    spoken_in[name] = language()
    return {"key": name, "on_change": take}


def chosen() -> Experiment | None:
    """Return the experiment that the link names; failing that reviews in the screen's language, or any that opens."""
    there = experiments.names()
    for name in dict.fromkeys([current_view(View).experiment, f"reviews-{language()}", DEFAULT_EXPERIMENT, *there]):
        if name in there:
            try:
                return experiments.opened(name)
            except AttnvizError:
                continue
    return None


def faults() -> dict[str, str]:
    """Return what is wrong with the experiments that cannot be opened, by name."""
    looked = ((name, experiments.fault(name, experiments.stamp(name))) for name in experiments.names())
    return {name: translated(fault, _) for name, fault in looked if fault}


@st.cache_resource(show_spinner=False)
def warm() -> None:
    """Do, once a server and well after its first picture, what the first unknown word would have to wait for.

    And see to the runs that another server left waiting.
    """
    jobs.watch(attnviz.model.experiment.MODELS)
    if some := chosen():
        later = threading.Timer(_WELL_AFTER, some.vectors.ngrams, ("warm",))
        later.daemon = True
        later.start()


def escape_markdown(text: str) -> str:
    """Return `text` such that Streamlit's Markdown shows it letter for letter."""
    return _APART.sub("\u2060", text).translate(_PLAIN)


def _remembered() -> dict[str, Any]:
    return cast(dict[str, Any], st.session_state.setdefault("remembered", {}))
