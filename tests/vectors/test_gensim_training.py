from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from attnviz.errors import AttnvizError
from attnviz.vectors.fasttext import FastTextVectors
from tests.vectors.test_fasttext import COUNTS, SENTENCES, SETTINGS, WORDS


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
    assert np.array_equal(whole.matrix([*counts]), cut.matrix([*counts]))


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
