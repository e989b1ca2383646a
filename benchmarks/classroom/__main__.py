"""Phones join and answer: how long they wait, what the server holds, and whether every answer counts exactly once.

    python -m benchmarks.classroom

A number of phones join within half a minute, at random moments of it, each by a page, a request and a stream of events.
Then a round is opened, all look at it, and within ten seconds of that all answer; one in ten changes the answer. Then
it is revealed. On SQLite and on PostgreSQL; without a teacher's page and with one, in Chromium.

Afterwards the server is killed (SIGKILL) amid the answers of as many phones, time and again, and PostgreSQL is stopped
for ten seconds. Last, phones send sentences from which a classifier is trained. Phones and server share the machine.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks.classroom.breaking import away, killed
from benchmarks.classroom.phones import Log
from benchmarks.classroom.scene import Place, Scene, database
from benchmarks.classroom.teaching import taught
from benchmarks.options import parser
from benchmarks.people.server import Footprint
from benchmarks.report import Report, Table, run

DATABASES = ("sqlite", "postgresql")
_TIMES = {
    "phones": "",
    "database": "",
    "teacher": "",
    "what": "",
    "how often": ",",
    "p50": ",.0f",
    "p95": ",.0f",
    "worst": ",.0f",
}
_BAR = 500  # milliseconds


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--phones", type=int, nargs="+", default=[60, 300, 600])
    found.add_argument("--join", type=float, default=30.0, help="seconds in which they join")
    found.add_argument("--answer", type=float, default=10.0, help="seconds in which they answer")
    found.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    found.add_argument("--teacher", nargs="+", choices=("no", "yes"), default=["no", "yes"], help="a page in Chromium")
    found.add_argument("--kills", type=int, default=20, help="of the server amid answers, on each database")
    found.add_argument("--away", type=float, default=10.0, help="seconds without PostgreSQL; 0: not at all")
    found.add_argument("--teach", type=int, default=30, help="phones that teach a classifier; 0: none")
    found.add_argument("--seed", type=int, default=0)
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Measure every number of phones on a server of its own, then break it."""
    draw = random.Random(chosen.seed)
    table = report.table("Milliseconds", _TIMES)
    worst: list[float] = []
    held: list[tuple[str, str, str, list[Footprint]]] = []
    with ExitStack() as stack:
        servers: dict[str, Place] = {}
        for kind in chosen.databases:
            servers[kind] = stack.enter_context(database(kind))
            for teacher in chosen.teacher:
                for count in chosen.phones:
                    with Scene(servers[kind]) as scene:
                        log, footprints = scene.lesson(count, chosen, teacher == "yes", draw)
                    worst += told(table, log, count, kind, teacher)
                    held.append((f"{count}", kind, teacher, footprints))
        tell_held(report, held)
        report.ratio(f"milliseconds: the highest p95 of joining and answering (the bar is {_BAR})", max(worst))
        count = max(chosen.phones)
        if chosen.kills:
            killed(report, servers, count, chosen, draw)
        if chosen.away and "postgresql" in servers:
            away(report, servers["postgresql"], count, chosen, draw)
        if chosen.teach:
            taught(report, next(iter(servers.values())), chosen.teach, draw)


def told(table: Table, log: Log, count: int, kind: str, teacher: str) -> list[float]:
    """Tell how long phones waited; return the 95 % of joining and of answering, in milliseconds."""
    bars = []
    for what, taken in log.items():
        ordered = sorted(1000 * second for second in taken)
        high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        table.row(f"{count}", kind, teacher, what, len(ordered), statistics.median(ordered), high, ordered[-1])
        if what in ("joining", "answering"):
            bars.append(high)
    return bars


def tell_held(report: Report, held: Sequence[tuple[str, str, str, list[Footprint]]]) -> None:
    """Tell what servers held before the phones came, when all had answered, and once they had left."""
    columns = {"phones": "", "database": "", "teacher": ""}
    when = ("before", "all have answered", "all have left")
    spent = "the processor's seconds"
    memory = report.table("The server's memory, MB", columns | dict.fromkeys(when, ",.0f") | {spent: ".1f"})
    for phones, kind, teacher, footprints in held:
        seconds = footprints[-1].processor_s - footprints[0].processor_s
        memory.row(phones, kind, teacher, *(one.memory_mb for one in footprints), seconds)
    report.say(f"Files it held open once all had left: {max(one[-1].files for *_, one in held)} at most.")


if __name__ == "__main__":
    run(main, arguments())
