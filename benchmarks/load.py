"""A class on one server: everybody opens it at once, types at once, walks about for a while, and leaves.

    python -m benchmarks.load

People are sessions in Streamlit's own protocol, each with cookies of its own; beside them `--browsers` pages in
Chromium type, timed in the browser. They walk through all pages for ten minutes beside a training run. “At once”
is from the first one's start to the last one's answer: the heat-maps of a new sentence, then all that is below them.

What the server holds is told before the first has come, after a minute, at the end, and once all have left. With
`--at ADDRESS` it is one that is there, behind a proxy and under a path as may be; with `--pid` its processes are
looked at, the master of several and what it started.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path

import psutil

from benchmarks.options import parser
from benchmarks.people.acts import Log, sentence, walk
from benchmarks.people.browsers import browsing
from benchmarks.people.server import Footprint, served
from benchmarks.people.training import begun
from benchmarks.people.visitor import Visitor
from benchmarks.report import Report, run

_BURSTS = 3


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--people", type=int, nargs="+", default=[30, 60])
    found.add_argument("--seconds", type=float, default=600, help="of walking about")
    found.add_argument("--pause", type=float, default=5.0, help="seconds between two acts of a person, in the mean")
    found.add_argument("--kept", type=int, default=120, help="seconds for which the server keeps who has left")
    found.add_argument("--swept", type=int, default=40, help="seconds after that in which it is to let go of all")
    found.add_argument("--browsers", type=int, default=2, help="so many pages in Chromium among the people")
    found.add_argument("--no-training", action="store_true", help="no run meanwhile")
    found.add_argument("--at", metavar="ADDRESS", help="a server that is there; nobody trains on it")
    found.add_argument("--pid", type=int, nargs="*", default=[], help="its processes, if they are on this machine")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Measure each number of people on a server of its own."""
    for people in chosen.people:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            address, processes = chosen.at, [psutil.Process(pid) for pid in chosen.pid]
            if not address:
                address, server = stack.enter_context(served(folder, chosen.kept))
                processes = [server]
            asyncio.run(measured(report, address, processes, people, chosen, folder))


async def measured(
    report: Report,
    address: str,
    processes: list[psutil.Process],
    people: int,
    chosen: argparse.Namespace,
    folder: Path,
) -> None:
    """Let people come, type at once, walk about and leave."""
    table = report.table(f"{people} people, seconds", {"what": "", "median": ".2f", "the last": ".2f"})
    first = Visitor(address)
    taken = await first.open()
    await first.leave()
    table.row("the first one's page", taken, taken)
    held = {"before": Footprint.of(processes)} if processes else {}

    visitors = [Visitor(address) for _ in range(people)]
    opened = await asyncio.gather(*(visitor.open() for visitor in visitors))
    table.row("all open it at once", statistics.median(opened), max(opened))
    bursts = [await burst(visitors) for _ in range(_BURSTS)]
    for heatmaps, whole in bursts:
        table.row("all type a new sentence at once: the heat-maps", statistics.median(heatmaps), max(heatmaps))
        table.row("… and all that is below", statistics.median(whole), max(whole))

    log, training = Log(), nullcontext() if chosen.at or chosen.no_training else begun(folder / "models")
    with training:
        until = time.perf_counter() + chosen.seconds
        walks = [walk(visitor, random.Random(at), log, until, chosen.pause) for at, visitor in enumerate(visitors)]
        minute = asyncio.ensure_future(after(min(60.0, chosen.seconds / 2), processes))
        in_chromium = asyncio.to_thread(browsing, address, chosen.browsers, chosen.seconds)
        in_chromium_s = (await asyncio.gather(in_chromium, *walks))[0] or []
        held |= {"after a minute": await minute, "at the end": Footprint.of(processes)} if processes else {}
    await asyncio.gather(*(visitor.leave() for visitor in visitors))
    tell_acts(report, people, log, in_chromium_s)
    if processes:
        held["all have left"] = await empty(processes, held["before"], chosen.kept + chosen.swept)
        tell_held(report, people, held)
    last = min(max(heatmaps) for heatmaps, _whole in bursts)
    report.ratio(f"heat-maps of {people} at once, seconds a person", last / people)


async def burst(visitors: Sequence[Visitor]) -> tuple[list[float], list[float]]:
    """Let everybody hand a new sentence over in the same moment; return the seconds to heat-maps, and to all."""
    await asyncio.sleep(1)
    draw = random.Random()  # what another burst has typed would be there already
    whole = await asyncio.gather(*(visitor.tell("box", "typed", sentence(draw)) for visitor in visitors))
    return [visitor.drawn["heatmap_without"] for visitor in visitors], whole


async def after(seconds: float, processes: list[psutil.Process]) -> Footprint:
    """Look at the server after some seconds."""
    await asyncio.sleep(seconds)
    return Footprint.of(processes)


async def empty(processes: list[psutil.Process], before: Footprint, patience: float) -> Footprint:
    """Wait until the server holds no more files and threads than before, or until patience has an end."""
    until = time.perf_counter() + patience
    while True:
        await asyncio.sleep(1)
        now = Footprint.of(processes)
        if (now.files <= before.files and now.threads <= before.threads) or time.perf_counter() > until:
            return now


def tell_acts(report: Report, people: int, log: Log, in_chromium: Sequence[float]) -> None:
    """Tell how long each kind of act took, and what went wrong."""
    columns = {"what": "", "how often": "", "median": ".2f", "95 %": ".2f", "longest": ".2f"}
    table = report.table(f"{people} people walking about, seconds", columns)
    told = {**dict(sorted(log.taken.items())), "a new sentence, in Chromium": in_chromium}
    for what, taken in told.items():
        if taken:
            ordered = sorted(taken)
            high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
            table.row(what, len(ordered), statistics.median(ordered), high, ordered[-1])
    report.say(f"{len(log.errors)} errors." if log.errors else "No error.")
    for error in log.errors[:10]:
        report.say(error)


def tell_held(report: Report, people: int, held: dict[str, Footprint]) -> None:
    """Tell what the server held when."""
    columns = {"the server": "", "memory, MB": ",.0f", "open files": "", "threads": "", "processor's seconds": ".1f"}
    table = report.table(f"{people} people's server", columns)
    for when, one in held.items():
        table.row(when, one.memory_mb, one.files, one.threads, one.processor_s)
    report.ratio("memory at the end / after a minute", held["at the end"].memory_mb / held["after a minute"].memory_mb)


if __name__ == "__main__":
    run(main, arguments())
