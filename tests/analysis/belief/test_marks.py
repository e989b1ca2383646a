"""Figures on marked words: exact, beside all orders of the words."""

from __future__ import annotations

from dataclasses import astuple
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from attnviz.analysis.belief.marks import Agreement, MeanAgreement, majority, marked_tokens
from attnviz.data.rationales.rationale import Span
from attnviz.model.experiment import Experiment


def by_hand_of(order: tuple[int, ...], marked: np.ndarray) -> tuple[float, float]:
    """Return AUPRC and F1 of words in an order."""
    sorted_marks = marked[list(order)]
    precision = np.cumsum(sorted_marks) / np.arange(1, len(order) + 1)
    return float(precision[sorted_marks].mean()), float(sorted_marks[: marked.sum()].mean())


MARKED = st.lists(st.booleans(), min_size=2, max_size=5).filter(lambda marks: 0 < sum(marks) < len(marks))


def test_marks_on_the_words_that_come_first_are_all_found() -> None:
    view, marked = np.array([0.1, 0.6, 0.1, 0.2]), np.array([False, True, False, True])
    assert Agreement.of(view, marked) == Agreement(1, 1)
    last = Agreement.of(view, ~marked)
    assert last and last.f1 == 0 and last.auprc == pytest.approx((1 / 3 + 2 / 4) / 2)


def test_a_word_that_speaks_against_the_answer_comes_last() -> None:
    marked = np.array([True, False, False])
    found = Agreement.of(np.array([-3.0, 0.0, 1.0]), marked)
    assert found and astuple(found) == pytest.approx((1 / 3, 0))


@pytest.mark.parametrize("marked", [[], [True], [False], [True, True], [False, False]])
def test_where_nothing_or_all_is_marked_there_is_no_figure(marked: list[bool]) -> None:
    marks = np.array(marked, dtype=bool)
    assert Agreement.of(np.arange(float(len(marks))), marks) is None and Agreement.at_random(marks) is None


@settings(max_examples=40)
@given(marked=MARKED)
def test_at_random_is_the_mean_over_all_orders(marked: list[bool]) -> None:
    marks = np.array(marked)
    figures = [by_hand_of(order, marks) for order in permutations(range(len(marks)))]
    found = Agreement.at_random(marks)
    assert found and (found.auprc, found.f1) == pytest.approx(tuple(np.mean(figures, axis=0)))
    assert found.f1 == pytest.approx(marks.mean()) and found.auprc > marks.mean()


def test_at_random_one_word_of_ten_is_found_at_its_mean_precision() -> None:
    found = Agreement.at_random(np.arange(10) == 3)
    assert found and found.auprc == pytest.approx(sum(1 / place for place in range(1, 11)) / 10)  # .293


@settings(max_examples=40)
@given(marked=MARKED, data=st.data())
def test_equal_words_stand_in_any_order(marked: list[bool], data: st.DataObject) -> None:
    marks = np.array(marked)
    view = np.array(data.draw(st.lists(st.sampled_from([-1.0, 0.0, 2.5]), min_size=len(marks), max_size=len(marks))))
    figures = [
        by_hand_of(order, marks) for order in permutations(range(len(marks))) if (np.diff(view[list(order)]) <= 0).all()
    ]
    found = Agreement.of(view, marks)
    assert found and (found.auprc, found.f1) == pytest.approx(tuple(np.mean(figures, axis=0)))


@settings(max_examples=100)
@given(view=st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=60, unique=True), seed=st.integers(0, 99))
def test_without_equal_words_it_is_average_precision(view: list[int], seed: int) -> None:
    marks = np.random.default_rng(seed).random(len(view)) < 0.4
    found = Agreement.of(np.array(view, dtype=float), marks)
    if found:
        assert found.auprc == pytest.approx(average_precision_score(marks, view))
        assert found.f1 == pytest.approx(marks[np.argsort(view)[::-1][: marks.sum()]].mean())


@pytest.mark.parametrize(
    ("text", "spans", "marked"),
    [
        ("a good film", [(2, 6)], "good"),
        ("a good film", [(2, 4)], "good"),  # half of it
        ("a good film", [(2, 3)], ""),
        ("a good film", [(2, 3), (2, 3), (5, 6)], "good"),  # what is marked twice counts once
        ("a good film", [(0, 11)], "a good film"),
        ("a good film", [(1, 2), (6, 7)], ""),
        ("good, film", [(0, 5)], "good ,"),
        ("", [], ""),
    ],
)  # fmt: skip
def test_a_token_is_marked_by_half_of_it(tiny: Experiment, text: str, spans: list[Span], marked: str) -> None:
    said = tiny.explain(text)
    found = marked_tokens(said, spans)
    assert " ".join(token.text for token, one in zip(said.tokens, found, strict=True) if one) == marked


@pytest.mark.parametrize(("people", "marked"), [(["10"], "10"), (["10", "11"], "10"), (["10", "11", "01"], "11"),
                                                (["10", "01", "00", "00"], "00")])  # fmt: skip
def test_the_most_of_the_people_decide(people: list[str], marked: str) -> None:
    found = majority([np.array([mark == "1" for mark in one]) for one in people])
    assert "".join("01"[int(one)] for one in found) == marked


def test_means_have_an_interval_over_the_texts() -> None:
    alike = MeanAgreement.of([Agreement(0.5, 0.25)] * 5)
    assert astuple(alike) == (0.5, 0.25, (0.5, 0.5), (0.25, 0.25))
    mixed = MeanAgreement.of([Agreement(1.0, 1.0), Agreement(0.0, 0.5)] * 50)
    assert (mixed.auprc, mixed.f1) == (0.5, 0.75)
    low, high = mixed.auprc_interval  # that of a share of 100: ±1.96·0.5/10
    assert low == pytest.approx(0.4, abs=0.03) and high == pytest.approx(0.6, abs=0.03)
    assert mixed == MeanAgreement.of([Agreement(1.0, 1.0), Agreement(0.0, 0.5)] * 50)
