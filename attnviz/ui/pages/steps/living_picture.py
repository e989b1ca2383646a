"""The whole model as one picture above the steps: each step lights its part of it."""

from __future__ import annotations

from attnviz.ui import session
from attnviz.ui.cache import activations
from attnviz.ui.components.forward_pass.forward_pass import forward_pass, payload
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence, attentive
from attnviz.ui.pages.steps.texts import STEPS
from attnviz.ui.session import _
from attnviz.ui.views import StepsView


def living_picture(sentence: LessonSentence) -> None:
    """Draw it; a click on a part is its step, and takes the word in hand where the step is about one."""
    shown = sentence.shown

    def go(digest: str, step: int, place: int) -> None:
        if digest != sentence.digest or not 1 <= step <= len(STEPS):
            return
        taken = {"spot": place, "of": digest} if place >= 0 and step == 3 else {}
        session.update_view(StepsView, step=step, **taken)

    def twins(both: bool) -> None:
        session.update_view(StepsView, both=both)

    readers = attentive(sentence.experiment)
    others = [reader for reader in readers if reader != sentence.variant]
    read = [sentence.variant, *(others[:1] if shown.both else ())]
    data = payload(
        [activations.activations(sentence.experiment.name, sentence.text, reader) for reader in read],
        step=shown.step,
        digest=sentence.digest,
        translate=session.translation(),
        spot=shown.spot,
        side=sentence.side if shown.side else -1,
        hidden=shown.predict and not shown.reveal,
        titles=[_(step.title) for step in STEPS],
        both=shown.both if others else None,
        present=shown.present,
    )
    forward_pass(data, key="picture_drawn", on_go=go, on_both=twins)
