"""What a run keeps of how words moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_tensors

from attnviz.errors import AttnvizError
from attnviz.model.learned import read_learned
from attnviz.model.word_history import KEPT_BYTES, WordHistory, read_word_history

SIZE, DIM = 9, 3


def kept(epochs: int = 2) -> WordHistory:
    start = np.ones((SIZE, DIM), np.float32)
    start[[0, 4]] = 0
    history = WordHistory.begin(start, epochs)
    random = np.random.default_rng(0)
    for _epoch in range(epochs):
        history = history.after(random.normal(size=(len(history.ids), DIM)).astype(np.float32))
    return history


def test_words_without_a_vector_and_ids_that_are_no_words_are_not_kept() -> None:
    assert kept().ids.tolist() == [2, 3, 5, 6, 7, 8]


@given(st.lists(st.lists(st.floats(-1e3, 1e3, width=32), min_size=DIM, max_size=DIM), min_size=2, max_size=2))
def test_a_difference_comes_back_within_half_a_step_of_its_largest(given_rows: list[list[float]]) -> None:
    rows = np.array(given_rows, np.float32)
    history = WordHistory(np.array([2, 3], np.int32), np.zeros((0, 2, DIM), np.int8), np.zeros((0, 2), np.float32))
    none, back = history.after(rows).differences()
    assert not none.any()
    assert (np.abs(back - rows) <= np.abs(rows).max(axis=1, keepdims=True) / 127 * 0.501 + 1e-30).all()


def test_it_is_written_and_read_and_cut_to_what_is_asked_for(tmp_path: Path) -> None:
    part = kept().of([8, 4, 2, 8, 99])
    assert part.ids.tolist() == [2, 8]
    assert (part.differences() == kept().differences()[:, [0, 5]]).all()
    part.save(tmp_path / "file")
    found = read_word_history(tmp_path / "file", SIZE, DIM)
    assert found and all((found.tensors()[name] == value).all() for name, value in part.tensors().items())
    assert read_word_history(tmp_path / "none", SIZE, DIM) is None


def test_a_file_of_an_experiment_stays_small() -> None:
    history = WordHistory.begin(np.ones((20_002, 100), np.float32), 8)
    for _epoch in range(8):
        history = history.after(np.ones((20_000, 100), np.float32))
    part = history.of(range(2, 20_002))
    assert len(part.ids) == 179
    assert KEPT_BYTES * 0.99 < sum(values.nbytes for values in part.tensors().values()) <= KEPT_BYTES


@pytest.mark.parametrize(
    "wrong",
    [
        {"ids": np.array([2, 2, 3, 4, 5, 6], np.int32)},
        {"ids": np.array([1, 3, 5, 6, 7, 8], np.int32)},
        {"ids": np.array([2, 3, 5, 6, 7, 9], np.int32)},
        {"ids": np.array([2, 3], np.int32)},
        {"steps": np.zeros((2, 6, DIM + 1), np.int8)},
        {"steps": np.zeros((3, 6, DIM), np.int8)},
        {"steps": np.zeros((2, 6, DIM), np.float32)},
        {"scales": np.full((2, 6), np.nan, np.float32)},
        {"scales": np.full((2, 6), -1, np.float32)},
        {"more": np.zeros(1, np.int8)},
    ],
)
def test_what_does_not_fit_is_named(wrong: dict[str, np.ndarray], tmp_path: Path) -> None:
    save_file(kept().tensors() | wrong, tmp_path / "file")
    with pytest.raises(AttnvizError, match=r"file.*how words of this vocabulary moved"):
        read_word_history(tmp_path / "file", SIZE, DIM)


def test_numbers_that_numpy_does_not_know_are_named(tmp_path: Path) -> None:
    save_tensors({"steps": torch.zeros(2, 6, DIM).to(torch.float8_e5m2)}, tmp_path / "file")
    with pytest.raises(AttnvizError, match="file: cannot be read"):
        read_word_history(tmp_path / "file", SIZE, DIM)
    with pytest.raises(AttnvizError, match="file: cannot be read"):
        read_learned(tmp_path / "file")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_named_or_still_one(data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / "file"
    kept().save(path)
    whole = bytearray(path.read_bytes())
    for _turn in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        found = read_word_history(path, SIZE, DIM)
    except AttnvizError as error:
        assert "file" in str(error)
    else:
        assert found and np.isfinite(found.differences()).all()
