from __future__ import annotations

import numpy as np
import pandas as pd

from attnviz.analysis.evaluation.rows import Origin
from attnviz.model.learned import TRAIN, UNSEEN, VALIDATION


def test_rows_of_a_known_data_set_count_from_one() -> None:
    origin = Origin("known")
    assert (origin.number(0), origin.place(3), origin.others(0), origin.learned_from) == (1, 2, {}, None)
    assert origin.at(np.array([4, 2])).number(1) == 3


def test_some_rows_keep_what_is_known_of_them() -> None:
    cells = pd.DataFrame({"id": ["a", "", "c"], "text": ["x", "y", "z"]}, index=[2, 5, 7])
    seen = np.array([TRAIN, UNSEEN, VALIDATION], dtype=np.int8)
    whole = Origin("mine.csv", np.array([2, 5, 7]), cells, "text", None, seen)
    some = whole.at(np.array([2, 1]))
    assert [some.number(row) for row in range(2)] == [7, 5] and (some.place(5), some.place(2)) == (1, -1)
    assert (some.others(0), some.others(1)) == ({"id": "c"}, {})
    assert (whole.learned_from, whole.known, some.learned_from, some.known) == (1, 2, 0, 1)
