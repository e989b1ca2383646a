"""The ten steps for one sentence: what each shows."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import Any

from attnviz.analysis.activations import scorer
from attnviz.errors import AttnvizError
from attnviz.ui.i18n import translated
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.steps.answer import limits, split
from attnviz.ui.pages.steps.attention import context, heat, opinions
from attnviz.ui.pages.steps.encoding import rows, scores, states
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.pages.steps.texts import STEPS
from attnviz.ui.pages.steps.word_vectors import oov, twins
from attnviz.ui.session import _

_CONTENTS: tuple[Callable[[LessonSentence], StepContent], ...] = (
    rows, states, scores, heat, context, split, oov, twins, opinions, limits,
)  # fmt: skip

_ADDITIVE = """
self.attention = nn.Sequential(
    nn.Linear({hidden} * 2, {hidden}), nn.Tanh(),
    nn.Linear({hidden}, 1, bias=False),
)
attn_scores = self.attention(lstm_out).squeeze(2)
# [batch, seq_len]
"""


def step_content(sentence: LessonSentence) -> StepContent:
    """Return the step that is chosen; a step that the experiment cannot show says what it lacks."""
    try:
        return _CONTENTS[sentence.shown.step - 1](sentence)
    except AttnvizError as error:
        return StepContent(lacks=translated(error, _))


def formula(sentence: LessonSentence, figures: dict[str, Any]) -> str:
    """Return the formula of the step in LaTeX; that of the scores by the scorer at hand."""
    written = STEPS[sentence.shown.step - 1].formula
    if written is STEPS[2].formula and sentence.activations.scorer == "additive":
        written = r"e_i = v \cdot \tanh(W h_i + b) = \sum_{j=1}^{%(terms)s} v_j \tanh(W h_i + b)_j"
    return written % figures if "%(" in written else written


def code(sentence: LessonSentence) -> str:
    """Return the lines of PyTorch that compute the step, with the sizes of the classifier at hand."""
    model = sentence.experiment.model(sentence.variant)
    words, dim = model.embedding.weight.shape
    hidden, written = model.lstm.hidden_size, STEPS[sentence.shown.step - 1].code
    if written is STEPS[2].code and scorer(model) == "additive":
        written = _ADDITIVE
    sizes = {"words": words, "dim": dim, "hidden": hidden, "both": 2 * hidden, "classes": model.fc.out_features}
    return cleandoc(written).format(**sizes)
