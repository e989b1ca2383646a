"""What leads on from a step, and what can be taken away."""

from __future__ import annotations

import streamlit as st

from attnviz.ui import pages, session
from attnviz.ui.downloads import save
from attnviz.ui.i18n import catalogue
from attnviz.ui.pages import PAGES, lesson_sheet
from attnviz.ui.pages.glossary import SELF_ATTENTION, glossary
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.pages.self_attention.contents import formula
from attnviz.ui.pages.self_attention.texts import STEPS
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView, SelfAttentionView, SentenceView, StepsView, View

_QUERIES = 3  # the step of the lesson before that this one begins from
_LIMITS = 10  # and the one that leads here


def ways(sentence: AskedSentence, content: StepContent) -> None:
    """Draw the way to the page that goes deeper than the step on screen, and the step as a sheet."""
    step, language = sentence.shown.step, session.language()
    label = _("This step as a sheet: HTML to keep or print")
    if step == 1:
        _link(StepsView, _("Back: one question for all words"), {"step": str(_QUERIES), "text": sentence.text})
    elif step in (2, 3, 4):
        query = {"text": sentence.text, "variants": ",".join(sentence.pair)}
        _link(SentenceView, _("Deeper: both encoders on this sentence"), query)
    elif step == len(STEPS):
        _link(ErrorsView, _("Deeper: the rows that it gets wrong"), {"judged": sentence.variant})
    else:
        _link(StepsView, _("Back: the limits of the LSTM"), {"step": str(_LIMITS), "text": sentence.text})
    save("HTML", lambda: sheet(sentence, content, language), "text/html", label, f"attnviz-self-attention-{step}")
    glossary(sentence.experiment, SELF_ATTENTION)


def self_attention_link(text: str, present: bool = False) -> None:
    """Draw the way here from the lesson before."""
    query = {"text": text} | ({"present": "1"} if present else {})
    _link(SelfAttentionView, _("Next: every word asks every other"), query)


def sheet(sentence: AskedSentence, content: StepContent, language: str) -> str:
    """Return the step as a page in the language that `content` is in."""
    about = {"step": sentence.shown.step, "digest": sentence.digest}
    hand = [("asking", content.hand)] if content.hand else []
    return lesson_sheet.sheet(
        sentence.shown.step,
        STEPS[sentence.shown.step - 1],
        content,
        text=sentence.text,
        formula=formula(sentence),
        source=f"attnviz · {sentence.experiment.name} · {catalogue(language).gettext(sentence.variant)}",
        judged="",
        pictures=hand + lesson_sheet.drawn(about, content),
        language=language,
    )


def _link(kind: type[View], label: str, query: dict[str, str]) -> None:
    there, icon = session.page_query(kind) | query, f":material/{PAGES[kind].icon}:"
    st.page_link(pages.file(kind), label=label, icon=icon, query_params=there, width="content")
