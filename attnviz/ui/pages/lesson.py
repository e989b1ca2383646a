"""What the pages of the course are made of: steps, the way through them, and what is said beside a step's picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from attnviz.ui import session
from attnviz.ui.components.lesson.blocks import Block
from attnviz.ui.components.lesson.lesson import stepper
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.session import _
from attnviz.ui.views import SelfAttentionView, StepsView

View = StepsView | SelfAttentionView


@dataclass(frozen=True)
class Step:
    """One screen of a lesson; `name` is what the strip of steps has room for."""

    name: str
    title: str
    words: str
    formula: str
    code: str
    notice: str
    question: str
    answer: str


@dataclass(frozen=True)
class StepContent:
    """What a step shows: blocks or weights to turn, the figures of its words, and a line where something lacks."""

    blocks: tuple[Block, ...] = ()
    hand: dict[str, Any] | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    lacks: str = ""
    notice: str = ""  # in place of the step's own
    aside: bool = False  # the last block stands beside the others where there is room
    deeper: dict[str, str] = field(default_factory=dict)  # what the page that goes deeper is to show
    measuring: bool = False  # what it shows is being measured on this machine


def fill_screen() -> None:
    """Let the lesson fill the screen: it is presented."""
    css = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    st.html(f"<style>{css}</style><i hidden></i>")  # nothing but a style would stay when the presentation ends


def way(shown: View, steps: Sequence[Step], *, still: bool = False) -> None:
    """Draw the way through the steps; no key turns them while something stands over the lesson, which is `still`."""
    kind = type(shown)
    query = {name: value for name, value in session.to_query(shown).items() if name != "step"}
    data = {
        "now": shown.step,
        "present": shown.present,
        "still": still,
        "steps": [{"name": _(step.name), "title": _(step.title)} for step in steps],
        "query": query,
        "texts": {
            "back": _("Back"),
            "next": _("Next"),
            "label": _("The steps of the lesson"),
            "end": _("End the presentation"),
        },
    }
    stepper(
        data,
        key="stepper",
        on_go=lambda step: session.update_view(kind, step=step),
        on_end=lambda: session.update_view(kind, present=False),
    )


def say_no_step(asked: int, count: int) -> None:
    """Say that there is no step that a link asks for."""
    line = _("There is no step {step}: the lesson has {count}. This is step 1.")
    say(line.format(step=asked, count=count), st.warning)


def heading(number: int, step: Step, figures: dict[str, Any], formula: str, code: str) -> None:
    """Draw the title, the words and the formula of a step, and the lines of PyTorch that compute it."""
    st.header(f"{number}. {_(step.title)}", anchor=False)
    with st.container(key="lesson_words"):
        say(_(step.words).format(**figures), st.markdown)
    with st.container(horizontal=True, key="lesson_formula"):
        st.latex(formula, width="content")
        with st.popover("PyTorch", icon=":material/code:"):
            st.code(code, language="python", wrap_lines=True)


def remarks(number: int, step: Step, content: StepContent, ways: Callable[[], object] | None) -> None:
    """Draw what to notice, a question with its answer, and the `ways` that lead on from here."""
    with st.container(key="lesson_remarks"):
        head = _("Notice")
        with st.container(key="lesson_notice"):
            st.markdown(f"**{head}:** " + escape_markdown(content.notice or _(step.notice).format(**content.figures)))
        # by its own key: another step's answer, in the same place, is another one and not yet open
        with st.expander(escape_markdown(_(step.question)), key=f"answer_{number}"):
            say(_(step.answer).format(**content.figures), st.markdown)
        if ways:
            with st.container(horizontal=True, vertical_alignment="center", key="lesson_further"):
                ways()
