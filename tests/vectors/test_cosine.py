from __future__ import annotations

import numpy as np
import pytest

from attnviz.vectors.cosine import cosine, unit_rows


@pytest.mark.parametrize(("given", "found"), [("float16", "float32"), ("float32", "float32"), ("float64", "float64")])
def test_rows_come_out_at_length_one_and_rows_of_zeros_stay(given: str, found: str) -> None:
    rows = np.array([[3, 4], [0, 0], [0, -2]], given)
    units = unit_rows(rows)
    assert units.dtype == found
    assert units.tolist() == [pytest.approx([0.6, 0.8]), [0, 0], [0, -1]]
    assert rows[0, 0] == 3, "what was given stays as it was"


def test_the_cosine_is_that_of_the_directions_and_none_without_a_direction() -> None:
    one, other = np.array([1.0, 2.0, 2.0]), np.array([-2.0, 1.0, 5.0])
    assert cosine(one, other) == pytest.approx(float(unit_rows(one[None])[0] @ unit_rows(other[None])[0]))
    assert cosine(one, one) == 1 and cosine(one, -one) == -1
    assert cosine(one, np.zeros(3)) is None
