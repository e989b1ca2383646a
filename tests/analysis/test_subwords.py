from __future__ import annotations

import random
import unicodedata
from collections import Counter
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText
from hypothesis import given
from hypothesis import strategies as st

from attnviz.analysis.subwords import LONGEST, Table, compare, dissect, readable
from attnviz.model.experiment import Experiment, starting_rows
from attnviz.vectors.cosine import cosine
from attnviz.vectors.fasttext import FastTextVectors

WORDS = ["amazing", "amaze", "boring", "bored", "재미있어요", "재밌어요", "running", "a", "😀"]
SENTENCES = [random.Random(i).choices(WORDS, k=10) for i in range(120)]
SETTINGS: dict[str, Any] = {"min_n": 3, "max_n": 5, "seed": 1, "window": 3, "epochs": 3}


@pytest.fixture(scope="module")
def vectors() -> FastTextVectors:
    return FastTextVectors.train(
        SENTENCES, Counter(word for some in SENTENCES for word in some), dim=8, buckets=400, **SETTINGS
    )


ANY_WORD = st.text(max_size=30) | st.text("amzing<>é각😀\u0301\u200d", max_size=12) | st.sampled_from(WORDS)


@given(word=ANY_WORD)
def test_the_ngrams_stand_where_they_were_cut(vectors: FastTextVectors, word: str) -> None:
    marked = f"<{word}>"
    for part in dissect(vectors, word).ngrams:
        assert marked[part.start : part.start + len(part.text)] == part.text


def test_ngrams_that_were_not_taken_along_leave_the_others_where_they_are(vectors: FastTextVectors) -> None:
    some = vectors.with_ngrams(["amazing"], np.unique(vectors.ngram_buckets("boring"))[::3])
    found = dissect(some, "boring").ngrams
    assert 0 < len(found) < len(vectors.ngrams("boring"))
    assert all("<boring>"[part.start :].startswith(part.text) for part in found)


@given(word=ANY_WORD)
def test_the_shares_add_up_to_the_vector(vectors: FastTextVectors, word: str) -> None:
    found = dissect(vectors, word)
    assert np.array_equal(found.vector, vectors.vector(word))
    assert found.known == (word in vectors)
    if np.linalg.norm(found.vector):
        assert sum(part.share for part in found.parts) == pytest.approx(1, abs=1e-3)
    else:
        assert not found.ngrams and not found.nearest


@given(word=ANY_WORD)
def test_a_strangers_vector_is_the_mean_of_its_ngrams_rows(vectors: FastTextVectors, word: str) -> None:
    ngrams, rows = vectors.ngram_vectors(word)
    assert [ngram.text for ngram in ngrams] == vectors.ngrams(word)
    assert rows.dtype == np.float32 and rows.shape == (len(ngrams), vectors.dim)
    if word not in vectors and ngrams:
        assert rows.mean(axis=0) == pytest.approx(vectors.vector(word), abs=1e-5)


def test_a_known_words_own_row_is_the_one_gensim_trained() -> None:
    model = FastText(SENTENCES, sg=1, min_count=1, vector_size=8, bucket=400, workers=1, **SETTINGS).wv
    vectors = FastTextVectors(model.index_to_key, model.vectors, model.vectors_ngrams, min_n=3, max_n=5)
    for word in WORDS:
        own = dissect(vectors, word).own
        row = model.vectors_vocab[model.key_to_index[word]]
        assert own is not None
        assert own.length == pytest.approx(np.linalg.norm(row), abs=1e-4)
        assert own.cosine == pytest.approx(cosine(row, model[word]), abs=1e-3)


def test_the_ngrams_alone_give_a_known_word_another_vector(vectors: FastTextVectors) -> None:
    found = dissect(vectors, "amazing")
    _, rows = vectors.ngram_vectors("amazing")
    assert found.from_ngrams == pytest.approx(cosine(rows.mean(axis=0), found.vector))
    assert dissect(vectors, "a").from_ngrams is not None  # <a> is one
    assert dissect(vectors, "amaaazing").from_ngrams is None


def test_a_word_known_only_since_has_no_row_of_its_own(vectors: FastTextVectors) -> None:
    borrowed = vectors.with_words(["amazing", "amaaazing"])
    found = dissect(borrowed, "amaaazing")
    assert found.known and found.own is None
    assert sum(part.share for part in found.ngrams) == pytest.approx(1, abs=1e-2)
    assert dissect(borrowed, "amazing").own is not None


def test_a_word_too_short_for_an_ngram_has_its_own_row_or_nothing() -> None:
    row = np.ones((1, 4), np.float32)
    vectors = FastTextVectors(["a"], row, np.ones((5, 4), np.float32), min_n=4, max_n=5)
    known, stranger = dissect(vectors, "a"), dissect(vectors, "b")
    assert known.own is not None and known.own.share == pytest.approx(1)
    assert not known.ngrams and known.from_ngrams is None
    assert not stranger.parts and not stranger.nearest
    assert compare(known, stranger).cosine is None


def test_words_share_what_both_hold(vectors: FastTextVectors) -> None:
    pair = compare(dissect(vectors, "amazing"), dissect(vectors, "amaaazing"))
    assert {"<am", "<ama", "ing>", "zing"} <= pair.shared
    assert not {"aaa", "<amaz"} & pair.shared
    assert pair.cosine == pytest.approx(cosine(vectors["amazing"], vectors["amaaazing"]))


def test_the_nearest_words_are_those_of_the_vectors(vectors: FastTextVectors) -> None:
    assert list(dissect(vectors, "amaaazing", 4).nearest) == vectors.most_similar("amaaazing", 4)
    table = Table.of(vectors)
    assert [word for word, _ in table.nearest(vectors["amaaazing"], 4)] == [
        word for word, _ in vectors.most_similar("amaaazing", 4)
    ]


def test_a_table_takes_the_first_words_only(vectors: FastTextVectors) -> None:
    table = Table.of(vectors, most=3)
    assert table.words == tuple(vectors.words[:3])
    assert np.linalg.norm(table.directions, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_ngrams_that_no_known_word_has_are_told_from_others(vectors: FastTextVectors) -> None:
    table = Table.of(vectors)
    assert table.lacks("aaa") and table.lacks("<maz") and table.lacks("ingamaz")
    assert not any(table.lacks(ngram) for word in WORDS for ngram in vectors.ngrams(word))
    assert not Table.of(vectors, most=3).lacks("aaa")  # one of the other words may have it


def test_unk_is_what_the_classifiers_start_from(tiny: Experiment) -> None:
    start = starting_rows(tiny.vocabulary, tiny.vectors)[1].numpy()
    assert Table.of(tiny.vectors).unk == pytest.approx(start, abs=1e-3)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("Running", "running"),
        ("  good movie ", "good"),
        (" \n\t", ""),
        ("", ""),
        ("don’t", "don't"),
        (unicodedata.normalize("NFD", "재밌어요"), "재밌어요"),
        ("x" * 100_000, "x" * LONGEST),
    ],
)
def test_one_word_is_read_as_it_is_looked_up(typed: str, word: str) -> None:
    assert readable(typed, lower=True) == word


def test_files_may_tell_capitals_apart() -> None:
    assert readable("Paris", lower=False) == "Paris"
