from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from attnviz.errors import AttnvizError
from attnviz.vectors.fasttext import FastTextVectors
from tests.vectors.test_fasttext import WORDS, made_up


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
        ({}, {**HEADER, "ngram_units": "letters"}, "header is damaged"),
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
