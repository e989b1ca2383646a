"""A step as a sheet: one HTML page with its sentence and numbers that needs nothing from outside, to keep or print."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from attnviz.heatmap import html
from attnviz.ui.components.lesson.lesson import script, style
from attnviz.ui.i18n import catalogue
from attnviz.ui.pages.lesson import Step, StepContent


def sheet(
    number: int,
    step: Step,
    content: StepContent,
    *,
    text: str,
    formula: str,
    source: str,
    judged: str,
    pictures: Sequence[tuple[str, dict[str, Any]]],
    language: str,
) -> str:
    """Return a step as a page in the language that `content` is in.

    `pictures` are components of the lesson, each with what it draws; `formula` is LaTeX, `source` says what this is of,
    `judged` which classifiers are right, "" if that is not known.
    """
    from latex2mathml.converter import convert  # only who keeps a sheet needs it

    _ = catalogue(language).gettext

    def say(message: str) -> str:
        return _(message).format(**content.figures)

    return html.render(
        "ui/pages/lesson_sheet.html.j2",
        language=language,
        style=style(),
        source=source,
        number=number,
        text=text,
        judged=judged,
        step=replace(
            step,
            title=_(step.title),
            words=say(step.words),
            formula=convert(formula, display="block"),
            notice=content.notice or say(step.notice),
            question=_(step.question),
            answer=say(step.answer),
        ),
        pictures=[_picture(name, data) for name, data in pictures],
        notice=_("Notice"),
    )


def drawn(about: dict[str, Any], content: StepContent) -> list[tuple[str, dict[str, Any]]]:
    """Return the pictures of a step's blocks; nothing answers a choice there."""
    kept = [block for block in content.blocks if block["kind"] != "choices"]
    return [("pictures", {**about, "aside": content.aside, "blocks": kept})] if kept else []


def _picture(name: str, data: dict[str, Any]) -> dict[str, str]:
    """Return a component and the numbers that it draws itself from."""
    return {"script": script(name).replace("export default ", "const mount = "), "numbers": json.dumps(data)}
