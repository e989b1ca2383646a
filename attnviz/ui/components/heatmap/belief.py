"""The line under each panel of a heat-map: how far its picture can be believed.

To work it out takes longer than the picture, so it comes after that, from a component of its own that is not seen. It
goes by a name of the very numbers that it was worked out from, and under no others does the heat-map show it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, get_args

from attnviz.analysis.belief.verdict import DRAWS, ENOUGH, MANY, Verdict
from attnviz.analysis.belief.wording import how, said
from attnviz.heatmap.display import Translate
from attnviz.model.belief_figures import Kind
from attnviz.model.explanation import Explanation
from attnviz.ui.components.base import component
from attnviz.ui.i18n import msg


def expected(explanation: Explanation, translate: Translate) -> dict[str, str]:
    """Return what a panel knows of its line before that comes: its name, and words that take as much room."""
    count = len(explanation.tokens)
    top = tuple(range(MANY if count >= ENOUGH else min(count, 1)))
    some = Verdict("none", explanation.prediction, top, 1.0, 0.5, 0.5, DRAWS // 2, stands=True)
    others = ((0.5, DRAWS // 2), (0.6, DRAWS // 2), (0.6, DRAWS - 2))
    kinds = [
        replace(some, kind=kind, without_random=random, beaten=beaten)
        for kind in get_args(Kind)
        for random, beaten in others
    ]
    room = max((said(one, explanation, translate) for one in kinds if top), key=len, default="")
    return {"about": _name(explanation, translate), "room": room}


def lines(verdicts: Iterable[tuple[Explanation, Verdict]], *, key: str, translate: Translate) -> None:
    """Hand the heat-maps on the page the lines under their panels."""
    data: dict[str, Any] = {
        _name(explanation, translate): {
            "said": said(verdict, explanation, translate),
            "how": how(verdict, explanation, translate),
        }
        for explanation, verdict in verdicts
    }
    _mount(data, key=key)


def _name(explanation: Explanation, translate: Translate) -> str:
    """Return the name of the line under a panel, another one in each language."""
    language = translate(msg("There is no word to read here."))
    told = (explanation.experiment, explanation.variant, explanation.unknown, explanation.text, explanation.tokens)
    numbers = (explanation.weights.tobytes(), explanation.logits.tobytes())
    return hashlib.sha256(repr((*told, language, *numbers)).encode()).hexdigest()[:16]


_mount = component("heatmap", "lines")
