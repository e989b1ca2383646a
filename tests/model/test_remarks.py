from __future__ import annotations

import numpy as np

from attnviz.model.about import BaselineInfo
from attnviz.model.remarks import Remark, remarks
from attnviz.model.standing import standings

TRUTH = np.array([1] * 63 + [0] * 37)


def answering(answers: np.ndarray) -> np.ndarray:
    return np.stack((answers == 0, answers == 1), axis=1).astype(float)


def said(**answers: np.ndarray) -> list[Remark]:
    given = {name.replace("_", "-"): answering(one) for name, one in answers.items()}
    return list(remarks(standings(TRUTH, given, ("negative", "positive")), after_training=True))


def flipped(count: int) -> np.ndarray:
    """Return answers of which so many are wrong, in either class alike."""
    answers = TRUTH.copy()
    wrong = np.linspace(0, 99, count, dtype=int)
    answers[wrong] = 1 - answers[wrong]
    return answers


def test_a_constant_classifier_is_said_so_and_so_is_a_better_baseline() -> None:
    assert said(fine_tuned=np.array([1] * 98 + [0] * 2), baseline=flipped(10)) == [
        Remark(
            "fine-tuned answers “positive” for 98.0% of the rows: it has learned nothing that tells them apart; 63.0% "
            "is the share of the largest class. Give it more rows to learn from, or more epochs.",
            serious=True,
        ),
        Remark(
            "On these rows the plain baseline (TF-IDF + logistic regression) is right more often than fine-tuned: "
            "90.0% against 65.0% (McNemar's exact test, p = 7e-05).",
            serious=True,
        ),
    ]


def test_variants_that_fare_alike_share_a_sentence() -> None:
    found = said(frozen=flipped(1), uniform=flipped(2), fine_tuned=flipped(19), baseline=flipped(20))
    assert [remark.serious for remark in found] == [False, False]
    assert "and fine-tuned hardly differ: 80.0% against 81.0%" in found[0].text and "luck" not in found[0].text
    assert "right less often than frozen, uniform: 80.0% against 99.0%, 98.0%" in found[1].text


def test_who_is_right_for_the_same_rows_differs_by_no_luck() -> None:
    (same,) = said(frozen=flipped(10), baseline=flipped(10))
    assert same.text.endswith("and frozen are right for the same ones: 90.0%.") and not same.serious


def test_as_many_right_of_other_rows_is_no_difference() -> None:
    others = TRUTH.copy()
    others[1:11] = 1 - others[1:11]
    (even,) = said(frozen=flipped(10), baseline=others)
    assert even.text.endswith("and frozen are right equally often: 90.0%.") and not even.serious


def test_rows_from_elsewhere_say_nothing_of_what_was_learned_from() -> None:
    given = standings(TRUTH, {"frozen": answering(flipped(45))}, ("negative", "positive"))
    (said_of_others,), (said_after,) = remarks(given), remarks(given, after_training=True)
    assert "more rows" not in said_of_others.text and said_after.text.startswith(said_of_others.text)


def test_not_beating_the_largest_class_is_said() -> None:
    (worse,) = said(frozen=flipped(45))
    assert "right for 55.0% of the rows, always answering “positive” for 63.0%: it does not beat" in worse.text
    (none,) = said(frozen=flipped(35))
    assert "right for 65.0% of the rows" in none.text and "no better than the largest class" in none.text
    assert "luck" not in none.text and none.serious
    (luck,) = said(frozen=flipped(27))
    assert "right for 73.0% of the rows" in luck.text and "luck may explain" in luck.text


def test_between_no_difference_and_a_sure_one_luck_is_spoken_of() -> None:
    better = TRUTH.copy()
    better[:6] = 1 - better[:6]
    worse = TRUTH.copy()
    worse[6:18] = 1 - worse[6:18]
    (luck,) = said(frozen=better, baseline=worse)  # 12 rows against 6: p = 0.24
    assert "luck may explain the difference between the plain baseline" in luck.text
    assert "frozen: 88.0% against 94.0%" in luck.text and "p = 0.24" in luck.text


def test_a_baseline_that_is_left_out_has_a_reason() -> None:
    (remark,) = remarks({}, baseline=BaselineInfo(skipped="the rows to learn from lack a class"))
    assert "no plain baseline" in remark.text and remark.text.endswith(": the rows to learn from lack a class.")
