from __future__ import annotations

import numpy as np
import pytest

from attnviz.analysis.belief.seeds import jensen_shannon, spread
from attnviz.model.experiment import Experiment

TEXTS = ["the film was good", "", "film", "a dull movie with a great ending"]


def test_one_classifier_has_no_spread(tiny: Experiment) -> None:
    found = spread([tiny, tiny], TEXTS, "fine-tuned")
    assert found.sentences == 2
    assert found.divergence == found.ratio == 0 and found.from_uniform > 0
    assert found.tau == pytest.approx(1) and found.same_top == 1


def test_equal_weights_leave_no_ratio(tiny: Experiment) -> None:
    found = spread([tiny, tiny], TEXTS, "uniform")
    assert found.divergence == pytest.approx(0, abs=1e-12) and np.isnan(found.tau)


def test_divergence_is_symmetric_and_at_most_log_two() -> None:
    one, other = np.array([1.0, 0, 0]), np.array([0.0, 0.5, 0.5])
    assert jensen_shannon(one, other) == pytest.approx(np.log(2)) == jensen_shannon(other, one)
    near = np.array([0.9, 0.1, 0])
    assert 0 < jensen_shannon(one, near) < jensen_shannon(one, other)
