"""What heads tend to look at."""

from __future__ import annotations

import numpy as np
import pytest

from attnviz.analysis.head_habits import HABITS, habits
from attnviz.analysis.self_attention import asking
from attnviz.data.steps import finished
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment

TEXTS = ["the film , the film was good !", "a dull movie", "", "good", "the story was not bad ."]


def test_shares_are_those_of_the_maps(with_transformer: Experiment) -> None:
    steps: list[float] = []
    found = finished(habits(with_transformer, TEXTS, "transformer"), steps.append)
    assert steps == sorted(steps) and steps[-1] == 1
    assert [one.head for one in found] == [(0, 0), (0, 1), (0, 2), (0, 3)]
    rows: dict[str, list[tuple[np.ndarray, float]]] = {name: [] for name in HABITS}
    for text in TEXTS:
        seen = asking(with_transformer, text, "transformer")
        words = [token.word for token in seen.explanation.tokens]
        for i, word in enumerate(words):
            others = {j for j in range(len(words)) if j != i}
            kinds = {
                "itself": {i},
                "previous": {i - 1} & others,
                "next": {i + 1} & others,
                "first": {0} & others,
                "last": {len(words) - 1} & others,
                "punctuation": {j for j in others if words[j] in ",!."},
                "same word": {j for j in others if words[j] == word},
            }
            for name, places in kinds.items():
                if places:
                    rows[name].append((seen.weights[0, :, i, sorted(places)].sum(axis=0), len(places) / len(words)))
    for one in found:
        for name in HABITS:
            shares, even = zip(*rows[name], strict=True)
            assert one.shares[name] == pytest.approx(np.mean(shares, axis=0)[one.head[1]], rel=1e-3)
            assert one.if_even[name] == pytest.approx(np.mean(even), rel=1e-3)
    assert len(rows["same word"]) == 4 and len(rows["itself"]) == 18


def test_what_no_row_has_is_nothing(with_transformer: Experiment) -> None:
    for one in finished(habits(with_transformer, ["film"], "transformer")):
        assert one.shares == {name: float(name == "itself") for name in HABITS} == one.if_even
    for one in finished(habits(with_transformer, [""], "transformer")):
        assert not any(one.shares.values())


def test_an_lstm_has_no_heads(with_transformer: Experiment) -> None:
    with pytest.raises(AttnvizError, match="no self-attention"):
        finished(habits(with_transformer, TEXTS, "frozen"))
