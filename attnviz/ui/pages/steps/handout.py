"""A step as a sheet: one HTML page with its sentence and numbers that needs nothing from outside, to keep or print."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from attnviz.heatmap import palette
from attnviz.heatmap.display import visible
from attnviz.ui.components.lesson.lesson import script, style
from attnviz.ui.i18n import catalogue
from attnviz.ui.pages.steps.contents import formula
from attnviz.ui.pages.steps.scene import LessonSentence, StepContent
from attnviz.ui.pages.steps.texts import STEPS


def sheet(scene: LessonSentence, made: StepContent, language: str) -> str:
    """Return the page in the language that `made` is in; weights to turn can be turned there too."""
    from latex2mathml.converter import convert  # only who keeps a sheet needs it

    _ = catalogue(language).gettext
    step = STEPS[scene.shown.step - 1]
    paint = {"text": palette.INK, "background": palette.PAPER, "primary": palette.ACCENT}
    colours = " ".join(f"--st-{name}-color: {both['light']};" for name, both in paint.items())
    about = {"step": scene.shown.step, "digest": scene.digest}
    kept = [block for block in made.blocks if block["kind"] != "choices"]  # nothing answers a choice there
    pictures = [("weights", {**about, **made.hand})] if made.hand else []
    pictures += [("pictures", {**about, "aside": made.aside, "blocks": kept})] if kept else []
    head = _("Notice")
    own = Path(__file__).with_name("handout.css").read_text(encoding="utf-8")
    source = f"attnviz · {scene.experiment.name} · {_(scene.variant)}"

    def say(message: str) -> str:
        return escape(visible(_(message).format(**made.figures)))

    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(_(step.title))}</title>'
        f"<style>:root {{ {colours} }}\n{style()}{own}</style></head><body class=sheet>"
        f'<p class="source">{escape(source)}</p>'
        f"<h1>{scene.shown.step}. {escape(_(step.title))}</h1>"
        f'<blockquote dir="auto">{escape(visible(scene.text))}</blockquote><p>{say(step.words)}</p>'
        f"{convert(formula(scene, made.figures), display='block')}"
        f"{''.join(map(_picture, range(len(pictures)), pictures))}"
        f"<p><b>{escape(head)}:</b> {escape(visible(made.notice)) or say(step.notice)}</p>"
        f"<details open><summary><b>{escape(_(step.question))}</b></summary><p>{say(step.answer)}</p></details>"
        "</body></html>\n"
    )


def _picture(place: int, picture: tuple[str, dict[str, Any]]) -> str:
    """Return a component that draws itself from the numbers beside it."""
    name, data = picture
    # No sign that could end the script may stand in it.
    numbers = json.dumps(json.dumps(data)).replace("<", "\\u003c").replace("\u2028", "").replace("\u2029", "")
    body = script(name).replace("export default function (", "const mount = function (")
    return (
        f'<div class="lesson" id="picture{place}"></div><script>(() => {{\n{body}\n'
        f'const frame = document.getElementById("picture{place}");\n'
        f"const parentElement = {{ querySelector: () => frame }}, data = {{ json: {numbers} }};\n"
        "mount({ data, parentElement, setTriggerValue() {} });\n"
        "})();</script>"
    )
