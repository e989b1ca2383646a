"""A class on one server: everybody opens it at once, types at once, walks about, and leaves.

    python -m benchmarks.load [--people 30 60] [--full] [--out FILE]
    python -m benchmarks.load --at https://localhost:8443/attnviz --people 200

People are sessions in Streamlit's own protocol with cookies of their own; with `--browsers` some of them are Chromium
beside them, whose sentences are timed in the browser. The quick form walks 15 seconds, the full one 10 minutes with a
training run meanwhile. “At once” is from the first one's start to the last one's answer: heat-maps, then the whole of
it. What a server holds is told before the first has come, after a minute, at the end, and once all have left.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from benchmarks.load.browsers import browsing
from benchmarks.load.people import Log, sentence, walk
from benchmarks.load.server import Footprint, served
from benchmarks.load.tables import spread, table
from benchmarks.load.training import begun
from benchmarks.load.visitor import Visitor

_BURSTS = 3
_QUICK, _FULL = 15.0, 600.0  # seconds of walking about
_KEPT_QUICK, _KEPT = 3, 120  # seconds for which the server keeps a session that is left
_SWEPT = 40.0  # seconds more in which it lets go of it


def main() -> None:
    """Print the tables for every number of people."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[30, 60])
    parser.add_argument("--full", action="store_true", help="ten minutes each, with a training run")
    parser.add_argument("--seconds", type=float, help="of walking about, in place of 15 or 600")
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between two acts of a person, in the mean")
    parser.add_argument("--browsers", type=int, default=0, help="so many pages in Chromium beside the people")
    parser.add_argument("--at", metavar="ADDRESS", help="a server that is there, a proxy's path and all")
    parser.add_argument("--pid", type=int, nargs="*", default=[], help="its processes, if they are on this machine")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    chosen = parser.parse_args()
    found = []
    for people in chosen.people:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            address, processes = chosen.at, [psutil.Process(pid) for pid in chosen.pid]
            if not address:
                kept = _KEPT if chosen.full else _KEPT_QUICK
                address, process = stack.enter_context(served(folder, kept, folder / "log"))
                processes = [process]
            figures = asyncio.run(measured(address, processes, people, chosen, folder))
        print("\n".join(table(figures)), flush=True)
        found.append(figures)
        if chosen.out:
            chosen.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


async def measured(
    address: str, processes: list[psutil.Process], people: int, chosen: argparse.Namespace, folder: Path
) -> dict[str, Any]:
    """Let people come, type at once, walk about and leave."""
    draw, log = random.Random(0), Log()
    first = Visitor(address)
    before_first = time.perf_counter()
    await first.open()
    figures: dict[str, Any] = {"people": people, "first_run_s": round(time.perf_counter() - before_first, 2)}
    await first.leave()
    held = {"start": Footprint.of(processes)} if processes else {}

    visitors = [Visitor(address) for _ in range(people)]
    began = time.perf_counter()
    opened = await asyncio.gather(*(visitor.open() for visitor in visitors))
    figures["opened_at_once_s"] = round(time.perf_counter() - began, 2)
    figures["opened_median_s"] = round(statistics.median(opened), 2)
    figures["typed_at_once"] = [await burst(visitors, draw) for _ in range(_BURSTS)]

    seconds = chosen.seconds or (_FULL if chosen.full else _QUICK)
    with begun(folder / "models") if chosen.full and not chosen.at else ExitStack():
        until = time.perf_counter() + seconds
        walks = [walk(visitor, random.Random(at), log, until, chosen.pause) for at, visitor in enumerate(visitors)]
        minute = asyncio.ensure_future(after(min(60.0, seconds / 2), processes))
        in_chromium = asyncio.to_thread(browsing, address, chosen.browsers, seconds)
        *_walked, figures["chromium_s"] = await asyncio.gather(*walks, in_chromium)
        held |= {"a minute": await minute, "end": Footprint.of(processes)} if processes else {}
    await asyncio.gather(*(visitor.leave() for visitor in visitors))
    if processes:
        held["left"] = await empty(processes, held["start"], (_KEPT if chosen.full else _KEPT_QUICK) + _SWEPT)
    figures["acts"] = {what: spread(taken) for what, taken in sorted(log.taken.items())}
    figures["errors"] = log.errors
    figures["held"] = {when: asdict(one) for when, one in held.items()}
    return figures


async def burst(visitors: Sequence[Visitor], draw: random.Random) -> dict[str, float]:
    """Let everybody hand a new sentence over in the same moment."""
    await asyncio.sleep(1)
    began = time.perf_counter()
    whole = await asyncio.gather(*(visitor.tell("box", "typed", sentence(draw)) for visitor in visitors))
    heatmaps = [visitor.drawn["heatmap_without"] for visitor in visitors]
    told = {"heatmaps_s": max(heatmaps), "median_s": statistics.median(heatmaps), "whole_s": max(whole)}
    return {name: round(value, 2) for name, value in told.items()} | {"all_s": round(time.perf_counter() - began, 2)}


async def after(seconds: float, processes: list[psutil.Process]) -> Footprint:
    """Look at the server after some seconds."""
    await asyncio.sleep(seconds)
    return Footprint.of(processes)


async def empty(processes: list[psutil.Process], start: Footprint, patience: float) -> Footprint:
    """Wait until the server holds no more files and threads than at the start, or until patience has an end."""
    until = time.perf_counter() + patience
    while True:
        await asyncio.sleep(1)
        now = Footprint.of(processes)
        if (now.files <= start.files and now.threads <= start.threads) or time.perf_counter() > until:
            return now


if __name__ == "__main__":
    main()
