"""The ways from a step to the page that goes deeper, and from there back to the step."""

from __future__ import annotations

import streamlit as st

from attnviz.ui import pages, session
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.pages import PAGES
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.pages.steps.texts import STEPS
from attnviz.ui.session import _
from attnviz.ui.views import EmbeddingsView, SentenceView, StepsView, SubwordsView, View


def further(sentence: LessonSentence, query: dict[str, str]) -> None:
    """Draw the way to the page that goes deeper than the step on screen; `query` is what that is to show."""
    kind = _LEADS.get(sentence.shown.step)
    if kind is None:
        return
    label = {
        EmbeddingsView: _("Deeper: what fine-tuning did to the words"),
        SentenceView: _("Deeper: the whole sentence, with its proofs"),
        SubwordsView: _("Deeper: a word and its n-grams"),
    }[kind]
    there = session.page_query(kind) | ({"text": sentence.text} if kind is SentenceView else {}) | query
    icon = f":material/{PAGES[kind].icon}:"
    st.page_link(pages.file(kind), label=label, icon=icon, query_params=there, width="content")


def to_strike_out(sentence: LessonSentence) -> None:
    """Draw the way from the presentation to the page where words are struck out; its menu leads back to the step."""
    there = session.page_query(SentenceView) | {"text": sentence.text}
    icon, file = f":material/{PAGES[SentenceView].icon}:", pages.file(SentenceView)
    st.page_link(file, label=_("Strike words out"), icon=icon, query_params=there, width="content")


def step_link(step: int) -> None:
    """Draw the way to a step of the lesson."""
    title = _("Step {step} of the lesson: {title}").format(step=step, title=_(STEPS[step - 1].title))
    there = session.page_query(StepsView) | {"step": str(step)}
    icon = f":material/{PAGES[StepsView].icon}:"
    st.page_link(pages.file(StepsView), label=escape_markdown(title), icon=icon, query_params=there, width="content")


_LEADS: dict[int, type[View]] = {
    1: EmbeddingsView,
    4: SentenceView,
    6: SentenceView,
    7: SubwordsView,
    8: EmbeddingsView,
    9: SentenceView,
}
