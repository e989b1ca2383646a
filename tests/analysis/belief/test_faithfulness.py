from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.analysis.belief.faithfulness import Faithfulness, Operator, counts_of, faithfulness
from attnviz.analysis.belief.subject import Subject
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment
from tests.analysis.belief.conftest import PLANTED

WORDS = [f"word{number}" for number in range(40)]


def found(experiment: Experiment, text: str, operator: Operator) -> Faithfulness:
    subject = Subject.of(experiment, experiment.explain(text))
    views = {"attention": subject.explanation.weights, "away": -subject.explanation.weights}
    result = finished(faithfulness(subject, views, operator))
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("tokens", "counts"),
    [(0, ()), (1, (1,)), (2, (1,)), (7, (1, 2, 4)), (20, (1, 2, 4, 10)), (100, (1, 5, 10, 20, 50))],
)
def test_each_number_of_words_is_put_out_once(tokens: int, counts: tuple[int, ...]) -> None:
    assert counts_of(tokens) == counts


@pytest.mark.parametrize("operator", get_args(Operator))
def test_one_planted_word_is_all_that_is_needed(by_hand: Experiment, operator: Operator) -> None:
    said = by_hand.explain(" ".join([*WORDS[:12], PLANTED, *WORDS[12:]]))
    result = found(by_hand, said.text, operator)
    own, costs = float(said.probabilities.max()), result.costs
    assert own > 0.9 and result.counts[0] == 1
    assert costs["attention"].comprehensiveness == pytest.approx(own - 0.5, abs=0.05)
    assert costs["attention"].sufficiency == pytest.approx(0, abs=0.1)
    assert costs["away"].comprehensiveness == pytest.approx(0, abs=0.1)
    assert costs["away"].sufficiency == pytest.approx(own - 0.5, abs=0.05)
    assert result.random_comprehensiveness.high < costs["attention"].comprehensiveness
    assert result.random_sufficiency.low > costs["attention"].sufficiency


def test_a_flip_is_the_smallest_number_of_words_that_changes_the_answer(tiny: Experiment) -> None:
    said = tiny.explain("the wonderful film was great and the music was not bad")
    view = said.contributions[:, int(said.logits.argmax())]
    result = finished(faithfulness(Subject.of(tiny, said), {"contribution": view}, "deletion"))
    assert result is not None
    order = np.argsort(-view, kind="stable")
    turned = [n for n in result.counts if tiny.explain(said.text, without=set(order[:n])).prediction != said.prediction]
    assert result.costs["contribution"].flip == next(iter(turned), None)


def test_figures_are_means_over_the_numbers_of_words(tiny: Experiment) -> None:
    said = tiny.explain("a great film with a dull ending and a clumsy script")
    result = finished(faithfulness(Subject.of(tiny, said), {"attention": said.weights}, "deletion"))
    assert result is not None
    order, k = np.argsort(-said.weights, kind="stable"), int(said.probabilities.argmax())

    def left(places: np.ndarray) -> float:
        return float(said.probabilities[k] - tiny.explain(said.text, without=set(places)).probabilities[k])

    cost = result.costs["attention"]
    assert cost.comprehensiveness == pytest.approx(np.mean([left(order[:n]) for n in result.counts]), abs=1e-5)
    assert cost.sufficiency == pytest.approx(np.mean([left(order[n:]) for n in result.counts]), abs=1e-5)


@pytest.mark.parametrize("operator", get_args(Operator))
@settings(max_examples=25)
@given(text=st.text(st.sampled_from("film good bad not ☃é한 "), max_size=40))
def test_any_text_gets_finite_figures_and_the_same_twice(tiny: Experiment, operator: Operator, text: str) -> None:
    subject = Subject.of(tiny, tiny.explain(text))
    views = {"attention": subject.explanation.weights}
    once, twice = (finished(faithfulness(subject, views, operator)) for _ in range(2))
    assert once == twice and (once is None) == (not len(subject.ids))
    if once:
        cost = once.costs["attention"]
        assert -1 <= cost.comprehensiveness <= 1 and -1 <= cost.sufficiency <= 1
        assert once.random_comprehensiveness.low <= once.random_comprehensiveness.high
