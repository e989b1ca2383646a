"""The vectors a page can ask, shared by all sessions: an experiment's own, and files that lie in models/vectors."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

import attnviz.model.experiment
from attnviz.analysis.subwords import Dissection, Table, dissect
from attnviz.analysis.typos import Tally, random_pair_cosines, survey
from attnviz.ui.cache import experiments
from attnviz.ui.cache.models_folder import VECTORS, snapshot
from attnviz.ui.cache.per_experiment import stamp, stamped
from attnviz.vectors.fasttext import FastTextVectors

_HANGUL = re.compile("[가-힣]")
_preparing = threading.Lock()


class Choice(NamedTuple):
    """Whose vectors: those of the file of that name, or of an experiment if `file` is empty."""

    experiment: str
    file: str = ""

    @property
    def name(self) -> str:
        """What the choice is called on screen."""
        return self.file or self.experiment


def _stamp(choice: Choice) -> int:
    """Return another number for a new file of the same name."""
    return snapshot().vectors.get(choice.file, 0) if choice.file else stamp(choice.experiment)


def files() -> list[str]:
    """Return the names of the `.bin` files that can be chosen. A name from a link counts only if it is one of these."""
    return list(snapshot().vectors)


@stamped(_stamp, 4)
def _opened(choice: Choice) -> FastTextVectors:
    return FastTextVectors.open(attnviz.model.experiment.MODELS / VECTORS / choice.file)


def vectors_of(choice: Choice) -> FastTextVectors:
    """Return the vectors that are chosen, opened once for all sessions; raise `AttnvizError` if they are damaged."""
    return _opened(choice) if choice.file else experiments.opened(choice.experiment).vectors


def prepare(choice: Choice, on_progress: Callable[[float], object]) -> None:
    """Work out what finds neighbours in a file, unless that is done; one session does it, the others wait for it."""
    with _preparing:
        vectors_of(choice).prepare_neighbours(on_progress=on_progress)


def language(choice: Choice) -> str:
    """Return the language of the words: the experiment's, or of a file Korean if its first words are, else English."""
    if not choice.file:
        return experiments.opened(choice.experiment).language
    first = list(islice(vectors_of(choice).words, 500))
    return "ko" if 3 * sum(bool(_HANGUL.search(word)) for word in first) > len(first) else "en"


@stamped(_stamp, 256)
def dissected(choice: Choice, word: str) -> Dissection:
    """Return a word taken apart; the last ones asked for are kept."""
    return dissect(vectors_of(choice), word)


@stamped(_stamp, 4)
def table(choice: Choice) -> Table:
    """Return the known words as a table to be searched."""
    return Table.of(vectors_of(choice))


@stamped(_stamp, 8)
def common(choice: Choice) -> tuple[float, float]:
    """Return below which cosines half and 95% of random pairs of known words lie."""
    return random_pair_cosines(table(choice))


@stamped(_stamp, 8)
def surveyed(choice: Choice) -> tuple[Tally, ...]:
    """Return how often damaged words are found again."""
    return survey(vectors_of(choice), table(choice))
