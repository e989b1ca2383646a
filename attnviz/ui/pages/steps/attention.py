"""Steps 4, 5 and 9: the weights, in the reader's hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from attnviz.analysis import reweighting
from attnviz.analysis.belief.wording import said
from attnviz.data.steps import finished
from attnviz.heatmap import palette
from attnviz.heatmap.rounding import percent
from attnviz.ui import session
from attnviz.ui.cache import activations, beliefs
from attnviz.ui.components.lesson.blocks import names, number, share
from attnviz.ui.components.packing import packed
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.session import _

HOTTEST = 5.0  # temperature


def held(sentence: LessonSentence, mode: str, others: tuple[tuple[str, str, np.ndarray], ...] = ()) -> dict[str, Any]:
    """Return what the browser needs to take weights by itself; `others` are weights to choose: id, name, [T]."""
    lesson, found = sentence.activations, sentence.explanation
    even = np.full(lesson.size, 1 / lesson.size)
    presets = (("own", _("the model's own"), found.weights), *others, ("uniform", _("uniform"), even))
    about = {
        "softmax": _("Each exp(e/τ), divided by the sum of all, is the weight α."),
        "hand": _("The small mark on a slider is the model's own weight. A click on a word gives it all the weight."),
    }[mode]
    if lesson.size > 10:
        about += " " + _("{count} words: the list scrolls.").format(count=lesson.size)
    if lesson.size == 1:
        about += " " + _("One word alone has the weight 1, whatever its score.")
    return {
        "mode": mode,
        "words": names(lesson),
        "scores": found.scores.tolist(),
        "weights": found.weights.tolist(),
        "votes": found.votes.tolist(),
        "bias": found.bias.tolist(),
        "labels": [_(label) for label in found.labels],
        "colours": palette.class_colours(found.labels),
        "probabilities": found.probabilities.tolist(),
        "prediction": int(found.probabilities.argmax()),
        "hidden": packed(lesson.hidden if mode == "hand" else lesson.hidden[:0]),
        "width": lesson.hidden.shape[1],
        "hand": sentence.shown.hand or "own",
        "temperature": sentence.shown.heat,
        "hottest": HOTTEST,
        "presets": [{"id": key, "name": name, "weights": weights.tolist()} for key, name, weights in presets],
        "texts": {
            "headsSoftmax": [_("word"), _("score e"), "exp(e/τ)", "", _("weight α")],
            "headsHand": [_("word"), _("take the weight"), _("weight α")],
            "sum": _("sum"),
            "words": _("The words and their weights"),
            "answer": _("The answer under these weights"),
            "was": _("The black mark is the answer under the model's own weights."),
            "turned": _("The answer has turned."),
            "stayed": _("The answer is the model's own."),
            "temperature": _("temperature τ"),
            "zero": _("At 0 the formula would divide by zero. This is its limit: all weight on the highest score."),
            "hint": _("Turn it with the mouse or the arrow keys."),
            "hintTouch": _("Turn it with a finger."),
            "back": _("back to τ = 1"),
            "one": _("All the weight on this word"),
            "slider": _("weight of “{word}”"),
            "presets": _("Weights to take"),
            "shuffle": _("shuffled"),
            "far": _("Distance from the model's own weights: {distance}"),
            "context": _("context c"),
            "about": about,
        },
    }


def heat(sentence: LessonSentence) -> StepContent:
    """Step 4: softmax with a temperature to turn."""
    found, count = sentence.explanation, sentence.activations.size
    top = share(found.weights, sentence.heaviest)
    figures = {
        "word": sentence.word(sentence.heaviest),
        "weight": top,
        "times": f"{float(found.weights[sentence.heaviest]) * count:.2f}",
        "count": count,
        "share": number(1 / count),
    }
    return StepContent(hand=held(sentence, "softmax"), figures=figures)


def context(sentence: LessonSentence) -> StepContent:
    """Step 5: the weights by hand."""
    found = sentence.explanation
    alone = (found.votes + found.bias).argmax(axis=1)
    best = int(found.logits.argmax())
    turning = [int(place) for place in np.flatnonzero(alone != best)]
    line = (
        _("Of {count} words, {turning} would answer otherwise than “{answer}” alone: {words}.")
        if turning
        else _("None: each of its words alone would answer “{answer}” too. Their number: {count}.")
    )
    figures = {
        "count": sentence.activations.size,
        "turning": len(turning),
        "answer": _(found.labels[best]),
        "words": sentence.listed(turning),
    }
    return StepContent(hand=held(sentence, "hand"), figures={"turning": line.format(**figures)})


def opinions(sentence: LessonSentence) -> StepContent:
    """Step 9: other weights that give the same answer."""
    name = sentence.experiment.name
    other = activations.alternative_weights(name, sentence.text, sentence.variant)
    shuffled = activations.permuted_weights(name, sentence.text, sentence.variant)
    if other is None:
        line = _("No other weights give exactly these probabilities: there are too few words.")
        others: tuple[tuple[str, str, np.ndarray], ...] = ()
    else:
        line = _(
            "The farthest weights that give exactly these probabilities are {distance} away and lie on {words}."
        ).format(
            distance=number(reweighting.distance(other, sentence.explanation.weights)),
            words=sentence.listed([int(place) for place in np.flatnonzero(other > 5e-4)]),
        )
        others = (("same", _("farthest with the same answer"), other),)
    radius = reweighting.flip_radius(sentence.explanation)
    figures = {
        "farthest": line,
        "shuffles": shuffled.count,
        "same": shuffled.same,
        "radius": _("No way of sharing out the attention would have changed this answer.")
        if radius is None
        else _("At least {share} of the attention must move to other words for another answer.").format(
            share=percent(radius)
        ),
        "verdict": said(
            finished(beliefs.verdict(name, sentence.text, sentence.variant, "subword", masked=True)),
            sentence.explanation,
            session.translation(),
        ),
    }
    return StepContent(hand=held(sentence, "hand", others), figures=figures, deeper={"belief": "1"})
