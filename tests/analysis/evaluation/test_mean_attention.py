from __future__ import annotations

import numpy as np
import pytest

from attnviz.analysis.evaluation.mean_attention import MeanAttention
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.rows import Origin
from attnviz.analysis.evaluation.token_index import TokenIndex


def test_it_is_1_where_attention_does_nothing_and_marks_stand_apart() -> None:
    texts, tokens, even = ["good , film", "good !"], np.array([3, 2]), np.full((2, 2), 0.5)
    weights = {"frozen": np.array([0.8, 0.1, 0.1, 0.5, 0.5], dtype=np.float32)}
    predictions = Predictions(
        "made",
        Origin("made"),
        ("no", "yes"),
        texts,
        None,
        None,
        tokens,
        np.zeros(2, np.int64),
        {"frozen": even},
        weights,
    )
    found = MeanAttention.of(predictions, TokenIndex.of(texts, 512))
    share = dict(zip(found.words, found.share["frozen"], strict=True))
    assert share["good"] == pytest.approx((0.8 * 3 + 0.5 * 2) / 2)
    assert [found.words[at] for at in found.ranked("frozen", marks=True, least=1)] == ["!", ","]
    assert [found.words[at] for at in found.ranked("frozen", marks=False, least=2)] == ["good"]
