"""Training in one process and in several: seconds an epoch and accuracy, in one run.

    python -m benchmarks.ranks movie-reviews --vectors reviews-en

Each number of processes trains from every seed, in turn, so that a busy machine slows all of them. One process is
measured on one thread, like each of several; with `--threads` also on as many threads as the machine has cores, which
is the other way to use them. An epoch's time is that of its steps and of measuring it, without reading the rows.
Processor seconds are of the whole run and all its processes, start and reading included: what the time is paid with.

On 4,000 short reviews and 2 cores that were shared with much other work (`--epochs 4 --seeds 2`):

| training | seconds an epoch | times as fast | processor seconds | fine-tuned, accuracy from seed to seed |
| --- | --- | --- | --- | --- |
| 1 process, 1 thread | 17.5 | 1.00 | 22 | 73.5% to 74.9% |
| 2 processes, 1 thread each | 8.4 | 2.09 | 32 | 74.0% to 74.2% |

It shows that two reach what one reaches, and what it costs: 10 processor seconds more in all, most of it the second
start. It cannot show the gain: where many processes wait for two cores, two of them are given twice the time of one,
so 2.09 says little (an idle machine of two cores cannot give more than 2), and nothing about more cores or a network.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from attnviz.model.experiment import load
from benchmarks.options import parser
from benchmarks.report import Report, Spread, processor_seconds, run


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("rows", metavar="DATA", help="a data set's name, or a file")
    found.add_argument("--vectors", required=True, metavar="EXPERIMENT", help="whose vectors to start from")
    found.add_argument("--ranks", type=int, default=2, help="compare one process with that many")
    found.add_argument("--epochs", type=int, default=4)
    found.add_argument("--seeds", type=int, default=3)
    found.add_argument("--threads", action="store_true", help="compare one process on every core, too")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Train every way from every seed, and compare."""
    ways = {
        "1 process, 1 thread": (1, 1),
        f"{chosen.ranks} processes, 1 thread each": (chosen.ranks, 1),
    }
    if chosen.threads:
        ways[f"1 process, {os.cpu_count()} threads"] = 1, os.cpu_count() or 1
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    reached: dict[str, list[float]] = {way: [] for way in ways}
    worked: dict[str, list[float]] = {way: [] for way in ways}
    for seed in range(chosen.seeds):
        for way, (ranks, threads) in ways.items():
            before = processor_seconds()
            epochs, accuracy = trained(chosen, ranks, threads, seed)
            worked[way].append(processor_seconds() - before)
            seconds[way] += epochs
            reached[way].append(accuracy)
            report.say(f"seed {seed}, {way}: {statistics.median(epochs):.1f} s, {accuracy:.1%}")
    figures = {"seconds an epoch": ".1f", "times as fast": ".2f", "processor seconds": ".0f"}
    table = report.table("", {"training": ""} | figures | {"fine-tuned, accuracy (seeds)": ".1%"})
    medians = {way: statistics.median(taken) for way, taken in seconds.items()}
    first, second, *_ = medians.values()
    for way, middle in medians.items():
        table.row(way, middle, first / middle, statistics.median(worked[way]), Spread.of(reached[way]))
    report.ratio(f"{chosen.ranks} processes, times as fast", first / second)


def trained(chosen: argparse.Namespace, ranks: int, threads: int, seed: int) -> tuple[list[float], float]:
    """Train an experiment that is thrown away; return the seconds of each epoch and the test rows' accuracy."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={ranks}"),
            *("-m", "attnviz", "train", chosen.rows, "--name", "ranks", "--out", folder, "--events"),
            *("--vectors", chosen.vectors, "--variants", "frozen,fine-tuned"),
            *("--epochs", str(chosen.epochs), "--seed", str(seed)),
        ]
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        ends = [event["at"] for event in events if event.get("accuracy")]
        accuracy = load(Path(folder, "ranks")).figures["fine-tuned"]["all"].accuracy
    return [end - begin for begin, end in itertools.pairwise(ends)], accuracy


if __name__ == "__main__":
    run(main, arguments())
