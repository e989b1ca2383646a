"""Steps 2 and 3: the matrix, word by word and head by head."""

from __future__ import annotations

from typing import Any

import numpy as np

from attnviz.heatmap.display import signed
from attnviz.heatmap.rounding import percent
from attnviz.model.encoder_figures import HABITS, Habit, HabitName
from attnviz.ui.cache import self_attention as cached
from attnviz.ui.components.lesson.asking import Card, payload
from attnviz.ui.components.lesson.blocks import Block, share
from attnviz.ui.i18n import msg
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.session import _, translation

_KINDS: dict[HabitName, str] = {
    "itself": msg("the word itself"),
    "previous": msg("the word before"),
    "next": msg("the word after"),
    "first": msg("the first word"),
    "last": msg("the last word"),
    "punctuation": msg("marks"),
    "same word": msg("the same word again"),
}

_SOMETHING = 5e-4  # what is less is shown as nothing


def words(sentence: AskedSentence) -> StepContent:
    """Step 2: whom each word asks, and who asks it."""
    found, mean, spot = sentence.explanation, sentence.asking.mean, sentence.spot
    size = len(found.tokens)
    top, most = int(mean[spot].argmax()), int(mean.mean(axis=0).argmax())
    best = int(found.logits.argmax())
    adds = int(found.contributions[:, best].argmax())
    figures = {
        "heads": len(sentence.heads),
        "head": sentence.asking.queries.shape[-1],
        "word": sentence.word(spot),
        "top": sentence.word(top),
        "share": percent(mean[spot, top]),
        "even": percent(1 / size),
        "most": sentence.word(most),
        "mean": percent(mean.mean(axis=0)[most]),
        "heaviest": sentence.word(int(found.weights.argmax())),
        "weight": share(found.weights, int(found.weights.argmax())),
        "adds": sentence.word(adds),
        "label": _(found.labels[best]),
        "contribution": signed(float(found.rounded.contributions[adds, best]), 3),
    }
    return StepContent(hand=_drawn(sentence), figures=figures)


def heads(sentence: AskedSentence) -> StepContent:
    """Step 3: every head by itself, and what it is worth for this answer."""
    worth, sharp = worths(sentence), sharpness(sentence.asking.weights)
    count, first = len(sentence.heads), sentence.asking.queries.shape
    most, sharpest = int(worth.argmax()), int(sharp.argmax())
    measured = sentence.experiment.encoder_figures
    habits = {habit.head: habit for habit in measured.habits} if measured else {}
    figures = {
        "heads": count,
        "head": first[-1],
        "width": first[-1] * first[1],
        "needed": _("Without {head} the answer loses most: {points}.").format(
            head=sentence.head_name(most + 1), points=points(worth[most], sign=False)
        )
        if worth[most] >= _SOMETHING
        else _("None of the heads is missed here: no one of them off costs the answer anything."),
        "sharpest": sentence.head_name(sharpest + 1),
        "sharp": percent(sharp[sharpest]),
        "its": points(worth[sharpest]),
        "moral": _("Sharp is not the same as useful.")
        if most != sharpest
        else _("Here they are the same head: they need not be."),
        "habits": _("What heads tend to do was measured over {rows} test rows; it need not hold here.").format(
            rows=f"{measured.rows:,}"
        )
        if measured and habits
        else _("What the heads tend to do has not been measured over this experiment's test rows."),
    }
    mean = Card(sentence.head_name(0), _("what libraries show by default"))
    cards = [
        Card(
            sentence.head_name(at),
            _("worth {points}").format(points=points(worth[at - 1])),
            _tends(habits.get(head)),
            _("{head}: on or off").format(head=sentence.head_name(at)),
        )
        for at, head in enumerate(sentence.heads, 1)
    ]
    table = (_table(sentence, habits, measured.rows),) if measured and habits and not sentence.shown.present else ()
    return StepContent(table, _drawn(sentence, [mean, *cards]), figures)


def worths(sentence: AskedSentence) -> np.ndarray:
    """Return by how much the probability of the answer falls without each head, in shares of 1."""
    whole = sentence.whole
    best = int(whole.probabilities.argmax())
    without = cached.without_heads(sentence.experiment.name, sentence.text, sentence.variant)
    return np.array([whole.probabilities[best] - without[head].probabilities[best] for head in sentence.heads])


def sharpness(weights: np.ndarray) -> np.ndarray:
    """Return the largest weight of a row, on average over the rows, by head."""
    return np.asarray(weights.max(axis=-1).mean(axis=-1)).ravel()


def points(share: float, *, sign: bool = True) -> str:
    """Return a difference of probabilities in points of a hundred, a positive one with its `sign` or without."""
    return _("{number} points").format(number=signed(100 * float(share), 1) if sign else f"{100 * share:.1f}")


def _drawn(sentence: AskedSentence, cards: list[Card] | None = None) -> dict[str, object]:
    return payload(
        sentence.asking,
        sentence.chosen,
        step=sentence.shown.step,
        digest=sentence.digest,
        translate=translation(),
        cards=cards or (),
        answered=answered(sentence) if cards else "",
    )


def answered(sentence: AskedSentence) -> str:
    """Say what became of the answer without the heads that are off."""
    whole, now = sentence.whole, sentence.explanation
    best, other = int(whole.probabilities.argmax()), int(now.probabilities.argmax())
    was = percent(float(whole.rounded.probabilities[best]))
    if not sentence.shown.off:
        line = _("All heads on: “{answer}” {was}. Switch one off.")
        return line.format(answer=_(whole.labels[best]), was=was)
    line = (
        _("Off: {heads}. “{answer}” goes from {was} to {now}.")
        if best == other
        else _("Off: {heads}. “{answer}” goes from {was} to {now}: the answer is “{other}” then.")
    )
    return line.format(
        heads=", ".join(sentence.head_name(at) for at in sentence.shown.off),
        answer=_(whole.labels[best]),
        was=was,
        now=percent(float(now.rounded.probabilities[best])),
        other=_(now.labels[other]),
    )


def _tends(habit: Habit | None) -> str:
    """Say what a head does more than even weights would, on many rows."""
    if habit is None:
        return ""
    kind = max(HABITS, key=lambda name: habit.shares[name] - habit.if_even[name])
    if habit.shares[kind] <= habit.if_even[kind]:
        return _("asks no kind of word more than even weights would")
    said = _("on test rows asks {kind}: {share} (even: {even})")
    return said.format(kind=_(_KINDS[kind]), share=percent(habit.shares[kind]), even=percent(habit.if_even[kind]))


def _table(sentence: AskedSentence, habits: dict[tuple[int, int], Habit], rows: int) -> Block:
    lines: list[dict[str, Any]] = [
        {
            "name": sentence.head_name(at),
            "cells": [{"text": percent(habits[head].shares[name])} for name in HABITS],
        }
        for at, head in enumerate(sentence.heads, 1)
        if head in habits
    ]
    even = next(iter(habits.values())).if_even
    lines.append({"name": _("if even"), "cells": [{"text": percent(even[name])} for name in HABITS], "quiet": True})
    return {
        "kind": "cells",
        "heading": _("What the heads ask on average over {rows} test rows").format(rows=f"{rows:,}"),
        "heads": [_("head"), *(_(_KINDS[name]) for name in HABITS)],
        "rows": lines,
        "about": _("A share is the mean over the words that have such a word in their sentence."),
    }
