"""Step 4: the words in another order, and no order at all."""

from __future__ import annotations

from typing import Any

import numpy as np

from attnviz.analysis.word_order import Shuffled
from attnviz.heatmap.display import signed
from attnviz.heatmap.rounding import percent
from attnviz.model.encoder_figures import Order
from attnviz.model.transformer import REACH
from attnviz.ui.cache import self_attention as cached
from attnviz.ui.components.lesson.blocks import Block
from attnviz.ui.i18n import msg
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.session import _

_ORDERS: dict[Order, str] = {
    "as it is": msg("as it is"),
    "shuffled": msg("shuffled"),
    "no positions": msg("no positions"),
}

_APART = (-REACH, -4, -2, -1, 0, 1, 2, 4, REACH)  # distances that are shown


def order(sentence: AskedSentence) -> StepContent:
    """Compare the answers of both encoders over shuffles, and of this one without positions."""
    name, pair = sentence.experiment.name, sentence.pair
    found = cached.shuffles(name, sentence.text, pair)
    [without] = cached.shuffles(name, sentence.text, (sentence.variant,), False)
    changes = {one.variant: _changes(one) for one in found}
    times = len(found[0].shuffled)
    said = [
        _("{variant}: {count} of {times}").format(variant=sentence.named(one), count=count, times=times)
        for one, count in changes.items()
    ]
    figures: dict[str, Any] = {
        "far": REACH,
        "times": times,
        "changes": "; ".join(said),
        "measured": _on_rows_said(sentence),
        "difference": f"{float(np.abs(without.shuffled - without.own).max()):.0e}".replace("e-0", "e-").replace(
            "-", "−"
        ),
    }
    rows = [_row(sentence, one, without if one.variant == sentence.variant else None) for one in found]
    here = {
        "kind": "cells",
        "heading": _("This sentence, and its words in {times} other orders").format(times=times),
        "heads": [_("classifier"), _("answer"), _("shuffled, mean"), _("lowest – highest"), _("no positions")],
        "rows": rows,
        "about": _("The probability of the answer that it gives to the sentence as it is."),
    }
    return StepContent((here, *_on_rows(sentence), _distances(sentence)), figures=figures)


def _changes(one: Shuffled) -> int:
    """Return in how many orders the answer is another one."""
    return int((one.shuffled.argmax(axis=1) != one.own.argmax()).sum())


def _row(sentence: AskedSentence, one: Shuffled, without: Shuffled | None) -> dict[str, Any]:
    best = int(one.own.argmax())
    mixed = one.shuffled[:, best]
    cells = [
        f"{_(sentence.experiment.labels[best])} {percent(one.own[best])}",
        percent(float(mixed.mean())),
        f"{percent(float(mixed.min()))} – {percent(float(mixed.max()))}",
        "–" if without is None else percent(float(without.own[best])),
    ]
    return {"name": sentence.named(one.variant), "cells": [{"text": text} for text in cells]}


def _on_rows(sentence: AskedSentence) -> tuple[Block, ...]:
    measured = sentence.experiment.encoder_figures
    if not measured or not measured.order:
        return ({"kind": "text", "text": _("Over this experiment's test rows this has not been measured.")},)
    rows = [
        {
            "name": sentence.named(variant),
            "cells": [
                {"text": percent(right[kind]), "bar": right[kind]} if kind in right else {"text": "–"}
                for kind in _ORDERS
            ],
        }
        for variant, right in measured.order.items()
        if variant in sentence.pair
    ]
    heading = _("How often it is right on {rows} test rows").format(rows=f"{measured.rows:,}")
    heads = [_("classifier"), *(_(name) for name in _ORDERS.values())]
    about = _("Every row is shuffled once. An LSTM has no positions to lose.")
    return ({"kind": "cells", "heading": heading, "heads": heads, "rows": rows, "about": about},)


def _distances(sentence: AskedSentence) -> Block:
    """Return what each head adds to a score for some distances."""
    bias = sentence.experiment.model(sentence.variant).transformer.distance_bias
    rows = [
        {
            "name": sentence.head_name(at),
            "cells": [{"text": signed(float(bias[layer, head, REACH + apart]), 1)} for apart in _APART],
        }
        for at, (layer, head) in enumerate(sentence.heads, 1)
    ]
    names = [_("itself") if apart == 0 else f"{apart:+d}".replace("-", "−") for apart in _APART]
    return {
        "kind": "cells",
        "heading": _("What a head adds to the score of a word so many places before (−) or after it (+)"),
        "heads": [_("head"), *names],
        "rows": rows,
        "about": "",
    }


def _on_rows_said(sentence: AskedSentence) -> str:
    """Say what order is worth over the test rows, where that was measured."""
    measured = sentence.experiment.encoder_figures
    of = {name: right for name, right in measured.order.items() if name in sentence.pair} if measured else {}
    lost = {name: right["as it is"] - right["shuffled"] for name, right in of.items() if "shuffled" in right}
    if not lost:
        return ""
    each = "; ".join(f"{sentence.named(name)} {100 * loss:.1f}".replace("-", "−") for name, loss in lost.items())
    return _("Over the test rows shuffling costs, in points: {each}.").format(each=each)
