from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz import comparison
from attnviz.analysis.evaluation.calibration import Calibration
from attnviz.comparison import Spaces
from attnviz.model.experiment import Experiment
from attnviz.ui.charts.attention import weights
from attnviz.ui.charts.calibration import reliability
from attnviz.ui.charts.drift import drift_by_count
from attnviz.ui.charts.pairs import slopes
from attnviz.ui.charts.word_map import _CANVAS, _labels, _width, word_map


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
    figure = weights([tiny.explain("<b>good</b>")])
    assert "&lt;" in figure.layout.xaxis.ticktext
    assert "&lt;" in figure.data[0].customdata


def test_a_text_of_no_words_gives_an_empty_chart(tiny: Experiment) -> None:
    assert len(weights([tiny.explain("")]).data[0].y) == 0


def test_the_labels_speak_the_language_they_are_given(tiny: Experiment) -> None:
    figure = weights([tiny.explain("good", "frozen")], lambda text: {"frozen": "동결"}.get(text, text))
    assert figure.data[0].name == "동결"


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


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), max_size=30))
def test_no_label_lies_over_another(arrows: list[tuple[float, ...]]) -> None:
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
        assert not any((low < b[1] - 1e-6).all() and (b[0] + 1e-6 < high).all() for b in boxes[:i])


def test_drift_is_drawn_against_the_count_with_the_chosen_word(tiny: Experiment) -> None:
    found = comparison.drift(tiny)
    figure = drift_by_count(found, chosen="good", marked=["bad"])
    [ring] = [trace for trace in figure.data if trace.name == "good"]
    [listed] = [trace for trace in figure.data if trace.name == "in the list"]
    assert ring.x[0] == found.counts[found.words.index("good")]
    assert listed.y[0] == found.drift[found.words.index("bad")]
    assert {trace.name for trace in figure.data} >= {"middle of the words", "seeds' spread"}


def test_slopes_have_a_line_a_pair_and_labels_that_keep_apart(tiny: Experiment) -> None:
    pairs = comparison.pairs(tiny, [("good", "bad"), ("good", "awful"), ("great", "terrible")])
    figure = slopes(pairs)
    assert [list(line.y) for line in figure.data[:-1]] == [[pair.frozen, pair.fine_tuned] for pair in pairs]
    heights = sorted(note.y for note in figure.layout.annotations if note.xanchor == "left")
    assert min(np.diff(heights)) > 0.002
    assert [figure.data[-1].y[i] for i in (0, 3, 6)] == [pair.frozen for pair in pairs]  # lines from dots to labels
    assert len(slopes([]).data) == 0


def test_five_classifiers_can_be_told_apart_on_the_reliability_chart() -> None:
    found = Calibration.of(np.array([0, 1]), np.array([[0.8, 0.2], [0.3, 0.7]]))
    figure = reliability({f"variant {k}": found for k in range(5)}, "light", str)
    assert len({trace.line.color for trace in figure.data[1:]}) == 5
    assert len({(trace.line.dash, trace.marker.symbol) for trace in figure.data[1:]}) == 5
