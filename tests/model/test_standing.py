from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier

from attnviz.model.standing import Standing

LABELS = ("negative", "positive", "mixed")


def standing(truth: list[int], answers: list[int], baseline: list[int] | None = None) -> Standing:
    plain = None if baseline is None else np.array(baseline)
    return Standing.of("fine-tuned", np.array(truth), np.array(answers), LABELS, plain)


@given(rows=st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=60))
def test_counts_are_those_of_scikit_learn(rows: list[tuple[int, int, int]]) -> None:
    truth, answers, plain = (np.array(column) for column in zip(*rows, strict=True))
    found = standing(truth.tolist(), answers.tolist(), plain.tolist())
    same = DummyClassifier(strategy="most_frequent").fit(truth, truth)
    assert found.same.n == len(rows)
    assert found.same.right_b == round(same.score(truth, truth) * len(rows))
    assert found.same.right_a == (truth == answers).sum()
    assert found.baseline and found.baseline.right_b == (truth == plain).sum()
    assert found.answered == (answers == LABELS.index(found.answer)).sum() == np.bincount(answers).max()
    assert not (found.is_constant and not found.is_no_better and found.same.right_a <= found.same.right_b)


@pytest.mark.parametrize(
    ("truth", "answers", "constant", "no_better"),
    [
        ([1] * 64 + [0] * 36, [1] * 100, True, True),  # always the same
        ([1] * 64 + [0] * 36, [1] * 98 + [0] * 2, True, True),  # nearly
        ([1] * 64 + [0] * 36, [0] * 100, True, True),  # always the smaller class
        ([1] * 64 + [0] * 36, [1] * 64 + [0] * 36, False, False),
        ([1] * 64 + [0] * 36, [1] * 40 + [0] * 24 + [1] * 14 + [0] * 22, False, True),  # 62 right
        ([1] * 64 + [0] * 36, [1] * 60 + [0] * 4 + [1] * 30 + [0] * 6, False, True),  # 66 right: luck
        ([1] * 96 + [0] * 4, [1] * 100, False, False),  # four others tell nothing
        ([1] * 20, [1] * 20, False, False),  # one class: nothing to tell apart
        ([1] * 190 + [0] * 10, [1] * 188 + [0] * 12, False, False),  # rare, and found: 198 against 190
        ([1], [0], False, False),
    ],
)
def test_what_has_learned_nothing(truth: list[int], answers: list[int], constant: bool, no_better: bool) -> None:
    found = standing(truth, answers)
    assert (found.is_constant, found.is_no_better) == (constant, no_better)
