"""A step as a sheet: one HTML page with its sentence and numbers that needs nothing from outside, to keep or print."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from attnviz.heatmap import html
from attnviz.ui.components.lesson.lesson import script, style
from attnviz.ui.i18n import catalogue
from attnviz.ui.pages.steps.contents import formula
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence, StepContent
from attnviz.ui.pages.steps.sentences import judged
from attnviz.ui.pages.steps.texts import STEPS


def sheet(sentence: LessonSentence, content: StepContent, language: str) -> str:
    """Return the page in the language that `content` is in; weights to turn can be turned there too."""
    from latex2mathml.converter import convert  # only who keeps a sheet needs it

    _ = catalogue(language).gettext
    step = STEPS[sentence.shown.step - 1]
    about = {"step": sentence.shown.step, "digest": sentence.digest}
    kept = [block for block in content.blocks if block["kind"] != "choices"]  # nothing answers a choice there
    pictures = [_picture("weights", {**about, **content.hand})] if content.hand else []
    pictures += [_picture("pictures", {**about, "aside": content.aside, "blocks": kept})] if kept else []

    def say(message: str) -> str:
        return _(message).format(**content.figures)

    return html.render(
        "ui/pages/steps/handout.html.j2",
        language=language,
        style=style(),
        source=f"attnviz · {sentence.experiment.name} · {_(sentence.variant)}",
        number=sentence.shown.step,
        text=sentence.text,
        judged=judged(sentence),
        step=replace(
            step,
            title=_(step.title),
            words=say(step.words),
            formula=convert(formula(sentence, content.figures), display="block"),
            notice=content.notice or say(step.notice),
            question=_(step.question),
            answer=say(step.answer),
        ),
        pictures=pictures,
        notice=_("Notice"),
    )


def _picture(name: str, data: dict[str, Any]) -> dict[str, str]:
    """Return a component and the numbers that it draws itself from."""
    return {"script": script(name).replace("export default ", "const mount = "), "numbers": json.dumps(data)}
