from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attnviz.data.datasets import Dataset
from attnviz.data.steps import finished
from attnviz.errors import AttnvizError
from attnviz.model.experiment import MODELS, Experiment
from attnviz.text import Vocabulary
from attnviz.training.config import TrainingConfig
from attnviz.training.loaders import TokenizedRows
from attnviz.training.suited_vectors import lenders, suitability, suited_vectors
from attnviz.training.train import train
from attnviz.vectors.fasttext import FastTextVectors
from tests.training.runs import QUICK

CONFIG = TrainingConfig(vector_epochs=30)
_SPORT, _MONEY = (
    ["match", "goal", "team", "player", "coach", "league"],
    ["bank", "money", "price", "market", "shares", "profit"],
)


@pytest.fixture(scope="module")
def rows() -> TokenizedRows:
    """Two subjects, each with words of its own that stand together."""
    random = np.random.default_rng(0)
    texts = [["the", *random.choice(words, 5)] for words in (_SPORT, _MONEY) * 60]
    return TokenizedRows(texts, [0, 1] * 60, [""] * 120)


def knowing(subjects: Sequence[Sequence[str]], like: Experiment, name: str) -> Experiment:
    """Return an experiment whose vectors tell the words of some subjects from all others."""
    words, own = ("the", *_SPORT, *_MONEY), like.vectors
    table = np.full((len(words), own.dim), 0.1, np.float16)
    for place, subject in enumerate(subjects):
        table[[words.index(word) for word in subject], place] = 1.0
    ngrams = np.full((own.buckets, own.dim), 0.1, np.float16)
    vectors = FastTextVectors(words, table, ngrams, min_n=own.min_n, max_n=own.max_n)
    return Experiment(name, like.about, like.vocabulary, vectors, {}, history=like.history, spread=None)


def test_vectors_that_tell_the_classes_apart_suit_better(tiny: Experiment, rows: TokenizedRows) -> None:
    assert suitability(knowing([_SPORT, _MONEY], tiny, "both").vectors, rows, 0) == 1.0
    assert suitability(knowing([], tiny, "neither").vectors, rows, 0) < 0.7


def test_what_suits_is_taken_as_it_is(tiny: Experiment, rows: TokenizedRows, tmp_path: Path) -> None:
    """And of two lenders the better one."""
    vocabulary = Vocabulary.build(rows.words)
    both = knowing([_SPORT, _MONEY], tiny, "both")
    able = [knowing([], tiny, "neither"), both]
    found, info = finished(suited_vectors(rows, vocabulary, CONFIG, able, tmp_path / "v.safetensors"))
    assert info.source == "both" and found.words == vocabulary.words
    assert (found.matrix(vocabulary.words) == both.vectors.matrix(vocabulary.words)).all()


def test_what_does_not_suit_goes_on_learning(tiny: Experiment, rows: TokenizedRows, tmp_path: Path) -> None:
    vocabulary = Vocabulary.build(rows.words)
    lender = knowing([], tiny, "neither")
    found, info = finished(suited_vectors(rows, vocabulary, CONFIG, [lender], tmp_path / "v.safetensors"))
    assert info.source == "neither, trained on with the training rows" and (info.epochs or 0) >= CONFIG.vector_epochs
    assert suitability(found, rows, 0) > suitability(lender.vectors, rows, 0)


def test_a_run_that_goes_on_takes_what_it_had_chosen(tiny: Experiment, rows: TokenizedRows, tmp_path: Path) -> None:
    vocabulary, kept = Vocabulary.build(rows.words), tmp_path / "v.safetensors"
    first, info = finished(suited_vectors(rows, vocabulary, CONFIG, [tiny], kept))
    again, same = finished(suited_vectors(rows, vocabulary, CONFIG, [], kept))
    assert (again.digest(), same) == (first.digest(), info)
    with pytest.raises(AttnvizError, match="other settings or data"):
        finished(suited_vectors(rows, Vocabulary.build(rows.words, 8), CONFIG, [tiny], kept))


def test_training_on_starts_where_the_lender_ended(tiny: Experiment) -> None:
    """gensim's own vectors are random before the first word is read; ours are the lender's."""
    own = tiny.vectors
    words = (*own.words[:20], "unheardof")
    steps = FastTextVectors.training(
        [["the"]], dict.fromkeys(words, 1), **own.sizes, epochs=1, seed=0, start=own
    )  # one word has no neighbour to learn from
    found = finished(steps)
    assert found.matrix(words) == pytest.approx(own.matrix(words), abs=0.03)
    assert np.abs(own.matrix(words)).max() > 0.1


def test_a_run_finds_out_what_suits_it(tiny: Experiment, tiny_data: Dataset, tmp_path: Path) -> None:
    experiment = finished(train(tiny_data, "own", QUICK, tmp_path, vectors=[tiny]))
    assert experiment.about.vectors.source.startswith(tiny.name)
    alone = finished(train(tiny_data, "alone", replace(QUICK, seed=1), tmp_path, vectors=[]))
    assert alone.about.vectors.source.startswith("gensim FastText")


def test_the_shipped_experiments_of_a_language_lend() -> None:
    assert [one.name for one in lenders("en", MODELS)] == ["news-en", "reviews-en"]
    assert [one.name for one in lenders("ko", MODELS)] == ["reviews-ko"]
    assert lenders("xx", MODELS) == []
