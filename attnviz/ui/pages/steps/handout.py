"""A step of the lesson as a sheet to keep or print."""

from __future__ import annotations

from attnviz.ui.i18n import catalogue
from attnviz.ui.pages import lesson_sheet
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.steps.contents import formula
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.pages.steps.sentences import judged
from attnviz.ui.pages.steps.texts import STEPS


def sheet(sentence: LessonSentence, content: StepContent, language: str) -> str:
    """Return the page in the language that `content` is in; weights to turn can be turned there too."""
    about = {"step": sentence.shown.step, "digest": sentence.digest}
    hand = [("weights", {**about, **content.hand})] if content.hand else []
    return lesson_sheet.sheet(
        sentence.shown.step,
        STEPS[sentence.shown.step - 1],
        content,
        text=sentence.text,
        formula=formula(sentence, content.figures),
        source=f"attnviz · {sentence.experiment.name} · {catalogue(language).gettext(sentence.variant)}",
        judged=judged(sentence),
        pictures=hand + lesson_sheet.drawn(about, content),
        language=language,
    )
