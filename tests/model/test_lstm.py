from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from attnviz.model.lstm import _packed, bidirectional_lstm


def reference(lstm: nn.LSTM, rows: Tensor, places: Tensor, lengths: Tensor) -> Tensor:
    packed = pack_padded_sequence(rows[places], lengths, batch_first=True, enforce_sorted=False)
    hidden, _ = pad_packed_sequence(lstm(packed)[0], batch_first=True, total_length=places.shape[1])
    return hidden


@pytest.mark.parametrize("lengths", [[1], [5], [3, 5, 1], [4, 4, 2, 5, 1, 3]])
def test_values_and_gradients_are_those_of_torchs_lstm(lengths: list[int]) -> None:
    torch.manual_seed(0)
    lstm = nn.LSTM(7, 6, bidirectional=True, batch_first=True)
    rows = torch.randn(9, 7, requires_grad=True)
    places = torch.randint(9, (len(lengths), 5))
    results = []
    for read in (reference, bidirectional_lstm, _packed):
        hidden = read(lstm, rows, places, torch.tensor(lengths))
        loss = (hidden * torch.linspace(-1, 1, hidden.numel()).view_as(hidden)).sum()
        results.append((hidden, torch.autograd.grad(loss, [rows, *lstm.parameters()])))
    for result in results[1:]:
        assert torch.allclose(results[0][0], result[0], atol=1e-6)
        for expected, found in zip(results[0][1], result[1], strict=True):
            assert torch.allclose(expected, found, atol=1e-5)


def test_a_sentence_of_no_words_has_no_states() -> None:
    lstm = nn.LSTM(7, 6, bidirectional=True, batch_first=True)
    for read in (bidirectional_lstm, _packed):
        hidden = read(lstm, torch.randn(9, 7), torch.randint(9, (2, 3)), torch.tensor([0, 3]))
        assert not hidden[0].any() and hidden[1].all()


@pytest.mark.parametrize("lengths", [[1], [0, 3], [3, 5, 1], [4, 4, 2, 5, 1, 3]])
def test_reading_without_learning_gives_the_same(lengths: list[int]) -> None:
    torch.manual_seed(1)
    lstm = nn.LSTM(7, 6, bidirectional=True, batch_first=True)
    rows, places = torch.randn(9, 7), torch.randint(9, (len(lengths), 5))
    learning = bidirectional_lstm(lstm, rows, places, torch.tensor(lengths))
    assert learning.requires_grad
    with torch.inference_mode():
        reading = bidirectional_lstm(lstm, rows, places, torch.tensor(lengths))
    assert torch.allclose(reading, learning, atol=1e-6)  # another kernel on some processors


def test_bfloat16_stays_near() -> None:
    torch.manual_seed(0)
    lstm = nn.LSTM(20, 16, bidirectional=True, batch_first=True)
    rows, places, lengths = torch.randn(30, 20, requires_grad=True), torch.randint(30, (8, 12)), torch.arange(5, 13)
    results = []
    for bfloat16 in (False, True):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            hidden = bidirectional_lstm(lstm, rows, places, lengths)
        assert hidden.dtype == torch.float32
        results.append([hidden.detach(), *torch.autograd.grad(hidden.square().sum(), [rows, *lstm.parameters()])])
    for exact, found in zip(*results, strict=True):
        assert found.dtype == torch.float32
        assert float((found - exact).norm() / exact.norm()) < 0.02
