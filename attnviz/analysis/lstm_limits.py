"""What a recurrent reader cannot get round: it takes its words one after another, and far ones fade."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from attnviz.analysis.own_time import least
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.lstm import bidirectional_lstm

LENGTHS = (25, 50, 100, 200, 400)
FARTHEST = 40  # words back: further ones are not followed


@dataclass(frozen=True)
class ReadingTime:
    """How long reading takes on this machine, by length."""

    lengths: tuple[int, ...]  # words
    recurrent: tuple[float, ...]  # milliseconds: the LSTM, word after word
    attention: tuple[float, ...]  # milliseconds: scores, softmax and weighted mean of all words at once
    self_attention: tuple[float, ...]  # milliseconds: one head in the LSTM's place, in which every word asks every one

    @property
    def growth(self) -> float:
        """How many times as long the LSTM takes for the longest as for the shortest."""
        return self.recurrent[-1] / self.recurrent[0]


def reading_time(model: AttentionClassifier, lengths: tuple[int, ...] = LENGTHS) -> ReadingTime:
    """Time the two parts of a classifier on sentences of some lengths: the least of a few runs' own time each.

    Beside them one head of self-attention on the same vectors, as wide as the hidden states: its projections, a score
    for every pair of words, softmax and weighted means.
    """
    generator = torch.Generator().manual_seed(0)
    taken: list[tuple[float, ...]] = []
    width = 2 * model.lstm.hidden_size
    project = torch.randn(model.embedding.embedding_dim, 3 * width, generator=generator)
    with torch.inference_mode():
        for length in lengths:
            places = torch.arange(length)[None]
            rows = torch.randn(length, model.embedding.embedding_dim, generator=generator)
            size = torch.tensor([length])
            recurrent, hidden = least(partial(bidirectional_lstm, model.lstm, rows, places, size))
            attention, _ = least(partial(_pooled, model.attention, hidden))
            self_attention, _ = least(partial(_asked, rows, project))
            taken.append(tuple(1000 * seconds for seconds in (recurrent, attention, self_attention)))
    return ReadingTime(lengths, *zip(*taken, strict=True))


def _pooled(scorer: nn.Module, hidden: Tensor) -> Tensor:
    weights = scorer(hidden).squeeze(2).softmax(dim=1)
    return torch.einsum("bt,bth->bh", weights, hidden)


def _asked(rows: Tensor, project: Tensor) -> Tensor:
    query, key, value = (rows @ project)[None].chunk(3, dim=2)
    mixed: Tensor = ((query @ key.mT) / query.shape[2] ** 0.5).softmax(dim=2) @ value
    return mixed


def gradient_decay(model: AttentionClassifier, rows: np.ndarray) -> np.ndarray:
    """Return how much the forward state after the last word still owes to each of the last words, nearest first.

    That is the size of its derivative by a word's vector, |∂h_T/∂x_(T−d)| (Frobenius) for d = 0, 1, …, as a share of
    the first; `rows` [T, D] are the word vectors, of which the last `FARTHEST` + 1 count.
    """
    last = torch.from_numpy(np.ascontiguousarray(rows[-FARTHEST - 1 :]))
    if not len(last):
        return np.zeros(0)
    size = model.lstm.hidden_size
    weights: list[Tensor] = [
        model.lstm.get_parameter(f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    ]
    start = last.new_zeros(1, size, size)
    with torch.enable_grad():
        copies = last[:, None].repeat(1, size, 1).requires_grad_()  # [T, H, D], one for every number of h_T
        hidden = torch.lstm(copies, (start, start), weights, True, 1, 0.0, True, False, False)[0]
        (slopes,) = torch.autograd.grad(hidden[-1].diagonal().sum(), copies)  # [T, H, D]
    norms = slopes.double().square().sum(dim=(1, 2)).sqrt().numpy()[::-1]
    return np.asarray(norms / norms[0]) if norms[0] else np.zeros(len(norms))
