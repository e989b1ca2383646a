from __future__ import annotations

import pytest

from attnviz.model.experiment import Experiment
from attnviz.ui.charts.attention import weights


def test_weights_has_one_row_of_bars_a_variant(tiny: Experiment) -> None:
    explanations = [tiny.explain("the plot was not good", variant) for variant in tiny.variants]
    figure = weights(explanations)
    assert [bars.name for bars in figure.data] == list(tiny.variants)
    for bars, explanation in zip(figure.data, explanations, strict=True):
        assert list(bars.y) == pytest.approx(explanation.weights.tolist())
    assert list(figure.layout.xaxis.ticktext) == ["the", "plot", "was", "not", "good"]
    assert figure.layout.shapes[0].y0 == pytest.approx(1 / 5)  # the uniform share


def test_variants_differ_by_more_than_colour(tiny: Experiment) -> None:
    figure = weights([tiny.explain("good", variant) for variant in tiny.variants])
    assert len({bars.marker.pattern.shape for bars in figure.data}) == len(tiny.variants)


def test_words_are_text_in_the_labels(tiny: Experiment) -> None:
    figure = weights([tiny.explain("good < bad")])
    assert "&lt;" in figure.layout.xaxis.ticktext
    assert "&lt;" in figure.data[0].customdata


def test_a_text_of_no_words_gives_an_empty_chart(tiny: Experiment) -> None:
    assert len(weights([tiny.explain("")]).data[0].y) == 0


def test_the_labels_speak_the_language_they_are_given(tiny: Experiment) -> None:
    figure = weights([tiny.explain("good", "frozen")], lambda text: {"frozen": "동결"}.get(text, text))
    assert figure.data[0].name == "동결"
