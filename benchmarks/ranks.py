"""Training in one process and in several: seconds an epoch and accuracy, in one run.

    python -m benchmarks.ranks movie-reviews --vectors reviews-en

Each number of processes trains from every seed, in turn, so that a busy machine slows all of them. One process is
measured on one thread, like each of several, and also on as many threads as the machine has cores, which is the other
way to use them. An epoch's time is that of its steps and of measuring it; reading the rows is outside of it.
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

from attnviz.experiment import load


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", metavar="TRAIN", help="a data set's name, or a file")
    parser.add_argument("--vectors", required=True, metavar="EXPERIMENT", help="whose vectors to start from")
    parser.add_argument("--ranks", type=int, default=2, help="compare one process with that many")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()

    ways = {
        "1 process, 1 thread": (1, 1),
        f"{chosen.ranks} processes, 1 thread each": (chosen.ranks, 1),
        f"1 process, {os.cpu_count()} threads": (1, os.cpu_count() or 1),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    reached: dict[str, list[float]] = {way: [] for way in ways}
    for seed in range(chosen.seeds):
        for way, (ranks, threads) in ways.items():
            epochs, accuracy = trained(chosen, ranks, threads, seed)
            seconds[way] += epochs
            reached[way].append(accuracy)
            print(f"seed {seed}, {way}: {statistics.median(epochs):.1f} s, {accuracy:.1%}", file=sys.stderr, flush=True)
    print("| training | seconds an epoch | times as fast | fine-tuned, accuracy from seed to seed |")
    print("| --- | --- | --- | --- |")
    first = statistics.median(next(iter(seconds.values())))
    for way in ways:
        middle = statistics.median(seconds[way])
        spread = f"{min(reached[way]):.1%} to {max(reached[way]):.1%}"
        print(f"| {way} | {middle:.1f} | {first / middle:.2f} | {spread} |")


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
