from __future__ import annotations

import numpy as np

from attnviz.training.loaders import balanced

GROUPS = ("short",) * 3 + ("long",) * 9


def test_an_epoch_draws_as_many_rows_of_each_group_as_the_smallest_has() -> None:
    random = np.random.default_rng(0)
    drawn = [balanced(GROUPS, random) for _ in range(20)]
    for rows in drawn:
        assert sorted(GROUPS[row] for row in rows) == ["long"] * 3 + ["short"] * 3
        assert list(rows) == sorted(set(rows))
    assert {int(row) for rows in drawn for row in rows} == set(range(12))  # in time, every one
    assert list(balanced(("",) * 5, random)) == [0, 1, 2, 3, 4]
