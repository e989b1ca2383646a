"""Other views of a sentence, beside its attention: what each token does to the answer, by six ways of asking.

All but attention have a sign and are of the log-odds of the answered class against the rest; above 0 a token speaks
for the answer. They need not agree, and none of them is the truth: each answers a question of its own.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from attnviz.analysis.belief.integrated_gradients import Baseline, IntegratedGradients, integrated_gradients
from attnviz.analysis.belief.leave_one_out import leave_one_out
from attnviz.analysis.belief.subject import Subject
from attnviz.data.steps import told
from attnviz.heatmap.display import Translate
from attnviz.model.explanation import Explanation


def view_names(translate: Translate = str) -> dict[str, str]:
    """Return what the views are called, in their order."""
    _ = translate
    return {
        "attention": _("attention"),
        "contribution": _("contribution"),
        "gradient": _("gradient × input"),
        "integrated_gradients": _("integrated gradients"),
        "leave_one_out": _("left out"),
        "leave_one_out_random": _("a random word instead"),
    }


VIEWS = tuple(view_names())
_DRAWS, _DRAWN = 3, 200  # random words in the place of one at most, and in all: of more than 100 tokens each has one
_GRADIENTS = 0.4  # of the work


@dataclass(frozen=True, repr=False, eq=False)
class Views:
    """What each of T tokens does to the answer, arrays [T] of float64; and how well integrated gradients did."""

    attention: np.ndarray  # α_i
    contribution: np.ndarray  # see `contribution`
    gradient: np.ndarray  # gradient times input
    integrated_gradients: np.ndarray
    leave_one_out: np.ndarray  # what is lost without the token
    leave_one_out_random: np.ndarray | None  # with a random word in its place, the median of a few; None: not asked
    baseline: Baseline
    completeness_error: float  # by how much integrated gradients miss what they should sum to, as a share of Σ|a|
    converged: bool
    evaluations: int  # gradients that integrated gradients took

    @classmethod
    def of(
        cls, subject: Subject, integrated: IntegratedGradients, lost: np.ndarray, random: np.ndarray | None = None
    ) -> Views:
        """Bring together what was asked of a sentence: what is `lost` without each token, and with random words."""
        return cls(
            subject.explanation.weights,
            contribution(subject.explanation),
            integrated.gradient,
            integrated.attributions,
            lost,
            random,
            integrated.baseline,
            integrated.completeness_error,
            integrated.converged,
            integrated.evaluations,
        )

    def by_name(self) -> dict[str, np.ndarray]:
        """Return the views by their names, in the order of `VIEWS`, as far as they were asked for."""
        named = {name: getattr(self, name) for name in VIEWS}
        return {name: view for name, view in named.items() if view is not None}


def views(subject: Subject, baseline: Baseline = "unk") -> Generator[float, None, Views]:
    """Ask a sentence in all ways; yields the share done, as far as it can be known."""
    count = len(subject.ids)
    integrated = yield from told(
        integrated_gradients(subject, baseline), lambda taken: _GRADIENTS * taken / (taken + count)
    )
    random = subject.random("leave one out")
    draws = min(_DRAWS, max(1, _DRAWN // max(count, 1)))
    changes = [None, *(subject.words(random, count) for _ in range(draws))]
    lost = []
    for at, instead in enumerate(changes):
        done = [_GRADIENTS + (1 - _GRADIENTS) * part / len(changes) for part in (at, at + 1)]
        lost.append((yield from _lost(subject, instead, *done)))
    return Views.of(subject, integrated, lost[0], np.median(lost[1:], axis=0))


def _lost(subject: Subject, instead: np.ndarray | None, start: float, end: float) -> Generator[float, None, np.ndarray]:
    """Leave one out as a part of more work."""
    return (
        yield from told(leave_one_out(subject, instead), lambda done: start + (end - start) * done / len(subject.ids))
    )


def contribution(explanation: Explanation) -> np.ndarray:
    """Return what each token's contributions to the logits [T, K] are to the log-odds of the answer [T].

    With two classes they and the biases sum to the log-odds exactly. With more it is the first order: the contribution
    to the answer, less that to the others by their shares of what probability the answer leaves.
    """
    answer = int(explanation.probabilities.argmax())
    others = np.delete(np.arange(len(explanation.logits)), answer)
    shares = softmax(explanation.logits[others])  # p / (1 − p of the answer), whose digits are gone where that is 1
    return np.asarray(explanation.contributions[:, answer] - explanation.contributions[:, others] @ shares)
