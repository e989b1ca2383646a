from __future__ import annotations

import numpy as np

from attnviz.model.calibration import Calibration
from attnviz.ui.charts.calibration import reliability


def test_five_classifiers_can_be_told_apart_on_the_reliability_chart() -> None:
    found = Calibration.of(np.array([0, 1]), np.array([[0.8, 0.2], [0.3, 0.7]]))
    figure = reliability({f"variant {k}": found for k in range(5)}, "light", str)
    assert len({trace.line.color for trace in figure.data[1:]}) == 5
    assert len({(trace.line.dash, trace.marker.symbol) for trace in figure.data[1:]}) == 5
