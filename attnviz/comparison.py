"""Frozen against fine-tuned: what training did to the words of an experiment.

The twins share their vocabulary, so a word has a row in each, and the two can be compared. A word outside the
vocabulary has no row: it enters both twins as the same subword vector, which fine-tuning never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from attnviz.errors import AttnvizError
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment, cosine_distance
from attnviz.model.variants import TWINS
from attnviz.text import UNKNOWN, listed, words
from attnviz.vectors.cosine import unit_rows

# scikit-learn is imported where a map is drawn: it takes a second, and a drift does without.

Method = Literal["pca", "tsne"]

_ROWS_AT_A_TIME = 4096
_PERPLEXITY = 30.0  # scikit-learn's own
FAR = 0.15  # in cosine: two words that lost so much have parted


@dataclass(frozen=True)
class TwinVectors:
    """The vectors of N words in both twins."""

    known: np.ndarray  # [N] bool: has a row of its own in the vocabulary
    frozen: np.ndarray  # [N, D] float32
    fine_tuned: np.ndarray  # [N, D] float32

    @property
    def moved(self) -> np.ndarray:
        """Whether fine-tuning changed any bit of a row, [N]."""
        bits = np.ascontiguousarray(self.frozen).view(np.int32) != np.ascontiguousarray(self.fine_tuned).view(np.int32)
        return np.asarray(bits.any(axis=1))

    @property
    def directions(self) -> tuple[np.ndarray, np.ndarray]:
        """Both at length 1, [N, D] float64 each."""
        return unit_rows(self.frozen.astype(np.float64)), unit_rows(self.fine_tuned.astype(np.float64))


class _OfWords:
    """Arrays with a row a word: a notebook is told how many there are, not all of them."""

    words: tuple[str, ...]

    def __repr__(self) -> str:
        first = ", ".join(self.words[:5]) + (", …" if len(self.words) > 5 else "")
        return f"<{type(self).__name__} of {len(self.words):,} words: {first}>"


@dataclass(frozen=True, repr=False)
class Drift(_OfWords):
    """How far fine-tuning carried N words."""

    words: tuple[str, ...]
    drift: np.ndarray  # [N] 1 − cosine of the two rows, exactly 0 where no bit moved
    stretch: np.ndarray  # [N] length after over length before, exactly 1 where no bit moved
    counts: np.ndarray  # [N] how often the word stands in the training split
    spread: np.ndarray | None  # [N] 1 − cosine between the fine-tuned rows of two seeds, if a second one was trained

    @property
    def within_spread(self) -> np.ndarray:
        """Whether a word's drift is no more than what another seed changes, [N]; no where that is unknown."""
        return np.zeros(len(self.words), bool) if self.spread is None else np.asarray(self.drift <= self.spread)

    @property
    def order(self) -> np.ndarray:
        """The places of the words, those that moved most first, [N]; last those that had no vector to move from."""
        return np.argsort(np.where(self.vectorless, 1.0, -self.drift), kind="stable")

    @property
    def vectorless(self) -> np.ndarray:
        """Whether a word had no vector before training, for none of its n-grams was known, [N]."""
        return np.asarray(np.isinf(self.stretch))

    def at(self, places: np.ndarray) -> Drift:
        """Return the drift of the words at some places."""
        words = tuple(self.words[place] for place in places)
        spread = None if self.spread is None else self.spread[places]
        return Drift(words, self.drift[places], self.stretch[places], self.counts[places], spread)


@dataclass(frozen=True, repr=False)
class Lean(_OfWords):
    """Which class N words speak for when they stand alone: V·h, in each twin."""

    words: tuple[str, ...]
    labels: tuple[str, ...]
    frozen: np.ndarray  # [N, K]
    fine_tuned: np.ndarray  # [N, K]

    def at(self, places: np.ndarray) -> Lean:
        """Return the lean of the words at some places."""
        words = tuple(self.words[place] for place in places)
        return Lean(words, self.labels, self.frozen[places], self.fine_tuned[places])

    @property
    def towards(self) -> np.ndarray:
        """The class whose vote fine-tuning raised most, [N]."""
        return np.asarray((self.fine_tuned - self.frozen).argmax(axis=1))

    @staticmethod
    def leads(votes: np.ndarray) -> np.ndarray:
        """Return by how much each row's highest vote leads the next, [N]; a single class leads by nothing."""
        if votes.shape[1] < 2:
            return np.zeros(len(votes))
        ranked = np.sort(votes, axis=1)
        return np.asarray(ranked[:, -1] - ranked[:, -2])


