from __future__ import annotations

import numpy as np
import pytest

from attnviz.model.calibration import Calibration


def test_calibration_is_the_mean_gap_over_the_bins() -> None:
    probabilities = np.array([[0.95, 0.05], [0.91, 0.09], [0.65, 0.35], [0.35, 0.65]])
    found = Calibration.of(np.array([0, 1, 0, 0]), probabilities)
    assert found.error == pytest.approx((2 * abs(0.5 - 0.93) + 2 * abs(0.5 - 0.65)) / 4)
    assert sum(one.n for one in found.bins) == 4 and found.bins[9].accuracy == 0.5
    assert Calibration.of(np.array([0]), np.array([[0.7, 0.3]])).bins[6].n == 1  # a bin holds its upper end
    assert found.to_dict()["bins"][0]["accuracy"] is None
