from __future__ import annotations

import numpy as np
import pytest

from attnviz.analysis.reweighting import alternative_weights, distance, overlap, permuted_weights, reweight, softmax
from attnviz.model.experiment import Experiment

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
