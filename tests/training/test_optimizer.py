from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from attnviz.training.optimizer import LazyAdam


def moved(make: type[torch.optim.Optimizer], rates: list[float]) -> tuple[torch.Tensor, torch.optim.Optimizer]:
    """Return a table after steps on rows 1 to 3 of five, row 1 twice in each."""
    table = nn.Parameter(torch.linspace(-1, 1, 15).view(5, 3).clone())
    optimizer = make([table], lr=1e-3)  # type: ignore[call-arg]
    for step, rate in enumerate(rates):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        ids = torch.tensor([1, 2 + step % 2, 1])
        (F.embedding(ids, table, sparse=True) ** 3).sum().backward()
        optimizer.step()
    return table.detach(), optimizer


@pytest.mark.parametrize("rates", [[0.01], [0.01, 0.02, 0.005, 0.0, 0.03]])
def test_it_moves_rows_as_sparse_adam_does(rates: list[float]) -> None:
    ours, theirs = moved(LazyAdam, rates)[0], moved(torch.optim.SparseAdam, rates)[0]
    torch.testing.assert_close(ours, theirs, atol=1e-7, rtol=1e-6)
    start = torch.linspace(-1, 1, 15).view(5, 3)
    assert torch.equal(ours[[0, 4]], start[[0, 4]]) and not torch.equal(ours[1], start[1])


def test_it_goes_on_from_its_state() -> None:
    whole, _ = moved(LazyAdam, [0.01, 0.01])
    half, before = moved(LazyAdam, [0.01])
    table = nn.Parameter(half.clone())
    after = LazyAdam([table])
    after.load_state_dict(before.state_dict())
    (F.embedding(torch.tensor([1, 3, 1]), table, sparse=True) ** 3).sum().backward()
    after.step()
    assert torch.equal(table.detach(), whole)


def test_a_table_without_a_gradient_stays() -> None:
    table = nn.Parameter(torch.ones(2, 2))
    LazyAdam([table]).step()
    assert torch.equal(table.detach(), torch.ones(2, 2))
