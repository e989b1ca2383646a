"""Step 1: from one question for all words to a question of every word."""

from __future__ import annotations

import math

import numpy as np
import torch

from attnviz.heatmap.display import signed
from attnviz.heatmap.rounding import percent
from attnviz.model.explanation import Explanation
from attnviz.ui.components.lesson.blocks import Block, number, waterfall
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.session import _

_MOST_PARTS = 4  # products shown one by one


def bridge(sentence: AskedSentence) -> StepContent:
    """Work out one pair: a word, and the one that it asks most in a head."""
    asked, asks = sentence.asking, sentence.spot
    at = sentence.shown.head or 1
    layer, head = sentence.heads[at - 1]
    found: Explanation = asked.explanation
    size, dim = len(found.tokens), asked.queries.shape[-1]
    width = dim * asked.queries.shape[1]
    products, weights = asked.products[layer, head], asked.weights[layer, head]
    top = int(weights[asks].argmax())
    terms = asked.queries[layer, head, asks] * asked.keys[layer, head, top]
    other = _another(weights[asks], asks)
    spreads = {root: _softened(products, root) for root in (1.0, math.sqrt(dim), math.sqrt(width))}
    before, after = spreads[1.0], spreads[math.sqrt(dim)]
    apart = float(_added(sentence, layer, head)[asks, top])
    figures = {
        "count": size,
        "pairs": f"{size * size:,}",
        "dim": dim,
        "width": width,
        "asks": sentence.word(asks),
        "score": number(float(found.scores[asks])),
        "before": number(before[0]),
        "hard": percent(before[1]),
        "after": number(after[0]),
        "soft": percent(after[1]),
        "sides": _("There is only one word here.")
        if other is None
        else _("Here it scores “{asked}” {there}, and gets {back} from it.").format(
            asked=sentence.word(other),
            there=number(float(products[asks, other] / math.sqrt(dim))),
            back=number(float(products[other, asks] / math.sqrt(dim))),
        ),
    }
    blocks: list[Block] = [
        {
            "kind": "choices",
            "field": "spot",
            "text": _("who asks:"),
            "options": [sentence.word(place) for place in range(size)],
            "chosen": asks,
        },
        {
            "kind": "choices",
            "field": "head",
            "text": _("in which head:"),
            "options": [sentence.head_name(one) for one in range(1, len(sentence.heads) + 1)],
            "chosen": at - 1,
        },
        _sum(terms, sentence.word(asks), sentence.word(top), float(products[asks, top])),
        _to_weight(spreads, dim, width),
        _pair(sentence, (asks, top), float(products[asks, top]), dim, apart, float(weights[asks, top])),
    ]
    if not sentence.shown.present:  # a projector of 720 lines has no room for it below
        blocks.append(_way(sentence, size, dim))
    return StepContent(tuple(blocks), figures=figures)


def _another(row: np.ndarray, asks: int) -> int | None:
    """Return the word that another one asks most, besides itself."""
    others = [int(place) for place in np.argsort(-row, kind="stable") if place != asks]
    return others[0] if others else None


def _softened(products: np.ndarray, root: float) -> tuple[float, float]:
    """Return the mean spread of the scores of a row, and the mean of the largest weight that softmax makes of them."""
    scores = products / root
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return float(scores.std(axis=1).mean()), float(weights.max(axis=1).mean())


def _sum(terms: np.ndarray, asks: str, asked: str, total: float) -> Block:
    order = np.argsort(-np.abs(terms), kind="stable")
    first, rest = sorted(int(at) for at in order[:_MOST_PARTS]), order[_MOST_PARTS:]
    parts = [(_("number {place}").format(place=at + 1), "", float(terms[at])) for at in first]
    if len(rest):
        parts.append((_("the other {count}").format(count=len(rest)), "", float(terms[rest].sum())))
    heading = _("“{asks}” asks “{asked}”: q·k, number by number").format(asks=asks, asked=asked)
    return waterfall(heading, (_("of q and k"), "", _("product")), parts, ("q·k", total))


def _to_weight(spreads: dict[float, tuple[float, float]], dim: int, width: int) -> Block:
    names = (
        (_("q·k as it is"), ""),
        (_("÷ √{dim}").format(dim=dim), _("the head's numbers: as here")),
        (_("÷ √{dim}").format(dim=width), _("the model's: too much")),
    )
    rows = [
        {
            "name": name,
            "note": note,
            "cells": [{"text": number(spread)}, {"text": percent(largest), "bar": largest}],
            "strong": at == 1,
        }
        for at, ((name, note), (spread, largest)) in enumerate(zip(names, spreads.values(), strict=False))
    ]
    return {
        "kind": "cells",
        "heading": _("What softmax makes of it, on average over the rows of this head"),
        "heads": [_("scores"), _("standard deviation in a row"), _("largest weight")],
        "rows": rows,
        "about": "",
    }


def _way(sentence: AskedSentence, size: int, dim: int) -> Block:
    """Return what becomes of the sentence from its word vectors to the answer: what each is called, and its shape."""
    heads, experiment = sentence.asking.queries.shape[1], sentence.experiment
    states = f"{size} × {heads * dim}"
    stages = (
        ("x", _("word vectors"), f"{size} × {experiment.about.embedding_dim}"),
        ("q, k, v", _("three projections for each head"), f"3 × {heads} × {size} × {dim}"),
        ("A", _("softmax of the scores: who asks whom"), f"{heads} × {size} × {size}"),
        ("A·v", _("the values, mixed; heads side by side"), states),
        ("h", _("after W_O and a feed-forward layer"), states),
        ("α", _("W·h + b and softmax, as before"), f"{size}"),
        ("c", _("Σ αh, as before; then the answer"), f"{heads * dim}"),
    )
    return {
        "kind": "cells",
        "heading": _("From the word vectors to the answer"),
        "heads": [_("part"), _("shape")],
        "rows": [{"name": name, "note": note, "cells": [{"text": shape}]} for name, note, shape in stages],
        "about": "",
    }


def _pair(
    sentence: AskedSentence, pair: tuple[int, int], product: float, dim: int, apart: float, weight: float
) -> Block:
    """Return what becomes of the product of one pair, as a line."""
    said = _("“{asks}” to “{asked}”: {product} ÷ √{dim} = {score}, for the distance {apart}; softmax: {weight}.")
    return {
        "kind": "text",
        "text": said.format(
            asks=sentence.word(pair[0]),
            asked=sentence.word(pair[1]),
            product=number(product),
            dim=dim,
            score=number(product / math.sqrt(dim)),
            apart=signed(apart, 3),
            weight=percent(weight),
        ),
    }


def _added(sentence: AskedSentence, layer: int, head: int) -> np.ndarray:
    """Return what a head adds to the scores of T words for their distances, [T, T]."""
    size = len(sentence.explanation.tokens)
    transformer = sentence.experiment.model(sentence.variant).transformer
    return np.asarray(transformer.added(layer, torch.tensor([size]), size)[0, head].double().numpy())
