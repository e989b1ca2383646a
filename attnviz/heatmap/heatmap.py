"""What a heat-map of an explanation shows, whoever draws it: levels of colour, numbers, and the pieces of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attnviz.errors import AttnvizError
from attnviz.heatmap import palette
from attnviz.heatmap.display import _LONGEST_TAIL, shorten, signed, visible
from attnviz.text import tokenize

if TYPE_CHECKING:
    from attnviz.model.explanation import Explanation

ATTENTION = "attention"

_SMALL = 0.0995  # a contribution below is written to three places, on the page too


def shading(explanation: Explanation, shade: str) -> tuple[list[int], list[str]]:
    """Return each token's level on the fixed scale and the number that stands under it.

    Raises `AttnvizError` if `shade` is neither attention nor one of the labels.
    """
    if shade == ATTENTION:
        return palette.levels(palette.attention_intensity(explanation.weights)), [
            f"{w:.1%}" for w in explanation.weights
        ]
    if shade not in explanation.labels:
        raise AttnvizError(
            "“{shade}” is nothing to shade by: choose “attention” or one of the labels {labels}.",
            shade=shade,
            labels=", ".join(explanation.labels),
        )
    values = explanation.contributions[:, explanation.labels.index(shade)]
    return palette.levels(palette.contribution_intensity(values)), [
        signed(value, 3 if abs(value) < _SMALL else 2) for value in values
    ]


def ticks(shade: str) -> list[tuple[float, str]]:
    """Return what stands along the scale of colours: places 0 (low end) to 1 (high end) and numbers."""
    if shade == ATTENTION:
        places = palette.attention_intensity(palette.ATTENTION_TICKS)
        names = [f"{tick:.0%}" for tick in palette.ATTENTION_TICKS]
    else:
        places = (1 + palette.contribution_intensity(palette.CONTRIBUTION_TICKS)) / 2
        names = [f"{tick:+g}".replace("-", "−") if tick else "0" for tick in palette.CONTRIBUTION_TICKS]
    return [(float(place), name) for place, name in zip(places, names, strict=True)]


def between(explanation: Explanation) -> tuple[list[str], str]:
    """Return what stands before, between and after the T tokens (T + 1 texts), and the start of what is not read."""
    text = explanation.text
    ends = [0, *(token.end for token in explanation.tokens)]
    if explanation.truncated:
        gaps = [text[end : token.start] for end, token in zip(ends, explanation.tokens, strict=False)]
        rest = text[ends[-1] :]
        return [*gaps, ""], rest if len(rest) <= _LONGEST_TAIL else f"{rest[:_LONGEST_TAIL]} …"
    starts = [*(token.start for token in explanation.tokens), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)], ""


def passages(gap: str) -> list[tuple[str, bool]]:
    """Cut what stands between two tokens into words that were left out (True) and the rest, each as it is shown."""
    pieces, end = [], 0
    for token in tokenize(gap):
        pieces += [(gap[end : token.start], False), (token.text, True)]
        end = token.end
    return [(visible(shorten(text)), left_out) for text, left_out in [*pieces, (gap[end:], False)] if text]
