"""What is no text, or no list of texts, is refused in one sentence; and what objects say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attnviz
from attnviz import comparison, tracing
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment

NO_TEXTS = [None, 3.5, float("nan"), ["a", "b"], b"good", pd.NA]
NO_LISTS = ["good film", b"good", None, 3, {"good": 1}, {"good"}, pd.DataFrame({"text": ["good"]}), np.array([["a"]])]


@pytest.mark.parametrize("text", NO_TEXTS)
def test_a_text_is_a_string(tiny: Experiment, text: Any) -> None:
    takes: list[Callable[[Any], object]] = [
        tiny.explain,
        tiny.vectors.vector,
        tiny.vectors.most_similar,
        tiny.vectors.ngrams,
        comparison.one_word,
        lambda given: tracing.trace(tiny, given),
        lambda given: comparison.neighbours(tiny, given),
    ]
    for take in takes:
        with pytest.raises(AttnvizError, match="string"):
            take(text)


@pytest.mark.parametrize("texts", NO_LISTS, ids=repr)
def test_a_list_is_no_single_text(tiny: Experiment, texts: Any) -> None:
    takes: list[Callable[[Any], object]] = [tiny.predict, tiny.encode, tiny.vectors.matrix]
    takes += [lambda given: comparison.project(tiny, given)]
    if texts is not None:  # all words
        takes += [lambda given: comparison.drift(tiny, given), lambda given: comparison.lean(tiny, given)]
    for take in takes:
        with pytest.raises(AttnvizError, match="Give a list of strings"):
            take(texts)


@pytest.mark.parametrize("strange", [None, float("nan"), 3])
def test_what_is_no_text_in_a_list_is_named(tiny: Experiment, strange: Any) -> None:
    with pytest.raises(AttnvizError, match="Number 2 in the list is no string but"):
        tiny.predict(["good", strange])


def test_any_kind_of_list_will_do(tiny: Experiment) -> None:
    texts = ["a good film", "an awful one"]
    expected = tiny.predict(texts)
    for given in (tuple(texts), pd.Series(texts), np.array(texts), (text for text in texts)):
        assert np.array_equal(tiny.predict(given), expected)  # type: ignore[arg-type]
    assert tiny.predict([]).shape == (0, 2)


@pytest.mark.parametrize("name", [None, 3, ["reviews-en"]])
def test_an_experiment_is_opened_by_its_name(name: Any) -> None:
    with pytest.raises(AttnvizError, match="Name an experiment"):
        attnviz.load(name)


def test_a_variant_is_named(tiny: Experiment) -> None:
    for variant in (None, ["frozen"], 3):
        with pytest.raises(AttnvizError, match="has no variant"):
            tiny.explain("good", variant=variant)  # type: ignore[arg-type]


def test_objects_say_what_they_are_in_a_line(tiny: Experiment) -> None:
    things = [tiny.explain("a good film " * 50), tiny.vectors, tiny.vocabulary, tracing.trace(tiny, "good " * 50), tiny]
    things += [comparison.drift(tiny), comparison.lean(tiny), comparison.Spaces.of(tiny)]
    for thing in things:
        assert len(repr(thing)) < 400 and "\n" not in repr(thing) and " at 0x" not in repr(thing)
    accuracy = f"{tiny.figures['frozen']['all'].accuracy:.1%}"
    assert repr(tiny).startswith(f"<Experiment tiny-en (en) answers negative, positive: frozen {accuracy}")
    assert repr(tiny.explain("good <b>film")).startswith(
        "<Explanation of “good <b>film” (2 tokens) by tiny-en fine-tuned:"
    )


def test_a_notebook_shows_an_experiment_with_its_figures(tiny: Experiment) -> None:
    shown = tiny._repr_html_()
    assert all(variant in shown for variant in tiny.variants) and "negative, positive" in shown
    assert f"{tiny.figures['uniform']['all'].accuracy:.1%}" in shown
