from __future__ import annotations

import numpy as np

from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.rows import Origin
from attnviz.analysis.labels.decisions import Decision
from attnviz.analysis.labels.figures import Corrected, corrected_figures


def test_test_rows_count_as_labelled_and_as_decided() -> None:
    answers = np.array([0, 1, 1, 0])
    given = {"frozen": np.eye(2)[answers]}
    texts = ["a", "b", "c", "d"]
    labels, none = ("negative", "positive"), np.zeros(0)
    counts = np.ones(4, dtype=np.int64)
    rows = Predictions(
        "e", Origin("x"), labels, texts, np.array([0, 0, 1, 1]), None, counts, counts, given, {"frozen": none}
    )
    at = {10: 0, 11: 1, 12: 2, 13: 3}  # where the rows of the decisions are among these
    assert corrected_figures(rows, at, {}) == ()
    assert corrected_figures(rows, at, {11: Decision("keep"), 99: Decision("remove"), 13: Decision("unsure")}) == ()
    decided = {11: Decision("relabel", "positive"), 13: Decision("remove"), 99: Decision("remove")}
    assert corrected_figures(rows, at, decided) == (Corrected("frozen", 2, 4, 3, 3),)
