from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText
from gensim.models.fasttext import FastTextKeyedVectors, ft_ngram_hashes
from gensim.utils import RULE_DISCARD, RULE_KEEP
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from attnviz.errors import AttnvizError
from attnviz.vectors.fasttext import FastTextVectors

STEMS = ("amaz", "bor", "mov", "act", "end", "우리영화", "재미있", "charm")
WORDS = [stem + ending for stem in STEMS for ending in ("", "ing", "ed", "er", "s", "어요")] + ["a", "😀", "don't", "!"]
SENTENCES = [random.Random(i).choices([*WORDS, "stranger"], k=12) for i in range(250)]
COUNTS = Counter(word for sentence in SENTENCES for word in sentence if word != "stranger")
SETTINGS: dict[str, Any] = {"dim": 12, "min_n": 3, "max_n": 5, "buckets": 300, "epochs": 3, "window": 4, "seed": 7}


@pytest.fixture(scope="module")
def vectors() -> FastTextVectors:
    return FastTextVectors.train(SENTENCES, COUNTS, **SETTINGS)


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
    names, rows = vectors.ngram_vectors("amaaazing")
    assert names == vectors.ngrams("amaaazing") and rows.dtype == np.float32 and rows.shape == (len(names), 12)
    assert rows.mean(axis=0) == pytest.approx(vectors["amaaazing"], abs=1e-5)


def test_ngrams_that_were_not_taken_along_count_for_nothing(vectors: FastTextVectors, tmp_path: Path) -> None:
    buckets = np.unique(vectors.ngram_buckets("amaaazing"))[::2]
    vectors.with_ngrams(["amazing", "newcomer"], buckets).save(tmp_path / "v.safetensors")
    some = FastTextVectors.open(tmp_path / "v.safetensors")
    assert (some.words, some.buckets, some.kept_ngrams) == (("amazing", "newcomer"), 300, len(buckets))
    assert np.array_equal(some["amazing"], vectors["amazing"])
    assert some["newcomer"] == pytest.approx(vectors["newcomer"], abs=1e-3)
    names, rows = vectors.ngram_vectors("amaaazing")
    kept = np.isin(vectors.ngram_buckets("amaaazing"), buckets)
    assert some.ngrams("amaaazing") == [name for name, is_kept in zip(names, kept, strict=True) if is_kept]
    assert some["amaaazing"] == pytest.approx(rows[kept].mean(axis=0), abs=1e-3)
    assert not some["wwwww"].any() or some.ngrams("wwwww")
    assert np.array_equal(some.with_words(["amaaazing"])["amazing"], some.with_words([" "])["amazing"])


# Training


def test_the_same_seed_gives_the_same_file(vectors: FastTextVectors, tmp_path: Path) -> None:
    for name, seed in (("first", 7), ("second", 7), ("other", 8)):
        FastTextVectors.train(SENTENCES, COUNTS, **(SETTINGS | {"seed": seed})).save(tmp_path / name)
    first, second, other = ((tmp_path / name).read_bytes() for name in ("first", "second", "other"))
    assert first == second != other


def test_several_workers_train_the_same_words() -> None:
    vectors = FastTextVectors.train(SENTENCES, COUNTS, **SETTINGS, workers=2)
    assert vectors.words == tuple(COUNTS)
    assert np.isfinite(vectors.matrix(WORDS)).all()


def test_sentences_may_come_from_a_generator(vectors: FastTextVectors) -> None:
    again = FastTextVectors.train((sentence for sentence in SENTENCES), COUNTS, **SETTINGS)
    assert np.array_equal(again.matrix(again.words), vectors.matrix(vectors.words))


def test_a_text_beyond_gensims_limit_is_read_to_its_end() -> None:
    text = ["good", "film"] * 5000 + ["bad", "plot"] * 2000
    counts = {"good": 5000, "film": 5000, "bad": 2000, "plot": 2000}
    whole = FastTextVectors.train([text], counts, dim=4, buckets=20)
    cut = FastTextVectors.train([text[:10_000], text[10_000:]], counts, dim=4, buckets=20)
    assert np.array_equal(whole.matrix(counts), cut.matrix(counts))


