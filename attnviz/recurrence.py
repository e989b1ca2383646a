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

_ROWS_AT_A_TIME = 256


def bidirectional_lstm(lstm: nn.LSTM, rows: Tensor, places: Tensor, lengths: Tensor) -> Tensor:
    """Return hidden states [B, T, 2H] of sentences given as places [B, T] in a table of distinct rows [U, D].

    `lengths` [B] counts the real tokens; the states behind them are 0.
    """
    size, (batch, steps) = lstm.hidden_size, places.shape
    at = torch.arange(steps, device=places.device)
    real = at < lengths[:, None]
    mirror = torch.where(real, lengths[:, None] - 1 - at, at)  # [B, T], its own inverse
    when = torch.stack((at.expand_as(mirror), mirror), dim=2)  # [B, T, 2] the step in which a direction reads a token
    direction = torch.arange(2, device=places.device)
    sentence = torch.arange(batch, device=places.device)[:, None, None]
    read = (2 * (when + 1) + direction) * batch + sentence  # of [(T+1)·2·B] states; the first one is 0
    given = (sentence * steps + when) * 2 + direction  # of [B·T·2] gradients

    inputs, recurrent, bias = (_two_directions(lstm, name) for name in ("weight_ih", "weight_hh", "bias_ih"))
    bias = bias + _two_directions(lstm, "bias_hh")
    if torch.is_autocast_enabled("cpu"):  # every new shape of a bfloat16 product costs milliseconds: make them few
        rows = F.pad(rows, (0, 0, 0, -len(rows) % _ROWS_AT_A_TIME))
    projected = F.linear(rows, inputs.flatten(0, 1), bias.flatten())  # [U, 2·4H], bfloat16 under autocast
    both = torch.stack((places, places.gather(1, mirror)), dim=2)  # [B, T, 2] what a direction reads in a step
    table = projected.view(-1, 4 * size)
    row = (2 * both + direction).permute(1, 2, 0).flatten(1)
    weight = recurrent.transpose(1, 2).contiguous()
    read = (read * real[..., None]).flatten()
    if table.dtype == torch.float32 and not (table.requires_grad or weight.requires_grad):
        return _walked(table, row, weight).index_select(0, read).view(batch, steps, 2 * size)
    hidden: Tensor = _Recurrence.apply(
        table,
        row,
        weight,
        read,
        given.permute(1, 2, 0).flatten(),
        real.t()[:, None, :, None],
    )
    return hidden.view(batch, steps, 2 * size)


def _two_directions(lstm: nn.LSTM, name: str) -> Tensor:
    """Stack a parameter of both directions: [2, 4H, …], gates in PyTorch's order i, f, g, o."""
    return torch.stack([getattr(lstm, f"{name}_l0"), getattr(lstm, f"{name}_l0_reverse")])


def _walked(projected: Tensor, row: Tensor, weight: Tensor) -> Tensor:
    """Do what `_Recurrence.forward` does where nothing is learnt, in memory that every step uses again.

    Returns the states before each step and after the last, [(T + 1)·2·B, H].
    """
    size, width = weight.shape[1:]
    steps, batch = len(row), row.shape[1] // 2
    states = weight.new_empty(steps + 1, 2, batch, size)
    states[0] = 0
    gates, cell = weight.new_empty(2, batch, width), weight.new_zeros(2, batch, size)
    squashed, flat = torch.empty_like(cell), gates.view(2 * batch, width)
    i, f, g, o = gates.split(size, dim=2)
    first = gates[..., : 2 * size]
    before = states.unbind(0)
    for step, at in enumerate(row.unbind(0)):
        torch.index_select(projected, 0, at, out=flat)
        gates.baddbmm_(before[step], weight)
        first.sigmoid_()
        g.tanh_()
        o.sigmoid_()
        cell.mul_(f).addcmul_(i, g)
        torch.mul(o, torch.tanh(cell, out=squashed), out=before[step + 1])
    return states.view(-1, size)


