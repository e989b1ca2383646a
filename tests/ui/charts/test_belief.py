from __future__ import annotations

import numpy as np
import pytest

from attnviz.analysis.belief.over_rows import QUESTIONS, VariantBelief
from attnviz.ui.charts.belief import VIEWS, agreement, verdicts

FOUND = [
    VariantBelief("frozen", ("carried", "rises", "none", "carried"), {name: np.arange(4.0) for name in QUESTIONS}),
    VariantBelief("fine-tuned", ("no_more",) * 4, {name: np.full(4, np.nan) for name in QUESTIONS}),
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
    assert list(dict.fromkeys(figure.data[0].y)) == list(VIEWS.values()) and len(figure.data[0].x) == 4 * len(VIEWS)
