from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from attnviz.analysis.evaluation.paired import Paired
from attnviz.analysis.evaluation.paired_slices import find, holm
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.shared_classes import SharedClasses
from tests.analysis.evaluation.test_slices import made, wordings


def pair(first: Predictions, second: Predictions) -> Paired:
    classes = SharedClasses.of(first.labels, second.labels)
    return Paired(first, second, ("fine-tuned", "fine-tuned"), classes)


def other(sheet: Predictions, wrong: np.ndarray) -> Predictions:
    """Return the answers of somebody who errs on just these rows."""
    assert sheet.truth is not None
    answers = np.where(wrong, 1 - sheet.truth, sheet.truth)
    return replace(sheet, experiment="other", probabilities={"fine-tuned": np.eye(2)[answers] * 0.6 + 0.2})


def test_a_planted_word_is_named_first_with_who_is_better() -> None:
    sheet = made(3_000, 0, "planted")
    assert sheet.truth is not None
    wrong = np.random.default_rng(5).random(len(sheet)) < 0.1
    second = other(sheet, wrong & np.array(["planted" not in text for text in sheet.texts]))
    found = find(pair(sheet, second), wordings(sheet), "en")
    assert [(one.name, one.better, one.n, one.right_first, one.right_second) for one in found[:1]] == [
        ("planted", "second", 40, 0, 40)
    ]
    assert found[0].raw_p == pytest.approx(binomtest(0, 40).pvalue) and found[0].sure
    assert all(one.sure and one.raw_p <= one.p for one in found)
    [turned] = find(pair(second, sheet), wordings(sheet), "en")[:1]
    assert (turned.name, turned.better, turned.only_first, turned.p) == ("planted", "first", 40, found[0].p)


def test_two_that_err_by_chance_have_no_slice_in_19_of_20_runs() -> None:
    sheet = made(2_000, 1)
    index = wordings(sheet)
    hits = 0
    for seed in range(20):
        rng = np.random.default_rng(100 + seed)
        one, two = (other(sheet, rng.random(len(sheet)) < 0.3) for _ in range(2))
        hits += bool(find(pair(one, two), index, "en"))
    assert hits <= 3  # of 20 at 5 %: more than 3 in one of 60 such tests


def test_a_better_one_is_not_better_in_every_word() -> None:
    """What holds everywhere alike is no slice, however sure it is that one is better."""
    sheet = made(3_000, 2)
    rng = np.random.default_rng(7)
    one, two = (other(sheet, rng.random(len(sheet)) < share) for share in (0.05, 0.4))
    found = find(pair(one, two), wordings(sheet), "en", more=3)
    assert all(slice_.better == "first" for slice_ in found if slice_.sure)
    lead = (one.right["fine-tuned"].mean() - two.right["fine-tuned"].mean()).item()
    for slice_ in found:
        gap = (slice_.right_first - slice_.right_second) / slice_.n
        assert (gap > lead) if slice_.better == "first" else (gap < lead)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_p_values_are_adjusted_as_holm_says(raw: list[float]) -> None:
    """Rejected at a level is just what his procedure rejects: step by step, until the first that is not."""
    adjusted = holm(np.array(raw))
    assert (adjusted >= np.array(raw) - 1e-12).all() and (adjusted <= 1).all()
    for level in (0.01, 0.05, 0.2):
        rejected = set[int]()
        for step, at in enumerate(np.argsort(raw, kind="stable")):
            if raw[at] * (len(raw) - step) > level:
                break
            rejected.add(int(at))
        assert {at for at, p in enumerate(adjusted) if p <= level} == rejected
