"""What a sentence shows of an experiment, each claim with the check that it holds.

A claim is about a sentence whose right class is known. What the screen says beside a sentence is said only if the
experiment on the screen shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation

Claim = Literal["attention", "fine-tuning", "subwords", "parting", "fooled"]
CLAIMS: tuple[Claim, ...] = get_args(Claim)
_VARIANTS = ("frozen", "fine-tuned", "uniform")
_STRONG = 1.5  # times the uniform share


@dataclass(frozen=True)
class Evidence:
    """What the variants make of one sentence, as far as the claims need it.

    A lead is the probability of the right class less that of the most probable other one: above 0 the answer is right.
    """

    leads: Mapping[str, float]  # by variant
    lead_as_unknown: float  # of the fine-tuned one, if it reads unknown words as <unk>
    explanation: Explanation  # of the fine-tuned one

    @classmethod
    def of(cls, experiment: Experiment, text: str, truth: str) -> Evidence:
        """Ask every variant of an experiment that has twins and a uniform variant."""
        k = experiment.labels.index(truth)
        found = {variant: experiment.explain(text, variant) for variant in _VARIANTS}
        leads = {variant: _lead(one.probabilities, k) for variant, one in found.items()}
        as_unknown = experiment.explain(text, "fine-tuned", "unk")
        return cls(leads, _lead(as_unknown.probabilities, k), found["fine-tuned"])

    def margin(self, claim: Claim) -> float:
        """Return by how much a claim holds, as a difference of probabilities or of logits; at most 0 if it does not."""
        frozen, fine_tuned, uniform = (self.leads[variant] for variant in _VARIANTS)
        match claim:
            case "attention":  # equal weights fail where attention succeeds
                return min(fine_tuned, frozen, -uniform)
            case "fine-tuning":  # frozen vectors fail where fine-tuned ones succeed
                return min(fine_tuned, -frozen)
            case "subwords":  # <unk> fails where n-grams succeed
                return min(fine_tuned, -self.lead_as_unknown)
            case "parting":  # the word with the most attention speaks against the answer
                return _parting(self.explanation)
            case "fooled":  # every one of them is wrong
                return -max(frozen, fine_tuned, uniform)


def claims(experiment: Experiment, text: str, truth: str) -> tuple[Claim, ...]:
    """Return the claims that a sentence shows of an experiment; none if it lacks a variant or the class."""
    if not experiment.twins or "uniform" not in experiment.variants or truth not in experiment.labels:
        return ()
    evidence = Evidence.of(experiment, text, truth)
    return tuple(claim for claim in CLAIMS if evidence.margin(claim) > 0)


def _lead(probabilities: np.ndarray, k: int) -> float:
    return float(probabilities[k] - np.delete(probabilities, k).max())


def _parting(explanation: Explanation) -> float:
    """Return how much the word with the most attention, if it has clearly more than its share, pulls at another class.

    The pull is its contribution to the answer less that to the class it helps most, in logits, turned round.
    """
    if len(explanation.tokens) < 2:
        return 0.0
    most, answer = int(explanation.weights.argmax()), int(explanation.probabilities.argmax())
    if explanation.weights[most] * len(explanation.tokens) < _STRONG:
        return 0.0
    pulls = explanation.contributions[most]
    return float(np.delete(pulls, answer).max() - pulls[answer])
