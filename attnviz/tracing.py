"""Swap-back: which word's fine-tuning made the twins differ on a sentence.

A word's frozen vector is put back into the fine-tuned twin, and its fine-tuned vector into the frozen twin, one word at
a time: how far the answer moves is what that vector did. The twins differ in their other weights too, so even all
vectors together need not turn the one answer into the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from attnviz.comparison import twin_vectors
from attnviz.heatmap.display import shorten
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment
from attnviz.model.variants import TWINS
from attnviz.text import Token

_TOKENS_AT_A_TIME = 32_768


@dataclass(frozen=True)
class Answers:
    """What both twins answer: probabilities of K classes."""

    frozen: np.ndarray  # [K]
    fine_tuned: np.ndarray  # [K]

    def to_dict(self) -> dict[str, list[float]]:
        """Return plain numbers for JSON."""
        return {"frozen": self.frozen.tolist(), "fine-tuned": self.fine_tuned.tolist()}


@dataclass(frozen=True)
class Swap:
    """A word of the sentence, and what each twin answers with the other's vector for it."""

    word: str
    places: tuple[int, ...]  # of its tokens: the vector is swapped wherever the word stands
    known: bool
    moved: bool  # whether fine-tuning changed the vector; if not, swapping it changes nothing
    answers: Answers


@dataclass(frozen=True, repr=False)
class Trace:
    """What the twins answer to a text as they are, with single vectors swapped, and with all of them."""

    experiment: str
    text: str
    labels: tuple[str, ...]
    tokens: tuple[Token, ...]  # as many as are read
    total_tokens: int
    answers: Answers
    swaps: tuple[Swap, ...]  # each word once, in the order of the text
    all_swapped: Answers

    def __repr__(self) -> str:
        decisive = f": “{self.decisive.word}” makes the most difference" if self.decisive else ""
        return f"<Trace of “{shorten(self.text)}” ({len(self.swaps):,} words) by {self.experiment}{decisive}>"

    @property
    def decisive(self) -> Swap | None:
        """The word whose frozen vector, put back, moves the fine-tuned twin's answer furthest; None if none does."""

        def effect(swap: Swap) -> float:
            return float(np.abs(swap.answers.fine_tuned - self.answers.fine_tuned).max())

        return max((swap for swap in self.swaps if effect(swap) > 0), key=effect, default=None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON: probabilities by twin, in the order of the labels."""
        return {
            "experiment": self.experiment,
            "text": self.text,
            "labels": self.labels,
            "truncated": self.total_tokens > len(self.tokens),
            **self.answers.to_dict(),
            "words": [
                {"word": swap.word, "places": swap.places, "known": swap.known, **swap.answers.to_dict()}
                for swap in self.swaps
            ],
            "all": self.all_swapped.to_dict(),
        }


def trace(experiment: Experiment, text: str, *, masked: bool = False) -> Trace:
    """Swap the vector of each word of `text` between the twins; an experiment without them raises `AttnvizError`.

    `masked` asks twins from elsewhere that read padding what they would say if they did not.
    """
    found = experiment.tokenize(text)
    tokens = tuple(found[: experiment.max_tokens])
    looked_up = tuple(dict.fromkeys(token.word for token in tokens))
    number = {word: place for place, word in enumerate(looked_up)}
    sentence = np.array([number[token.word] for token in tokens], dtype=np.int64)
    vectors = twin_vectors(experiment, looked_up)
    moved = vectors.moved
    twins = [experiment.model(variant) for variant in TWINS]
    frozen_twin, tuned_twin = [twin.masked() for twin in twins] if masked else twins
    frozen = _answers(frozen_twin, sentence, vectors.frozen, vectors.fine_tuned, moved)
    fine_tuned = _answers(tuned_twin, sentence, vectors.fine_tuned, vectors.frozen, moved)
    as_they_are, *swapped, all_swapped = map(Answers, frozen, fine_tuned)
    return Trace(
        experiment=experiment.name,
        text=text,
        labels=experiment.labels,
        tokens=tokens,
        total_tokens=len(found),
        answers=as_they_are,
        swaps=tuple(
            Swap(word, tuple(np.flatnonzero(sentence == w).tolist()), bool(vectors.known[w]), bool(moved[w]), answers)
            for w, (word, answers) in enumerate(zip(looked_up, swapped, strict=True))
        ),
        all_swapped=all_swapped,
    )


def _answers(
    model: AttentionClassifier, sentence: np.ndarray, own: np.ndarray, other: np.ndarray, moved: np.ndarray
) -> np.ndarray:
    """Return a model's probabilities [1 + W + 1, K]: as it is, with each of W words' vectors swapped, with all.

    `sentence` [T] are places in `own` and `other` [W, D]. A sentence whose swap changes no bit is not read again.
    """
    device, count = model.fc.weight.device, len(own)
    swapped = np.concatenate((np.zeros((1, count), bool), np.diag(moved), moved[None]))  # [1 + W + 1, W]
    distinct, which = np.unique(swapped, axis=0, return_inverse=True)
    places = torch.from_numpy(sentence + count * distinct[:, sentence]).to(device)  # [S, T]
    table = torch.from_numpy(np.concatenate((own, other))).to(device)
    lengths = torch.full((len(places),), len(sentence), device=device)
    at_a_time = max(1, _TOKENS_AT_A_TIME // max(1, len(sentence)))
    with torch.inference_mode():
        logits = [
            model.read(table, part, part_lengths).logits
            for part, part_lengths in zip(places.split(at_a_time), lengths.split(at_a_time), strict=True)
        ]
        probabilities = torch.cat(logits).double().softmax(dim=1).cpu().numpy()
    return np.asarray(probabilities[which.reshape(-1)])