@pytest.mark.parametrize("sizes", [{"buckets": 0}, {"min_n": 4, "max_n": 3}])
def test_vectors_can_do_without_ngrams(sizes: dict[str, int], tmp_path: Path) -> None:
    FastTextVectors.train(SENTENCES, COUNTS, **(SETTINGS | sizes)).save(tmp_path / "v")
    vectors = FastTextVectors.open(tmp_path / "v")
    assert vectors.buckets == 0
    assert vectors["amazing"].any() and not vectors["amaaazing"].any() and vectors.ngrams("amazing") == []


def test_progress_is_told_in_the_callers_thread_once_a_second() -> None:
    told: list[tuple[float, float, int]] = []

    def tell(fraction: float) -> None:
        told.append((fraction, time.monotonic(), threading.get_ident()))

    FastTextVectors.train(SENTENCES * 120, COUNTS, dim=32, epochs=8, on_progress=tell)
    fractions, times, threads = zip(*told, strict=True)
    assert fractions[0] == 0 and fractions[-1] == 1 and list(fractions) == sorted(fractions)
    assert len(fractions) > 3 and 0 < fractions[-2] <= 1
    assert max(b - a for a, b in pairwise(times)) < 1
    assert set(threads) == {threading.get_ident()}


def test_an_error_while_telling_stops_the_training() -> None:
    def stop(fraction: float) -> None:
        if fraction > 0:
            raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        FastTextVectors.train(SENTENCES * 500, COUNTS, dim=32, epochs=1000, on_progress=stop)
    assert time.monotonic() - started < 10
    assert not [thread for thread in threading.enumerate() if thread.name == "fasttext"]


def test_a_step_at_a_time_can_be_left() -> None:
    steps = FastTextVectors.training(SENTENCES * 500, COUNTS, epochs=1000)
    assert next(steps) == 0
    steps.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "fasttext"]


def test_an_error_in_gensim_reaches_the_caller() -> None:
    with pytest.raises(UnicodeEncodeError):
        FastTextVectors.train(SENTENCES, {"\ud83d": 1})


@pytest.mark.parametrize(
    ("setting", "value"),
    [("dim", 0), ("min_n", 0), ("max_n", -1), ("buckets", -1), ("epochs", 0), ("window", 0), ("seed", -1),
     ("seed", 2**40), ("workers", 0)],
)  # fmt: skip
def test_settings_that_cannot_be_are_named(setting: str, value: int) -> None:
    with pytest.raises(AttnvizError, match=f"{setting} is {value}: give [01] to"):
        FastTextVectors.train(SENTENCES, COUNTS, **(SETTINGS | {setting: value}))


@pytest.mark.parametrize(("sentences", "counts"), [([], COUNTS), ([[], []], COUNTS), (SENTENCES, {})])
def test_no_words_are_no_vectors(sentences: list[list[str]], counts: dict[str, int]) -> None:
    with pytest.raises(AttnvizError, match="Vectors need words"):
        FastTextVectors.train(sentences, counts)


# The file


def test_a_saved_file_opens_as_it_was(vectors: FastTextVectors, tmp_path: Path) -> None:
    vectors.save(tmp_path / "v.safetensors")
    opened = FastTextVectors.open(str(tmp_path / "v.safetensors"))
    assert (opened.words, opened.dim, opened.min_n, opened.max_n, opened.buckets) == (vectors.words, 12, 3, 5, 300)
    asked = [*WORDS, "amaaazing", "stranger", "😀😀"]
    assert np.array_equal(opened.matrix(asked), vectors.matrix(asked))


