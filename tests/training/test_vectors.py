from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gensim.test.utils import datapath

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.model.experiment import Experiment, load
from attnviz.text import Vocabulary
from attnviz.training.loaders import TokenizedRows
from attnviz.training.train import train
from attnviz.training.vectors import Corpus
from attnviz.vectors.fasttext import FastTextVectors
from tests.conftest import TINY
from tests.training.runs import QUICK, run, weights


def test_a_bin_lends_what_unseen_words_need_and_is_not_needed_afterwards(tiny_data: Dataset, tmp_path: Path) -> None:
    path = Path(shutil.copy2(datapath("lee_fasttext.bin"), tmp_path))
    lender = FastTextVectors.open(path)
    config = replace(QUICK, vocab_size=25, ngrams=300, probes=())
    run(tiny_data, tmp_path, config, vectors=lender)
    full = lender.matrix(["wonderfulllly", "film"])
    for file in tmp_path.glob("lee_fasttext*"):
        file.unlink()
    experiment = load(tmp_path / "quick")
    about = experiment.about
    assert (about.embedding_dim, about.vectors.source, about.vectors.ngrams) == (10, "lee_fasttext.bin", 300)
    assert 0.5 < (about.vectors.cosine_of_words_outside_the_vocabulary or 0) <= 1
    assert experiment.vectors["film"] == pytest.approx(full[1], abs=2e-3)
    explanation = experiment.explain("a wonderfulllly film")
    assert list(explanation.known) == [True, False, True] and explanation.ngrams[1]
    kept = experiment.vectors["wonderfulllly"]
    assert kept @ full[0] / np.linalg.norm(kept) / np.linalg.norm(full[0]) > 0.5


def test_a_run_with_a_bin_goes_on_with_the_rows_it_took(tiny_data: Dataset, tmp_path: Path) -> None:
    lender = FastTextVectors.open(shutil.copy2(datapath("lee_fasttext.bin"), tmp_path))
    config = replace(QUICK, vocab_size=25, ngrams=300)
    run(tiny_data, tmp_path / "whole", config, vectors=lender)
    stopped = train(tiny_data, "quick", config, tmp_path / "stopped", lender)
    next(event for event in stopped if event.epoch == 2 and event.step == 3)
    stopped.close()
    run(tiny_data, tmp_path / "stopped", config, vectors=lender, resume=True)
    assert weights(tmp_path / "whole") == weights(tmp_path / "stopped")


def test_vectors_can_be_borrowed(tiny: Experiment, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    rows = [
        f"what a {word} day number {i},{label}" for i in range(60) for word, label in (("good", "up"), ("bad", "down"))
    ]
    path.write_text("\n".join(["text,label", *rows]))
    events = run(load_dataset(path), tmp_path, vectors=tiny)
    assert "vectors" not in {event.stage for event in events}
    borrowed = load(tmp_path / "quick")
    assert np.allclose(borrowed.vectors.vector("good"), tiny.vectors.vector("good"), atol=1e-3)
    assert np.allclose(borrowed.vectors.vector("day"), tiny.vectors.vector("day"), atol=1e-3)  # built from n-grams
    assert borrowed.about.vectors.source == "tiny-en"


def test_vectors_learn_from_more_text_too(tiny_data: Dataset, tmp_path: Path) -> None:
    texts = ["the sublime film was superb and tender"] * 30
    more = replace(tiny_data, name="more", texts=tuple(texts), labels=(0,) * 30, splits=("train",) * 30)
    rows = TokenizedRows.of(tiny_data.split("train"))
    vocabulary, others = Vocabulary.build(rows.words, TINY.vocab_size), TokenizedRows.of(more.split("train")).words
    alone, both = Corpus.of(rows.words, vocabulary, TINY), Corpus.of(rows.words, vocabulary, TINY, others)
    assert "sublime" in both.counts and "sublime" not in alone.counts
    assert len(both.sentences) == 30 + both.repeats * len(rows.words)
    assert sum(len(words) for words in both.sentences) == sum(both.counts.values())
    config = replace(TINY, epochs=1, second_seed=False)
    for _ in train(tiny_data, "both", config, out=tmp_path, more=more):
        pass
    trained = load(tmp_path / "both")
    assert trained.vectors.words == vocabulary.words
    assert trained.about.vectors.source.endswith("and those of more")
