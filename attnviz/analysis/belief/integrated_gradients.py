"""Integrated gradients (Sundararajan et al. 2017) that take as many points on the path as the sentence needs.

The path leads in a straight line from a baseline to the sentence's word vectors, both [T, D]. What the gradients along
a piece of it add up to must be what the log-odds changed by between its ends. Fifty points at even distances can miss
that widely: on a long text nearly all of the change can lie in a small part of the path. So pieces where the two
disagree are halved until all of them agree. A piece is integrated by the rule of Gauss and Lobatto with five points,
exact to the seventh degree like Gauss and Legendre's with four, since its ends and its middle serve its halves again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from attnviz.analysis.belief.subject import Subject, odds_of
from attnviz.model.batches import by_tokens
from attnviz.model.classifier import AttentionClassifier
from attnviz.text import UNKNOWN

Baseline = Literal["unk", "zero"]

CONVERGED = 0.01  # of Σ|a|: what their sum may miss the difference by
_AIM = 0.005
_PIECES = 4  # to begin with: a single one may agree by chance
_NARROWEST = 2**-20  # beyond, float32 cannot tell the points of a piece apart
_MOST, _MOST_TOKENS = 600, 80_000  # gradients taken of one sentence, and tokens read for them
_AT_ONCE = 4_096  # tokens, padding and all: a step of which nobody waits for long
_NOISE = 1e-5  # of log-odds: what float32 makes of no change at all
_NODES = (1 + np.array([-1, -np.sqrt(3 / 7), 0, np.sqrt(3 / 7), 1])) / 2
_SHARES = np.array([9, 49, 64, 49, 9]) / 180


@dataclass(frozen=True, repr=False, eq=False)
class IntegratedGradients:
    """What each of T tokens adds to the log-odds of the answer on the path from the baseline to the sentence."""

    attributions: np.ndarray  # [T]
    gradient: np.ndarray  # [T], at the sentence itself, times its word vectors
    baseline: Baseline
    completeness_error: float  # by how much their sum misses what it should be, as a share of Σ|a|
    converged: bool
    evaluations: int  # gradients taken


def integrated_gradients(subject: Subject, baseline: Baseline = "unk") -> Generator[int, None, IntegratedGradients]:
    """Integrate from where each word is `<unk>`, or its vector zero; yields how many gradients it has taken."""
    return (yield from integrate_together([subject], baseline))[0]


def integrate_together(
    subjects: Sequence[Subject], baseline: Baseline = "unk"
) -> Generator[int, None, list[IntegratedGradients]]:
    """Integrate for some sentences by one variant, whose points of like length are read at once."""
    paths, taken = [_Path(subject, baseline) for subject in subjects], 0
    while waiting := [path for path in paths if path.wanted]:
        for count in _read(waiting):
            taken += count
            yield taken
        for path in waiting:
            path.halve()
    return [path.result for path in paths]


class _Path:
    """The log-odds at points from 0 to 1 of the path, their slopes there, token by token, and pieces between them."""

    def __init__(self, subject: Subject, baseline: Baseline) -> None:
        unknown = np.full(len(subject.ids), UNKNOWN)
        self.subject, self.end = subject, subject.rows(subject.ids)
        self.start = subject.rows(unknown) if baseline == "unk" else torch.zeros_like(self.end)
        self.along = self.end - self.start
        self._baseline: Baseline = baseline
        self._gradient = np.zeros(len(self.end))
        self._odds: dict[float, float] = {0.0: 0.0, 1.0: 0.0} if not len(self.end) else {}
        self._slopes: dict[float, np.ndarray] = {}
        self._pieces = list(pairwise(np.linspace(0, 1, _PIECES + 1).tolist())) if len(self.end) else []
        self.wanted = self._new()  # points to read, until no piece has to be halved

    @property
    def result(self) -> IntegratedGradients:
        """What the pieces come to."""
        found, _ = self._integrals()
        total = found.sum(axis=0)
        missed, size = abs(float(total.sum()) - (self._odds[1.0] - self._odds[0.0])), float(np.abs(total).sum())
        error = missed / size if missed > _NOISE else 0.0
        evaluations = len(self._slopes)
        return IntegratedGradients(total, self._gradient, self._baseline, error, error <= CONVERGED, evaluations)

    def take(self, points: Sequence[float], odds: Tensor, gradients: Tensor) -> None:
        """Take down the log-odds [N] at some points, and their gradients [N, T, D] by the vectors."""
        slopes = (gradients * self.along).double().sum(dim=2).cpu().numpy()
        self._odds.update(zip(points, odds.tolist(), strict=True))
        self._slopes.update(zip(points, slopes, strict=True))
        if 1.0 in points:
            self._gradient = (gradients[points.index(1.0)] * self.end).double().sum(dim=1).cpu().numpy()

    def halve(self) -> None:
        """Halve the pieces whose integral is too far from the change between their ends."""
        found, errors = self._integrals()
        size = float(np.abs(found.sum(axis=0)).sum())
        order = np.argsort(errors)  # the least first: as many as are within the bound together stay as they are
        poor = order[errors[order].cumsum() > max(_AIM * size, _NOISE)]
        wide = [at for at in poor[::-1] if self._pieces[at][1] - self._pieces[at][0] > _NARROWEST]
        most = min(_MOST, _MOST_TOKENS // len(self.end)) - len(self._slopes)
        halved = set(wide[: max(most, 0) // (len(_NODES) + 1)])
        self._pieces = [
            half for at, piece in enumerate(self._pieces) for half in (_halves(*piece) if at in halved else [piece])
        ]
        self.wanted = self._new()

    def _new(self) -> list[float]:
        """Return the points of the pieces that are not read yet."""
        points = dict.fromkeys(at for piece in self._pieces for at in _nodes(*piece))
        return [at for at in points if at not in self._slopes]

    def _integrals(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the integrals of the slopes over N pieces [N, T], and how far each is from the change there [N]."""
        found, changes = np.zeros((len(self._pieces), len(self.end))), np.zeros(len(self._pieces))
        for at, (start, end) in enumerate(self._pieces):
            found[at] = (end - start) * (_SHARES @ [self._slopes[node] for node in _nodes(start, end)])
            changes[at] = self._odds[end] - self._odds[start]
        return found, np.abs(found.sum(axis=1) - changes)


