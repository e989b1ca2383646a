"""All that can be asked of one heat-map: may it be believed? One sentence, one variant -> a `Belief`.

What needs the classifier to read changed sentences is in the modules beside this one; the weights alone are in
`analysis/reweighting.py`. Nothing here is a proof: Jain and Wallace (2019) and Neely et al. (2022) showed for this very
architecture that attention agrees little with gradients, Wiegreffe and Pinter (2019) which baselines must stand beside.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from attnviz.analysis.belief.correlation import Tau
from attnviz.analysis.belief.faithfulness import Faithfulness, costs, faithfulness, put_out
from attnviz.analysis.belief.integrated_gradients import Baseline, integrate_together
from attnviz.analysis.belief.leave_one_out import leave_out_together
from attnviz.analysis.belief.subject import Subject, read_together
from attnviz.analysis.belief.verdict import Verdict, changed, conclusion, equal, judged
from attnviz.analysis.belief.views import Views, views
from attnviz.analysis.reweighting import PermutedWeights, flip_radius, permuted_weights
from attnviz.data.steps import told
from attnviz.model.explanation import Explanation

ATTENTION = "attention"
_VIEWS = 0.5  # of the time
_FEWER = 5  # random orders of a sentence among many


@dataclass(frozen=True)
class Weights:
    """What the weights are like, and what they alone decide: hidden states held."""

    shuffles: PermutedWeights | None  # None of a sentence without a word
    flip_radius: float | None  # the least share of attention to move for another answer; None if none changes it
    entropy: float  # in nats
    most_entropy: float  # log T, that of equal weights
    on_marks: float  # the share of attention on punctuation
    marks: float  # the share of punctuation among the tokens
    first: float  # the weight of the first token, 0 if there is none
    last: float

    @classmethod
    def of(cls, explanation: Explanation) -> Weights:
        """Look at the weights of a sentence."""
        weights, tokens = explanation.shares, explanation.tokens
        marks = np.array([not any(map(str.isalnum, token.text)) for token in tokens], dtype=bool)
        some = weights[weights > 0]
        return cls(
            shuffles=permuted_weights(explanation) if tokens else None,
            flip_radius=flip_radius(explanation),
            entropy=float((some * np.log(1 / some)).sum()),
            most_entropy=float(np.log(max(len(tokens), 1))),
            on_marks=float(weights[marks].sum()),
            marks=float(marks.mean()) if tokens else 0.0,
            first=float(weights[0]) if tokens else 0.0,
            last=float(weights[-1]) if tokens else 0.0,
        )


@dataclass(frozen=True)
class Belief:
    """How far the heat-map of one sentence by one variant may be believed; T tokens."""

    explanation: Explanation
    verdict: Verdict
    views: Views
    deletion: Faithfulness | None  # None of a sentence without a word
    random_word: Faithfulness | None  # likewise, and where it was not asked
    weights: Weights
    suppressors: tuple[int, ...]  # places with more than the uniform share whose contribution is against the answer

    @classmethod
    def of(
        cls,
        subject: Subject,
        verdict: Verdict,
        views: Views,
        deletion: Faithfulness | None,
        random_word: Faithfulness | None = None,
    ) -> Belief:
        """Bring together what was asked of a sentence, and look at its weights."""
        explanation = subject.explanation
        suppressors = _suppressors(explanation, views.contribution)
        return cls(explanation, verdict, views, deletion, random_word, Weights.of(explanation), suppressors)

    @cached_property
    def tau(self) -> dict[str, Tau | None]:
        """Attention with the sizes of each other view."""
        named = self.views.by_name()
        return {name: Tau.of(named[ATTENTION], np.abs(view)) for name, view in named.items() if name != ATTENTION}

    @cached_property
    def tau_among(self) -> dict[tuple[str, str], Tau | None]:
        """The other views, signed, with each other."""
        others = {name: view for name, view in self.views.by_name().items() if name != ATTENTION}
        return {(a, b): Tau.of(others[a], others[b]) for a, b in combinations(others, 2)}

    @property
    def violates(self) -> bool:
        """Whether the word with the most attention speaks against the answer (Liu et al. 2022)."""
        return bool(self.suppressors) and int(self.explanation.weights.argmax()) in self.suppressors

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON: the command line's answer for one variant."""
        deletion, random_word = self.deletion, self.random_word
        return {
            "variant": self.explanation.variant,
            "prediction": self.explanation.prediction,
            "verdict": self.verdict.kind,
            "top": list(self.verdict.top),
            "probability": self.verdict.probability,
            "without_top": self.verdict.without_top,
            "without_random": self.verdict.without_random,
            "beaten": self.verdict.beaten,
            "tokens": [token.text for token in self.explanation.tokens],
            "views": {name: view.tolist() for name, view in self.views.by_name().items()},
            "completeness_error": self.views.completeness_error,
            "converged": self.views.converged,
            "tau": {name: asdict(tau) if tau else None for name, tau in self.tau.items()},
            "tau_among": [
                {"views": list(names), **(asdict(tau) if tau else {"tau": None})}
                for names, tau in self.tau_among.items()
            ],
            "comprehensiveness": _costs(deletion, "comprehensiveness"),
            "sufficiency": _costs(deletion, "sufficiency"),
            "comprehensiveness_random_word": _costs(random_word, "comprehensiveness"),
            "sufficiency_random_word": _costs(random_word, "sufficiency"),
            "flip": _costs(deletion, "flip"),
            "flip_radius": self.weights.flip_radius,
            "entropy": self.weights.entropy,
            "most_entropy": self.weights.most_entropy,
            "on_marks": self.weights.on_marks,
            "marks": self.weights.marks,
            "suppressors": list(self.suppressors),
        }


