from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from attnviz.ui.pages.steps.rounding import settle

NUMBERS = st.lists(st.floats(-50, 50), min_size=1, max_size=60)


@given(NUMBERS)
def test_what_is_shown_adds_up_and_is_at_most_a_unit_off(values: list[float]) -> None:
    shown = settle(values)
    assert abs(shown.sum() - sum(values)) <= 5.001e-4
    assert np.abs(shown - values).max() < 1.001e-3
    assert np.allclose(shown * 1000, np.rint(shown * 1000))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=400).filter(lambda values: sum(values) > 0))
def test_weights_add_up_to_one(values: list[float]) -> None:
    weights = np.array(values) / sum(values)
    shown = settle(weights, 1)
    assert round(float(shown.sum()), 9) == 1 and shown.min() >= 0


def test_the_largest_remainders_get_what_is_missing() -> None:
    assert settle([0.3333, 0.3333, 0.3334], 1).tolist() == [0.333, 0.333, 0.334]
    assert settle([]).tolist() == []
