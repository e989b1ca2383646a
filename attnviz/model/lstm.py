"""Both directions of a one-layer LSTM over sentences of unlike length.

On a CPU `torch.nn.LSTM` walks a packed sequence step by step; on a padded one its kernel is several times as fast, but
the backward direction begins in the padding. Here it reads every sentence from its own last word, so padding comes
after the real tokens in either direction, and the result is that of `torch.nn.LSTM` on a packed sequence. On a GPU
that one, by cuDNN, is the faster way.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def bidirectional_lstm(lstm: nn.LSTM, rows: Tensor, places: Tensor, lengths: Tensor) -> Tensor:
    """Return hidden states [B, T, 2H] of sentences given as places [B, T] in a table of distinct rows [U, D].

    `lengths` [B] counts the real tokens; the states behind them are 0. Under autocast it computes in that
    type; the states come back as float32 in any case.
    """
    batch, steps = places.shape
    if rows.device.type != "cpu":
        return _packed(lstm, rows, places, lengths)
    at = torch.arange(steps, device=places.device)
    real = at < lengths[:, None]
    mirror = torch.where(real, lengths[:, None] - 1 - at, at)  # [B, T], its own inverse
    dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else rows.dtype
    rows, start = rows.to(dtype), rows.new_zeros(1, batch, lstm.hidden_size, dtype=dtype)

    def walked(order: Tensor, direction: str) -> Tensor:
        weights = [
            getattr(lstm, f"{name}_l0{direction}").to(dtype)
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        ]
        learning = torch.is_grad_enabled()
        inputs = F.embedding(order.t(), rows)  # [T, B, D]
        states: Tensor = torch.lstm(inputs, (start, start), weights, True, 1, 0.0, learning, False, False)[0]
        return states

    forward, backward = walked(places, "").transpose(0, 1), walked(places.gather(1, mirror), "_reverse")
    turned = mirror * batch + torch.arange(batch, device=places.device)[:, None]  # where [B, T] finds its state
    hidden = torch.cat((forward, F.embedding(turned, backward.flatten(0, 1))), dim=2)
    return (hidden * real[..., None]).float()


def _packed(lstm: nn.LSTM, rows: Tensor, places: Tensor, lengths: Tensor) -> Tensor:
    packed = nn.utils.rnn.pack_padded_sequence(
        rows[places], lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
    )
    hidden, _ = nn.utils.rnn.pad_packed_sequence(lstm(packed)[0], batch_first=True, total_length=places.shape[1])
    return hidden.float() * (lengths > 0)[:, None, None]
