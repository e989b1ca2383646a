from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText
from gensim.models.fasttext import FastTextKeyedVectors, ft_ngram_hashes
from gensim.utils import RULE_DISCARD, RULE_KEEP
from hypothesis import given
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.vectors.fasttext import FastTextVectors

STEMS = ("amaz", "bor", "mov", "act", "end", "우리영화", "재미있", "charm")
WORDS = [stem + ending for stem in STEMS for ending in ("", "ing", "ed", "er", "s", "어요")] + ["a", "😀", "don't", "!"]
SENTENCES = [random.Random(i).choices([*WORDS, "stranger"], k=12) for i in range(250)]
COUNTS = Counter(word for sentence in SENTENCES for word in sentence if word != "stranger")
SETTINGS: dict[str, Any] = {"dim": 12, "min_n": 3, "max_n": 5, "buckets": 300, "epochs": 3, "window": 4, "seed": 7}


@pytest.fixture(scope="module")
def reference() -> FastTextKeyedVectors:
    """The same training by gensim's usual road, with its own count of the words."""
    model = FastText(
        sg=1, min_count=1, vector_size=12, min_n=3, max_n=5, bucket=300, window=4, seed=7, workers=1, sorted_vocab=0,
        batch_words=31,
    )  # fmt: skip
    model.build_vocab(SENTENCES, trim_rule=lambda word, *_: RULE_DISCARD if word == "stranger" else RULE_KEEP)
    model.train(SENTENCES, total_words=3000, epochs=3)
    return model.wv


def made_up(rows: dict[str, list[float]]) -> FastTextVectors:
    """Vectors written down by hand, without n-grams."""
    matrix = np.array(list(rows.values()), dtype=np.float16)
    return FastTextVectors(rows, matrix, np.zeros((0, matrix.shape[1]), np.float16), min_n=3, max_n=6)


# Words and vectors


def test_the_words_are_the_vocabulary_in_its_order(vectors: FastTextVectors) -> None:
    assert vectors.words == tuple(COUNTS)
    assert (vectors.dim, vectors.min_n, vectors.max_n, vectors.buckets) == (12, 3, 5, 300)
    assert "amazing" in vectors and "stranger" not in vectors and "amaaazing" not in vectors


def test_known_words_are_as_gensim_trains_them(vectors: FastTextVectors, reference: FastTextKeyedVectors) -> None:
    assert vectors.matrix(vectors.words) == pytest.approx(reference.vectors, abs=1e-3)


@given(word=st.text() | st.text("amzing<>é각😀\u0301\u200d", max_size=12) | st.sampled_from(WORDS))
def test_any_string_has_the_vector_gensim_gives_it(
    vectors: FastTextVectors, reference: FastTextKeyedVectors, word: str
) -> None:
    vector = vectors.vector(word)
    assert vector.dtype == np.float32
    assert vector == pytest.approx(reference.get_vector(word), abs=1e-3)
    assert np.array_equal(vectors[word], vector)


@given(word=st.text(min_size=1), min_n=st.integers(1, 6), longer=st.integers(0, 4), buckets=st.integers(1, 50))
def test_any_ngram_lengths_are_cut_as_gensim_cuts_them(word: str, min_n: int, longer: int, buckets: int) -> None:
    rows = np.random.default_rng(0).standard_normal((buckets, 4)).astype(np.float32)
    theirs = FastTextKeyedVectors(4, min_n, min_n + longer, buckets)
    theirs.vectors_ngrams = rows
    ours = FastTextVectors([], np.zeros((0, 4), np.float32), rows, min_n=min_n, max_n=min_n + longer)
    assert ours.vector(word) == pytest.approx(theirs.get_vector(word), abs=1e-5)
    assert len(ours.ngrams(word)) == len(ft_ngram_hashes(word, min_n, min_n + longer, buckets))
    assert all(ngram in f"<{word}>" and min_n <= len(ngram) <= min_n + longer for ngram in ours.ngrams(word))


def test_ngrams_are_those_of_the_word_in_brackets(vectors: FastTextVectors) -> None:
    assert vectors.ngrams("ab") == ["<ab", "<ab>", "ab>"]
    assert vectors.ngrams("영화") == ["<영화", "<영화>", "영화>"]
    assert vectors.ngrams("a") == ["<a>"]
    assert vectors.ngrams("") == []


def test_a_single_letter_has_a_vector_and_nothing_has_none(vectors: FastTextVectors) -> None:
    assert vectors.vector("b").any()
    assert not vectors.vector("").any()


