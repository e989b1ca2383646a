from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.heatmap.rounding import apportion, chance, percent, rounded

NUMBERS = st.lists(st.floats(-50, 50), min_size=1, max_size=60)
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=400).filter(lambda values: sum(values) > 0)


def in_order(values: np.ndarray, shown: np.ndarray) -> bool:
    """Whether of two values the larger is shown no smaller, if they differ by more than a millionth of a unit."""
    order = np.argsort(values, kind="stable")
    found, drawn = values[order], shown[order]
    return bool((np.maximum.accumulate(drawn) <= drawn + 1e-9)[np.append(True, np.diff(found) > 2e-9)].all())


@given(NUMBERS)
def test_what_is_shown_adds_up_and_is_at_most_a_unit_off(values: list[float]) -> None:
    shown = apportion(values)
    assert abs(shown.sum() - sum(values)) <= 5.001e-4
    assert np.abs(shown - values).max() < 1.001e-3
    assert np.allclose(shown * 1000, np.rint(shown * 1000))
    assert in_order(np.array(values), shown)
    assert np.array_equal(shown, apportion(values))


@given(SHARES, st.sampled_from([2, 3, 4]))
def test_weights_add_up_to_one(values: list[float], places: int) -> None:
    weights = np.array(values) / sum(values)
    shown = apportion(weights, 1, places)
    assert round(float(shown.sum()), 9) == 1 and shown.min() >= 0
    assert in_order(weights, shown)


@given(NUMBERS, st.floats(-5, 5))
def test_contributions_and_the_bias_add_up_to_the_logit(values: list[float], bias: float) -> None:
    """As each of the three is shown, bias and logit rounded for themselves."""
    logit = float(rounded(sum(values) + bias))
    shown = apportion(values, logit - float(rounded(bias)))
    assert round(float(shown.sum() + rounded(bias)), 9) == round(logit, 9)
    assert np.abs(shown - values).max() <= 1.001e-3


def test_the_largest_remainders_get_what_is_missing_and_of_equal_ones_the_first() -> None:
    assert apportion([0.3333, 0.3333, 0.3334], 1).tolist() == [0.333, 0.333, 0.334]
    assert apportion([1 / 3] * 3, 1).tolist() == [0.334, 0.333, 0.333]
    assert apportion([]).tolist() == []


def test_what_differs_by_the_error_of_a_float_is_a_tie() -> None:
    noisy = [1 / 3 - 1e-15, 1 / 3 + 1e-15, 1 / 3]
    assert apportion(noisy, 1).tolist() == apportion([1 / 3] * 3, 1).tolist()
    assert apportion([0.29 - 1e-17, 0.71], 1, 2).tolist() == [0.29, 0.71]


@pytest.mark.parametrize(
    ("shown", "exact", "said"),
    [(0.839, 0.8391, "83.9%"), (1.0, 0.9997, ">99.9%"), (0.0, 0.0003, "<0.1%"), (1.0, 1.0, "100.0%"), (0.0, 0, "0.0%")],
)
def test_nothing_is_called_certain_that_is_not(shown: float, exact: float, said: str) -> None:
    assert chance(shown, exact) == said
    assert percent(0.222) == "22.2%"
