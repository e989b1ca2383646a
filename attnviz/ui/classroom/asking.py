"""The form of a new round: which kind, and what it asks of which sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from attnviz.errors import AttnvizError
from attnviz.heatmap.display import visible
from attnviz.model.explanation import Explanation
from attnviz.model.variants import TWINS
from attnviz.rounds import reading
from attnviz.rounds.round import Task
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.classroom.standing import Here, Kind, attempt, kept, store
from attnviz.ui.markdown import say
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView

THREE = 3  # words that can be marked at most, where not any number can
_MOST_READERS = 2
_OWN = ""  # the choice of a sentence that is typed in the form
_LONGEST = 1_000  # characters of that
_NAME = 70  # letters of a sentence in the list


def asking(kind: Kind, code: str, here: Callable[[], Here]) -> None:
    """Draw the form."""
    kinds = {"mark": _("Mark the words"), "guess": _("Guess"), "fool": _("Fool it"), "teach": _("Teach it")}
    session.set_widget("class_kind", "mark", first=True)
    st.segmented_control(_("A new round"), list(kinds), format_func=kinds.__getitem__, key="class_kind", required=True)
    match st.session_state["class_kind"]:
        case "mark":
            _choice("class_most", _("How many words"), {"three": _("three at most"), "any": _("any number")})
            _sentence(here())
            say(_("Which words does the classifier look at? Its heat-map is hidden until you reveal."))
        case "guess":
            _choice("class_question", _("Guess"), {"answer": _("the answer"), "twin": _("which twin says what")})
            _sentence(here(), differ=st.session_state["class_question"] == "twin")
            say(_("A sentence that stood on the page has shown its answer: take one that has not."))
            if st.session_state["class_question"] == "twin":
                say(_("Only sentences on which the twins differ are offered."))
        case "fool":
            say(_("Everybody sends sentences that fool this experiment, and sees their heat-map at once."))
        case _other:
            hint = _("for example:\nhappy\nsad")
            st.text_area(_("Classes, one a line (2 to 6)"), key="class_classes", height=100, placeholder=hint)
            say(_("Everybody types examples; what you leave in trains a classifier of your class."))
    st.button(
        _("Open the round"),
        key="class_open",
        icon=":material/play_arrow:",
        type="primary",
        on_click=attempt,
        args=(_open, kind, code, here),
    )


def _choice(key: str, label: str, names: dict[str, str]) -> None:
    session.set_widget(key, next(iter(names)), first=True)
    st.segmented_control(label, list(names), format_func=names.__getitem__, key=key, required=True)


def _sentence(here: Here, *, differ: bool = False) -> None:
    """Draw the choice of a sentence by its words alone, so that none has to be on the page before its round.

    `differ` leaves those on which the twins do.
    """
    some = [text for text in dict.fromkeys((here.text, *here.others)) if text.strip()]
    if differ:
        some = [text for text in some if _differ(here, text)]
    there = [*some, _OWN]
    if st.session_state.get("class_sentence") not in there:
        st.session_state["class_sentence"] = there[0]

    def named(text: str) -> str:
        if text == _OWN:
            return _("one that I type here")
        line = " ".join(visible(text).split())
        short = line if len(line) <= _NAME else f"{line[:_NAME].rstrip()} …"
        return _("on the page: {text}").format(text=short) if text == here.text else short

    st.selectbox(_("The sentence"), there, format_func=named, key="class_sentence")
    if st.session_state["class_sentence"] == _OWN:
        st.text_input(_("Your sentence"), key="class_own", max_chars=_LONGEST)


def _differ(here: Here, text: str) -> bool:
    return len({explain(here.experiment.name, text, variant).prediction for variant in readers(here)}) > 1


def _open(kind: Kind, code: str, here: Callable[[], Here]) -> None:
    """Open the round that the form asks for; the page is with its sentence from then on."""
    state, now = st.session_state, here()
    asked = state.get("class_kind", "mark")
    if asked in ("mark", "guess"):
        chosen = state.get("class_sentence", now.text)
        now = now._replace(text=str(state.get("class_own", "")).strip() if chosen == _OWN else chosen)
    lines = (" ".join(visible(line).split()) for line in str(state.get("class_classes", "")).splitlines())
    open_round(
        code,
        now,
        asked,
        most=THREE if state.get("class_most", "three") == "three" else 0,
        question=state.get("class_question", "answer"),
        classes=tuple(filter(None, lines)),
    )
    if now.text != here().text:
        struck = {"without": (), "epoch": None} if kind is SentenceView else {}
        session.update_view(kind, text=now.text, **struck)


def open_round(
    code: str,
    here: Here,
    kind: Literal["mark", "guess", "fool", "teach"],
    *,
    most: int = THREE,
    question: Literal["answer", "twin"] = "answer",
    classes: tuple[str, ...] = (),
) -> None:
    """Put a round of a kind to a classroom, on what is `here`."""
    experiment = here.experiment
    if kind in ("fool", "teach"):
        labels = classes if kind == "teach" else experiment.labels
        task = Task(kind, experiment.name, readers(here), experiment.language, labels=labels)
    else:
        read = [explain(experiment.name, here.text, variant) for variant in readers(here)]
        if not read[0].tokens:
            raise AttnvizError("There is no word in this sentence. Type another one, or choose one of the list.")
        task = reading.task(kind, read, experiment.language, most, question if kind == "guess" else "")
    store().open_round(code, task)
    kept().folded, kept().doing = False, ""


def readers(here: Here) -> tuple[str, ...]:
    """Return the classifiers of an experiment that a round is about: the twins, or the first with attention."""
    about = here.experiment.about.variants
    there = [name for name in here.experiment.variants if name in about and about[name].pooling != "mean"]
    if not there:
        raise AttnvizError(
            "This experiment has no classifier with attention, and a round is about that. Choose another experiment."
        )
    return tuple(name for name in TWINS if name in there) or tuple(there[:_MOST_READERS])


def explain(name: str, text: str, variant: str) -> Explanation:
    """Return what a phone is shown too: a sentence as a variant reads it."""
    return experiments.explain(name, text, variant, "subword")
