"""Known words, damaged as people mistype them, and how often their n-grams still lead back to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from attnviz.analysis.misspellings import KINDS, misspellings
from attnviz.analysis.subwords import Table
from attnviz.model.metrics import wilson
from attnviz.vectors.cosine import unit_rows
from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.hangul import INITIALS, VOWELS, letters

TOP = 10  # an original among that many nearest words counts as found
PER_KIND = 1_000
_AT_A_TIME = 256  # damaged words in one product with the table
_LETTERS = 5


@dataclass(frozen=True)
class Trial:
    """A known word, what was made of it, and where among the words nearest to that the original stands."""

    original: str
    damaged: str
    place: int  # from 1
    cosine: float
    nearest: str  # the word at place 1

    @property
    def found(self) -> bool:
        """Whether the original is among the nearest ten."""
        return self.place <= TOP


@dataclass(frozen=True)
class Tally:
    """The trials of one kind of damage."""

    kind: str
    trials: tuple[Trial, ...]
    by_unk: int  # how many originals are among the words nearest to the one vector of `<unk>`

    @property
    def n(self) -> int:
        """How many words were damaged."""
        return len(self.trials)

    @property
    def found(self) -> int:
        """How many originals are among the nearest ten."""
        return sum(trial.found for trial in self.trials)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share found."""
        return wilson(self.found, self.n)

    def examples(self, count: int) -> tuple[Trial, ...]:
        """Return the first trials, found and lost ones in turn as far as there are any."""
        found = [trial for trial in self.trials if trial.found]
        lost = [trial for trial in self.trials if not trial.found]
        half = min(len(lost), count // 2)
        return (*found[: count - half], *lost[:half])


def survey(vectors: FastTextVectors, table: Table, per_kind: int = PER_KIND, seed: int = 0) -> tuple[Tally, ...]:
    """Damage up to `per_kind` words of the table in each way, and look each up; the same seed damages the same.

    No damaged word is a known one. A kind for which there is no word to damage is left out.
    """
    able = [word for word in table.words if long_enough(word)]
    unk = {word for word, _ in table.nearest(table.unk, TOP)}
    tallies = []
    for number, kind in enumerate(KINDS):
        chance = np.random.default_rng([seed, number])
        pairs: list[tuple[str, str]] = []
        for row in chance.permutation(len(able)):
            if len(pairs) == per_kind:
                break
            if strange := [other for other in misspellings(able[row], kind) if other not in vectors]:
                pairs.append((able[row], strange[chance.integers(len(strange))]))
        if pairs:
            by_unk = sum(original in unk for original, _ in pairs)
            tallies.append(Tally(kind, tuple(_look_up(vectors, table, pairs)), by_unk))
    return tuple(tallies)


def long_enough(word: str) -> bool:
    """Return whether a word is one of letters, not of single Korean ones (ㅋㅋㅋ), and has enough to spare one."""
    spelt = "".join(map(letters, word))
    return word.isalpha() and len(spelt) >= _LETTERS and not set(word) & {*INITIALS, *VOWELS}


def random_pair_cosines(table: Table, pairs: int = 2_000, seed: int = 0) -> tuple[float, float]:
    """Return below which cosines half and 95 % of random pairs of known words lie: what another cosine must beat."""
    chance = np.random.default_rng(seed)
    one, other = chance.integers(len(table.words), size=(2, pairs))
    apart = one != other
    cosines = (table.directions[one[apart]] * table.directions[other[apart]]).sum(axis=1)
    half, most = np.quantile(cosines, [0.5, 0.95]) if apart.any() else (0.0, 0.0)
    return float(half), float(most)


def _look_up(vectors: FastTextVectors, table: Table, pairs: Sequence[tuple[str, str]]) -> Iterator[Trial]:
    """Yield the trials of (original, damaged) pairs: one matrix product for many of them."""
    for start in range(0, len(pairs), _AT_A_TIME):
        some = pairs[start : start + _AT_A_TIME]
        rows = np.array([table.rows[original] for original, _ in some])
        found = unit_rows(vectors.matrix([damaged for _, damaged in some]))
        cosines = found @ table.directions.T  # [some, words]
        own = cosines[np.arange(len(some)), rows]
        places = 1 + (cosines > own[:, None]).sum(axis=1)
        places[~found.any(axis=1)] = len(table.words)  # no n-gram, no vector: equally far from every word
        best = cosines.argmax(axis=1)
        for (original, damaged), at, cosine, row in zip(some, places, own, best, strict=True):
            yield Trial(original, damaged, int(at), float(cosine), table.words[row])
