"""Several processes that train one experiment: `torchrun --nproc-per-node=2 -m attnviz train …`.

Every rank draws the same batches from the seed and reads its share of the rows of each; the gradients are added up, so
a step is the one that a single process would take, whatever the number of ranks, and what a run learns does not hang on
it but for the dropout masks. This is done here in two collectives a step and not by DistributedDataParallel, which adds
up while going backward: what is clipped must be the whole gradient, the embedding's is sparse (NCCL adds up no sparse
tensors at all), and a variant has two optimisers. Sparse ones are gathered, indices and values, and coalesced, which
gloo and NCCL can both do.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

from attnviz.data.steps import told
from attnviz.errors import AttnvizError

_LONGEST_WAIT = timedelta(minutes=30)  # for another rank: one that hangs is lost too
Step = TypeVar("Step")
Result = TypeVar("Result")


_SAID = AttnvizError(
    "This run has lost one of its processes, or was ended from outside. "
    "The same command with --resume goes on after the last finished epoch."
)


class LostRank(AttnvizError):
    """Another process of the run is gone, or this one is told to end because of it."""

    def __init__(self) -> None:
        super().__init__(_SAID.template)


@dataclass(frozen=True)
class Ranks:
    """The processes of a run, and which of them this is; by default the only one."""

    rank: int = 0
    size: int = 1
    device: str = "cpu"  # what collectives take their tensors from

    @property
    def first(self) -> bool:
        """Whether this is the rank that writes and prints."""
        return self.rank == 0

    def share(self, rows: np.ndarray) -> np.ndarray:
        """Return every `size`-th row, from a place of one's own: of a sorted batch, all ranks get like lengths."""
        return rows[self.rank :: self.size]

    def add(self, value: float) -> float:
        """Return the sum of all ranks' values."""
        if self.size == 1:
            return value
        total = torch.tensor(value, dtype=torch.float64, device=self.device)
        with _lost():
            dist.all_reduce(total)
        return float(total)

    def agree(self, decide: Callable[[], bool]) -> bool:
        """Return what the first rank decides; the others are not asked."""
        if self.size == 1:
            return decide()
        decided = torch.tensor(int(self.first and decide()), device=self.device)
        with _lost():
            dist.broadcast(decided, src=0)
        return bool(decided)

    def wait(self) -> None:
        """Wait until all ranks are here."""
        self.add(0.0)

    def in_turn(self, make: Callable[[], Generator[Step, None, Result]]) -> Generator[Step, None, Result]:
        """Let the first rank run a generator to its end, then the others one of their own, which finds its files.

        The others hear of every step of the first, so they may wait longer than for anything else.
        """
        if self.size == 1:
            return (yield from make())
        if self.first:

            def tell(step: Step) -> Step:
                self.agree(lambda: True)
                return step

            result = yield from told(make(), tell)
            self.agree(lambda: False)
            return result
        while self.agree(lambda: False):
            pass
        return (yield from make())

    def add_gradients(self, dense: Sequence[Tensor], rows: Tensor, loss: Tensor) -> Tensor:
        """Add up, in place, the gradients of dense parameters and of an embedding's rows; return the sum of losses.

        A parameter without a gradient counts as one of zeros: a rank may have no row of a small batch.
        """
        if self.size == 1:
            return loss
        gradients = [torch.zeros_like(one) if one.grad is None else one.grad for one in dense]
        flat = torch.cat([*(one.flatten() for one in gradients), loss.reshape(1)])
        with _lost():
            dist.all_reduce(flat)
        parts = flat.split([*(one.numel() for one in gradients), 1])
        for parameter, total in zip(dense, parts, strict=False):
            parameter.grad = total.view_as(parameter)
        if rows.requires_grad:
            rows.grad = self._add_rows(rows)
        summed: Tensor = parts[-1][0]
        return summed

    def _add_rows(self, rows: Tensor) -> Tensor:
        """Return the sum of all ranks' sparse gradients of a table [V, D]."""
        if rows.grad is None:
            indices, values = rows.new_zeros(0, dtype=torch.long), rows.new_zeros(0, rows.shape[1])
        else:
            own = rows.grad.coalesce()
            indices, values = own.indices()[0], own.values()
        count = torch.tensor([len(indices)], device=rows.device)
        counts = [torch.zeros_like(count) for _ in range(self.size)]
        with _lost():
            dist.all_gather(counts, count)
            longest = max(int(one) for one in counts)
            padded = torch.zeros(longest, dtype=torch.long, device=rows.device)
            padded[: len(indices)] = indices
            padded_values = values.new_zeros(longest, values.shape[1])
            padded_values[: len(values)] = values
            all_indices = [torch.empty_like(padded) for _ in range(self.size)]
            all_values = [torch.empty_like(padded_values) for _ in range(self.size)]
            dist.all_gather(all_indices, padded)
            dist.all_gather(all_values, padded_values)
        found = torch.cat([one[: int(n)] for one, n in zip(all_indices, counts, strict=True)])
        summed = torch.cat([one[: int(n)] for one, n in zip(all_values, counts, strict=True)])
        return torch.sparse_coo_tensor(found[None], summed, rows.shape, check_invariants=False).coalesce()


ALONE = Ranks()


@contextmanager
def joined() -> Iterator[Ranks]:
    """Join the other processes that torchrun started, if it did; raises `LostRank` once one of them is gone."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    device = "cpu"
    if torch.cuda.is_available():
        place, cards = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if place >= cards:
            raise AttnvizError(
                "{size} processes on this machine need a GPU each, and it has {cards}: start fewer, or hide the GPUs "
                "(CUDA_VISIBLE_DEVICES=) to train on its processors.",
                size=os.environ["LOCAL_WORLD_SIZE"],
                cards=cards,
            )
        torch.cuda.set_device(place)
        device = f"cuda:{place}"

    def ended(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise LostRank

    before = signal.signal(signal.SIGTERM, ended)  # torchrun ends what is left of a run so
    try:
        with _lost():
            dist.init_process_group("gloo" if device == "cpu" else "nccl", timeout=_LONGEST_WAIT)
        yield Ranks(dist.get_rank(), size, device)
    except LostRank:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # long enough to say so; there is no group left to take leave of
        raise
    except BaseException:
        signal.signal(signal.SIGTERM, before)
        raise
    else:
        signal.signal(signal.SIGTERM, before)
        dist.destroy_process_group()


@contextmanager
def _lost() -> Iterator[None]:
    """Say of a collective that fails what it means."""
    try:
        yield
    except RuntimeError as error:
        raise LostRank from error
