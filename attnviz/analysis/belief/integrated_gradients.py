"""Integrated gradients (Sundararajan et al. 2017) that take as many points on the path as the sentence needs.

The path leads in a straight line from a baseline to the sentence's word vectors, both [T, D]. What the gradients along
a piece of it add up to must be what the log-odds changed by between its ends. Fifty points at even distances can miss
that widely: on a long text nearly all of the change can lie in a small part of the path. So pieces where the two
disagree are halved until all of them agree. A piece is integrated by the rule of Gauss and Lobatto with five points,
exact to the seventh degree like Gauss and Legendre's with four, since its ends and its middle serve its halves again.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import torch

from attnviz.analysis.belief.subject import TOKENS, Subject
from attnviz.text import UNKNOWN

Baseline = Literal["unk", "zero"]

CONVERGED = 0.01  # of Σ|a|: what their sum may miss the difference by
_AIM = 0.005
_PIECES = 4  # to begin with: a single one may agree by chance
_NARROWEST = 2**-20  # beyond, float32 cannot tell the points of a piece apart
_MOST, _MOST_TOKENS = 600, 80_000  # gradients taken of one sentence, and tokens read for them
_NOISE = 1e-5  # of log-odds: what float32 makes of no change at all
_NODES = (1 + np.array([-1, -np.sqrt(3 / 7), 0, np.sqrt(3 / 7), 1])) / 2
_SHARES = np.array([9, 49, 64, 49, 9]) / 180


@dataclass(frozen=True, repr=False, eq=False)
class IntegratedGradients:
    """What each of T tokens adds to the log-odds of the answer on the path from the baseline to the sentence."""

    attributions: np.ndarray  # [T]
    baseline: Baseline
    completeness_error: float  # by how much their sum misses what it should be, as a share of Σ|a|
    converged: bool
    evaluations: int  # gradients taken


def integrated_gradients(subject: Subject, baseline: Baseline = "unk") -> Generator[int, None, IntegratedGradients]:
    """Integrate from where each word is `<unk>`, or its vector zero; yields how many gradients it has taken."""
    if not len(subject.ids):
        return IntegratedGradients(np.zeros(0), baseline, 0.0, True, 0)
    path = _Path(subject, baseline)
    edges = np.linspace(0, 1, _PIECES + 1).tolist()
    pieces = list(pairwise(edges))
    most = min(_MOST, _MOST_TOKENS // len(subject.ids))
    while True:
        path.read(pieces)
        yield path.evaluations
        found, errors = path.integrals(pieces)
        total, size = found.sum(axis=0), float(np.abs(found.sum(axis=0)).sum())
        order = np.argsort(errors)  # the least first: as many as are within the bound together stay as they are
        poor = order[errors[order].cumsum() > max(_AIM * size, _NOISE)]
        wide = [at for at in poor[::-1] if pieces[at][1] - pieces[at][0] > _NARROWEST]
        halved = set(wide[: max(most - path.evaluations, 0) // (len(_NODES) + 1)])
        if not halved:
            break
        pieces = [half for at, piece in enumerate(pieces) for half in (_halves(*piece) if at in halved else [piece])]
    missed = abs(float(total.sum()) - path.change)
    error = missed / size if missed > _NOISE else 0.0
    return IntegratedGradients(total, baseline, error, error <= CONVERGED, path.evaluations)


class _Path:
    """The log-odds at points from 0 to 1 of the path, and their slopes there, token by token."""

    def __init__(self, subject: Subject, baseline: Baseline) -> None:
        end = subject.rows(subject.ids)
        unknown = np.full(len(subject.ids), UNKNOWN)
        self._subject, self._start = subject, subject.rows(unknown) if baseline == "unk" else torch.zeros_like(end)
        self._along = end - self._start
        self._odds: dict[float, float] = {}
        self._slopes: dict[float, np.ndarray] = {}

    @property
    def evaluations(self) -> int:
        """How many points have been read."""
        return len(self._odds)

    @property
    def change(self) -> float:
        """By how much the log-odds at the end are above those at the start."""
        return self._odds[1.0] - self._odds[0.0]

    def read(self, pieces: Sequence[tuple[float, float]]) -> None:
        """Read the points of some pieces, those that are new."""
        new = [at for at in dict.fromkeys(at for piece in pieces for at in _nodes(*piece)) if at not in self._odds]
        some = max(1, TOKENS // len(self._along))
        for first in range(0, len(new), some):
            points = new[first : first + some]
            scale = torch.tensor(points, dtype=self._along.dtype, device=self._along.device)[:, None, None]
            odds, slopes = self._subject.slopes(self._start + scale * self._along, self._along)
            self._odds.update(zip(points, odds.tolist(), strict=True))
            self._slopes.update(zip(points, slopes, strict=True))

    def integrals(self, pieces: Sequence[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
        """Return the integrals of the slopes over N pieces [N, T], and how far each is from the change there [N]."""
        found = np.array(
            [(end - start) * (_SHARES @ [self._slopes[at] for at in _nodes(start, end)]) for start, end in pieces]
        )
        changes = np.array([self._odds[end] - self._odds[start] for start, end in pieces])
        return found, np.abs(found.sum(axis=1) - changes)


def _nodes(start: float, end: float) -> list[float]:
    """Return the points of a piece; its ends and its middle are the same floats for every piece they belong to."""
    nodes: list[float] = (start + (end - start) * _NODES).tolist()
    return nodes


def _halves(start: float, end: float) -> list[tuple[float, float]]:
    middle = (start + end) / 2
    return [(start, middle), (middle, end)]