@given(
    words=st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])), min_size=1, unique=True)
)
def test_any_words_survive_the_file(words: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "words.safetensors"
    made_up({word: [float(i), 1.0] for i, word in enumerate(words)}).save(path)
    opened = FastTextVectors.open(path)
    assert opened.words == tuple(words)
    assert opened.matrix(words)[:, 0].tolist() == list(range(len(words)))


SOUND: dict[str, Any] = {
    "words": np.frombuffer(b"good\nbad", np.uint8),
    "vectors": np.ones((2, 4), np.float16),
    "ngrams": np.ones((5, 4), np.float16),
}
IDS = np.arange(5, dtype=np.int32)
HEADER = {"format": 1, "min_n": 3, "max_n": 6}


@pytest.mark.parametrize(
    ("changed", "header", "fault"),
    [
        ({"ngrams": None}, HEADER, "holds vectors F16 2-d, words U8 1-d, not ngrams F16 2-d, vectors"),
        ({"vectors": np.ones((2, 4), np.float32)}, HEADER, "vectors F32 2-d, words U8 1-d, not"),
        ({"vectors": np.ones(8, np.float16)}, HEADER, "vectors F16 1-d, words U8 1-d, not"),
        ({"words": np.ones((2, 4), np.uint8)}, HEADER, "words U8 2-d, not"),
        ({"extra": np.ones(2, np.uint8)}, HEADER, "holds extra U8 1-d, ngrams"),
        ({"ngrams": np.ones((5, 3), np.float16)}, HEADER, "4-d words, 3-d n-grams of 3-6"),
        ({"vectors": np.ones((2, 0), np.float16), "ngrams": np.ones((5, 0), np.float16)}, HEADER, "0-d words"),
        ({"vectors": np.ones((3, 4), np.float16)}, HEADER, "2 different words have 3 vectors"),
        ({"words": np.frombuffer(b"bad\nbad", np.uint8)}, HEADER, "1 different words have 2 vectors"),
        ({"words": np.frombuffer(b"good\nb\xffd", np.uint8)}, HEADER, "not UTF-8"),
        ({"vectors": np.full((2, 4), np.nan, np.float16)}, HEADER, "not finite"),
        ({"ngrams": np.full((5, 4), np.inf, np.float16)}, HEADER, "not finite"),
        ({}, {**HEADER, "format": 2}, "format 2"),
        ({"ngram_ids": IDS}, HEADER, "header is damaged"),
        ({"ngram_ids": IDS}, {**HEADER, "buckets": 9}, "format 1"),
        ({"ngram_ids": IDS}, {**HEADER, "format": 2, "buckets": 4}, "which n-grams its 5 rows are for"),
        ({"ngram_ids": IDS[::-1].copy()}, {**HEADER, "format": 2, "buckets": 9}, "which n-grams its 5 rows are for"),
        ({"ngram_ids": IDS[:-1]}, {**HEADER, "format": 2, "buckets": 9}, "which n-grams its 5 rows are for"),
        ({"ngram_ids": IDS - 1}, {**HEADER, "format": 2, "buckets": 9}, "which n-grams its 5 rows are for"),
        ({}, {**HEADER, "min_n": 0}, "n-grams of 0-6"),
        ({}, {**HEADER, "max_n": 2**40}, "n-grams of 3-1099511627776"),
        ({}, {**HEADER, "max_n": float("inf")}, "header is damaged"),
        ({}, {**HEADER, "max_n": None}, "header is damaged"),
        ({}, {"format": 1}, "header is damaged"),
        ({}, ["format"], "header is damaged"),
        ({}, None, "header is damaged"),
    ],
)
def test_a_damaged_file_is_refused_with_its_fault(
    changed: dict[str, Any], header: object, fault: str, tmp_path: Path
) -> None:
    tensors = {name: tensor for name, tensor in {**SOUND, **changed}.items() if tensor is not None}
    path = tmp_path / "vectors.safetensors"
    save_file(tensors, path, metadata=None if header is None else {"fasttext": json.dumps(header)})
    with pytest.raises(AttnvizError, match=fault) as caught:
        FastTextVectors.open(path)
    assert str(path) in str(caught.value) and "Rebuild the experiment." in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"\xff" * 100, b'\x08\0\0\0\0\0\0\0{"a": 1}', "folder"])
def test_what_is_no_safetensors_file_is_refused(content: bytes | str | None, tmp_path: Path) -> None:
    path = tmp_path / "vectors.safetensors"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    with pytest.raises(AttnvizError, match="cannot be read as safetensors") as caught:
        FastTextVectors.open(path)
    assert str(path) in str(caught.value) and "Rebuild the experiment." in str(caught.value)


@settings(deadline=None)
@given(data=st.data())
def test_no_damage_raises_anything_else(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    made_up({"good": [1, 2], "bad": [3, 4]}).save(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    try:
        vectors = FastTextVectors.open(path)
    except AttnvizError as error:
        assert str(path) in str(error)
    else:
        assert all(np.isfinite(vectors.vector(word)).all() for word in ("good", "bad", "other"))
