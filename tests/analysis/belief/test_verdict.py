from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.analysis.belief.subject import Subject, odds_of, probability
from attnviz.analysis.belief.verdict import DRAWS, verdict
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment
from tests.analysis.belief.conftest import PLANTED

LONG = "the movie was not good , the plot was dull and the music was wonderful"


def subject_of(tiny: Experiment, text: str, variant: str = "fine-tuned") -> Subject:
    return Subject.of(tiny, tiny.explain(text, variant))


def test_the_log_odds_of_the_sentence_itself_are_those_of_its_probability(tiny: Experiment) -> None:
    subject = subject_of(tiny, LONG)
    read = finished(subject.log_odds([subject.ids]))
    assert read == pytest.approx([subject.own], abs=1e-5)
    assert probability(subject.own) == pytest.approx(subject.explanation.probabilities.max())


def test_log_odds_are_of_one_class_against_all_others_together() -> None:
    import torch

    logits = torch.tensor([[1.0, 2.0, 0.5]], dtype=torch.float64)
    p = float(logits.softmax(dim=1)[0, 1])
    assert float(odds_of(logits, 1)[0]) == pytest.approx(np.log(p / (1 - p)))


def test_planted_words_carry_the_answer(by_hand: Experiment) -> None:
    words = [f"word{number}" for number in range(20)]
    for at in (4, 9, 13):
        words[at] = PLANTED
    found = verdict(subject_of(by_hand, " ".join(words)))
    assert found.kind == "carried" and found.label == "positive" and set(found.top) == {4, 9, 13} and found.beaten >= 19
    assert found.probability > 0.9 and found.without_top == pytest.approx(0.5, abs=0.05)
    assert found.without_random > 0.9


def test_a_heat_map_that_looks_away_is_not_borne_out(by_hand: Experiment) -> None:
    subject = subject_of(by_hand, f"{PLANTED} " + " ".join(f"word{number}" for number in range(9)))
    away = np.linspace(0, 0.2, len(subject.ids))
    found = verdict(replace(subject, explanation=replace(subject.explanation, weights=away)))
    assert found.kind != "carried" and found.top == (9, 8, 7)
    assert found.without_top == pytest.approx(found.probability, abs=0.05)


def test_few_words_are_put_out_one_at_a_time(tiny: Experiment) -> None:
    assert len(verdict(subject_of(tiny, "the movie was dull")).top) == 1
    assert len(verdict(subject_of(tiny, "the movie was very dull indeed")).top) == 3


@pytest.mark.parametrize("text", ["", "wonderful"])
def test_less_than_two_words_give_no_verdict(tiny: Experiment, text: str) -> None:
    assert verdict(subject_of(tiny, text)).kind == "none"


def test_equal_weights_give_no_verdict(tiny: Experiment) -> None:
    found = verdict(subject_of(tiny, LONG, "uniform"))
    assert (found.kind, found.top, found.beaten, found.stands) == ("none", (), 0, True)
    assert found.probability == found.without_top == found.without_random


def test_the_same_sentence_gets_the_same_verdict(tiny: Experiment) -> None:
    assert verdict(subject_of(tiny, LONG)) == verdict(subject_of(tiny, LONG))


@settings(max_examples=60)
@given(st.text(st.sampled_from("the film was good bad not ☃é한 "), max_size=60))
def test_any_text_gets_a_verdict_of_finite_figures(tiny: Experiment, text: str) -> None:
    found = verdict(subject_of(tiny, text))
    assert all(0 <= one <= 1 for one in (found.probability, found.without_top, found.without_random))
    assert 0 <= found.beaten <= DRAWS and len(set(found.top)) == len(found.top)
    if found.kind == "rises":
        assert found.without_top > found.probability


def test_an_answer_stands_while_the_other_class_is_not_ahead(tiny: Experiment) -> None:
    subject = subject_of(tiny, LONG)
    found = verdict(subject)
    assert found.stands == (found.without_top > 0.5)  # of two classes
    assert verdict(subject_of(tiny, "film")).stands
