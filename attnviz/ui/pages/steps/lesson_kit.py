"""What a teacher takes to class: notes, own sentences in one link, a sheet for home and its key, a way back."""

from __future__ import annotations

import streamlit as st

from attnviz.heatmap import html
from attnviz.heatmap.display import Translate
from attnviz.ui import session
from attnviz.ui.downloads import save
from attnviz.ui.examples import Example
from attnviz.ui.i18n import catalogue
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.pages.steps.homework import sheet
from attnviz.ui.pages.steps.lesson_plan import BEFORE, PLAN, QUESTIONS, Talk
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.pages.steps.texts import STEPS
from attnviz.ui.session import _
from attnviz.ui.views import StepsView

MOST = 30  # sentences of one's own
_NAME = 24  # letters of a sentence that its button shows


def own_sentences(shown: StepsView) -> tuple[Example, ...]:
    """Return the sentences that the link brings, in their order, as they are offered below the box."""
    lines = [line.strip() for line in shown.sentences.splitlines() if line.strip()][:MOST]
    named = (text if len(text) <= _NAME else f"{text[:_NAME].rstrip()} …" for text in lines)
    return tuple(
        Example(name=f"{place}. {name}", text=text, about="")
        for place, (name, text) in enumerate(zip(named, lines, strict=True), 1)
    )


def lesson_kit(sentence: LessonSentence) -> None:
    """Draw a button that opens all of it; a presentation does without."""
    shown, talk, language = sentence.shown, PLAN[sentence.shown.step - 1], session.language()
    found = sentence.explanation

    def take(lines: str) -> None:
        session.update_view(StepsView, sentences=lines, text=None)

    with st.popover(_("Lesson kit"), icon=":material/school:"):
        title = escape_markdown(_(STEPS[shown.step - 1].title))
        st.markdown(f"**{shown.step}. {title}** · " + _("{count} minutes").format(count=talk.minutes))
        for head, said in lines(talk, _):
            st.markdown(f"**{head}:** {escape_markdown(said)}")
        say = catalogue(language).gettext
        save("HTML", lambda: plan(language, say), "text/html", _("The whole lesson: 45 minutes"), "attnviz-lesson")
        with st.container(horizontal=True):
            save("HTML", lambda: sheet(found, language, say, key=False), "text/html", _("Homework"), "attnviz-homework")
            save("HTML", lambda: sheet(found, language, say, key=True), "text/html", _("Its key"), "attnviz-key")
        st.text_area(
            _("Sentences of your own, one a line"),
            help=_("They stand below the box in place of the examples. The link and its QR code bring them along."),
            height=100,
            **session.choice_args("own_sentences", shown.sentences, take),  # each time: it is drawn when it is opened
        )
        st.button(_("Start the lesson over"), icon=":material/restart_alt:", on_click=start_over)


def start_over() -> None:
    """Set back everything but the sentences of the lesson and the classifier: for the next class."""
    fresh = StepsView()
    session.update_view(
        StepsView,
        **{name: getattr(fresh, name) for name in ("text", "step", "side", "heat", "spot", "hand", "of", "both")},
        **{name: getattr(fresh, name) for name in ("predict", "marks", "reveal")},
    )


def lines(talk: Talk, translate: Translate) -> list[tuple[str, str]]:
    """Return what to do at a step, each under its head."""
    _ = translate
    heads = (_("Click"), talk.click), (_("Say"), talk.say), (_("Ask"), talk.ask), (_("Hear"), talk.hear)
    return [(head, _(said)) for head, said in heads]


def plan(language: str, translate: Translate) -> str:
    """Return what to say and ask at each step as an HTML page to print, with the five questions and their answers."""
    _ = translate
    ends = [sum(talk.minutes for talk in PLAN[: place + 1]) for place in range(len(PLAN))]
    return html.render(
        "ui/pages/steps/lesson_plan.html.j2",
        language=language,
        steps=[
            {
                "title": f"{place}. {_(step.title)}",
                "minutes": _("minute {start} to {end}").format(start=end - talk.minutes, end=end),
                "lines": lines(talk, _),
            }
            for place, (step, talk, end) in enumerate(zip(STEPS, PLAN, ends, strict=True), 1)
        ],
        questions=[(_(question), _(answer)) for question, answer in QUESTIONS],
        texts={"title": _("The whole lesson: 45 minutes"), "before": _(BEFORE), "questions": _("Five questions")},
    )