@dataclass(frozen=True)
class Neighbour:
    """A word near another one, and how near in each space."""

    word: str
    frozen: float  # cosine
    fine_tuned: float


@dataclass(frozen=True)
class Neighbourhood:
    """The words nearest to one before and after fine-tuning, the nearest first."""

    word: str
    known: bool
    frozen: tuple[Neighbour, ...]
    fine_tuned: tuple[Neighbour, ...]

    @property
    def came(self) -> tuple[Neighbour, ...]:
        """The neighbours that are new."""
        before = set(self.frozen)
        return tuple(near for near in self.fine_tuned if near not in before)

    @property
    def went(self) -> tuple[Neighbour, ...]:
        """The neighbours that are no longer any."""
        after = set(self.fine_tuned)
        return tuple(near for near in self.frozen if near not in after)

    @property
    def overlap(self) -> float:
        """The share of the neighbours that stayed, from 0 to 1."""
        return 1 - len(self.went) / max(len(self.frozen), 1)


@dataclass(frozen=True)
class Pair:
    """Two words and the cosine between them in each space; their distance is 1 − cosine."""

    words: tuple[str, str]
    known: tuple[bool, bool]
    frozen: float
    fine_tuned: float

    @property
    def apart(self) -> float:
        """By how much their distance grew."""
        return self.frozen - self.fine_tuned


@dataclass(frozen=True, repr=False)
class Projection(_OfWords):
    """N words on one plane, where they were and where they are."""

    words: tuple[str, ...]
    method: Method
    frozen: np.ndarray  # [N, 2]
    fine_tuned: np.ndarray  # [N, 2]
    kept: float | None  # the share of the variance that the plane keeps; t-SNE keeps none that can be named

    def at(self, places: np.ndarray) -> Projection:
        """Return the words at some places, on the same plane."""
        words = tuple(self.words[place] for place in places)
        return Projection(words, self.method, self.frozen[places], self.fine_tuned[places], self.kept)


@dataclass(frozen=True, repr=False)
class Spaces(_OfWords):
    """The directions of all V words of a vocabulary in both twins, kept by who asks for neighbours again and again."""

    words: tuple[str, ...]
    frozen: np.ndarray  # [V, D] float32, each of length 1 or 0
    fine_tuned: np.ndarray  # [V, D]

    @classmethod
    def of(cls, experiment: Experiment) -> Spaces:
        """Work them out; an experiment without twins raises `AttnvizError`."""
        words = tuple(experiment.vocabulary.words)
        found = twin_vectors(experiment, words)
        return cls(words, *(space.astype(np.float32) for space in found.directions))


def twin_vectors(experiment: Experiment, looked_up: Sequence[str]) -> TwinVectors:
    """Return the vectors of words in their look-up form; an experiment without twins raises `AttnvizError`."""
    if missing := [variant for variant in TWINS if variant not in experiment.variants]:
        raise AttnvizError(
            "{experiment} has no variant {missing}: it takes frozen and fine-tuned to see what fine-tuning did. "
            "Train an experiment with both, or choose another one.",
            experiment=experiment.name,
            missing=", ".join(missing),
        )
    looked_up = listed(looked_up)
    ids = np.array([experiment.vocabulary.id(word) for word in looked_up], dtype=np.int64)
    known = ids != UNKNOWN
    oov = experiment.vectors.matrix([word for word, k in zip(looked_up, known, strict=True) if not k])
    own = known | (experiment.vectors.buckets == 0)  # without n-grams every other word is <unk>, that has a row
    spaces = []
    for variant in TWINS:
        space = experiment.model(variant).embedding.weight.cpu().numpy()[ids]
        space[~own] = oov[~own[~known]]
        spaces.append(space)
    return TwinVectors(known, *spaces)