def examine(subject: Subject, baseline: Baseline = "unk") -> Generator[float, None, Belief]:
    """Ask all there is to ask; yields the share done."""
    found = yield from told(views(subject, baseline), lambda done: _VIEWS * done)
    named, half = found.by_name(), (1 - _VIEWS) / 2
    deletion = yield from told(faithfulness(subject, named, "deletion"), lambda done: _VIEWS + half * done)
    part = faithfulness(subject, named, "random_word")
    random_word = yield from told(part, lambda done: _VIEWS + half * (1 + done))
    verdict = yield from told(judged(subject), lambda _: 1.0)
    return Belief.of(subject, verdict, found, deletion, random_word)


def examine_together(subjects: Sequence[Subject]) -> Generator[float, None, list[Belief]]:
    """Ask sentences taken `together` what is asked of those of a data set; yields the share done.

    No view has random words, and of random orders there are a quarter; the verdict has its random words in any case.
    """
    gradients = told(integrate_together(subjects), lambda taken: _VIEWS * taken / (taken + 20 * len(subjects)))
    integrated = yield from gradients
    lost = yield from told(leave_out_together(subjects), lambda _: _VIEWS)
    found = [Views.of(*one) for one in zip(subjects, integrated, lost, strict=True)]
    asked = [changed(subject) for subject in subjects]
    asked += [put_out(subject, one.by_name(), "deletion", _FEWER) for subject, one in zip(subjects, found, strict=True)]
    count = sum(map(len, asked))
    reading = read_together([*subjects, *subjects], asked)
    logits = yield from told(reading, lambda done: _VIEWS + (1 - _VIEWS) * done / count)
    return [
        Belief.of(
            subject,
            conclusion(subject, of_verdict),
            one,
            costs(subject, tuple(one.by_name()), "deletion", of_deletion),
        )
        for subject, one, of_verdict, of_deletion in zip(
            subjects, found, logits[: len(subjects)], logits[len(subjects) :], strict=True
        )
    ]


def _suppressors(explanation: Explanation, contribution: np.ndarray) -> tuple[int, ...]:
    """Return the places of the words with more than their share that pull the log-odds of the answer down."""
    if equal(explanation.weights):  # none is looked at more than another, but for rounding
        return ()
    looked_at = explanation.shares * len(explanation.tokens) > 1
    return tuple(int(at) for at in np.flatnonzero(looked_at & (contribution < 0)))


def _costs(found: Faithfulness | None, what: str) -> dict[str, Any]:
    return {name: getattr(cost, what) for name, cost in found.costs.items()} if found else {}
