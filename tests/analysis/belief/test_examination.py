from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.analysis.belief.correlation import Tau
from attnviz.analysis.belief.examination import Belief, Weights, examine
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import verdict
from attnviz.analysis.belief.views import VIEWS
from attnviz.analysis.reweighting import flip_radius, permuted_weights
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment
from tests.analysis.belief.conftest import PLANTED

TEXT = "the movie was not good , the plot was dull and the music was wonderful"

# What programs rely on; see docs/command-line.md.
CONTRACT = {
    "variant", "verdict", "top", "probability", "without_top", "without_random", "views", "completeness_error", "tau",
    "comprehensiveness", "sufficiency", "flip_radius", "entropy",
}  # fmt: skip


def test_the_answer_is_json_as_agreed(tiny: Experiment) -> None:
    told = tiny.belief(TEXT).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told.keys() >= CONTRACT
    tokens = len(told["tokens"])
    assert list(told["views"]) == list(VIEWS) and all(len(view) == tokens for view in told["views"].values())
    assert told["tau"].keys() == told["views"].keys() - {"attention"}
    assert all(tau is None or tau.keys() == {"tau", "p", "n"} for tau in told["tau"].values())
    for figure in ("comprehensiveness", "sufficiency"):
        assert told[figure].keys() == told[f"{figure}_random_word"].keys() == told["views"].keys()


def test_programs_read_every_figure_by_its_name(tiny: Experiment) -> None:
    found = tiny.belief("the plot was not good !")
    told, said, judged, weights = found.to_dict(), found.explanation, found.verdict, found.weights
    assert found.deletion and found.random_word
    costs = {"": found.deletion.costs, "_random_word": found.random_word.costs}
    for what in ("comprehensiveness", "sufficiency"):
        for how, of_views in costs.items():
            assert told.pop(f"{what}{how}") == {name: getattr(cost, what) for name, cost in of_views.items()}
    assert told == {
        "variant": "fine-tuned",
        "prediction": said.prediction,
        "verdict": judged.kind,
        "top": list(judged.top),
        "probability": judged.probability,
        "without_top": judged.without_top,
        "without_random": judged.without_random,
        "beaten": judged.beaten,
        "tokens": ["the", "plot", "was", "not", "good", "!"],
        "views": {name: view.tolist() for name, view in found.views.by_name().items()},
        "completeness_error": found.views.completeness_error,
        "converged": found.views.converged,
        "tau": {name: asdict(tau) if tau else None for name, tau in found.tau.items()},
        "tau_among": [
            {"views": list(names), **(asdict(tau) if tau else {"tau": None})} for names, tau in found.tau_among.items()
        ],
        "flip": {name: cost.flip for name, cost in found.deletion.costs.items()},
        "flip_radius": weights.flip_radius,
        "entropy": weights.entropy,
        "most_entropy": weights.most_entropy,
        "on_marks": weights.on_marks,
        "marks": 1 / 6,
        "suppressors": list(found.suppressors),
    }


def test_views_that_put_no_word_first_have_no_tau_to_tell(tiny: Experiment) -> None:
    told = tiny.belief("film").to_dict()
    assert told["tau"] == dict.fromkeys(VIEWS[1:])
    assert all(set(one) == {"views", "tau"} and one["tau"] is None for one in told["tau_among"])


def test_it_brings_together_what_the_parts_say(tiny: Experiment) -> None:
    found = tiny.belief(TEXT)
    assert found.verdict == verdict(Subject.of(tiny, tiny.explain(TEXT)))
    named = found.views.by_name()
    assert found.tau["gradient"] == Tau.of(named["attention"], np.abs(named["gradient"]))
    assert found.tau_among["contribution", "gradient"] == Tau.of(named["contribution"], named["gradient"])


def test_the_same_sentence_gets_the_same_figures(tiny: Experiment) -> None:
    assert tiny.belief(TEXT).to_dict() == tiny.belief(TEXT).to_dict()


def test_all_views_find_a_planted_word_and_no_word_speaks_against_it(by_hand: Experiment) -> None:
    found = by_hand.belief(" ".join(["word3", "word9", PLANTED, *(f"word{number}" for number in range(20, 30))]))
    assert {name: int(view.argmax()) for name, view in found.views.by_name().items()} == dict.fromkeys(VIEWS, 2)
    assert found.suppressors == () and not found.violates


def test_a_word_looked_at_that_speaks_against_the_answer_is_named(tiny: Experiment) -> None:
    said = tiny.explain(TEXT)
    subject = Subject.of(tiny, said)
    against = int(np.argmin(finished(examine(subject)).views.contribution))
    weights = np.full(len(said.tokens), 0.01)
    weights[against] = 1 - weights.sum() + 0.01
    looking = replace(said, weights=weights, contributions=said.contributions * (weights / said.weights)[:, None])
    found = finished(examine(replace(subject, explanation=looking)))
    assert found.suppressors == (against,) and found.violates


@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform", "transformer"])
@pytest.mark.parametrize("text", ["", "wonderful", "qqzzx wwvvk", "the " * 80])
def test_sentences_of_one_word_of_strangers_or_cut_off_are_answered(
    with_transformer: Experiment, variant: str, text: str
) -> None:
    found = with_transformer.belief(text, variant, unknown="unk")
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert len(found.views.attention) == len(found.explanation.tokens) <= with_transformer.max_tokens
    assert (found.deletion is None) == (not found.explanation.tokens)
    if variant == "uniform" or len(found.explanation.tokens) < 2:
        assert found.verdict.kind == "none" and found.tau["gradient"] is None


def test_weights_are_described(tiny: Experiment) -> None:
    said = tiny.explain("film , film .")
    even = Weights.of(replace(said, weights=np.full(4, 0.25)))
    assert even.entropy == pytest.approx(even.most_entropy) == pytest.approx(np.log(4))
    assert (even.marks, even.on_marks, even.first, even.last) == (0.5, 0.5, 0.25, 0.25)
    assert Weights.of(said).shuffles == permuted_weights(said) and Weights.of(said).flip_radius == flip_radius(said)
    one = Weights.of(replace(said, weights=np.array([1.0, 0, 0, 0])))
    assert (one.entropy, one.on_marks, one.first, one.last) == (0, 0, 1, 0)


def test_equal_weights_name_no_word_that_speaks_against_the_answer(tiny: Experiment) -> None:
    assert tiny.belief("the movie was not good , the plot was dull", "uniform").suppressors == ()


@settings(max_examples=15)
@given(text=st.text(st.sampled_from("film good bad not ,☃é한 "), max_size=40))
def test_any_text_gets_figures_that_are_numbers(tiny: Experiment, text: str) -> None:
    steps: list[float] = []
    found: Belief = finished(examine(Subject.of(tiny, tiny.explain(text))), steps.append)
    json.dumps(found.to_dict(), allow_nan=False)
    assert steps == sorted(steps) and all(0 <= step <= 1.0001 for step in steps)
