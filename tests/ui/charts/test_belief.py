from __future__ import annotations

import pytest

from attnviz.analysis.belief.over_rows import QUESTIONS
from attnviz.analysis.belief.views import VIEWS, view_names
from attnviz.model.belief_figures import Distribution, VariantFigures
from attnviz.ui.charts.belief import agreement, verdicts

FOUND = [
    VariantFigures(
        "frozen",
        {"carried": 2, "rises": 1, "none": 1},
        dict.fromkeys(QUESTIONS, Distribution(4, 0.2, (-0.3, 0.1, 0.2, 0.4, 0.9))),
    ),
    VariantFigures("fine-tuned", {"no_more": 4}, {}),
]


def test_the_parts_of_a_bar_are_shares_of_the_sentences_with_a_verdict() -> None:
    figure = verdicts(FOUND, "light", str)
    parts = {trace.name: list(trace.x) for trace in figure.data}
    assert [sum(part[at] for part in parts.values()) for at in (0, 1)] == pytest.approx([1, 1])
    carried, no_more, rises = parts.values()
    assert (carried[0], rises[0], no_more[1]) == (pytest.approx(2 / 3), pytest.approx(1 / 3), 1)


def test_a_box_a_view_and_variant() -> None:
    figure = agreement(FOUND, "dark", str)
    assert [trace.name for trace in figure.data] == ["frozen", "fine-tuned"]
    assert list(figure.data[0].y) == [view_names()[name] for name in VIEWS[1:5]] and len(figure.data[1].y) == 0
    box = figure.data[0]
    assert {(box.lowerfence[0], box.q1[0], box.median[0], box.q3[0], box.upperfence[0])} == {(-0.3, 0.1, 0.2, 0.4, 0.9)}
