"""What is left of a far word."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attnviz.analysis import far_words
from attnviz.analysis.belief.subject import odds_of
from attnviz.analysis.far_words import reach
from attnviz.model.experiment import Experiment
from attnviz.text import UNKNOWN


@pytest.mark.parametrize("variant", ["fine-tuned", "transformer"])
def test_slopes_are_derivatives(variant: str, with_transformer: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(far_words, "_DIRECTIONS", 2_000)
    model = with_transformer.model(variant)
    ids = np.array([[5, 9, 5, 12], [7, 8, 9, 10]])
    answer, state = far_words._slopes(model, ids)
    for of, own, states in zip(ids, answer, state, strict=True):
        rows = model.embedding.weight[torch.from_numpy(of)].detach()

        def read(words: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            with torch.enable_grad():
                reading = model.read(words, torch.arange(4)[None], torch.tensor([4]))
            return odds_of(reading.logits, int(reading.logits.argmax())), reading.hidden[0, -1]

        slopes, matrix = torch.autograd.functional.jacobian(read, rows)
        torch.testing.assert_close(own, slopes[0].double().norm(dim=1), rtol=1e-3, atol=1e-6)
        exact = matrix.double().square().sum(dim=(0, 2)).sqrt()
        torch.testing.assert_close(states, exact, rtol=0.07, atol=0)


def test_the_last_state_of_an_lstm_forgets_the_first_word(with_transformer: Experiment) -> None:
    found = reach(with_transformer, ("fine-tuned", "transformer", "uniform"), (4, 90))
    assert found.lengths == (4, 90) and set(found.by_variant) == {"fine-tuned", "transformer", "uniform"}
    near, far = found.last_state["fine-tuned"]
    assert far < 1e-3 < near and found.last_state["transformer"][1] > 100 * far
    assert all(value > 0.01 for of_variant in found.by_variant.values() for value in of_variant)
    assert reach(with_transformer, ("frozen",), (4,)) == reach(with_transformer, ("frozen",), (4,))
    assert not any(one.requires_grad for one in with_transformer.model("transformer").parameters())
    assert UNKNOWN == 1


def test_one_word_counts_as_much_as_itself(with_transformer: Experiment) -> None:
    found = reach(with_transformer, ("frozen", "transformer"), (1,))
    assert found.by_variant == found.last_state == {"frozen": (1,), "transformer": (1,)}
