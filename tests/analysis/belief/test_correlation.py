from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from attnviz.analysis.belief.correlation import Tau, tau_b


def test_orders_that_agree_and_that_are_turned_round() -> None:
    view = np.arange(10.0)
    same, turned = Tau.of(view, 3 * view + 1), Tau.of(view, -view)
    assert same and turned
    assert same.tau == pytest.approx(1) and turned.tau == pytest.approx(-1)
    assert same.n == 10 and same.p < 1e-5


def test_ties_are_taken_out_of_the_count() -> None:
    found = Tau.of(np.array([0.0, 0, 1, 2]), np.array([0.0, 1, 2, 3]))
    assert found and found.n == 4
    assert found.tau == pytest.approx(5 / np.sqrt(5 * 6))  # of six pairs one is a tie in the first


@pytest.mark.parametrize("one", [np.zeros(5), np.zeros(0), np.ones(1)])
def test_a_view_that_puts_no_word_first_has_none(one: np.ndarray) -> None:
    assert Tau.of(one, np.arange(float(len(one)))) is None


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(-3, 3), st.floats(-1, 1, width=32)), min_size=2, max_size=60))
def test_it_is_that_of_scipy_ties_and_all(pairs: list[tuple[int, float]]) -> None:
    one, other = (np.array(column, dtype=np.float64) for column in zip(*pairs, strict=True))
    assert tau_b(one, other) == pytest.approx(float(kendalltau(one, other).statistic), abs=1e-6, nan_ok=True)
