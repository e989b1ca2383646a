"""Which words of a run keep their epochs, where not all of them find room."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np
import pytest

from attnviz.comparison import drift, neighbours
from attnviz.model.experiment import Experiment
from attnviz.model.word_history import WordHistory
from attnviz.text import UNKNOWN
from attnviz.training.kept_words import kept_words
from tests.conftest import EPOCHS, TINY

PAIRED = {"good", "bad", "great", "terrible"}  # of the other pairs the rows hold one word or none


@pytest.fixture
def moves(tiny: Experiment) -> WordHistory:
    assert tiny.word_history and len(tiny.word_history.ids) == len(tiny.vocabulary.words)
    return tiny.word_history


def room_for(words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    a_word = EPOCHS * (TINY.embedding_dim + 4) + 4
    monkeypatch.setattr("attnviz.model.word_history.KEPT_BYTES", words * a_word)


def names(experiment: Experiment, kept: WordHistory) -> set[str]:
    return {experiment.vocabulary.words[row - UNKNOWN - 1] for row in kept.ids}


def test_pairs_that_the_vocabulary_has_whole_come_first(
    tiny: Experiment, moves: WordHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_for(4, monkeypatch)
    kept = kept_words(tiny, moves)
    assert names(tiny, kept) == PAIRED
    assert (kept.differences() == moves.differences()[:, np.isin(moves.ids, kept.ids)]).all()


def test_then_come_the_nearest_of_each_before_and_after(
    tiny: Experiment, moves: WordHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = [side for word in PAIRED for near in [neighbours(tiny, word)] for side in (near.frozen, near.fine_tuned)]
    nearest = {side[0].word for side in sides}
    room_for(len(PAIRED | nearest), monkeypatch)
    assert names(tiny, kept_words(tiny, moves)) == PAIRED | nearest


def test_then_what_moved_most(tiny: Experiment, moves: WordHistory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attnviz.training.kept_words.neighbours", partial(neighbours, top=1))
    sides = [side for word in PAIRED for near in [neighbours(tiny, word)] for side in (near.frozen, near.fine_tuned)]
    before = PAIRED | {side[0].word for side in sides}
    found = drift(tiny)
    farthest = (found.words[place] for place in found.order if found.words[place] not in before)
    room_for(len(before) + 3, monkeypatch)
    assert names(tiny, kept_words(tiny, moves)) == before | set(islice(farthest, 3))


def test_without_any_pair_it_is_what_moved_most(
    tiny: Experiment, moves: WordHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    korean = replace(tiny, about=replace(tiny.about, language="ko"))
    found = drift(tiny)
    room_for(5, monkeypatch)
    assert names(tiny, kept_words(korean, moves)) == {found.words[place] for place in found.order[:5]}


def test_a_word_whose_epochs_nobody_noted_is_left_out(tiny: Experiment, moves: WordHistory) -> None:
    there = moves.ids != tiny.vocabulary.id("bad")
    kept = kept_words(tiny, WordHistory(moves.ids[there], moves.steps[:, there], moves.scales[:, there]))
    assert names(tiny, kept) == set(tiny.vocabulary.words) - {"bad"}
