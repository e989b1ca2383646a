"""How much memory training takes as the file grows: read at once, and row group by row group.

    python -m benchmarks.streaming
    python -m benchmarks.streaming --longest 1000000

Rows of 40 words are made up, for a small classifier and one epoch; a run is a process of its own, and its peak is what
the system counts. Seconds are the processor's.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_GROUP, _WORDS = 5_000, 40  # rows of a row group, words of a row
_SMALL = (
    *("--name", "made-up", "--variants", "frozen", "--epochs", "1", "--hidden-dim", "8", "--embedding-dim", "8"),
    *("--vector-epochs", "1", "--overwrite"),
)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--longest", type=int, default=300_000, help="rows of the longest file")
    parser.add_argument("--run", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.run:
        print(*run(chosen.run))
        return
    print("| rows | file | reading it at once | seconds | with --stream | seconds |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for count in (chosen.longest // 10, chosen.longest):
            path = Path(folder, f"{count}.parquet")
            write(path, count)
            cells = []
            for options in ((), ("--stream",)):
                command = ("train", str(path), "--out", folder, *_SMALL, *options)
                whole = (sys.executable, "-m", "benchmarks.streaming", "--run", *command)
                last = subprocess.run(whole, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
                megabytes, seconds = last.split()
                cells += [f"{megabytes} MB", seconds]
            print(f"| {count:,} | {path.stat().st_size // 1_000_000} MB | {' | '.join(cells)} |", flush=True)


def run(command: list[str]) -> tuple[int, int]:
    """Train in this process; return its peak memory in megabytes and its processor's seconds."""
    from attnviz.cli import main

    assert main(command) == 0
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_maxrss // 1024, round(used.ru_utime + used.ru_stime)


def write(path: Path, count: int) -> None:
    """Write so many rows of made-up words in two classes."""
    random = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(20_000)])

    def groups() -> Iterator[pa.Table]:
        for start in range(0, count, _GROUP):
            size = min(_GROUP, count - start)
            drawn = words[(random.pareto(1.0, (size, _WORDS)) * 20).astype(int) % len(words)]
            labels = random.integers(0, 2, size)
            texts = [" ".join((*row, ("dull", "lovely")[label])) for row, label in zip(drawn, labels, strict=True)]
            yield pa.table({"text": texts, "label": labels.astype(str)})

    with pq.ParquetWriter(path, pa.schema({"text": pa.string(), "label": pa.string()})) as writer:
        for table in groups():
            writer.write_table(table)


if __name__ == "__main__":
    main()
