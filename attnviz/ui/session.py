"""What one browser's session remembers: a view a page, its language, and what it is still to be told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlencode, urlsplit

import streamlit as st
import torch
from streamlit.runtime.scriptrunner import get_script_run_ctx

import attnviz.model.experiment
from attnviz.errors import AttnvizError
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.model.experiment import Experiment
from attnviz.training import jobs
from attnviz.ui.cache import experiments
from attnviz.ui.i18n import LANGUAGES, catalogue, spoken, translated
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.views import CROSSING, AnyView, View, fitting, outdated, read, write

DEFAULT_EXPERIMENT = "reviews-en"
T = TypeVar("T")
_WELL_AFTER = 4.0  # seconds
_ECHO = 1.0  # seconds in which a browser may tell what it has not heard is overruled
# A sentence is too little work to share out, and each of thirty sessions would start threads of its own for it.
torch.set_num_threads(1)
_found = threading.local()  # a run asks a hundred times for its memory: that took a tenth of it


def _(message: str) -> str:
    """Translate a message into the language of the screen."""
    return translation()(message)


def translation() -> Translate:
    """Return what translates into the language of the screen, also when this run is over."""
    return catalogue(language()).gettext


def language() -> str:
    """Return the language of the screen: the one in the link, else the browser's."""
    chosen = _memory().shared.get("lang", "auto")
    return chosen if chosen in LANGUAGES else spoken(st.context.locale)


def theme() -> palette.Theme:
    """Return the theme of the screen."""
    return "dark" if st.context.theme.type == "dark" else "light"


def begin() -> None:
    """Follow the link if it is new: on the first run, on another page, and when the browser went back or forward.

    A run that a widget started brings the link along as it was before, so what the widget changed comes first. A way to
    another page that brings none does not mean the defaults, and one that the menu offered leads to that page as it is
    remembered: a fragment's run has not drawn the menu anew, so it may tell a sentence that is no longer there.
    """
    memory, query = _memory(), st.query_params.to_dict()
    page = urlsplit(st.context.url or "").path
    changed, elsewhere = memory.changed, memory.page not in (None, page)
    memory.changed, memory.page = False, page
    if elsewhere and (not query or query in memory.offered.values()):
        memory.link, memory.unread = query, None
    elif query != memory.link and not changed:
        memory.link, memory.unread, memory.followed = query, query, set()
    elif elsewhere:
        memory.unread = None
    current_view(View)


def current_view(kind: type[AnyView]) -> AnyView:
    """Return what a page shows now: the fields of a new link count once."""
    memory = _memory()
    if memory.unread is not None and kind not in memory.followed:
        memory.followed.add(kind)
        _keep(kind, vars(read(kind, memory.unread)))
    return remembered(kind)


def remembered(kind: type[AnyView]) -> AnyView:
    """Return what a page showed last, with what other pages have changed since of what all pages share."""
    memory = _memory()
    shared = {name: memory.shared[name] for name in kind.__dataclass_fields__ if name in memory.shared}
    return kind(**shared, **memory.views.get(kind, {}))


def to_query(shown: View) -> dict[str, str]:
    """Return the link of a view. Unless it is that of a first visit, it names the language that is on the screen."""
    query = write(shown)
    return {**query, "lang": language()} if query else query


def update_view(kind: type[View] = View, **values: Any) -> None:
    """Change fields of a page's view: what the next run shows and its link tells."""
    _keep(kind, values)
    _memory().changed = True


def update_url(shown: View) -> bool:
    """Put a view into the address bar; return False if its text is too long for that.

    A run in haste brings the address from before the last one's came: then it is told once more.
    """
    memory = _memory()
    memory.changed = False
    _keep(type(shown), vars(shown))
    query = to_query(shown)
    short = fitting(type(shown), query)
    if not (short == st.query_params.to_dict() == memory.link):
        st.query_params.from_dict(short)
    memory.link = short
    return short == query


def link(shown: View) -> str:
    """Return the whole link of a view, which shows the same to whoever opens it; a text too long is left out."""
    settled = {"experiment": experiment.name} if (experiment := chosen()) else {}
    query = fitting(type(shown), {**settled, "lang": language(), **write(shown)})
    return urlsplit(st.context.url or "")._replace(query=urlencode(query), fragment="").geturl()


def page_query(kind: type[View]) -> dict[str, str]:
    """Return the link of another page as it was left: with it the browser's history has one entry a step."""
    query = _memory().offered[kind] = fitting(kind, to_query(remembered(kind)))
    return query


