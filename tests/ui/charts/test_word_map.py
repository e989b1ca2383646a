from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz import comparison
from attnviz.comparison import Spaces
from attnviz.model.experiment import Experiment
from attnviz.ui.charts.word_map import _CANVAS, _labels, _width, word_map

# Frozen against fine-tuned


def mapped(tiny: Experiment, chosen: str = "good", **more: Any) -> go.Figure:
    words = tiny.vocabulary.words
    found = comparison.drift(tiny)
    near = [one.word for one in comparison.neighbours(tiny, chosen).fine_tuned]
    cosines = comparison.cosines(tiny, chosen, Spaces.of(tiny))
    projection = comparison.project(tiny, words)
    far = [words[place] for place in found.order[:5]]
    return word_map(projection, found, comparison.lean(tiny), cosines, chosen=chosen, near=near, far=far, **more)


def test_the_map_has_a_dot_a_word_where_fine_tuning_put_it(tiny: Experiment) -> None:
    figure, after = mapped(tiny), comparison.project(tiny, tiny.vocabulary.words).fine_tuned
    dots = [trace for trace in figure.data if trace.customdata is not None]
    assert len(dots) == len(tiny.labels) and len({trace.marker.symbol for trace in dots}) == len(dots)
    seen = {
        int(number[0]): (x, y)
        for trace in dots
        for number, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }
    assert seen == {place: pytest.approx(tuple(point)) for place, point in enumerate(after)}
    assert "%" in figure.layout.annotations[-1].text  # the variance kept
    assert [note.text for note in figure.layout.annotations].count("good") == 1


def test_arrows_go_from_before_to_after(tiny: Experiment) -> None:
    projection = comparison.project(tiny, tiny.vocabulary.words)
    place = tiny.vocabulary.words.index("good")
    arrows = next(trace for trace in mapped(tiny).data if trace.name == "good and its neighbours")
    assert (arrows.x[0], arrows.y[0]) == pytest.approx(tuple(projection.frozen[place]))
    assert (arrows.x[1], arrows.y[1]) == pytest.approx(tuple(projection.fine_tuned[place]))


def test_the_map_zooms_to_the_word_and_its_neighbours(tiny: Experiment) -> None:
    whole, near = (mapped(tiny, zoom=zoom).layout.xaxis.range for zoom in (False, True))
    assert near[1] - near[0] <= whole[1] - whole[0]


@settings(max_examples=30)
@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), max_size=30))
def test_no_label_lies_over_another_or_is_cut(arrows: list[tuple[float, ...]]) -> None:
    ends = np.array(arrows).reshape(-1, 2, 2)
    words, frame = ["word", "재미있다"] * len(ends), np.array([[0.0, 0.0], [1.0, 1.0]])
    spots = _labels(ends[:, 0], ends[:, 1], words[: len(ends)], [17] * len(ends), frame)
    assert len(spots) == len(arrows) and (not arrows or any(spots))
    boxes = [
        (middle - half, middle + half)
        for end, word, spot in zip(ends[:, 1] * _CANVAS, words, spots, strict=False)
        if spot
        for middle, half in [(end + spot, np.array([_width(word, 17), 17]) / 2)]
    ]
    for i, (low, high) in enumerate(boxes):
        assert (low >= -1e-6).all() and (high <= _CANVAS + 1e-6).all()
        assert not any((low < b[1] - 1e-6).all() and (b[0] + 1e-6 < high).all() for b in boxes[:i])


@pytest.mark.parametrize("x", [0.0, 0.15, 0.5, 0.85, 1.0])
def test_a_label_that_could_be_cut_on_a_phone_lies_inwards(x: float) -> None:
    before, after = np.array([[0.5, 0.5]]), np.array([[x, 0.5]])
    [spot] = _labels(before, after, ["enjoyable"], [17], np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert spot
    half, wide = _width("enjoyable", 17) / 2, 0.3 * _CANVAS[0]
    assert half - 1e-6 <= x * wide + spot[0] <= wide - half + 1e-6
