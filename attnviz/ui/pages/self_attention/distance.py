"""Step 5: what is left of a word that is far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from attnviz.analysis.far_words import planted
from attnviz.ui.cache import self_attention as cached
from attnviz.ui.components.lesson.blocks import Block
from attnviz.ui.i18n import NO_BREAK
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.session import _

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def distance(sentence: AskedSentence) -> StepContent:
    """Compare what the last state and the answer have of the first word, in both encoders."""
    found = cached.reach(sentence.experiment.name, sentence.pair)
    if found is None:
        return StepContent(measuring=True)
    names = {variant: sentence.named(variant) for variant in sentence.pair}
    state = logarithmic(
        _("What the last state has of the first word"),
        found.lengths,
        {names[variant]: found.last_state[variant] for variant in names},
    ) | {
        "x": _("words"),
        "alt": _("A curve for each classifier: the size of the gradient by the number of words"),
        "about": _("|∂h/∂x| of the first word; 1 is the mean over all words of the sentence."),
    }
    answer = logarithmic(
        _("What the answer has of it"),
        found.lengths,
        {names[variant]: found.by_variant[variant] for variant in names},
    ) | {
        "x": state["x"],
        "alt": state["alt"],
        "about": _("The same of the answer's log-odds: through α it sees every state directly."),
    }
    each = [
        _("{variant}: {state} in its last state, {answer} in its answer").format(
            variant=names[variant],
            state=written(found.last_state[variant][-1]),
            answer=written(found.by_variant[variant][-1]),
        )
        for variant in names
    ]
    figures = {"long": found.lengths[-1], "each": "; ".join(each)}
    return StepContent(({"kind": "curves", "charts": [state, answer]}, _task()), figures=figures)


def _task() -> Block:
    """Return what came of a task that needs a far word, trained on texts of each distance alone."""
    found = planted()
    named = {"lstm": _("BiLSTM"), "transformer": _("transformer")}
    each = "; ".join(f"{named.get(one, one)} {of[-1][0]:.0%}" for one, of in found.accuracy.items())
    rows = [
        {
            "name": named.get(encoder, encoder),
            "cells": [
                {"text": f"{mean:.0%} ({100 * low:.0f}{NO_BREAK}–{NO_BREAK}{100 * high:.0f})"}
                for mean, low, high in reached
            ],
        }
        for encoder, reached in found.accuracy_alone.items()
    ]
    return {
        "kind": "cells",
        "heading": _("A cue so many words before its question: right, if both stood only so far apart in training"),
        "heads": [_("encoder"), *(f"{far:,}" for far in found.alone)],
        "rows": rows,
        "about": _(
            "Mean, lowest and highest of three seeds; guessing gives 50%. Where near ones come first in training, at "
            "{far} words: {each}. ({command})"
        ).format(far=found.distances[-1], each=each, command=found.command),
    }


def logarithmic(heading: str, lengths: Sequence[int], series: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Return a chart of positive values by length, both on scales of powers, with a table of some of them."""
    values = [value for of in series.values() for value in of if value > 0]
    low, high = (round(math.floor(math.log10(min(values)))), round(math.ceil(math.log10(max(values)))))
    step = max(1, math.ceil((high - low) / 4))
    shown = sorted({0, len(lengths) // 2, len(lengths) - 1})
    return {
        "heading": heading,
        "log": "xy",
        "ticks": [[10.0**power, written(10.0**power)] for power in range(low, high + 1, step)],
        "series": [
            {"name": name, "points": [[x, max(y, 10.0**low)] for x, y in zip(lengths, of, strict=True)]}
            for name, of in series.items()
        ],
        "shown": [{"x": f"{lengths[at]:,}", "y": [written(of[at]) for of in series.values()]} for at in shown],
    }


def written(value: float) -> str:
    """Return a number from 0 up, of whatever size, with the two places that count."""
    if value == 0 or 0.01 <= value < 10_000:
        return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:.2g}"
    mantissa, power = f"{value:.1e}".split("e")
    raised = str(int(power)).translate(_RAISED)
    return f"10{raised}" if mantissa == "1.0" else f"{mantissa}·10{raised}"
