from __future__ import annotations

import numpy as np
import torch

from attnviz.experiment import Experiment
from attnviz.fading import FARTHEST, fading, pace
from attnviz.lesson import lesson


def test_fading_is_the_derivative_of_torchs_own_lstm(tiny: Experiment) -> None:
    model = tiny.model("fine-tuned")
    rows = lesson(tiny, "the movie was not good , i think", "fine-tuned").rows
    size = model.lstm.hidden_size
    copies = torch.from_numpy(rows)[None].repeat(size, 1, 1).requires_grad_()
    (slopes,) = torch.autograd.grad(model.lstm(copies)[0][:, -1, :size].diagonal().sum(), copies)
    norms = slopes.square().sum(dim=(0, 2)).sqrt().numpy()[::-1]
    np.testing.assert_allclose(fading(model, rows), norms / norms[0], rtol=1e-4)
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_only_the_last_words_are_followed(tiny: Experiment) -> None:
    model = tiny.model("frozen")
    assert len(fading(model, np.zeros((200, 16), np.float32))) == FARTHEST + 1
    assert fading(model, np.zeros((0, 16), np.float32)).tolist() == []
    assert fading(model, np.ones((1, 16), np.float32)).tolist() == [1]


def test_reading_more_words_takes_longer(tiny: Experiment) -> None:
    found = pace(tiny.model("frozen"), (10, 160))
    assert found.growth > 4 and len(found.attention) == 2
