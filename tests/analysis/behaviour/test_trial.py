"""Tests tried on rows: what is a failure, and whether a planted fault is found by its test and by no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from attnviz.analysis.behaviour.battery import battery_of, setting_of
from attnviz.analysis.behaviour.case import Change, Expectation
from attnviz.analysis.behaviour.own_tests import OwnTest
from attnviz.analysis.behaviour.polarity import polarity
from attnviz.analysis.behaviour.trial import TOLERANCE, Trial, failures, find_cases, try_tests
from attnviz.analysis.behaviour.twins import compare, holm
from attnviz.data.steps import finished
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment
from attnviz.text import Vocabulary
from tests.conftest import sentences


@pytest.mark.parametrize(
    ("expects", "before", "after", "fails"),
    [
        ("same", 0.7, 0.3, True),
        ("same", 0.52, 0.48, False),  # another answer, by no more than is tolerated
        ("same", 0.9, 0.55, False),  # less sure, the answer the same
        ("turns", 0.9, 0.6, True),
        ("turns", 0.9, 0.54, False),  # ahead by no more than is tolerated
        ("turns", 0.9, 0.2, False),
        ("not_surer", 0.5, 0.65, True),
        ("not_surer", 0.5, 0.59, False),
        ("not_surer", 0.5, 0.1, False),
        ("no_less_sure", 0.5, 0.35, True),
        ("no_less_sure", 0.5, 0.41, False),
        ("no_less_sure", 0.5, 0.9, False),
    ],
)
def test_a_case_fails_if_the_answer_does_what_it_may_not(
    expects: Expectation, before: float, after: float, fails: bool
) -> None:
    watched = np.array([1])
    found = failures(expects, watched, np.array([[1 - before, before]]), np.array([[1 - after, after]]))
    assert found.tolist() == [fails] and TOLERANCE == 0.1


def _planted(tiny: Experiment, word: str) -> Experiment:
    """Return an experiment whose answer hangs on whether a text has one word or mark, and on nothing else."""
    vocabulary = Vocabulary([word], [1])
    model = AttentionClassifier(len(vocabulary), tiny.about.embedding_dim, 1, 2)
    for parameter in model.parameters():
        parameter.data.zero_()
    model.embedding.weight.data[vocabulary.id(word)] = 100  # no other word, known or not, comes near
    for end in ("", "_reverse"):  # gates: in, forget, candidate, out
        getattr(model.lstm, f"weight_ih_l0{end}").data[0] = 1
        getattr(model.lstm, f"bias_ih_l0{end}").data[:] = torch.tensor([-500.0, 20.0, 20.0, 20.0])
    model.fc.weight.data[1] = 20
    model.fc.bias.data[:] = torch.tensor([4.0, 0.0])
    about = replace(tiny.about, labels=("without", "with"))
    return replace(tiny, about=about, vocabulary=vocabulary, models={"fine-tuned": model}, baseline=None)


_PEOPLE = ("Simon", "Walter", "Keith", "Laura")


@pytest.mark.parametrize(("planted", "test"), [(",", "commas"), ("simon", "names"), (".", "final-mark")])
def test_a_planted_fault_is_found_by_its_test_and_by_no_other(planted: str, test: str, tiny: Experiment) -> None:
    experiment = _planted(tiny, planted)
    stop = "" if planted == "." else "!"
    texts = [
        f"it was {_PEOPLE[at % 4]} who saw colourful things, I don't really believe {number} people in London on Monday"
        + stop
        for at, number in enumerate(range(100, 220))
    ]
    found = finished(try_tests(experiment, [*texts, *(f"{text}!!" for text in texts[:20])], ["fine-tuned"]))
    rates = {one.name: one.to_dict()["variants"]["fine-tuned"] for one in found.outcomes}
    assert len(rates) >= 10
    assert rates.pop(test)["rate"] > (0.2 if test == "names" else 0.8)  # in four, only one is Simon
    if planted == ".":
        del rates["neutral-sentence"]  # it brings a full stop along
    assert not any(figures["failed"] for figures in rates.values())


@pytest.fixture(scope="module")
def tried(tiny: Experiment) -> Trial:
    return finished(try_tests(tiny, [text for text, _label in sentences()], tiny.variants, most=60))


def test_an_outcome_has_different_cases_and_its_figures_are_those_of_its_rows(tried: Trial, tiny: Experiment) -> None:
    assert {one.name for one in tried.outcomes} >= {
        "typing-slips",
        "final-mark",
        "negated-praise",
        "but",
        "blame-added",
    }
    assert "names" in tried.without_cases
    for outcome in tried.outcomes:
        assert len({case.change for case in outcome.cases}) == len(outcome.cases) <= 60
        change = outcome.cases[0].change
        for side, text in ((outcome.before, change.before), (outcome.after, change.after)):
            assert side["uniform"][0] == pytest.approx(tiny.explain(text, "uniform").probabilities, abs=1e-5)
        figures = outcome.to_dict()["variants"]["frozen"]
        assert figures["failed"] == outcome.failed["frozen"].sum()
        assert figures["interval"][0] <= figures["rate"] <= figures["interval"][1]


def test_the_steps_say_how_far_it_is(tiny: Experiment) -> None:
    steps = list(try_tests(tiny, ["the film was good"] * 200, ["frozen"], most=5))
    assert steps == sorted(steps) and steps[-1] == 1.0


def test_a_text_makes_the_same_case_whenever_and_wherever_it_stands(tiny: Experiment) -> None:
    texts = [text for text, _label in sentences()]
    tests = battery_of(setting_of(tiny))
    one, other = (finished(find_cases(tests, some, tiny, most=1_000)) for some in (texts, texts[::-1]))
    assert [{case.change for case in some} for some in one] == [{case.change for case in some} for some in other]


def test_a_text_that_is_cut_makes_no_case(tiny: Experiment) -> None:
    own = OwnTest("own", "same", None, rules=(("film", "movie"),))
    long = " ".join(["film"] * (tiny.max_tokens + 1))
    assert finished(find_cases([own], [long], tiny)) == [[]]
    assert len(finished(find_cases([own], [long[5:]], tiny))[0]) == 1


def test_pairs_of_ones_own_are_cases_without_rows_and_no_rows_at_all_are_no_fault(tiny: Experiment) -> None:
    own = OwnTest("own", "same", None, pairs=(Change("a good film", "a bad film"), Change("good", "great")))
    found = finished(try_tests(tiny, [], ["frozen", "fine-tuned"], [own]))
    assert [case.row for case in found.outcomes[0].cases] == [None, None]
    assert found.outcomes[0].failed["fine-tuned"].tolist() == [True, False]
    assert compare(found, "frozen", "fine-tuned").p == 1
    assert finished(try_tests(tiny, [], ["frozen"])).outcomes == ()


def test_twins_are_compared_over_the_same_cases(tried: Trial) -> None:
    found = compare(tried, "frozen", "fine-tuned")
    for one, outcome in zip(found.tests, tried.outcomes, strict=True):
        frozen, tuned = outcome.failed["frozen"], outcome.failed["fine-tuned"]
        assert (one.only_a, one.only_b) == ((frozen & ~tuned).sum(), (tuned & ~frozen).sum())
        assert one.raw_p <= one.p <= 1


def test_p_values_are_adjusted_as_holm_did() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0] and holm([]) == []


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("negative", "positive"), {"praise": 1, "blame": 0}),
        (("긍정", "부정"), {"praise": 0, "blame": 1}),
        (("Negative", "neutral", " POSITIVE"), {"praise": 2, "blame": 0}),
        (("World", "Sports"), None),
        (("positive", "pos", "negative"), None),
    ],
)
def test_labels_of_praise_and_blame_are_known(labels: tuple[str, ...], expected: dict[str, int] | None) -> None:
    assert polarity(labels) == expected
