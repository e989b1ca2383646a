"""The seven steps for one sentence: what each shows."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import Any

from attnviz.errors import AttnvizError
from attnviz.model.transformer import REACH
from attnviz.ui.i18n import translated
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.pages.self_attention.bridge import bridge
from attnviz.ui.pages.self_attention.cost import cost
from attnviz.ui.pages.self_attention.distance import distance
from attnviz.ui.pages.self_attention.matrix import heads, words
from attnviz.ui.pages.self_attention.order import order
from attnviz.ui.pages.self_attention.texts import STEPS
from attnviz.ui.pages.self_attention.worth import worth
from attnviz.ui.session import _

_CONTENTS: tuple[Callable[[AskedSentence], StepContent], ...] = (bridge, words, heads, order, distance, cost, worth)


def step_content(sentence: AskedSentence) -> StepContent:
    """Return the step that is chosen; a step that the experiment cannot show says what it lacks."""
    try:
        return _CONTENTS[sentence.shown.step - 1](sentence)
    except AttnvizError as error:
        return StepContent(lacks=translated(error, _))


def sizes(sentence: AskedSentence) -> dict[str, Any]:
    """Return the sizes of the classifier, as its formulas and code name them."""
    head = sentence.asking.queries.shape[-1]
    heads = sentence.asking.queries.shape[1]
    return {"head": head, "dim": head, "heads": heads, "width": head * heads, "far": REACH}


def formula(sentence: AskedSentence) -> str:
    """Return the formula of the step in LaTeX."""
    written = STEPS[sentence.shown.step - 1].formula
    return written % sizes(sentence) if "%(" in written else written


def code(sentence: AskedSentence) -> str:
    """Return the lines of PyTorch that compute the step, with the sizes of the classifier at hand."""
    return cleandoc(STEPS[sentence.shown.step - 1].code).format(**sizes(sentence))
