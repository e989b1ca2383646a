"""Which of the sentences that a classifier learned from are nearest to a text, and how those are labelled.

Near means alike in words: a text is the mean of the frozen vectors of its words, the rare ones weighed more (by idf),
less the mean of all training sentences; nearness is the cosine. The order of words and what a classifier makes of them
play no part, and words outside the vocabulary none. A text that was itself learned from is not among its neighbours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from attnviz.data.datasets import Dataset
from attnviz.data.splits import key, text_hashes
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, starting_rows
from attnviz.text import UNKNOWN
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
    hashes: np.ndarray = field(repr=False)  # [N], the same for a text and its duplicates

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
        read = [experiment.words(text)[: experiment.max_tokens] for text in rows.texts]
        ids = [np.array([known.id(word) for word in words], np.int32) for words in read]
        ends = np.cumsum([0, *map(len, ids)])
        flat = np.concatenate(ids)
        counts = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(ids), len(known)))
        counts.sum_duplicates()
        rarity = np.log((1 + len(ids)) / (1 + counts.getnnz(axis=0)))
        rarity[: UNKNOWN + 1] = 0
        vectors = (starting_rows(known, experiment.vectors).numpy() * rarity[:, None]).astype(np.float32)
        means = np.asarray(counts @ vectors) / np.maximum(np.diff(ends), 1)[:, None]
        centre = means.mean(axis=0)
        directions = _directions(means, centre)
        return cls(rows.texts, rows.labels, experiment, vectors, centre, directions, text_hashes(rows.texts))

    def same(self, text: str) -> dict[str, int]:
        """Return how often the very text was learned from, by label: with another case or white space, too."""
        return tally(self.experiment.labels[self.labels[row]] for row in self._same(text))

    def _same(self, text: str) -> list[int]:
        alike = np.flatnonzero(self.hashes == text_hashes([text])[0]).tolist()
        return [row for row in alike if key(self.texts[row]) == key(text)]

    def near(self, text: str, count: int = 5) -> list[NearestExample]:
        """Return the nearest other sentences, the nearest first, each wording once; none if no word is known.

        The text itself and its duplicates are left out: `same` tells of them.
        """
        known = self.experiment.vocabulary
        ids = [known.id(word) for word in self.experiment.words(text)[: self.experiment.max_tokens]]
        if not ids:
            return []
        [direction] = _directions(self.vectors[ids].mean(axis=0)[None], self.centre)
        if not direction.any():
            return []
        cosines = self.directions @ direction
        cosines[same := self._same(text)] = -np.inf
        most = min(4 * count, len(cosines) - len(same))  # the same wording may stand there more than once
        if not most:
            return []
        best = np.argpartition(-cosines, most - 1)[:most]
        found: dict[tuple[str, int], NearestExample] = {}
        for row in best[np.argsort(-cosines[best], kind="stable")]:
            one = self.texts[row], self.labels[row]
            found.setdefault(one, NearestExample(one[0], self.experiment.labels[one[1]], float(cosines[row])))
        return list(found.values())[:count]


def fits(experiment: Experiment, dataset: Dataset) -> bool:
    """Whether these are the very rows, labels and splits that an experiment was made with."""
    return dataset.digest == experiment.about.data.digest


def tally(labels: Iterable[str]) -> dict[str, int]:
    """Return how many sentences have each of some labels, the most frequent first."""
    return dict(sorted(Counter(labels).items(), key=lambda pair: (-pair[1], pair[0])))


def _directions(means: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Return the rows [N, D] less the centre, at length 1; what has no known word has no direction."""
    moved = np.where(means.any(axis=1, keepdims=True), means - centre, 0.0)
    return unit_rows(moved).astype(np.float32)
