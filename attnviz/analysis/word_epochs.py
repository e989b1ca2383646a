"""How a word and its neighbours moved from epoch to epoch, among the words of which the run kept that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from attnviz.model.experiment import Experiment
from attnviz.model.variants import TWINS
from attnviz.text import UNKNOWN
from attnviz.vectors.cosine import unit_rows

_DRAWN = 5  # neighbours on the plane, before training and at the end


@dataclass(frozen=True)
class WordEpochs:
    """A word at E + 2 places: before training, after each of E epochs, and as it is in the experiment."""

    word: str
    other: str | None  # the word that it is held against
    compared: int  # words of which the run kept the epochs
    kept: int  # the epoch whose weights the experiment keeps, from 1
    cosines: np.ndarray | None  # [E + 2] with the other word
    neighbours: tuple[tuple[tuple[str, float], ...], ...]  # at each place the nearest, with their cosines
    drawn: tuple[str, ...]  # M words: the word, the other, some neighbours
    plane: np.ndarray  # [E + 2, M, 2] where they are, at length 1, on the plane that keeps most of their variance


def partner(word: str, couples: Iterable[tuple[str, str]]) -> str | None:
    """Return the other word of the first pair that has this one."""
    return next((pair[1 - pair.index(word)] for pair in couples if word in pair), None)


def word_epochs(experiment: Experiment, word: str, other: str | None = None, top: int = 10) -> WordEpochs | None:
    """Return how a word moved; None if the run did not keep that. Another word that it did not keep is left out."""
    moves, history, vocabulary = experiment.word_history, experiment.history, experiment.vocabulary
    if not (moves and experiment.twins and 0 < moves.epochs == len(history.epochs) - 1):
        return None
    places = {vocabulary.words[row - UNKNOWN - 1]: place for place, row in enumerate(moves.ids.tolist())}
    if word not in places:
        return None
    frozen, tuned = (experiment.model(variant).embedding.weight.cpu().numpy()[moves.ids] for variant in TWINS)
    units = unit_rows(np.concatenate((frozen + moves.differences(), tuned[None])).reshape(-1, frozen.shape[1]))
    units = units.reshape(-1, *frozen.shape)  # [E + 2, N, D]
    names, own = list(places), places[word]
    near = np.einsum("end,ed->en", units, units[:, own])
    orders = [[place for place in np.argsort(-row, kind="stable") if place != own][:top] for row in near]
    other = other if other in places else None
    drawn = [own, *([places[other]] if other else []), *orders[0][:_DRAWN], *orders[-1][:_DRAWN]]
    drawn = list(dict.fromkeys(drawn))
    return WordEpochs(
        word,
        other,
        len(names),
        history.kept(TWINS[1]),
        near[:, places[other]] if other else None,
        tuple(
            tuple((names[place], float(row[place])) for place in order) for row, order in zip(near, orders, strict=True)
        ),
        tuple(names[place] for place in drawn),
        _plane(units[:, drawn]),
    )


def _plane(points: np.ndarray) -> np.ndarray:
    """Put points [E, M, D] on the plane that keeps most of their variance, [E, M, 2]."""
    flat = points.reshape(-1, points.shape[2])
    flat = flat - flat.mean(axis=0)
    _left, _sizes, axes = np.linalg.svd(flat, full_matrices=False)
    flat = flat @ axes[:2].T
    return np.pad(flat, ((0, 0), (0, 2 - flat.shape[1]))).reshape(*points.shape[:2], 2)
