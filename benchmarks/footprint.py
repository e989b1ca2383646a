"""What the app's start is made of, and how much memory it takes as more of it is used.

    python -m benchmarks.footprint

The imports of `app.py`, before the server listens, by the package whose own modules took the time; then the way to the
first page, and what the server holds as experiments and pages are opened. The processor's seconds count all threads,
and hold on a machine with other work better than the others do. The first start reads its files from the disk if the
system has not kept them in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

from benchmarks.options import parser
from benchmarks.people.acts import EXPERIMENTS, PAGES
from benchmarks.people.server import Footprint, served
from benchmarks.people.visitor import Visitor
from benchmarks.report import Report, run
from benchmarks.servers import ROOT

_MOST = 8  # packages
_LINE = re.compile(r"import time: +(\d+) \| +\d+ \| +([\w.]+)")


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--starts", type=int, default=3)
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Measure imports, starts, and what is held after each step."""
    taken = imports()
    whole = sum(taken.values())
    table = report.table("Imports before the server listens", {"package": "", "seconds": ".2f", "share": ".0%"})
    for package, seconds in taken.most_common(_MOST):
        table.row(package, seconds, seconds / whole)
    table.row("all", whole, 1.0)
    report.ratio("torch and streamlit / all imports", (taken["torch"] + taken["streamlit"]) / whole)

    columns = {"start": "", "it listens, s": ".2f", "its first page is whole, s": ".2f", "processor's seconds": ".1f"}
    starts = report.table("Starts", columns)
    for number in range(1, chosen.starts + 1):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            with served(Path(folder), kept=120) as (address, server):
                listens = time.perf_counter() - began
                visitor = Visitor(address)
                asyncio.run(_first(visitor))
                starts.row(number, listens, time.perf_counter() - began, Footprint.of([server]).processor_s)
                if number == chosen.starts:
                    asyncio.run(_used(address, server, report))


def imports() -> Counter[str]:
    """Return the seconds that the modules of each package take to import before the server listens."""
    command = [sys.executable, "-X", "importtime", "-c", "import app"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr
    taken: Counter[str] = Counter()
    for microseconds, module in _LINE.findall(said):
        taken[module.partition(".")[0]] += int(microseconds) / 1e6  # type: ignore[assignment]  # counts as floats
    return taken


async def _first(visitor: Visitor) -> None:
    await visitor.open()
    await visitor.leave()


async def _used(address: str, server: psutil.Process, report: Report) -> None:
    """Tell what the server holds as one visitor opens one thing after the other."""
    table = report.table("Memory", {"after": "", "MB": ",.0f", "more, MB": ",.0f", "threads": ""})
    before = 0.0

    def told(what: str) -> None:
        nonlocal before
        now = Footprint.of([server])
        table.row(what, now.memory_mb, now.memory_mb - before, now.threads)
        before = now.memory_mb

    told("the first page")
    visitor = Visitor(address)
    await visitor.open()
    for name in EXPERIMENTS[1:]:
        await visitor.choose("experiment", name)
        told(f"{name} opened too")
    await visitor.choose("experiment", EXPERIMENTS[0])
    for page in list(PAGES)[1:]:
        await visitor.visit(page)
        told(f"the page {page}")
    await visitor.leave()


if __name__ == "__main__":
    run(main, arguments())
