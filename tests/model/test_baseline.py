from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, load

FILE = "baseline.safetensors"


@pytest.fixture
def copy(tiny_models: Path, tmp_path: Path) -> Path:
    """Return a copy of tiny-en that may be damaged."""
    return Path(shutil.copytree(tiny_models / "tiny-en", tmp_path / "tiny-en"))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=30), max_size=4))
def test_whatever_is_typed_has_probabilities_and_the_same_after_saving(
    tiny: Experiment, tmp_path: Path, texts: list[str]
) -> None:
    assert tiny.baseline and tiny.about.baseline
    tiny.baseline.save(tmp_path / FILE)
    again = type(tiny.baseline).load(tmp_path / FILE, tiny.about.baseline.terms, len(tiny.labels))
    found = tiny.baseline.predict([*texts, "not a good film"])
    assert found.shape == (len(texts) + 1, 2) and np.allclose(found.sum(axis=1), 1)
    assert np.array_equal(again.predict([*texts, "not a good film"]), found)
    assert again.digest() == tiny.baseline.digest()


def test_words_are_read_as_the_classifiers_read_them(tiny: Experiment) -> None:
    assert tiny.baseline
    one, other, words = tiny.baseline.predict(["A GOOD film!", "a good   film !", "a bad film !"])
    assert np.array_equal(one, other) and one.argmax() != words.argmax()
    assert tiny.baseline.predict([]).shape == (0, 2)


def test_an_experiment_made_before_there_was_one_opens_without(copy: Path) -> None:
    stored = json.loads((copy / "experiment.json").read_text())
    del stored["about"]["baseline"], stored["standings"], stored["figures"]["baseline"]
    (copy / "experiment.json").write_text(json.dumps(stored))
    (copy / FILE).unlink()
    assert load(copy).baseline is None and load(copy).standings == {}


def test_a_missing_or_broken_file_is_named(copy: Path) -> None:
    whole = (copy / FILE).read_bytes()
    (copy / FILE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AttnvizError, match=f"{FILE}: cannot be read"):
        load(copy)
    (copy / FILE).unlink()
    with pytest.raises(AttnvizError, match=f"{FILE}: the file is missing"):
        load(copy)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("idf", np.ones(3, np.float16), "idf has shape"),
        ("coefficients", np.ones((2, 311), np.float16), "coefficients has shape"),
        ("intercept", np.array([np.nan], np.float16), "not finite"),
        ("words", np.frombuffer(b"one\ntwo", np.uint8), "2 different terms"),
        ("words", np.frombuffer(b"\xff" * 9, np.uint8), "different terms"),
        ("characters", np.frombuffer(b"ab", np.uint8), "characters has shape"),
    ],
)
def test_what_does_not_fit_is_named(copy: Path, name: str, value: np.ndarray, said: str) -> None:
    save_file({**load_file(copy / FILE), name: value}, copy / FILE)
    with pytest.raises(AttnvizError, match=said):
        load(copy)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 4_000), byte=st.integers(0, 255))
def test_a_damaged_byte_is_our_error_or_none(copy: Path, at: int, byte: int) -> None:
    whole = bytearray((copy / FILE).read_bytes())
    damaged = bytearray(whole)
    damaged[at % len(whole)] = byte
    (copy / FILE).write_bytes(damaged)
    try:
        experiment = load(copy)
        assert experiment.baseline and experiment.baseline.predict(["a good film"]).shape == (1, 2)
    except AttnvizError:
        pass
    finally:
        (copy / FILE).write_bytes(whole)
