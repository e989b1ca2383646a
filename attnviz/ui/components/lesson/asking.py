"""Whom every word of a sentence asks: its row over the words, the matrix and the heads, all of it in the browser."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attnviz.analysis.self_attention import Asking
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate, shorten, visible
from attnviz.heatmap.rounding import percent
from attnviz.ui.components.base import component
from attnviz.ui.components.lesson.lesson import COLOURS

WAYS = ("asks", "asked", "answer")  # what is shown over the words: whom one asks, who asks it, what the answer takes
_LEGEND = range(0, palette.LEVELS + 1, 2)


@dataclass(frozen=True)
class Chosen:
    """What is in hand: a word, what is shown of it, the head (from 1, 0 for the mean) and the heads that are off."""

    spot: int
    way: str
    head: int
    off: tuple[int, ...]


@dataclass(frozen=True)
class Card:
    """What is said of a head, or of the mean of all, beside its picture; `turn` names its switch."""

    name: str
    worth: str
    habit: str = ""
    turn: str = ""


def asking_matrix(
    data: dict[str, Any],
    *,
    key: str,
    on_rest: Callable[[str, Chosen], None],
    on_turn: Callable[[str, tuple[int, ...]], None],
) -> None:
    """Draw what `payload` returns.

    Where a reader comes to rest `on_rest(digest, chosen)` is called; a head's switch calls `on_turn(digest, off)`.
    """

    def rested(event: dict[str, Any]) -> None:
        on_rest(str(event["digest"]), Chosen(int(event["spot"]), str(event["way"]), int(event["head"]), ()))

    def turned(event: dict[str, Any]) -> None:
        on_turn(str(event["digest"]), tuple(sorted({int(head) for head in event["off"]})))

    _mount(data, key=key, on_rest=rested, on_turn=turned)


def payload(
    asking: Asking,
    chosen: Chosen,
    *,
    step: int,
    digest: str,
    translate: Translate,
    cards: Sequence[Card] = (),
    answered: str = "",
) -> dict[str, Any]:
    """Return what the browser needs to draw a sentence of T words, at least one.

    `cards` are of the mean and of each head, none to draw no heads; `answered` says what became of the answer.
    """
    _ = translate
    found, (layers, heads, size, _size) = asking.explanation, asking.weights.shape
    return {
        "step": step,
        "digest": digest,
        "spot": chosen.spot,
        "way": chosen.way,
        "head": chosen.head,
        "off": list(chosen.off),
        "words": [
            {"name": visible(shorten(token.text)), "unseen": not known}
            for token, known in zip(found.tokens, found.known, strict=True)
        ],
        "heads": layers * heads,
        "means": list(range((layers - 1) * heads, layers * heads)),
        "maps": _roots(asking.weights),
        "pooled": np.round(found.weights, 6).tolist(),
        "even": 1 / size,
        "cards": [
            {"name": card.name, "worth": card.worth, "habit": card.habit, "turn": card.turn, "off": at in chosen.off}
            for at, card in enumerate(cards)
        ],
        "answered": answered,
        "legend": {"steps": list(_LEGEND), "ticks": palette.ticks("attention")},
        "texts": _texts(size, translate),
    }


def _roots(weights: np.ndarray) -> str:
    """Return weights 0..1 in base64 of whole 65,535ths of their square roots, the small ones as sharp as the large."""
    return base64.b64encode(np.rint(65535 * np.sqrt(weights.clip(0, 1))).astype("<u2").tobytes()).decode("ascii")


def _texts(size: int, translate: Translate) -> dict[str, Any]:
    _ = translate
    return {
        "words": _("The words: choose one"),
        "way": _("What is shown over the words"),
        "ways": {
            "asks": _("whom it asks"),
            "asked": _("who asks it"),
            "answer": _("what the answer takes (α)"),
        },
        "told": {
            "asks": _("“{word}” asks most: {three}"),
            "asked": _("“{word}” is asked most by: {three}"),
            "answer": _("The answer takes most from: {three}"),
        },
        "heading": _("{count} × {count}: rows ask, columns are asked").format(count=size),
        "matrix": _("The matrix: a row for each word that asks. Arrow keys go from pair to pair."),
        "pair": _("“{asks}” asks “{asked}”: {share}"),
        "corner": _("asks ↓"),
        "pairs": _("The strongest pairs"),
        "overview": _("The whole matrix; the frame is the part in sight"),
        "heads": _("The heads, each by itself"),
        "whole": _("Show the whole matrix"),
        "close": _("Up close, with all words"),
        "on": _("on"),
        "off": _("off"),
        "even": _("Even shares would be 1/{count} = {share}.").format(count=size, share=percent(1 / size)),
    }


_mount = component("lesson", "lesson", "matrix", "asking", css=COLOURS)
