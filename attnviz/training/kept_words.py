"""Which words of a run keep where they stood after every epoch."""

from __future__ import annotations

from itertools import chain, zip_longest

from attnviz.comparison import Spaces, drift, neighbours
from attnviz.model.experiment import Experiment
from attnviz.model.opposites import opposites
from attnviz.model.word_history import WordHistory


def kept_words(experiment: Experiment, moves: WordHistory) -> WordHistory:
    """Keep pairs of opposites and what was and is near them, then what moved most, as far as there is room."""
    vocabulary = experiment.vocabulary
    couples = opposites(experiment.about)
    first = [word for pair in couples if all(word in vocabulary for word in pair) for word in pair]
    spaces, moved = Spaces.of(experiment), drift(experiment)
    held = set(moves.ids.tolist())
    near = [neighbours(experiment, word, spaces=spaces) for word in first if vocabulary.id(word) in held]
    sides = [side for one in near for side in (one.frozen, one.fine_tuned)]
    ranks = chain.from_iterable(zip_longest(*sides))  # the nearest ones of all words come first
    order = chain(first, (one.word for one in ranks if one), (moved.words[place] for place in moved.order))
    return moves.of(vocabulary.id(word) for word in order)
