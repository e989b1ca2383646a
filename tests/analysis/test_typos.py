from __future__ import annotations

import numpy as np
import pytest

from attnviz.analysis.misspellings import KINDS, misspellings
from attnviz.analysis.subwords import Table
from attnviz.analysis.typos import TOP, Tally, Trial, long_enough, random_pair_cosines, survey
from attnviz.model.experiment import Experiment
from attnviz.model.metrics import wilson
from attnviz.vectors.cosine import cosine
from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.hangul import keys


@pytest.fixture(scope="module")
def vectors(tiny: Experiment) -> FastTextVectors:
    return tiny.vectors


@pytest.fixture(scope="module")
def tallies(vectors: FastTextVectors) -> tuple[Tally, ...]:
    return survey(vectors, Table.of(vectors))


@pytest.mark.parametrize(
    ("word", "enough"),
    [("movie", True), ("film", False), ("재밌다", True), ("영화", True), ("나도", False), ("12345", False),
     ("ㅋㅋㅋㅋㅋ", False), ("재미ㅠㅠ", False)],
)  # fmt: skip
def test_short_words_are_spared(word: str, enough: bool) -> None:
    assert long_enough(word) == enough


def test_every_kind_is_tried_on_known_words_made_strange(vectors: FastTextVectors, tallies: tuple[Tally, ...]) -> None:
    assert [tally.kind for tally in tallies] == ["beside", "swap", "drop", "double"]  # no Korean words are there
    for tally in tallies:
        assert tally.n > 10
        assert all(trial.original in vectors and trial.damaged not in vectors for trial in tally.trials)


def test_korean_words_are_damaged_in_letters() -> None:
    words = ["재미있었어요", "되겠네", "까칠한", "않았다", "좋았던", "넓은데"]
    rows = np.random.default_rng(0).normal(size=(len(words) + 50, 4)).astype(np.float32)
    vectors = FastTextVectors(words, rows[: len(words)], rows[len(words) :], min_n=1, max_n=4)
    tallies = {tally.kind: tally for tally in survey(vectors, Table.of(vectors))}
    assert list(tallies) == list(KINDS)
    for kind, tally in tallies.items():
        for trial in tally.trials:
            apart = keys(trial.original), keys(trial.damaged)
            assert trial.damaged not in words and trial.damaged in misspellings(trial.original, kind)
            assert abs(len(apart[0]) - len(apart[1])) <= 1  # a syllable has two to five


def test_the_same_seed_damages_the_same(vectors: FastTextVectors, tallies: tuple[Tally, ...]) -> None:
    table = Table.of(vectors)
    assert survey(vectors, table) == tallies
    assert survey(vectors, table, seed=1) != tallies
    assert all(tally.n == 5 for tally in survey(vectors, table, per_kind=5))


def test_places_are_those_of_a_search_word_by_word(vectors: FastTextVectors, tallies: tuple[Tally, ...]) -> None:
    for trial in (trial for tally in tallies for trial in tally.trials[:8]):
        ranked = vectors.most_similar(trial.damaged, len(vectors.words))
        values = [round(value, 4) for _, value in ranked]
        assert trial.cosine == pytest.approx(cosine(vectors[trial.damaged], vectors[trial.original]), abs=1e-4)
        assert values[trial.place - 1] == pytest.approx(trial.cosine, abs=2e-4)
        assert trial.nearest == ranked[0][0]


def test_found_is_among_the_nearest_ten(tallies: tuple[Tally, ...]) -> None:
    tally = tallies[0]
    assert tally.found == sum(trial.place <= TOP for trial in tally.trials)
    low, high = tally.interval
    assert low <= tally.found / tally.n <= high


def test_examples_show_both_found_and_lost_words() -> None:
    def trial(place: int) -> Trial:
        return Trial("film", "flim", place, 0.5, "movie")

    both = Tally("swap", tuple(trial(place) for place in (1, 2, 3, 4, 5, 99, 98, 97, 96)), 0)
    assert [one.place for one in both.examples(6)] == [1, 2, 3, 99, 98, 97]
    assert [one.place for one in Tally("swap", both.trials[:6], 0).examples(6)] == [1, 2, 3, 4, 5, 99]
    assert [one.place for one in Tally("swap", both.trials[4:], 0).examples(6)] == [5, 99, 98, 97]


def test_a_wreck_without_an_ngram_finds_nothing() -> None:
    rows = np.eye(2, dtype=np.float32)
    vectors = FastTextVectors(["movies", "stories"], rows, np.zeros((0, 2), np.float32), min_n=3, max_n=4)
    assert all(tally.found == tally.n for tally in survey(vectors, Table.of(vectors, 2)))  # ten of two words are all
    many = ["movies", *(f"stranger{'x' * i}" for i in range(TOP))]
    vectors = FastTextVectors(many, np.ones((len(many), 2), np.float32), rows[:0], min_n=3, max_n=4)
    assert all(tally.found == 0 for tally in survey(vectors, Table.of(vectors)))


def test_without_a_word_to_damage_there_is_no_tally() -> None:
    vectors = FastTextVectors(["a"], np.ones((1, 2), np.float32), np.ones((3, 2), np.float32), min_n=3, max_n=4)
    assert survey(vectors, Table.of(vectors)) == ()
    assert random_pair_cosines(Table.of(vectors)) == (0.0, 0.0)


def test_random_pairs_say_what_is_usual(vectors: FastTextVectors) -> None:
    half, most = random_pair_cosines(Table.of(vectors))
    assert -1 <= half < most <= 1


def test_wilsons_interval_is_the_textbooks() -> None:
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I
    assert wilson(0, 20)[0] == 0 and wilson(20, 20)[1] == 1
