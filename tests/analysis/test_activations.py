from __future__ import annotations

import numpy as np
import pytest
import torch

from attnviz.analysis.activations import activations, parameters, score
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment


@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform"])
@pytest.mark.parametrize("text", ["film", "the movie was not good", "an amaaazing plot " * 20, ""])
def test_a_lesson_lays_open_what_explain_says(tiny: Experiment, variant: str, text: str) -> None:
    found = activations(tiny, text, variant)
    said, model = tiny.explain(text, variant), tiny.model(variant)
    assert found.size == len(said.tokens) == len(found.rows) == len(found.hidden)
    votes = found.hidden @ model.fc.weight.numpy().T
    np.testing.assert_allclose(votes, said.votes, atol=1e-5)
    np.testing.assert_allclose(found.context @ model.fc.weight.double().numpy().T + said.bias, said.logits, atol=1e-5)
    for place in range(min(found.size, 5)):
        if found.scorer != "none":
            assert score(model, found.hidden[place], 3).score == pytest.approx(said.scores[place], abs=1e-5)


def test_a_score_is_the_sum_of_what_is_told(tiny: Experiment) -> None:
    found = activations(tiny, "the movie was not good", "fine-tuned")
    parts = score(tiny.model("fine-tuned"), found.hidden[3], 4)
    assert len(parts.terms) == 4 and len(parts.terms) + parts.others == found.hidden.shape[1]
    assert sum(term.product for term in parts.terms) + parts.rest + parts.bias == pytest.approx(parts.score)
    sizes = [abs(term.product) for term in parts.terms]
    assert sizes == sorted(sizes, reverse=True)


def test_an_additive_score_is_taken_apart_too() -> None:
    torch.manual_seed(0)
    model = AttentionClassifier(10, 4, 3, 2, scorer="additive").eval().requires_grad_(False)
    state = torch.randn(6)
    parts = score(model, state.numpy(), 2)
    assert parts.score == pytest.approx(float(model.attention(state)), abs=1e-6) and parts.bias == 0
    assert parameters(model)["additive"] == sum(p.numel() for p in model.attention.parameters())


def test_the_linear_scorer_has_as_many_numbers_as_is_said(tiny: Experiment) -> None:
    model = tiny.model("frozen")
    assert parameters(model)["linear"] == sum(p.numel() for p in model.attention.parameters())
