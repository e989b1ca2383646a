"""A crowd at one server process and at several behind nginx, on this machine, by `deploy/nginx.conf` with TLS.

    python -m benchmarks.processes --people 200

People come within half a minute, each with a session and cookies of its own, and twice everybody types a new sentence
at some moment of twenty seconds; timed are the page, and the heat-maps of the sentence. Memory is what the processes
have together at the end, what they share counted once.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Iterable
from contextlib import ExitStack
from pathlib import Path

import psutil

from benchmarks.options import parser
from benchmarks.people import visitor
from benchmarks.people.acts import sentence
from benchmarks.people.visitor import Refused, Visitor
from benchmarks.proxy import UNDER, nginx, several
from benchmarks.report import Report, Table, run

_COLUMNS = {"processes": "", "what": "", "median, s": ".3f", "95 %, s": ".3f", "worst, s": ".3f", "processor, s": ".1f"}


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--people", type=int, default=200)
    found.add_argument("--processes", type=int, nargs="+", default=[1, 4])
    found.add_argument("--arrive", type=float, default=30.0, metavar="SECONDS", help="in which all come")
    found.add_argument("--type", type=float, default=20.0, metavar="SECONDS", help="in which everybody types")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Let the same crowd come to each number of processes."""
    visitor.PATIENCE = 300.0  # a crowd that is too large is to be measured, not to be refused
    table = report.table("", _COLUMNS)
    typed, memory = [], []
    for processes in chosen.processes:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            servers = stack.enter_context(several(folder, processes))
            address = stack.enter_context(nginx(folder / "nginx", list(servers))) + UNDER
            behind = [psutil.Process(number) for number in servers.values()]
            typed.append(asyncio.run(crowd(address, behind, chosen, table)))
            memory.append(sum(one.memory_full_info().pss for one in behind) / 1e6)
    told = report.table("Memory", {"processes": "", "MB": ",.0f"})
    for processes, taken in zip(chosen.processes, memory, strict=True):
        told.row(str(processes), taken)
    report.ratio(f"median of {chosen.processes[0]} / of {chosen.processes[-1]}, typed", typed[0] / typed[-1])


async def crowd(address: str, behind: list[psutil.Process], chosen: argparse.Namespace, table: Table) -> float:
    """Let people come, type and leave; return the median of the last sentences' seconds."""
    draw = random.Random(chosen.people)
    for _ in range(4 * len(behind)):  # every process has opened what it needs
        first = Visitor(address)
        await first.open()
        await first.leave()
    visitors = [Visitor(address) for _ in range(chosen.people)]

    async def measured(what: str, within: float, acts: Iterable[Awaitable[float]]) -> float:
        before, began = used(behind), time.perf_counter()
        moments = [draw.uniform(0, within) for _ in visitors]
        told = await asyncio.gather(*map(later, moments, acts), return_exceptions=True)
        taken = sorted(one for one in told if isinstance(one, float))
        lost = len(told) - len(taken)
        assert taken, told
        whole = f"{what}, all in {time.perf_counter() - began:.0f} s" + (f", {lost} refused" if lost else "")
        high = taken[min(len(taken) - 1, int(0.95 * len(taken)))]
        table.row(str(len(behind)), whole, statistics.median(taken), high, taken[-1], used(behind) - before)
        return statistics.median(taken)

    await measured("came", chosen.arrive, (one.open() for one in visitors))
    for turn in ("a first sentence", "a second one"):
        median = await measured(turn, chosen.type, (typing(one, sentence(draw)) for one in visitors))
    await asyncio.gather(*(one.leave() for one in visitors), return_exceptions=True)
    return median


async def later(moment: float, act: Awaitable[float]) -> float:
    """Do something at a moment."""
    await asyncio.sleep(moment)
    return await act


async def typing(one: Visitor, text: str) -> float:
    """Type a sentence, and return the seconds to its heat-maps."""
    if one.faults:
        raise Refused(one.faults[-1])
    await one.tell("box", "typed", text)
    return one.drawn["heatmap_without"]


def used(processes: list[psutil.Process]) -> float:
    """Return the seconds of the processor that processes have had."""
    return float(sum(sum(one.cpu_times()[:2]) for one in processes))


if __name__ == "__main__":
    run(main, arguments())
