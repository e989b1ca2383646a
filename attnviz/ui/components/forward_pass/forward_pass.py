"""The model as one picture: what becomes of a sentence, from its words to the answer, with all its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from attnviz.analysis.activations import Activations
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate, shorten, visible
from attnviz.heatmap.rounding import apportion, chance, rounded
from attnviz.ui.components.base import component
from attnviz.ui.components.packing import largest, shades

_LEAD = 3  # numbers of a vector that are written out
_TERMS = 2  # words whose part of the context is written out
_WRITTEN = 1e5  # exp of a score that is larger has no three places


def forward_pass(
    data: dict[str, Any],
    *,
    key: str,
    on_go: Callable[[str, int, int], None],
    on_both: Callable[[bool], None] | None = None,
) -> None:
    """Draw what `payload` returns; a click on a part calls `on_go(digest, step, place)`, place -1 for no word.

    A click on the switch between one classifier and both calls `on_both`.
    """

    def gone(event: dict[str, Any]) -> None:
        on_go(str(event["digest"]), int(event["step"]), int(event["place"]))

    calls: dict[str, Any] = {"on_both": lambda both: on_both(bool(both))} if on_both else {}
    _mount(data, key=key, on_go=gone, **calls)


def payload(
    readings: Sequence[Activations],
    *,
    step: int,
    digest: str,
    translate: Translate,
    spot: int = -1,
    side: int = -1,
    hidden: bool = False,
    titles: Sequence[str] = (),
    both: bool | None = None,
    small: bool = False,
    present: bool = False,
) -> dict[str, Any]:
    """Return what the browser needs to draw one sentence as one or two classifiers read it.

    `step` lights its part (0: all of them), `titles` name the steps, `spot` is the word in hand and `side` the class in
    question, by default the heaviest and the answer. While it is `hidden`, what attention makes of the sentence is not
    even sent. `both` is None where there is no second classifier to show.
    """
    found = readings[0].explanation
    return {
        "step": step,
        "digest": digest,
        "spot": spot if spot >= 0 or hidden else int(found.weights.argmax()),
        "side": side,
        "hidden": hidden,
        "both": both,
        "small": small,
        "present": present,
        "titles": list(titles),
        "words": [
            {"name": visible(shorten(token.text)), "known": bool(known), "count": count, "ngrams": bool(ngrams)}
            for token, known, count, ngrams in zip(
                found.tokens, found.known, readings[0].counts, found.ngrams, strict=True
            )
        ],
        "unknown": found.unknown,
        "labels": [visible(translate(label)) for label in found.labels],
        "colours": palette.class_colours(found.labels),
        "readers": [_reader(one, hidden, translate) for one in readings],
        "texts": _texts(translate),
    }


def _reader(reading: Activations, hidden: bool, translate: Translate) -> dict[str, Any]:
    """Return one classifier's numbers, settled as they are shown everywhere else."""
    found = reading.explanation
    half = reading.hidden.shape[1] // 2
    drawn = {
        "id": found.variant,
        "name": visible(translate(found.variant)),
        "scorer": reading.scorer,
        "dim": reading.rows.shape[1],
        "half": half,
        "rows": shades(reading.rows),
        "hidden": shades(reading.hidden),
        "scales": np.round(largest(reading.hidden), 5).ravel().tolist(),
        "leads": {
            "x": rounded(reading.rows[:, :_LEAD]).tolist(),
            "f": rounded(reading.hidden[:, :half][:, :_LEAD]).tolist(),
            "b": rounded(reading.hidden[:, half:][:, :_LEAD]).tolist(),
        },
    }
    return drawn if hidden else {**drawn, **_judged(reading)}


def _judged(reading: Activations) -> dict[str, Any]:
    """Return what attention makes of the hidden states, as far as the answer."""
    found, shown = reading.explanation, reading.explanation.rounded
    with np.errstate(over="ignore"):
        powers = np.exp(found.scores)
    written = powers if powers.max(initial=0) >= _WRITTEN else apportion(powers)
    order = np.argsort(-found.weights, kind="stable")[:_TERMS]
    return {
        "scores": rounded(found.scores).tolist(),
        "scorerBias": float(rounded(reading.scorer_bias)),
        "powers": written.tolist(),
        "powerSum": float(written.sum()),
        "weights": np.round(found.weights, 6).tolist(),
        "shares": shown.weights.tolist(),
        "levels": palette.attention_levels(found.weights),
        "context": {
            "shades": shades(reading.context[None]),
            "lead": rounded(reading.context[:_LEAD]).tolist(),
            "terms": [[int(at), float(shown.weights[at]), float(rounded(reading.hidden[at, 0]))] for at in order],
        },
        "contributions": shown.contributions.tolist(),
        "bias": shown.bias.tolist(),
        "logits": shown.logits.tolist(),
        "probabilities": shown.probabilities.tolist(),
        "percents": [chance(*both) for both in zip(shown.probabilities, found.probabilities, strict=True)],
        "answer": int(found.probabilities.argmax()),
    }


def _texts(translate: Translate) -> dict[str, Any]:
    _ = translate
    return {
        "picture": _("The model as one picture, with the numbers of this sentence"),
        "parts": {
            "word": _("word"),
            "x": _("vector x"),
            "f": _("state →h"),
            "b": _("state ←h"),
            "e": _("score e"),
            "a": _("weight α"),
            "c": _("context c"),
            "z": _("answer"),
        },
        "states": _("state h"),
        "for": _("for “{label}”"),
        "against": _("against it"),
        "hidden": _("hidden"),
        "byHand": _("α by hand"),
        "cell": _("{part} of “{word}”, {place} of {count}"),
        "from": _("comes from"),
        "to": _("goes to"),
        "tokens": _("the sentence, cut into words and marks"),
        "row": _("the row of “{word}” in the embedding"),
        "ngrams": _("the mean of the n-grams of “{word}”: it has no row of its own"),
        "unk": _("the row of <unk>: “{word}” has none of its own"),
        "zero": _("no row and no known n-gram: nothing but zeros"),
        "counted": _("{count} × in training"),
        "start": _("nothing before it: zeros"),
        "others": _("the other words"),
        "bias": _("bias"),
        "numbers": _("{count} numbers"),
        "step": _("Click: step {step}, {title}"),
        "stepTouch": _("Tap again: step {step}, {title}"),
        "open": _("Click: this sentence step by step, at step {step}"),
        "openTouch": _("Tap again: this sentence step by step, at step {step}"),
        "play": _("Let the numbers flow"),
        "stop": _("Stop"),
        "both": _("Both twins"),
        "fold": _("Fold the picture"),
        "unfold": _("The model as one picture"),
        "keys": _("Arrow keys go from part to part and from word to word, Enter to the step of a part."),
    }


_COLOURS = "\n".join(palette.rules("attention"))
_mount = component("forward_pass", "layout", "told", "motion", "stage", "forward_pass", css=_COLOURS)
