"""Predict, then reveal: the words that a class marks before it sees the weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from attnviz.analysis import reweighting
from attnviz.analysis.belief.marks import Agreement
from attnviz.heatmap import palette
from attnviz.heatmap.rounding import apportion
from attnviz.model.explanation import Explanation
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.components.lesson.blocks import names, number
from attnviz.ui.components.lesson.lesson import prediction
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence, attentive
from attnviz.ui.session import _
from attnviz.ui.views import StepsView

FIRST_HIDDEN = 3  # from this step on there are scores or weights to be seen


def is_hidden(shown: StepsView) -> bool:
    """Say whether the weights of the step on screen are still to be predicted."""
    return shown.predict and not shown.reveal and shown.step >= FIRST_HIDDEN


def predict(sentence: LessonSentence) -> None:
    """Draw the words to mark; once revealed, the marks beside what the twins look at.

    A presentation has room for one of them, the one that its switch shows.
    """
    shown, hidden = sentence.shown, is_hidden(sentence.shown)

    def reveal(of: str, places: list[int]) -> None:
        if of == sentence.digest and places:
            session.update_view(StepsView, marks=tuple(sorted(set(places))), reveal=shown.step, of=of)

    variants = (shown.reader,) if shown.present else attentive(sentence.experiment)
    data: dict[str, Any] = {
        "digest": sentence.digest,
        "words": names(sentence.activations),
        "marks": list(shown.marks),
        "twins": None if hidden else [_twin(sentence, variant) for variant in variants],
        "texts": {
            "heading": _("Which words does the classifier look at most? Mark them.")
            if hidden
            else _("Your words beside the classifier's"),
            "reveal": _("Reveal the weights"),
            "key": _(
                "✓ and underlined: yours. Framed: as many words of the classifier's, those with the largest weights."
            ),
        },
    }
    prediction(data, key="prediction", on_reveal=reveal)


def _twin(sentence: LessonSentence, variant: str) -> dict[str, Any]:
    """Return how the marks compare with what a variant looks at."""
    found: Explanation = experiments.explain(sentence.experiment.name, sentence.text, variant, "subword", masked=True)
    both = reweighting.overlap(found.weights, sentence.shown.marks)
    said = _("{hits} of {count} are the same: overlap {share}, {word}. Your words have {attention} of the attention.")
    marked = np.isin(np.arange(len(found.tokens)), both.marked)
    order, chance = Agreement.of(found.weights, marked), Agreement.at_random(marked)
    if order and chance and not sentence.shown.present:
        early = _("How early your words come by weight: AUPRC {auprc} (1 at best, {random} at random).")
        said += " " + early.format(auprc=number(order.auprc), random=number(chance.auprc))
    return {
        "id": variant,
        "name": _(variant),
        "weights": [number(float(weight)) for weight in apportion(found.weights, 1)],
        "levels": palette.attention_levels(found.weights),
        "top": list(both.top),
        "said": said.format(
            hits=both.hits,
            count=len(both.marked),
            share=number(both.share),
            word=_in_a_word(both.share),
            attention=number(both.attention),
        ),
    }


def _in_a_word(share: float) -> str:
    """Say what an overlap means."""
    if share == 1:
        return _("the very same")
    if share > 0.5:
        return _("much alike")
    return _("something in common") if share else _("nothing in common")
