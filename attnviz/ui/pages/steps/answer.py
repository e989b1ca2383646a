"""Step 6: the answer as a sum, and step 10: what this way of reading cannot do."""

from __future__ import annotations

import numpy as np

from attnviz.heatmap.display import signed
from attnviz.heatmap.rounding import PLACES
from attnviz.ui.cache import activations
from attnviz.ui.components.lesson.blocks import number, panel, share, waterfall
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.session import _

_MOST_PARTS = 5  # contributions shown one by one: the whole sum is to fit a projector
FEW_TO_FADE = 12  # words: in a shorter sentence there is no distance to speak of


def split(sentence: LessonSentence) -> StepContent:
    """Step 6: every logit as a sum of contributions and the bias."""
    found, k = sentence.explanation, sentence.side
    values, shown = found.contributions[:, k], found.rounded.contributions[:, k]
    order = np.argsort(-np.abs(values), kind="stable")
    chosen = sorted(int(at) for at in order[:_MOST_PARTS])
    rest = order[_MOST_PARTS:]
    parts = [
        (sentence.word(at), f"α {share(found.weights, at)} × V·h {number(found.votes[at, k])}", float(values[at]))
        for at in chosen
    ]
    figures_shown = [shown[at] for at in chosen] + [shown[rest].sum()] * bool(len(rest)) + [found.rounded.bias[k]]
    if len(rest):
        parts.append((_("other words: {count}").format(count=len(rest)), "", float(values[rest].sum())))
    parts.append((_("bias"), "", float(found.bias[k])))
    label, logit = _(found.labels[k]), float(found.logits[k])
    sums = waterfall(
        _("The logit of “{label}”").format(label=label),
        (_("word"), "α × V·h", "", _("adds")),
        parts,
        (_("logit"), logit),
        [not found.known[at] for at in chosen],
        figures_shown,
    )
    choices = {
        "kind": "choices",
        "field": "side",
        "text": _("class:"),
        "options": [_(one) for one in found.labels],
        "chosen": k,
    }
    answers = {
        "kind": "answers",
        "panels": [panel("own", _("softmax of the logits"), found.labels, found.probabilities, found.logits, _)],
    }
    most = int(values.argmax())
    figures = {
        "word": sentence.word(most),
        "label": label,
        "contribution": signed(float(shown[most]), PLACES),
        "logit": signed(float(found.rounded.logits[k]), PLACES),
        "heaviest": sentence.word(sentence.heaviest),
        "weight": share(found.weights, sentence.heaviest),
        "moral": _("A word can be looked at a great deal and say little: its vote counts as well.")
        if most != sentence.heaviest
        else _("Here it is the same word. It need not be: the vote counts as well as the weight."),
    }
    return StepContent((choices, sums, answers), figures=figures, aside=True, deeper={"shade": found.labels[k]})


def limits(sentence: LessonSentence) -> StepContent:
    """Step 10: time by length, beside self-attention's, and how far words fade."""
    name = sentence.experiment.name
    pace = activations.reading_time(name, sentence.variant)
    owed = activations.gradient_decay(name, sentence.text, sentence.variant)
    slowest = max(*pace.recurrent, *pace.self_attention)
    times = {
        "heading": _("Time to read a sentence"),
        "alt": _("A curve: milliseconds by the number of words"),
        "x": _("words"),
        "ticks": ["0", f"{slowest / 2:.1f}", f"{slowest:.1f} ms"],
        "series": [
            {"name": _("LSTM, ms"), "points": list(zip(pace.lengths, pace.recurrent, strict=True))},
            {"name": _("one query, ms"), "points": list(zip(pace.lengths, pace.attention, strict=True))},
            {"name": _("self-attention, ms"), "points": list(zip(pace.lengths, pace.self_attention, strict=True))},
        ],
        "shown": [
            {"x": str(length), "y": [number(value) for value in times]}
            for length, *times in list(
                zip(pace.lengths, pace.recurrent, pace.attention, pace.self_attention, strict=True)
            )[::2]
        ],
        "about": _("Measured on one core of this machine, one head of the same width."),
    }
    far = len(owed) - 1
    steps = sorted({0, min(5, far), far // 2, far})
    fade = {
        "heading": _("What the last state still owes to a word"),
        "alt": _("A curve: the size of the gradient by the distance in words"),
        "x": _("words before the last"),
        "ticks": ["0", f"{owed.max() / 2:.2f}", f"{owed.max():.2f}"],
        "series": [
            {"name": _("gradient, last word = 1"), "points": [[d, float(value)] for d, value in enumerate(owed)]}
        ],
        "shown": [{"x": str(d), "y": [number(float(owed[d]))]} for d in steps],
        "about": _("Read forwards: |∂h/∂x|, the last word's set to 1.")
        + (" " + _("Take a longer sentence to see more of it.") if sentence.activations.size < FEW_TO_FADE else ""),
    }
    fades = _("The state at the end owes the word {distance} places back {share} of what it owes the last one.")
    figures = {
        "long": pace.lengths[-1],
        "short": pace.lengths[0],
        "times": f"{pace.lengths[-1] / pace.lengths[0]:g}",
        "growth": f"{pace.growth:.1f}",
        "pairs": f"{pace.lengths[-1] ** 2:,}",
        "fades": fades.format(distance=far, share=number(float(owed[-1]))) if far else "",
    }
    return StepContent(({"kind": "curves", "charts": [times, fade]},), figures=figures)