def _read(paths: Sequence[_Path]) -> Iterator[int]:
    """Read the points that some paths want; yields how many at a time."""
    wanted = [(path, at) for path in paths for at in path.wanted]
    lengths = np.array([len(path.end) for path, _ in wanted], dtype=np.int64)
    for rows in by_tokens(lengths, _AT_ONCE):
        parts = [
            (path, [at for _, at in points])
            for path, points in groupby((wanted[row] for row in rows), key=lambda point: point[0])
        ]
        vectors = [
            path.start + torch.tensor(points).to(path.along)[:, None, None] * path.along for path, points in parts
        ]
        answers = [path.subject.answer for path, points in parts for _ in points]
        found = _gradients(paths[0].subject.model, vectors, answers)
        for (path, points), (odds, gradients) in zip(parts, found, strict=True):
            path.take(points, odds, gradients)
        yield len(rows)


def _gradients(
    model: AttentionClassifier, vectors: Sequence[Tensor], answers: Sequence[int]
) -> list[tuple[Tensor, Tensor]]:
    """Return the log-odds [N] of N answers where the tokens have the vectors [N, T, D], T > 0, and their gradients.

    `vectors` are several such tensors, of sentences of unlike length, which are read at once.
    """
    table = torch.cat([one.flatten(0, 1) for one in vectors]).requires_grad_()  # the classifier's own get no gradient
    lengths = torch.tensor([one.shape[1] for one in vectors for _ in one], device=table.device)
    at = torch.arange(int(lengths.max()), device=table.device)
    places = (at + (lengths.cumsum(0) - lengths)[:, None]) * (at < lengths[:, None])
    odds = odds_of(model.read(table, places, lengths).logits, torch.tensor(answers, device=table.device))
    (gradients,) = torch.autograd.grad(odds.sum(), table)
    of_each = zip(
        odds.detach().cpu().split([len(one) for one in vectors]),
        gradients.split([one.shape[0] * one.shape[1] for one in vectors]),
        vectors,
        strict=True,
    )
    return [(of_one, flat.reshape(one.shape)) for of_one, flat, one in of_each]


def _nodes(start: float, end: float) -> list[float]:
    """Return the points of a piece; its ends and its middle are the same floats for every piece they belong to."""
    nodes: list[float] = (start + (end - start) * _NODES).tolist()
    return nodes


def _halves(start: float, end: float) -> list[tuple[float, float]]:
    middle = (start + end) / 2
    return [(start, middle), (middle, end)]
