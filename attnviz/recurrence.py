"""Both directions of a one-layer LSTM in one pass over time, for training on CPUs.

`torch.nn.LSTM` projects every token of a padded batch and walks the two directions one after the other. Here each
distinct word of a batch is projected once, the backward direction reads every sentence from its own last word (so
padding never comes before a real token), and both directions share each step's matrix product. The result is that of
`torch.nn.LSTM` on a packed sequence (Hochreiter and Schmidhuber 1997; gates as in PyTorch's documentation).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def bidirectional_lstm(lstm: nn.LSTM, rows: Tensor, places: Tensor, lengths: Tensor) -> Tensor:
    """Return hidden states [B, T, 2H] of sentences given as places [B, T] in a table of distinct rows [U, D].

    `lengths` [B] counts the real tokens; what stands behind them is undefined and must be masked.
    """
    size = lstm.hidden_size
    at = torch.arange(places.shape[1], device=places.device)
    mirror = torch.where(at < lengths[:, None], lengths[:, None] - 1 - at, at)  # [B, T], its own inverse
    both = torch.stack((places, places.gather(1, mirror))).transpose(1, 2)  # [2, T, B]

    inputs, recurrent, bias = (_two_directions(lstm, name) for name in ("weight_ih", "weight_hh", "bias_ih"))
    bias = bias + _two_directions(lstm, "bias_hh")
    projected = F.linear(rows, inputs.flatten(0, 1), bias.flatten()).float()  # [U, 2·4H]
    row = 2 * both.permute(1, 0, 2) + torch.arange(2, device=places.device)[:, None]  # of [2U, 4H]
    onward, backward = _Recurrence.apply(
        projected.view(-1, 4 * size), row.flatten(1), recurrent.transpose(1, 2).contiguous()
    ).unbind(dim=2)  # each [B, T, H]
    return torch.cat((onward, backward.gather(1, mirror[..., None].expand(-1, -1, size))), dim=2)


def _two_directions(lstm: nn.LSTM, name: str) -> Tensor:
    """Stack a parameter of both directions: [2, 4H, …], gates in PyTorch's order i, f, g, o."""
    return torch.stack([getattr(lstm, f"{name}_l0"), getattr(lstm, f"{name}_l0_reverse")])


class _Recurrence(torch.autograd.Function):
    """h_t, c_t from the projected inputs: the only part of an LSTM that must go step by step.

    Everything of a step is done while it lies in the cache; whole-sequence temporaries cost more than the arithmetic.
    """

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx: Any, projected: Tensor, row: Tensor, weight: Tensor) -> Tensor:
        """Map projected [R, 4H], row [T, 2B] into it, and weight [2, H, 4H] to hidden states [B, T, 2, H]."""
        size, width = weight.shape[1:]
        batch = row.shape[1] // 2
        hidden = cell = projected.new_zeros(2, batch, size)
        learning = any(ctx.needs_input_grad)
        ctx.steps = []
        states = []
        for at in row:
            gates = projected.index_select(0, at).view(2, batch, width).baddbmm_(hidden, weight)
            i, f, g, o = gates.split(size, dim=2)
            gates[..., : 2 * size].sigmoid_()
            g.tanh_()
            o.sigmoid_()
            before, cell = cell, torch.mul(f, cell).addcmul_(i, g)
            squashed = cell.tanh()
            if learning:
                ctx.steps.append((gates, before, squashed, hidden))
            hidden = o * squashed
            states.append(hidden)
        ctx.save_for_backward(row, weight)
        ctx.rows = len(projected)
        return torch.stack(states).permute(2, 0, 1, 3)

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, None, Tensor]:
        """Back-propagate through time: the gradients of projected and weight."""
        row, weight = ctx.saved_tensors
        size, width = weight.shape[1:]
        sigmoid_backward, tanh_backward = torch.ops.aten.sigmoid_backward, torch.ops.aten.tanh_backward
        grads = upstream[0].permute(1, 2, 0, 3)  # [T, 2, B, H]
        back = weight.transpose(1, 2).contiguous()
        d_projected = weight.new_zeros(ctx.rows, width)
        d_weight = torch.zeros_like(weight)
        d_hidden = d_cell = weight.new_zeros(2, row.shape[1] // 2, size)
        for at, grad, (gates, before, squashed, hidden) in zip(
            row.flip(0), grads.flip(0), reversed(ctx.steps), strict=True
        ):
            i, f, g, o = gates.split(size, dim=2)
            d_hidden = d_hidden + grad
            d_cell = d_cell + tanh_backward(d_hidden * o, squashed)
            step = torch.empty_like(gates)
            d_i, d_f, d_g, d_o = step.split(size, dim=2)
            torch.mul(d_cell, g, out=d_i)
            torch.mul(d_cell, before, out=d_f)
            torch.mul(d_cell, i, out=d_g)
            torch.mul(d_hidden, squashed, out=d_o)
            d_inputs = step[..., : 2 * size]
            sigmoid_backward(d_inputs, gates[..., : 2 * size], grad_input=d_inputs)
            tanh_backward(d_g, g, grad_input=d_g)
            sigmoid_backward(d_o, o, grad_input=d_o)
            d_cell = d_cell * f
            d_hidden = torch.bmm(step, back)
            d_weight.baddbmm_(hidden.transpose(1, 2), step)
            d_projected.index_add_(0, at, step.view(-1, width))
        return d_projected, None, d_weight
