"""Why did it get this one wrong? One explanation and the right class -> what pulled the answer, and what was missed.

A word speaks for the right class if its vote V·h_i for it is above its vote for the class that was answered. The mean
of these leads, weighed by attention, and the biases decide. So an error has one of two faces: the words that speak for
the right class were there and got little weight (**looked in the wrong place**), or the weight was there and the votes
were wrong (**read it wrongly**).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import torch

from attnviz.heatmap.display import Translate, shorten, signed, visible
from attnviz.model.batches import Batch, encode
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation

Verdict = Literal["place", "read"]

MOST_TOKENS = 60  # of a sentence that is searched without being asked
_LITTLE = 0.75  # of the uniform share
_THOROUGH = 40  # tokens: of so few all pairs are tried
_AT_A_TIME = 64 * 60  # tokens
_BEST = 12  # words, those that help most alone, of which larger sets are made
LARGEST = 5  # words of a set


@dataclass(frozen=True)
class Diagnosis:
    """What pulled an answer away from the right class; T tokens.

    `pulls` [T] is by how much each word's contribution to the given answer exceeds that to the right class, `leads` [T]
    by how much its vote for the right class exceeds that for the given answer.
    """

    truth: str
    answer: str
    pulls: np.ndarray
    leads: np.ndarray
    for_truth: float  # the share of words whose vote speaks for the right class
    weight_on_truth: float  # the attention those words got
    uniform_right: bool  # would the answer be right if every word had the same weight?
    any_right: bool  # could any weighting of these votes make it right?
    unknown: float  # share of words outside the vocabulary

    @classmethod
    def of(cls, explanation: Explanation, truth: str) -> Diagnosis:
        """Take an answer apart that is not `truth`; there is at least one token."""
        right, given = explanation.labels.index(truth), int(explanation.probabilities.argmax())
        leads = explanation.votes[:, right] - explanation.votes[:, given]
        bias = float(explanation.fixed[right] - explanation.fixed[given])
        speaks, total = leads > 0, float(explanation.weights.sum()) if explanation.padding else 1.0
        uniform = total * explanation.votes.mean(axis=0) + explanation.fixed
        return cls(
            truth=truth,
            answer=explanation.prediction,
            pulls=explanation.contributions[:, given] - explanation.contributions[:, right],
            leads=leads,
            for_truth=float(speaks.mean()),
            weight_on_truth=float(explanation.weights[speaks].sum()),
            uniform_right=int(uniform.argmax()) == right,
            any_right=bool((total * leads + bias > 0).any()),
            unknown=float(1 - explanation.known.mean()),
        )

    @property
    def verdict(self) -> Verdict:
        """Whether it looked in the wrong place or read it wrongly.

        It looked in the wrong place if equal weights would have made the answer right, or if other weights could have
        and the words that speak for the right class got clearly less than their uniform share.
        """
        little = self.weight_on_truth < _LITTLE * self.for_truth
        return "place" if self.uniform_right or (self.any_right and little) else "read"

    def strongest(self, count: int = 3) -> list[int]:
        """Return the places of the words that pulled hardest to the wrong class."""
        return [int(at) for at in np.argsort(-self.pulls, kind="stable")[:count] if self.pulls[at] > 0]


@dataclass(frozen=True)
class Removal:
    """A set of words without which the answer is right; `smallest` if every smaller set was tried."""

    places: tuple[int, ...]
    smallest: bool


def removal(experiment: Experiment, variant: str, text: str, truth: str) -> Generator[int, None, Removal | None]:
    """Return a smallest set of words whose removal turns a wrong answer right, None if none was found.

    Single words are all tried, and all pairs of a short sentence; larger sets are made of the words that help most.
    Yields, after every few dozen sets, how many were tried.
    """
    words = experiment.words(text)[: experiment.max_tokens]
    right, count = experiment.labels.index(truth), len(words)
    model = experiment.model(variant)
    sentences = encode([words], experiment.vocabulary, experiment.vectors)
    ids, tried, some = sentences.ids[0], 0, max(1, _AT_A_TIME // max(count, 60))

    def margins(sets: list[tuple[int, ...]]) -> Generator[int, None, np.ndarray]:
        """Return by how much the right class leads the best other one without each set of words."""
        nonlocal tried
        found = []
        for start in range(0, len(sets), some):
            left = [np.delete(ids, places) for places in sets[start : start + some]]
            with torch.inference_mode():
                logits = Batch.of(left, sentences, model.fc.weight.device).read(model).logits.double().cpu().numpy()
            others = np.delete(logits, right, axis=1)
            found.append(logits[:, right] - others.max(axis=1, initial=-np.inf))
            tried += len(left)
            yield tried
        return np.concatenate(found) if found else np.zeros(0)

    if not count:
        return None
    singles: list[tuple[int, ...]] = [(at,) for at in range(count)]
    alone = yield from margins(singles)
    if alone.max() > 0:
        return Removal(singles[int(alone.argmax())], True)
    best = [int(at) for at in np.argsort(-alone, kind="stable")[:_BEST]]
    thorough = count <= _THOROUGH
    for size in range(2, min(LARGEST, count) + 1):
        among = range(count) if size == 2 and thorough else sorted(best)
        sets = list(combinations(among, size))
        reached = yield from margins(sets)
        if len(reached) and reached.max() > 0:
            return Removal(sets[int(reached.argmax())], size == 2 or (size == 3 and thorough))
    return None


def verdict(diagnosis: Diagnosis, explanation: Explanation, translate: Translate = str) -> str:
    """Say what pulled the answer, and whether the classifier looked in the wrong place or read it wrongly."""
    _ = translate
    pulled = ", ".join(
        f"{visible(shorten(explanation.tokens[at].text))} ({signed(float(diagnosis.pulls[at]))})"
        for at in diagnosis.strongest()
    )
    said = [_("Pulled to {answer}: {words}.").format(answer=_(diagnosis.answer), words=pulled)] if pulled else []
    fields = {
        "truth": _(diagnosis.truth),
        "share": f"{diagnosis.for_truth:.0%}",
        "weight": f"{diagnosis.weight_on_truth:.0%}",
    }
    if not diagnosis.for_truth:
        found = _(
            "The classifier read it wrongly: as it reads the whole, no word votes for {truth}, whatever the weights."
        )
    elif diagnosis.verdict == "place":
        found = _(
            "The classifier looked in the wrong place: {share} of the words vote for {truth}, and they got {weight} of "
            "the weight."
        )
    else:
        found = _(
            "The classifier read it wrongly: the {share} of the words that vote for {truth} got {weight} of the "
            "weight, and it was not enough."
        )
    said.append(found.format(**fields))
    if diagnosis.uniform_right:
        said.append(_("With equal weights the answer would be right."))
    elif diagnosis.for_truth and not diagnosis.any_right:
        said.append(_("No weighting of these votes would make it right."))
    return " ".join(said)