class _Recurrence(torch.autograd.Function):
    """h_t, c_t from the projected inputs: the only part of an LSTM that must go step by step.

    Everything of a step is done while it lies in the cache; whole-sequence temporaries cost more than the arithmetic.
    Matrices are multiplied in the type of `projected`; gates and states are float32 in any case.
    """

    @staticmethod
    def forward(
        ctx: Any, projected: Tensor, row: Tensor, weight: Tensor, read: Tensor, given: Tensor, real: Tensor
    ) -> Tensor:
        """Map projected [R, 4H], row [T, 2B] into it, and weight [2, H, 4H] to hidden states [B·T·2, H].

        `read` [B·T·2] and `given` [T·2·B] lead from a token to its state and back, `real` [T, 1, B, 1] masks gradients.
        """
        size, width = weight.shape[1:]
        steps, batch = len(row), row.shape[1] // 2
        weight = weight.to(projected.dtype)
        states = weight.new_empty(steps + 1, 2, batch, size, dtype=torch.float32)  # before each step, and the last
        states[0] = 0
        operands = states.to(projected.dtype)  # what the matrix products read of them: the same where that is float32
        cell = states[0]
        learning = any(ctx.needs_input_grad)
        ctx.steps = []
        for step, at in enumerate(row):
            gates = projected.index_select(0, at).view(2, batch, width).baddbmm_(operands[step], weight).float()
            i, f, g, o = gates.split(size, dim=2)
            gates[..., : 2 * size].sigmoid_()
            g.tanh_()
            o.sigmoid_()
            before, cell = cell, torch.mul(f, cell).addcmul_(i, g)
            squashed = cell.tanh()
            if learning:
                ctx.steps.append((gates, before, squashed))
            operands[step + 1] = torch.mul(o, squashed, out=states[step + 1])
        ctx.save_for_backward(row, weight, operands, given, real)
        ctx.rows = len(projected)
        return states.view(-1, size).index_select(0, read)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        """Back-propagate through time: the gradients of projected and weight."""
        row, weight, operands, given, real = ctx.saved_tensors
        size, width = weight.shape[1:]
        steps, _, batch, _ = real.shape
        sigmoid_backward, tanh_backward = torch.ops.aten.sigmoid_backward, torch.ops.aten.tanh_backward
        grads = upstream[0].reshape(-1, size).index_select(0, given).view(steps, 2, batch, size).mul_(real)
        back = weight.transpose(1, 2).contiguous()
        d_projected = weight.new_zeros(ctx.rows, width, dtype=torch.float32)
        d_gates = weight.new_empty(steps, 2, batch, width)
        d_hidden = d_cell = torch.zeros_like(grads[0])
        slopes = weight.new_empty(2, batch, 4, size, dtype=torch.float32)  # of a step's gates, before they are weighed
        d = torch.empty_like(slopes)
        for step in reversed(range(steps)):
            gates, before, squashed = ctx.steps[step]
            i, f, g, o = gates.view(2, batch, 4, size).unbind(dim=2)
            into_i, into_f, into_g, into_o = slopes.unbind(dim=2)
            sigmoid_backward(g, i, grad_input=into_i)
            sigmoid_backward(before, f, grad_input=into_f)
            tanh_backward(i, g, grad_input=into_g)
            sigmoid_backward(squashed, o, grad_input=into_o)
            d_hidden = d_hidden + grads[step]
            d_cell = d_cell.addcmul(d_hidden, tanh_backward(o, squashed))
            torch.mul(slopes[:, :, :3], d_cell[:, :, None], out=d[:, :, :3])
            torch.mul(into_o, d_hidden, out=d[:, :, 3])
            d_cell = d_cell * f
            d_projected.index_add_(0, row[step], d.view(-1, width))
            d_hidden = torch.bmm(d_gates[step].copy_(d.flatten(2)), back).float()
        before, after = (whole.transpose(0, 1).flatten(1, 2) for whole in (operands[:-1], d_gates))  # [2, T·B, …]
        d_weight = torch.bmm(before.transpose(1, 2), after).float()
        return d_projected, None, d_weight, None, None, None
