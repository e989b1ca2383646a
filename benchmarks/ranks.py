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
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from attnviz.model.experiment import load


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", metavar="TRAIN", help="a data set's name, or a file")
    parser.add_argument("--vectors", required=True, metavar="EXPERIMENT", help="whose vectors to start from")
    parser.add_argument("--ranks", type=int, default=2, help="compare one process with that many")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", action="store_true", help="compare one process on every core, too")
    chosen = parser.parse_args()

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
            print(f"seed {seed}, {way}: {statistics.median(epochs):.1f} s, {accuracy:.1%}", file=sys.stderr, flush=True)
    print(
        "| training | seconds an epoch | times as fast | processor seconds | fine-tuned, accuracy from seed to seed |"
    )
    print("| --- | --- | --- | --- | --- |")
    first = statistics.median(next(iter(seconds.values())))
    for way in ways:
        middle = statistics.median(seconds[way])
        spread = f"{min(reached[way]):.1%} to {max(reached[way]):.1%}"
        print(f"| {way} | {middle:.1f} | {first / middle:.2f} | {statistics.median(worked[way]):.0f} | {spread} |")


def processor_seconds() -> float:
    """Return what the processes that have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
    main()