def test_half_a_surrogate_pair_and_an_endless_word_have_vectors(vectors: FastTextVectors) -> None:
    assert np.isfinite(vectors.vector("good\ud83d")).all()
    assert np.abs(vectors.vector("amazing" * 15_000)).max() > 0


def test_a_matrix_has_a_row_for_each_word(vectors: FastTextVectors) -> None:
    matrix = vectors.matrix(["amazing", "amaaazing", "amazing", ""])
    assert matrix.dtype == np.float32
    assert np.array_equal(matrix, [vectors[word] for word in ("amazing", "amaaazing", "amazing", "")])
    assert vectors.matrix([]).shape == (0, 12)


def test_a_vector_is_the_callers_own(vectors: FastTextVectors) -> None:
    vectors.vector("amazing").fill(9)
    assert vectors.vector("amazing").max() < 9


# Neighbours


@pytest.mark.parametrize("word", ["amazing", "재미있어요", "amaaazing", "stranger"])
def test_neighbours_are_gensims(vectors: FastTextVectors, reference: FastTextKeyedVectors, word: str) -> None:
    nearest = vectors.most_similar(word, topn=5)
    theirs = dict(reference.most_similar(word, topn=len(WORDS)))
    assert word not in dict(nearest)
    assert [cosine for _, cosine in nearest] == pytest.approx([theirs[near] for near, _ in nearest], abs=1e-3)
    assert nearest[0][1] == pytest.approx(max(theirs.values()), abs=1e-3)


def test_equally_near_words_keep_the_order_of_the_vocabulary() -> None:
    vectors = made_up({"far": [-1, 0], "c": [3, 3], "a": [1, 1], "word": [2, 2], "b": [2, 2], "nothing": [0, 0]})
    assert vectors.most_similar("word", topn=9) == [("c", 1), ("a", 1), ("b", 1), ("nothing", 0), ("far", -0.707107)]
    assert vectors.most_similar("word", topn=1) == [("c", 1)]
    assert vectors.most_similar("word", topn=0) == []


def test_what_has_no_direction_has_no_neighbours(vectors: FastTextVectors) -> None:
    with pytest.raises(AttnvizError, match="'' has no n-gram"):
        vectors.most_similar("")


# The Subwords


def test_ngram_vectors_are_the_rows_whose_mean_a_stranger_is(vectors: FastTextVectors) -> None:
    ngrams, rows = vectors.ngram_vectors("amaaazing")
    names = [ngram.text for ngram in ngrams]
    assert names == vectors.ngrams("amaaazing") and rows.dtype == np.float32 and rows.shape == (len(names), 12)
    assert rows.mean(axis=0) == pytest.approx(vectors["amaaazing"], abs=1e-5)


def test_ngrams_that_were_not_taken_along_count_for_nothing(vectors: FastTextVectors, tmp_path: Path) -> None:
    buckets = np.unique(vectors.ngram_buckets("amaaazing"))[::2]
    vectors.with_ngrams(["amazing", "newcomer"], buckets).save(tmp_path / "v.safetensors")
    some = FastTextVectors.open(tmp_path / "v.safetensors")
    assert (some.words, some.buckets, some.kept_ngrams) == (("amazing", "newcomer"), 300, len(buckets))
    assert np.array_equal(some["amazing"], vectors["amazing"])
    assert some["newcomer"] == pytest.approx(vectors["newcomer"], abs=1e-3)
    ngrams, rows = vectors.ngram_vectors("amaaazing")
    kept = np.isin(vectors.ngram_buckets("amaaazing"), buckets)
    assert some.ngrams("amaaazing") == [ngram.text for ngram, is_kept in zip(ngrams, kept, strict=True) if is_kept]
    assert some["amaaazing"] == pytest.approx(rows[kept].mean(axis=0), abs=1e-3)
    assert not some["wwwww"].any() or some.ngrams("wwwww")
    assert np.array_equal(some.with_words(["amaaazing"])["amazing"], some.with_words([" "])["amazing"])


@pytest.mark.parametrize("sizes", [{"buckets": 0}, {"min_n": 4, "max_n": 3}])
def test_vectors_can_do_without_ngrams(sizes: dict[str, int], tmp_path: Path) -> None:
    FastTextVectors.train(SENTENCES, COUNTS, **(SETTINGS | sizes)).save(tmp_path / "v")
    vectors = FastTextVectors.open(tmp_path / "v")
    assert vectors.buckets == 0
    assert vectors["amazing"].any() and not vectors["amaaazing"].any() and vectors.ngrams("amazing") == []