def widget_args(shown: View, name: str, then: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the arguments that tie a widget to the field `name` of the view; a choice changes `then` along with it.

    While clicks come faster than answers, a browser may still tell what the last run has put another value in place of.
    """
    kind, spoken_in, overruled = type(shown), _memory().spoken_in, _memory().overruled

    def take() -> None:
        value = st.session_state.get(name, ...)
        was, until = overruled.get(name, (..., 0.0))
        if value is ... or (value == was and time.monotonic() < until):
            spoken_in[name] = ""  # so that it is set once more, and the browser told
            return update_view(kind)
        if value == []:  # the last one of several choices stays
            return update_view(kind)
        return update_view(kind, **{name: tuple(value) if isinstance(value, list) else value, **(then or {})})

    value = getattr(shown, name)
    value = list(value) if isinstance(value, tuple) else value
    if (was := st.session_state.get(name, ...)) != value or spoken_in.get(name, language()) != language():
        if was != value and spoken_in.get(name) != "":  # else a second click on the same would be passed over too
            overruled[name] = was, time.monotonic() + _ECHO
        st.session_state[name] = value  # a list that drops down shows the words of another language until it is set
    spoken_in[name] = language()
    return {"key": name, "on_change": take}


def choice_args(key: str, value: Any, on_choose: Callable[[Any], None]) -> dict[str, Any]:
    """Return the arguments of a widget that is no field of a view: it shows `value`, and tells what is chosen in it."""

    def take() -> None:
        if (chosen := st.session_state.get(key)) is not None:
            on_choose(chosen)

    st.session_state[key] = value
    return {"key": key, "on_change": take}


def set_widget(key: str, value: Any, *, first: bool = False) -> None:
    """Let a widget with a key of its own have a value on the next run, or only if it is the `first` one."""
    if not (first and key in st.session_state):
        st.session_state[key] = value


def ask(name: str, yes: bool = True) -> None:
    """Ask for something that waits for a click, or take it back."""
    (_memory().asked.add if yes else _memory().asked.discard)(name)


def asked(name: str) -> bool:
    """Say whether something has been asked for."""
    return name in _memory().asked


def kept(name: str, new: Callable[[], T]) -> T:
    """Return a thing that the session keeps for a page, made when it is first wanted."""
    return cast(T, _memory().things.setdefault(name, new()))


def notify(place: str, message: str, kind: Literal["success", "warning", "error"] = "success") -> None:
    """Leave a message that the next run shows once."""
    _memory().notices.setdefault(place, []).append((kind, message))


def noticed(place: str) -> bool:
    """Say whether a message waits to be shown."""
    return place in _memory().notices


def show_notices(place: str) -> None:
    """Draw the messages that were left for a place."""
    for kind, message in _memory().notices.pop(place, []):
        getattr(st, kind)(escape_markdown(message))


def go_to(kind: type[View]) -> None:
    """Let the next run lead to another page."""
    _memory().way = kind


def way() -> type[View] | None:
    """Return, once, the page to which this run is to lead."""
    kind, _memory().way = _memory().way, None
    return kind


def chosen() -> Experiment | None:
    """Return the experiment that the link names; failing that reviews in the screen's language, or any that opens."""
    for name in _candidates():
        try:
            return experiments.opened(name)
        except AttnvizError:
            continue
    return None


def faults() -> dict[str, str]:
    """Return what is wrong with the experiments that cannot be opened, by name."""
    looked = ((name, experiments.fault(name)) for name in experiments.names())
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


def give_way() -> None:
    """End this run if another one has taken its place meanwhile.

    Streamlit ends it where it draws, or asks for what the session keeps. One that goes on to its very end lets go of
    all fragments and widgets that it has not drawn itself: those of the other one would be dead.
    """
    st.session_state.get("memory")


@dataclass
class _Memory:
    """What a session remembers; `shared` holds the fields that cross pages, `views` those of each page alone."""

    shared: dict[str, Any] = field(default_factory=dict)
    views: dict[type[View], dict[str, Any]] = field(default_factory=dict)
    page: str | None = None  # the path of the last run's address
    link: dict[str, str] | None = None
    offered: dict[type[View], dict[str, str]] = field(default_factory=dict)  # links of the menu, as they were drawn
    unread: dict[str, str] | None = None  # a link of which only these views have `followed` their fields
    followed: set[type[View]] = field(default_factory=set)
    changed: bool = False  # by a widget: the address that the run brings along may be old
    spoken_in: dict[str, str] = field(default_factory=dict)
    overruled: dict[str, tuple[Any, float]] = field(default_factory=dict)
    way: type[View] | None = None
    asked: set[str] = field(default_factory=set)
    notices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)


def _memory() -> _Memory:
    """Return what this session remembers, looked up once by each thread that runs its pages."""
    run = get_script_run_ctx(suppress_warning=True)
    if run is None or _found.__dict__.get("run") is not run:
        _found.run, _found.memory = run, st.session_state.setdefault("memory", _Memory())
    return cast(_Memory, _found.memory)


def _keep(kind: type[View], values: Mapping[str, Any]) -> None:
    """Remember fields of a page, and set back on every page what counted the words or rows of something else."""
    memory, before, experiment = _memory(), vars(remembered(kind)), next(_candidates(), None)
    changed = {name for name, value in values.items() if value != before[name]}
    memory.shared.update({name: value for name, value in values.items() if name in CROSSING})
    if experiment != next(_candidates(), None):  # by its name, or by the language if it has none
        changed.add("experiment")
    else:
        changed.discard("experiment")
    own = memory.views.setdefault(kind, {})
    for page, view in memory.views.items():
        for name in outdated(page, changed if page is kind else changed.intersection(CROSSING)):
            view.pop(name, None)
    own.update({name: value for name, value in values.items() if name not in CROSSING})


def _candidates() -> Iterator[str]:
    """Return the experiments that there are: the one that is named, those for the language, any other."""
    there, named = experiments.names(), _memory().shared.get("experiment", "")
    wanted = dict.fromkeys([named, f"reviews-{language()}", DEFAULT_EXPERIMENT, *there])
    return (name for name in wanted if name in there)
