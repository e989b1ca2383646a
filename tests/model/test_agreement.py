from __future__ import annotations

import numpy as np
import pytest

from attnviz.model.agreement import Agreement


def test_agreement_counts_and_tests_exactly() -> None:
    a, b = np.array([True] * 12 + [False] * 8), np.array([True] * 10 + [False] * 9 + [True])
    found = Agreement.of("a", "b", a, b)
    assert found.to_dict() == {"both_right": 10, "only_a": 2, "only_b": 1, "both_wrong": 7}
    assert found.p == 1.0
    assert Agreement("a", "b", 0, 10, 0, 0).p == pytest.approx(2 / 2**10)
    assert Agreement("a", "b", 5, 0, 0, 5).p == 1.0
