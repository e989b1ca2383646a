"""Adam for embedding tables of which a step touches few rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

_BETAS, _EPS = (0.9, 0.999), 1e-8  # those of `torch.optim.Adam`


class LazyAdam(torch.optim.Optimizer):
    """Moves the rows that have a gradient, and leaves the moments of all others as they are.

    The arithmetic is that of `torch.optim.SparseAdam`, without its sparse tensors for the moments: those cost more than
    the backward pass of the embedding. Tables [V, D] get sparse gradients.
    """

    def __init__(self, tables: Iterable[Tensor], lr: float = 1e-3) -> None:
        super().__init__(tables, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # there is never one
        """Take one step."""
        for group in self.param_groups:
            for table in group["params"]:
                if table.grad is not None:
                    self._move(table, group["lr"])

    def _move(self, table: Tensor, rate: float) -> None:
        state = self.state[table]
        if not state:
            state |= {"step": torch.tensor(0.0), "exp_avg": torch.zeros_like(table)}
            state["exp_avg_sq"] = torch.zeros_like(table)
        state["step"] += 1
        assert table.grad is not None
        gradient = table.grad.coalesce()
        rows, values = gradient.indices()[0], gradient.values()
        first = state["exp_avg"].index_select(0, rows).lerp_(values, 1 - _BETAS[0])
        second = state["exp_avg_sq"].index_select(0, rows).mul_(_BETAS[1]).addcmul_(values, values, value=1 - _BETAS[1])
        state["exp_avg"].index_copy_(0, rows, first)
        state["exp_avg_sq"].index_copy_(0, rows, second)
        steps = float(state["step"])
        size = rate * (1 - _BETAS[1] ** steps) ** 0.5 / (1 - _BETAS[0] ** steps)
        table.index_add_(0, rows, first.div_(second.sqrt_().add_(_EPS)), alpha=-size)
