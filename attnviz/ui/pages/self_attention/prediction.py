"""Predict, then reveal: whom a word asks most, marked before its row is shown."""

from __future__ import annotations

from typing import Any

from attnviz.analysis import reweighting
from attnviz.heatmap import palette
from attnviz.heatmap.rounding import apportion
from attnviz.ui import session
from attnviz.ui.components.lesson.blocks import number
from attnviz.ui.components.lesson.lesson import prediction
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.session import _
from attnviz.ui.views import SelfAttentionView

LAST_HIDDEN = 3  # up to this step there are weights to be seen


def is_hidden(shown: SelfAttentionView) -> bool:
    """Say whether the row of the word in hand is still to be predicted."""
    return shown.predict and not shown.reveal and shown.step <= LAST_HIDDEN


def predict(sentence: AskedSentence) -> None:
    """Draw the words to mark; once revealed, the marks beside whom the word asks."""
    shown, hidden, asks = sentence.shown, is_hidden(sentence.shown), sentence.word(sentence.spot)

    def reveal(of: str, places: list[int]) -> None:
        if of == sentence.digest and places:
            session.update_view(
                SelfAttentionView, marks=tuple(sorted(set(places))), reveal=shown.step, spot=sentence.spot, of=of
            )

    heading = _("Whom does “{word}” ask most? Mark the words.") if hidden else _("Whom “{word}” asks, and your words")
    found = sentence.explanation
    data: dict[str, Any] = {
        "digest": sentence.digest,
        "words": [
            {"name": sentence.word(place), "unseen": not known} for place, known in enumerate(found.known.tolist())
        ],
        "marks": list(shown.marks),
        "twins": None if hidden else [_row(sentence)],
        "texts": {
            "heading": heading.format(word=asks),
            "reveal": _("Reveal the row"),
            "key": _("✓ and underlined: yours. Framed: as many words of the row's, those with the largest weights."),
        },
    }
    prediction(data, key="prediction", on_reveal=reveal)


def _row(sentence: AskedSentence) -> dict[str, Any]:
    """Return how the marks compare with the row of the word in hand, the mean of all heads."""
    row = sentence.asking.mean[sentence.spot]
    both = reweighting.overlap(row, sentence.shown.marks)
    said = _("{hits} of {count} are the same; your words have {share} of the row.")
    return {
        "id": sentence.variant,
        "name": _("mean of all heads"),
        "weights": [number(float(weight)) for weight in apportion(row, 1)],
        "levels": palette.attention_levels(row),
        "top": list(both.top),
        "said": said.format(hits=both.hits, count=len(both.marked), share=number(both.attention)),
    }