def one_word(given: str, known: Container[str] = ()) -> str:
    """Return the look-up form of a word as typed; more than one, or none, raises `AttnvizError`.

    One that is `known` is taken as it is: a model from elsewhere may have words that attnviz would cut or lower.
    """
    if given in known:
        return given
    found = words(given)
    if len(found) != 1:
        raise AttnvizError(
            "“{given}” holds {count} words or marks: give exactly one.", given=given[:80], count=len(found)
        )
    return found[0]


def drift(experiment: Experiment, looked_up: Sequence[str] | None = None) -> Drift:
    """Say how far words moved, all of the vocabulary if none are given; a word outside of it did not."""
    vocabulary = experiment.vocabulary
    chosen = vocabulary.words if looked_up is None else tuple(listed(looked_up))
    found = twin_vectors(experiment, chosen)
    before, after = (np.linalg.norm(space.astype(np.float64), axis=1) for space in (found.frozen, found.fine_tuned))
    with np.errstate(divide="ignore", invalid="ignore"):
        stretch = np.where(found.moved, after / before, 1.0)
    ids = [vocabulary.id(word) for word in chosen]
    counts = np.array([0, 0, *vocabulary.counts], dtype=np.int64)
    return Drift(
        chosen,
        cosine_distance(torch.from_numpy(found.frozen), torch.from_numpy(found.fine_tuned)),
        stretch,
        counts[ids],
        None if experiment.spread is None else np.where(found.known, experiment.spread[ids], 0.0),
    )


def lean(experiment: Experiment, looked_up: Sequence[str] | None = None) -> Lean:
    """Let each word stand alone before each twin, all of the vocabulary if none are given."""
    chosen = experiment.vocabulary.words if looked_up is None else tuple(listed(looked_up))
    found = twin_vectors(experiment, chosen)
    votes = [
        _votes(experiment.model(variant), space)
        for variant, space in zip(TWINS, (found.frozen, found.fine_tuned), strict=True)
    ]
    return Lean(chosen, experiment.labels, *votes)


def _votes(model: AttentionClassifier, space: np.ndarray) -> np.ndarray:
    """Return V·h [N, K] of sentences of one word each, without padding, whose vectors are `space` [N, D]."""
    model = model.masked()
    weight = model.fc.weight.double()
    votes = [torch.zeros(0, len(weight), dtype=torch.float64)]
    with torch.inference_mode():
        for part in torch.from_numpy(space).to(weight.device, torch.float32).split(_ROWS_AT_A_TIME):
            alone = torch.arange(len(part), device=part.device)[:, None]
            hidden = model.read(part, alone, torch.ones_like(alone[:, 0])).hidden
            votes.append((hidden[:, 0].double() @ weight.T).cpu())
    return torch.cat(votes).numpy()


def neighbours(experiment: Experiment, word: str, top: int = 10, spaces: Spaces | None = None) -> Neighbourhood:
    """Find the words of the vocabulary nearest to a word in its look-up form, itself left out.

    A known word is compared as each twin has it. One outside the vocabulary has one vector, made of its n-grams, which
    is held against the rows of both: its neighbours change though it never moved, because they did.
    """
    own = twin_vectors(experiment, [word])
    if not (own.known[0] or experiment.vectors.buckets):
        raise AttnvizError(
            "“{word}” is not in the vocabulary, and {experiment} came without vectors of n-grams: every such word is "
            "the same <unk> to it. Type one of its words.",
            word=word,
            experiment=experiment.name,
        )
    if not own.frozen.any():
        raise AttnvizError("{word!r} has no n-gram, so no word is near it. Type a longer one.", word=word)
    spaces = spaces or Spaces.of(experiment)
    near, vocabulary = cosines(experiment, word, spaces), spaces.words

    def nearest(twin: int) -> tuple[Neighbour, ...]:
        places = [place for place in np.argsort(-near[:, twin], kind="stable")[: top + 1] if vocabulary[place] != word]
        return tuple(Neighbour(vocabulary[place], *map(float, near[place])) for place in places[:top])

    return Neighbourhood(word, bool(own.known[0]), nearest(0), nearest(1))


