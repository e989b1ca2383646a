"""Which of the sentences that a classifier learned from are nearest to a text, and how those are labelled.

Near means alike in words: a text is the mean of the frozen vectors of its words, the rare ones weighed more (by idf),
less the mean of all training sentences; nearness is the cosine. The order of words and what a classifier makes of them
play no part, and words outside the vocabulary none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from attnviz.data.datasets import Dataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, starting_rows
from attnviz.text import UNKNOWN, words
from attnviz.vectors.cosine import unit_rows


@dataclass(frozen=True)
class NearestExample:
    """A training sentence, its label, and its cosine to the text it is near to."""

    text: str
    label: str
    cosine: float


@dataclass(frozen=True)
class TrainingExamples:
    """N training sentences as directions in the space of D-dimensional word vectors; V ids."""

    texts: tuple[str, ...] = field(repr=False)
    labels: tuple[int, ...] = field(repr=False)
    experiment: Experiment = field(repr=False)
    vectors: np.ndarray = field(repr=False)  # [V, D], of each id, by its idf; 0 for padding and unknown words
    centre: np.ndarray = field(repr=False)  # [D]
    directions: np.ndarray = field(repr=False)  # [N, D], of length 1, or 0 where no word is known

    @classmethod
    def of(cls, experiment: Experiment, dataset: Dataset) -> TrainingExamples:
        """Read the rows an experiment was trained on; `AttnvizError` if these are others."""
        from scipy.sparse import csr_matrix

        if not fits(experiment, dataset):
            raise AttnvizError(
                "{data} does not hold the rows that {experiment} was trained on: give those.",
                data=dataset.name,
                experiment=experiment.name,
            )
        rows = dataset.split("train")
        known = experiment.vocabulary
        ids = [np.array([known.id(w) for w in words(text)[: experiment.max_tokens]], np.int32) for text in rows.texts]
        ends = np.cumsum([0, *map(len, ids)])
        flat = np.concatenate(ids)
        counts = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(ids), len(known)))
        counts.sum_duplicates()
        rarity = np.log((1 + len(ids)) / (1 + counts.getnnz(axis=0)))
        rarity[: UNKNOWN + 1] = 0
        vectors = (starting_rows(known, experiment.vectors).numpy() * rarity[:, None]).astype(np.float32)
        means = np.asarray(counts @ vectors) / np.maximum(np.diff(ends), 1)[:, None]
        centre = means.mean(axis=0)
        return cls(rows.texts, rows.labels, experiment, vectors, centre, _directions(means, centre))

    def near(self, text: str, count: int = 5) -> list[NearestExample]:
        """Return the nearest sentences, the nearest first, each wording once; none if no word is known."""
        known = self.experiment.vocabulary
        ids = [known.id(word) for word in words(text)[: self.experiment.max_tokens]]
        if not ids:
            return []
        [direction] = _directions(self.vectors[ids].mean(axis=0)[None], self.centre)
        if not direction.any():
            return []
        cosines = self.directions @ direction
        most = min(4 * count, len(cosines))  # the same wording may stand there more than once
        best = np.argpartition(-cosines, most - 1)[:most]
        found: dict[tuple[str, int], NearestExample] = {}
        for row in best[np.argsort(-cosines[best], kind="stable")]:
            key = self.texts[row], self.labels[row]
            found.setdefault(key, NearestExample(key[0], self.experiment.labels[key[1]], float(cosines[row])))
        return list(found.values())[:count]


def fits(experiment: Experiment, dataset: Dataset) -> bool:
    """Whether these are the very rows, labels and splits that an experiment was made with."""
    return dataset.digest == experiment.about.data.digest


def tally(near: Sequence[NearestExample]) -> dict[str, int]:
    """Return how many of some sentences have each label, the most frequent first."""
    labels = [one.label for one in near]
    return dict(sorted(((label, labels.count(label)) for label in set(labels)), key=lambda pair: (-pair[1], pair[0])))


def _directions(means: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Return the rows [N, D] less the centre, at length 1; what has no known word has no direction."""
    moved = np.where(means.any(axis=1, keepdims=True), means - centre, 0.0)
    return unit_rows(moved).astype(np.float32)
