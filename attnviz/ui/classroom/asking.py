"""The form of a new round: which kind, and what it asks of the sentence on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from attnviz.errors import AttnvizError
from attnviz.model.explanation import Explanation
from attnviz.model.variants import TWINS
from attnviz.rounds import reading
from attnviz.rounds.round import Task
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.classroom.standing import Here, attempt, kept, store
from attnviz.ui.markdown import say
from attnviz.ui.session import _

THREE = 3  # words that can be marked at most, where not any number can
_MOST_READERS = 2


def asking(code: str, here: Callable[[], Here]) -> None:
    """Draw the form."""
    kinds = {"mark": _("Mark the words"), "guess": _("Guess"), "fool": _("Fool it"), "teach": _("Teach it")}
    session.set_widget("class_kind", "mark", first=True)
    st.segmented_control(_("A new round"), list(kinds), format_func=kinds.__getitem__, key="class_kind", required=True)
    match st.session_state["class_kind"]:
        case "mark":
            _choice("class_most", _("How many words"), {"three": _("three at most"), "any": _("any number")})
            say(_("Which words does the classifier look at? About the sentence on this page."))
        case "guess":
            _choice("class_question", _("Guess"), {"answer": _("the answer"), "twin": _("which twin says what")})
            say(_("About the sentence on this page; its heat-map is hidden until you reveal."))
        case "fool":
            say(_("Everybody sends sentences that fool this experiment, and sees their heat-map at once."))
        case _other:
            st.text_area(
                _("Classes, one a line (2 to 6)"), key="class_classes", height=100, placeholder=_("happy\nsad")
            )
            say(_("Everybody types examples; what you leave in trains a classifier of your class."))
    st.button(
        _("Open the round"),
        key="class_open",
        icon=":material/play_arrow:",
        type="primary",
        on_click=attempt,
        args=(_open, code, here),
    )


def _choice(key: str, label: str, names: dict[str, str]) -> None:
    session.set_widget(key, next(iter(names)), first=True)
    st.segmented_control(label, list(names), format_func=names.__getitem__, key=key, required=True)


def _open(code: str, here: Callable[[], Here]) -> None:
    """Open the round that the form asks for."""
    state = st.session_state
    kind = state.get("class_kind", "mark")
    classes = tuple(line.strip() for line in str(state.get("class_classes", "")).splitlines() if line.strip())
    open_round(
        code,
        here(),
        kind,
        most=THREE if state.get("class_most", "three") == "three" else 0,
        question=state.get("class_question", "answer"),
        classes=classes,
    )


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
            raise AttnvizError("There is no word to read here. Type a sentence and press Enter.")
        task = reading.task(kind, read, experiment.language, most, question if kind == "guess" else "")
    store().open_round(code, task)
    kept().folded = False


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
