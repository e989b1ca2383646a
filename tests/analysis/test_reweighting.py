from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from attnviz.analysis.reweighting import (
    alternative_weights,
    distance,
    flip_radius,
    overlap,
    permuted_weights,
    reweight,
    softmax,
)
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation

TEXT = "the movie was not good , the plot was dull"


def test_softmax_at_one_is_the_models(tiny: Experiment) -> None:
    said = tiny.explain(TEXT)
    np.testing.assert_allclose(softmax(said.scores), said.weights, atol=1e-6)


def test_a_temperature_of_zero_is_the_limit_and_a_high_one_the_mean() -> None:
    scores = np.array([1.0, 3.0, 3.0, -900.0])
    assert softmax(scores, 0).tolist() == [0, 0.5, 0.5, 0]
    np.testing.assert_allclose(softmax(scores, 1e9), 0.25, atol=1e-6)
    assert softmax(np.zeros(0), 0).tolist() == []


def test_the_models_own_weights_give_its_own_answer(tiny: Experiment) -> None:
    said = tiny.explain(TEXT)
    answer = reweight(said, said.weights)
    np.testing.assert_allclose(answer.logits, said.logits, atol=1e-6)
    assert said.labels[answer.prediction] == said.prediction


def test_other_weights_give_the_very_same_probabilities_from_far_away(tiny: Experiment) -> None:
    said = tiny.explain(TEXT)
    other = alternative_weights(said)
    assert other is not None and other.min() >= 0 and other.sum() == pytest.approx(1)
    np.testing.assert_allclose(reweight(said, other).probabilities, said.probabilities, atol=1e-6)
    assert (other > 1e-9).sum() <= len(said.labels)
    assert 0.3 < distance(other, said.weights) <= 1


@pytest.mark.parametrize("text", ["", "film"])
def test_too_few_words_have_no_other_weights(tiny: Experiment, text: str) -> None:
    said = tiny.explain(text)
    assert alternative_weights(said) is None
    if text:
        assert permuted_weights(said).same == 100 and permuted_weights(said).distance == 0


def test_marks_are_compared_with_as_many_of_the_largest() -> None:
    weights = np.array([0.1, 0.5, 0.1, 0.3])
    found = overlap(weights, (0, 1))
    assert found.top == (1, 3) and found.hits == 1 and found.share == 0.5
    assert found.attention == pytest.approx(0.6)
    assert overlap(weights, ()).share == 0


def _by_programme(said: Explanation) -> float | None:
    """Return the flip radius by a linear programme: least Σ t of weights α + t − s ≥ 0 that put another class ahead."""
    k, count = int(said.logits.argmax()), len(said.weights)
    found = []
    for j in set(range(len(said.labels))) - {k}:
        leads = said.votes[:, k] - said.votes[:, j]
        bound = -(said.weights @ leads) - said.bias[k] + said.bias[j]
        one = linprog(
            np.concatenate((np.ones(count), np.zeros(count))),
            A_ub=np.concatenate((leads, -leads))[None],
            b_ub=[bound],
            A_eq=np.concatenate((np.ones(count), -np.ones(count)))[None],
            b_eq=[0],
            bounds=[(0, None)] * count + [(0, float(weight)) for weight in said.weights],
        )
        found += [float(one.fun)] if one.success else []
    return min(found, default=None)


@pytest.mark.parametrize("classes", [2, 4])
def test_the_flip_radius_is_what_a_linear_programme_finds(tiny: Experiment, classes: int) -> None:
    random, none = np.random.default_rng(classes), 0
    for _ in range(100):
        count = int(random.integers(1, 30))
        votes, bias = random.normal(size=(count, classes)), 0.5 * random.normal(size=classes)
        weights = random.dirichlet(np.full(count, 0.5))
        said = replace(
            tiny.explain("film"),
            labels=tuple(map(str, range(classes))),
            votes=votes,
            bias=bias,
            weights=weights,
            logits=weights @ votes + bias,
        )
        radius = flip_radius(said)
        assert radius == (None if (by := _by_programme(said)) is None else pytest.approx(by, abs=1e-6))
        none += radius is None
    assert 0 < none < 100


def test_weights_that_all_hidden_states_share_change_nothing(tiny: Experiment) -> None:
    said = tiny.explain(TEXT)
    same = replace(said, votes=np.tile(said.votes[:1], (len(said.tokens), 1)))
    same = replace(same, logits=same.weights @ same.votes + same.bias)
    assert flip_radius(same) is None
    assert flip_radius(tiny.explain("")) is None
