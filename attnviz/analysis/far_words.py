"""What is left of a far word: in the answer of a classifier, and in a task that cannot be done without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from pydantic import TypeAdapter
from torch import Tensor

from attnviz.analysis.belief.subject import odds_of
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment
from attnviz.model.storage import read_json
from attnviz.text import UNKNOWN

LENGTHS = (16, 32, 64, 128, 256, 512)
_SENTENCES = 8  # of each length
_DIRECTIONS = 2  # in which the last state is followed: enough for its derivative's size, see `_slopes`


@dataclass(frozen=True)
class Reach:
    """How much the first word of a sentence counts, by the sentence's length: 1 is as much as any other, on average."""

    lengths: tuple[int, ...]  # words
    by_variant: dict[str, tuple[float, ...]]  # for the answer, |∂(log-odds)/∂x_1|
    last_state: dict[str, tuple[float, ...]]  # for the hidden state of the last word, |∂h_n/∂x_1|


def reach(experiment: Experiment, variants: Sequence[str], lengths: tuple[int, ...] = LENGTHS) -> Reach:
    """Follow the gradient from the first word on sentences of random words of the vocabulary: the mean of a few.

    The answer also sees every word directly, through the attention that weighs the hidden states; the state of the
    last word does not: what it has of the first has come through the encoder, step by step or at once.
    """
    random = np.random.default_rng(0)
    found = {variant: list[tuple[float, float]]() for variant in variants}
    for length in lengths:
        ids = random.integers(UNKNOWN + 1, len(experiment.vocabulary), (_SENTENCES, length))
        for variant in variants:
            slopes = _slopes(experiment.model(variant).masked(), ids)
            answer, state = ((of[:, 0] / of.mean(dim=1).clamp(min=1e-300)).mean() for of in slopes)
            found[variant].append((float(answer), float(state)))
    answers, states = ({name: tuple(pair[at] for pair in pairs) for name, pairs in found.items()} for at in (0, 1))
    return Reach(lengths, answers, states)


def _slopes(model: AttentionClassifier, ids: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return the sizes of the derivatives of the answer's log-odds and of the last state by every word, [B, T] each.

    That of the state is Frobenius's norm of a matrix; its square is the mean of the squares along random directions.
    """
    count, length = ids.shape
    places = torch.from_numpy(np.tile(ids, (_DIRECTIONS, 1))).to(model.fc.weight.device)
    rows = model.embedding.weight[places.flatten()].detach().requires_grad_()  # one a place
    generator = torch.Generator().manual_seed(0)
    with torch.enable_grad():
        at = torch.arange(places.numel(), device=places.device).view(places.shape)
        reading = model.read(rows, at, torch.full((len(places),), length, device=places.device))
        answers = reading.logits.argmax(dim=1)
        (of_answer,) = torch.autograd.grad(odds_of(reading.logits, answers).sum(), rows, retain_graph=True)
        along = torch.randn(reading.hidden[:, -1].shape, generator=generator).to(reading.hidden)
        (of_state,) = torch.autograd.grad((reading.hidden[:, -1] * along).sum(), rows)
    answer, state = (
        slope.double().square().sum(dim=1).view(_DIRECTIONS, count, length).mean(dim=0).sqrt()
        for slope in (of_answer, of_state)
    )
    return answer, state


_Of = tuple[float, float, float]  # of the seeds: mean, lowest and highest


@dataclass(frozen=True)
class Planted:
    """How many texts both encoders get right whose class a far word decides together with the last one.

    Chance is half. `benchmarks/far_words.py` says how the texts are made. By encoder; shares are by distance.
    """

    distances: tuple[int, ...]  # words from the far one to the last
    accuracy: dict[str, tuple[_Of, ...]]  # trained on texts of all distances, from two words on
    steps: dict[str, _Of]  # that this took until hardly a mistake was made
    alone: tuple[int, ...]  # distances for each of which both were trained anew, on texts of no other
    accuracy_alone: dict[str, tuple[_Of, ...]]
    command: str


@cache
def planted() -> Planted:
    """Return the figures that come along, measured once."""
    return TypeAdapter(Planted).validate_python(read_json(Path(__file__).with_suffix(".json")))
