from __future__ import annotations

import numpy as np
import pytest

from attnviz.model.metrics import Metrics


def test_figures_of_known_answers() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
    figures = Metrics.of([0, 0, 1, 1], probabilities)
    assert (figures.n, figures.accuracy) == (4, 0.75)
    assert figures.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert figures.log_loss == pytest.approx(-np.log([0.9, 0.8, 0.7, 0.4]).mean())
    # Wilson's interval for 3 of 4, worked out by hand
    z, p, n = 1.959964, 0.75, 4
    middle, half = p + z**2 / 8, z * np.sqrt(p * (1 - p) / n + z**2 / 64)
    assert figures.interval == pytest.approx(((middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)))


def test_a_class_that_never_occurs_is_no_error() -> None:
    assert Metrics.of([0, 0], np.array([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])).accuracy == 1
