"""The whole model as one small picture below the heat-maps: the way into the lesson with the sentence at hand."""

from __future__ import annotations

from collections.abc import Sequence

from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache import activations
from attnviz.ui.components.forward_pass.forward_pass import forward_pass, payload
from attnviz.ui.components.heatmap.heatmap import Ablation, digest
from attnviz.ui.pages.steps.lesson_sentence import attentive
from attnviz.ui.views import SentenceView, StepsView


def living_picture(shown: SentenceView, experiment: Experiment, judgements: Sequence[Ablation]) -> None:
    """Draw it of the first classifier with attention, or of two; a click on a part leads to its step of the lesson.

    A model that reads padding is not drawn with it, so it is drawn only without.
    """
    read = [one for one in judgements if one.now.variant in attentive(experiment) and one.now.padding is None]
    if not read:
        return
    read.sort(key=lambda one: one.now.variant != "fine-tuned")
    whole = read[0].whole

    def go(of: str, step: int, place: int) -> None:
        if of == digest(whole.text):
            session.update_view(StepsView, text=whole.text, step=step, reader=read[0].now.variant)
            session.go_to(StepsView)

    data = payload(
        [
            activations.activations(experiment.name, whole.text, one.now.variant, one.now.unknown, one.struck)
            for one in read[: 1 + shown.both]
        ],
        step=0,
        digest=digest(whole.text),
        translate=session.translation(),
        both=shown.both if len(read) > 1 else None,
        small=True,
    )
    forward_pass(data, key="picture_drawn", on_go=go, on_both=lambda both: session.update_view(SentenceView, both=both))
