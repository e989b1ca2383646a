from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from gensim.models.fasttext import ft_ngram_hashes
from hypothesis import given
from hypothesis import strategies as st

from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.hangul import is_syllable, letters
from attnviz.vectors.ngrams import JAMO_SIZES, buckets_of, cut
from attnviz.vectors.pruning import prune
from tests.vectors.test_fasttext import COUNTS, SENTENCES, SETTINGS

ANY_WORD = st.text(max_size=30) | st.text("재밌값ㅋㅠ아<>aé😀\u0301", max_size=12)


@pytest.fixture(scope="module")
def jamo() -> FastTextVectors:
    return FastTextVectors.train(SENTENCES, COUNTS, **SETTINGS, ngram_units="jamo")


@given(word=ANY_WORD, min_n=st.integers(1, 6), longer=st.integers(-1, 4))
def test_characters_are_cut_and_hashed_as_gensim_does(word: str, min_n: int, longer: int) -> None:
    word = word.encode("utf-8", "replace").decode("utf-8")
    assert buckets_of(cut(word, min_n, min_n + longer), 997) == ft_ngram_hashes(word, min_n, min_n + longer, 997)


@given(word=ANY_WORD)
def test_every_ngram_is_a_piece_of_the_word(word: str) -> None:
    """What its pieces say is what stands there, letter for letter, and only at its ends may a character be cut."""
    marked = f"<{word}>"
    for ngram in cut(word, 1, 4, "jamo"):
        there = marked[ngram.start : ngram.start + len(ngram.pieces)]
        whole = "".join(map(letters, there))
        taken = "".join(ngram.pieces)
        assert ngram.text == taken
        if taken != there:
            assert taken in whole and any(map(is_syllable, there))
            assert JAMO_SIZES[0] <= len(taken) <= JAMO_SIZES[1]
            assert [letters(one) for one in there[1:-1]] == list(ngram.pieces[1:-1])
            if len(there) > 1:
                assert letters(there[0]).endswith(ngram.pieces[0]) and letters(there[-1]).startswith(ngram.pieces[-1])


@given(word=ANY_WORD)
def test_letters_come_beside_what_there_was(word: str) -> None:
    characters, both = cut(word, 1, 4), cut(word, 1, 4, "jamo")
    assert both[: len(characters)] == characters
    assert (len(both) > len(characters)) == any(map(is_syllable, word))


def test_a_word_with_a_typo_shares_its_letters() -> None:
    of_one = [ngram.text for ngram in cut("밌", 1, 1, "jamo")]
    assert of_one == ["밌", "<ㅁㅣ", "<ㅁㅣㅆ", "<ㅁㅣㅆ>", "ㅁㅣㅆ", "ㅁㅣㅆ>", "ㅣㅆ>"]
    assert cut("재미", 2, 2, "jamo")[-2].pieces == ("ㅐ", "ㅁㅣ", ">")
    right, wrong = ({ngram.text for ngram in cut(word, 1, 4, "jamo")} for word in ("재밌어", "재밋어"))
    of_letters = "<ㅈㅐ <ㅈㅐㅁ <ㅈㅐㅁㅣ ㅈㅐㅁ ㅈㅐㅁㅣ ㅐㅁㅣ ㅇㅓ>"
    assert right & wrong == {"<재", "재", "어", "어>", *of_letters.split()}


def test_a_word_is_trained_by_the_ngrams_that_a_stranger_is_read_by(jamo: FastTextVectors) -> None:
    for word in ("재미있어요", "우리영화", "amazing"):
        rows = jamo.ngram_vectors(word)[1]
        own = jamo[word] * (len(rows) + 1) - rows.sum(axis=0)  # the row that gensim trained beside them
        assert 0 < np.linalg.norm(own) < 10 * np.linalg.norm(rows, axis=1).max()
    plain = FastTextVectors.train(SENTENCES, COUNTS, **SETTINGS)
    assert not np.array_equal(jamo["재미있어요"], plain["재미있어요"])
    assert {"ㅁㅣㅇ", "<ㅈㅐ"} <= set(jamo.ngrams("재미있는"))
    assert jamo.ngrams("running") == plain.ngrams("running")


def test_vectors_remember_their_units(jamo: FastTextVectors, tmp_path: Path) -> None:
    jamo.with_words(["재미"]).save(tmp_path / "v.safetensors")
    opened = FastTextVectors.open(tmp_path / "v.safetensors")
    assert opened.sizes == jamo.sizes and opened.ngram_units == "jamo"
    assert opened["재밋다"] == pytest.approx(jamo["재밋다"], abs=1e-3)
    plain = FastTextVectors.train(SENTENCES, COUNTS, **SETTINGS)
    assert plain.ngram_units == "characters" and plain.digest() != jamo.digest()


def test_pruning_keeps_letters_too(jamo: FastTextVectors) -> None:
    pruned = prune(jamo, Counter({"재밋어요": 5, "amazing": 1}), ["amazing"], 10)
    assert pruned.ngram_units == "jamo" and pruned.kept_ngrams == 10
    assert set(pruned.ngrams("재밋어요")) <= set(jamo.ngrams("재밋어요"))
