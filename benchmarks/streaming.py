"""How much memory training takes as the file grows: read at once, and row group by row group.

    python -m benchmarks.streaming
    python -m benchmarks.streaming --rows 100000 1000000

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

from benchmarks.options import parser
from benchmarks.report import Report, run

_GROUP, _WORDS = 5_000, 40  # rows of a row group, words of a row
_SMALL = (
    *("--name", "made-up", "--variants", "frozen", "--epochs", "1", "--hidden-dim", "8", "--embedding-dim", "8"),
    *("--vector-epochs", "1", "--overwrite"),
)


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--rows", type=int, nargs="+", default=[30_000, 300_000], help="of each file")
    found.add_argument("--run", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Train from files of every length in both ways."""
    if chosen.run:
        print(*train(chosen.run))
        return
    figures = ("at once, MB", "at once, s", "streamed, MB", "streamed, s")
    table = report.table("Training", {"rows": ",", "file, MB": ",.0f", **dict.fromkeys(figures, ",")})
    with tempfile.TemporaryDirectory() as folder:
        for count in chosen.rows:
            path = Path(folder, f"{count}.parquet")
            write(path, count)
            cells: list[int] = []
            for options in ((), ("--stream",)):
                command = ("train", str(path), "--out", folder, *_SMALL, *options)
                whole = (sys.executable, "-m", "benchmarks.streaming", "--run", *command)
                last = subprocess.run(whole, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
                cells += map(int, last.split())
            table.row(count, path.stat().st_size / 1_000_000, *cells)
    report.ratio(f"memory at once / streamed, {count:,} rows", cells[0] / cells[2])


def train(command: list[str]) -> tuple[int, int]:
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
    run(main, arguments())