def cosines(experiment: Experiment, word: str, spaces: Spaces) -> np.ndarray:
    """Return the cosines [V, 2] between a word and the vocabulary, before and after, to 6 places."""
    own = twin_vectors(experiment, [word])
    before, after = (
        space @ direction[0].astype(np.float32)
        for space, direction in zip((spaces.frozen, spaces.fine_tuned), own.directions, strict=True)
    )
    return np.stack((before, after), axis=1).astype(np.float64).round(6)


def pairs(experiment: Experiment, given: Iterable[tuple[str, str]]) -> tuple[Pair, ...]:
    """Say how near two words are in each space, for pairs of them as typed; a word with itself is an `AttnvizError`."""
    found = []
    for couple in given:
        first, second = (one_word(word, experiment.vocabulary) for word in couple)
        if first == second:
            raise AttnvizError(
                "“{first}” and “{second}” are the same word: a pair takes two.", first=couple[0], second=couple[1]
            )
        vectors = twin_vectors(experiment, (first, second))
        before, after = (float(space[0] @ space[1]) for space in vectors.directions)
        found.append(Pair((first, second), (bool(vectors.known[0]), bool(vectors.known[1])), before, after))
    return tuple(found)


def parted(
    words: tuple[str, str],
    apart: float,
    before: Mapping[str, Collection[str]],
    after: Mapping[str, Collection[str]],
) -> bool:
    """Tell whether fine-tuning parted two words, given by how much their cosine fell and the nearest words of each.

    They lost `FAR` in cosine or more, or one was among the nearest words of the other and neither is any more.
    """
    was, still = (any(other in near.get(word, ()) for word, other in (words, words[::-1])) for near in (before, after))
    return apart >= FAR or (was and not still)


def project(
    experiment: Experiment, looked_up: Sequence[str], method: Method = "pca", fit_to: Sequence[str] | None = None
) -> Projection:
    """Draw words on one plane that is fitted to both spaces together, so that an arrow from before to after is true.

    Vectors are taken at length 1: the square of an arrow's length, before projection, is twice the drift. t-SNE shows
    who is whose neighbour; how long its arrows are says little. PCA can put words on the plane that is fitted to
    others, `fit_to`; the variance kept is then theirs.
    """
    if method not in ("pca", "tsne"):
        raise AttnvizError("A projection is “pca” or “tsne”, not “{given}”: choose one of them.", given=method)
    chosen = tuple(listed(looked_up))
    found = twin_vectors(experiment, chosen)
    points = _points(found)
    kept = None
    if not chosen:
        plane = np.zeros((0, 2))
    elif method == "pca":
        fitted = points if fit_to is None else _points(twin_vectors(experiment, fit_to))
        plane, kept = _pca(points, fitted)
    else:
        from sklearn.manifold import TSNE

        perplexity = min(_PERPLEXITY, (len(points) - 1) / 3)
        plane = TSNE(2, perplexity=perplexity, init="pca", random_state=0).fit_transform(points).astype(np.float64)
    before, after = plane[: len(chosen)], plane[len(chosen) :]
    after = np.where(found.moved[:, None], after, before)  # rounding and t-SNE part even what is one and the same point
    return Projection(chosen, method, before, after, kept)


def _pca(points: np.ndarray, fitted: np.ndarray) -> tuple[np.ndarray, float]:
    """Return points [P, D] on the plane [P, 2] in which `fitted` ones vary most, and the share of variance it keeps.

    By the eigenvectors of their covariance: to import scikit-learn takes longer than all of this.
    """
    mean = fitted.mean(axis=0, dtype=np.float64)
    centred = fitted - mean
    variances, axes = np.linalg.eigh(centred.T @ centred)  # the smallest first
    plane = axes[:, [-1, -2]]
    plane = plane * np.where(plane[np.abs(plane).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)  # one of two mirror images
    whole = float(variances.sum())
    return (points - mean) @ plane, float(variances[-2:].sum() / whole) if whole > 0 else 1.0


def _points(found: TwinVectors) -> np.ndarray:
    """Return the vectors of N words at length 1 [2·N, D], before and after; a plane needs two axes at least."""
    points = np.concatenate(found.directions)
    return np.pad(points, ((0, 0), (0, max(0, 2 - points.shape[1]))))
