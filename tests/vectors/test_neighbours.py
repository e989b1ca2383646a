from __future__ import annotations

from pathlib import Path

import pytest

from attnviz.errors import AttnvizError
from attnviz.vectors.fasttext import FastTextVectors


def test_neighbours_are_worked_out_once_and_told_of(lee: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    vectors = FastTextVectors.open(lee)
    vectors.prepare_neighbours(on_progress=told.append)
    assert told[-1] == 1 and (lee.parent / "lee_fasttext.bin.200000-neighbours.safetensors").is_file()
    again = FastTextVectors.open(lee)
    again.prepare_neighbours(on_progress=lambda _: pytest.fail("it is there already"))
    assert again.most_similar("training") == vectors.most_similar("training")


def test_neighbours_may_be_looked_for_among_fewer_words(lee: Path) -> None:
    vectors = FastTextVectors.open(lee)
    vectors.prepare_neighbours(among=50)
    first = set(vectors.words[:50])
    assert {near for near, _ in vectors.most_similar("training", topn=60)} == first
    with pytest.raises(AttnvizError, match="among is 0"):
        vectors.prepare_neighbours(among=0)


def test_of_an_experiments_words_neighbours_come_at_once(lee: Path) -> None:
    vectors = FastTextVectors.open(lee).with_words(["training", "film", "inside", "runninggggg"])
    assert next(near for near, _ in vectors.most_similar("remaining", 2)) in ("training", "inside")
    assert not list(lee.parent.glob("*neighbours*"))
