from __future__ import annotations

import sys
import time

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from attnviz.analysis.activations import activations
from attnviz.analysis.lstm_limits import FARTHEST, gradient_decay, reading_time
from attnviz.model.experiment import Experiment
from attnviz.model.lstm import bidirectional_lstm


def test_fading_is_the_derivative_of_torchs_own_lstm(tiny: Experiment) -> None:
    model = tiny.model("fine-tuned")
    rows = activations(tiny, "the movie was not good , i think", "fine-tuned").rows
    size = model.lstm.hidden_size
    (slopes,) = torch.autograd.functional.jacobian(
        lambda words: model.lstm(words)[0][-1, :size], (torch.from_numpy(rows),)
    )  # [H, T, D]
    norms = slopes.square().sum(dim=(0, 2)).sqrt().numpy()[::-1]
    np.testing.assert_allclose(gradient_decay(model, rows), norms / norms[0], rtol=1e-4)
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_only_the_last_words_are_followed(tiny: Experiment) -> None:
    model = tiny.model("frozen")
    assert len(gradient_decay(model, np.zeros((200, 16), np.float32))) == FARTHEST + 1
    assert gradient_decay(model, np.zeros((0, 16), np.float32)).tolist() == []
    assert gradient_decay(model, np.ones((1, 16), np.float32)).tolist() == [1]


def test_reading_time_is_the_least_of_a_few_runs_own_time(tiny: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    now, slow = 0.0, iter([3, 1, 2, 1, 1] * 2)  # how many times as long as it must each run takes

    def reading(lstm: nn.LSTM, rows: Tensor, places: Tensor, sizes: Tensor) -> Tensor:
        nonlocal now
        now += 0.001 * len(rows) * next(slow)
        return bidirectional_lstm(lstm, rows, places, sizes)

    monkeypatch.setattr("attnviz.analysis.own_time.clock", lambda: now)
    monkeypatch.setattr("attnviz.analysis.lstm_limits.bidirectional_lstm", reading)
    found = reading_time(tiny.model("frozen"), (10, 1000))
    assert [*found.recurrent, *found.attention, found.growth] == pytest.approx([10, 1000, 0, 0, 100])


@pytest.mark.skipif(sys.platform == "win32", reason="the clock of a thread ticks too seldom")
def test_waiting_for_others_is_not_counted(tiny: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    def waiting(lstm: nn.LSTM, rows: Tensor, places: Tensor, sizes: Tensor) -> Tensor:
        time.sleep(0.05)
        return bidirectional_lstm(lstm, rows, places, sizes)

    monkeypatch.setattr("attnviz.analysis.lstm_limits.bidirectional_lstm", waiting)
    assert max(reading_time(tiny.model("frozen"), (10, 20)).recurrent) < 50
