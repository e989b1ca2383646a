"""How fast a data set is scored, and in how much memory.

    python -m benchmarks.scoring
    python -m benchmarks.scoring --experiment reviews-ko --rows FILE.csv --made 1000000

Rows a second for all variants together: as the Errors page and `evaluate` score them; one sentence at a time, as
`explain` reads them; and in the plainest batched loop (batches of 64 in the order of the file, padded to their longest
row, each variant by itself). Then the peak memory of scoring made-up rows of 8 words, written part by part. One
thread, and seconds of the processor's time, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import overload

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pyarrow.parquet as pq
import torch

from attnviz.analysis.evaluation.predictions import predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.data.datasets import load_dataset
from attnviz.model.batches import Batch
from attnviz.model.experiment import Experiment, load
from benchmarks.options import parser
from benchmarks.report import Report, run


class MadeUp(Sequence[str]):
    """So many sentences of 8 words, each made when it is asked for."""

    def __init__(self, words: Sequence[str], rows: int) -> None:
        self.words, self.rows = words, rows

    def __len__(self) -> int:
        return self.rows

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        """Return one sentence, or some."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(self.rows))]
        return " ".join(self.words[(at * 7 + k * 131) % len(self.words)] for k in range(8))


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--experiment", default="reviews-en")
    found.add_argument("--rows", metavar="DATA", default="movie-reviews", help="a data set's name, or a file")
    found.add_argument("--sentences", type=int, default=2_048, help="of these rows, to time the ways with")
    made = [10_000, 100_000, 1_000_000]
    found.add_argument("--made", type=int, nargs="+", default=made, help="rows, of each measurement of memory")
    found.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Measure speed, then memory."""
    torch.set_num_threads(1)
    experiment = load(chosen.experiment)
    if chosen.memory:
        print(peak(experiment, chosen.memory), f"{time.process_time():.0f}")
        return
    dataset = load_dataset(chosen.rows, label_names=experiment.labels)
    rows = EvaluationRows.of(dataset, "test" if dataset.had_split_column else "all", experiment)
    speeds(experiment, rows, chosen.sentences, report)
    table = report.table("Memory", {"rows": ",", "peak, MB": ",", "seconds, start included": ""})
    for count in chosen.made:
        asked = ("--memory", str(count), "--experiment", chosen.experiment)
        command = (sys.executable, "-m", "benchmarks.scoring", *asked)
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        table.row(count, *map(int, told))


def speeds(experiment: Experiment, rows: EvaluationRows, sentences: int, report: Report) -> None:
    """Tell rows a second, the three ways in turn, three times; medians."""
    texts = list(rows.texts[:: -(-len(rows) // sentences)])  # evenly spread: a file may have its long rows first
    some = texts[:: max(len(texts) // 150, 1)]  # enough to time one at a time
    part = EvaluationRows(rows.origin, texts, None, None, rows.key)
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "all variants at once": (lambda: list(predict_rows(experiment, part)), len(part)),
        "the plainest batched loop": (lambda: plainest(experiment, part.texts), len(part)),
        "one at a time": (lambda: [experiment.explain(t, v) for t in some for v in experiment.variants], len(some)),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(3):
        for name, (way, count) in ways.items():
            began = time.process_time()
            way()
            taken[name].append(count / (time.process_time() - began))
    reached = {name: statistics.median(found) for name, found in taken.items()}
    best = reached["all variants at once"]
    title = f"{experiment.name} on {rows.name}, {len(experiment.variants)} variants"
    table = report.table(title, {"scoring": "", "rows a second": ",.0f", "ours is so many times as fast": ".1f"})
    for name, speed in reached.items():
        table.row(name, speed, best / speed)
    report.ratio("ours / the plainest batched loop", best / reached["the plainest batched loop"])


def plainest(experiment: Experiment, texts: Sequence[str]) -> None:
    """Score in batches as they come."""
    with torch.inference_mode():
        for variant in experiment.variants:
            sentences, model = experiment.encode(texts), experiment.model(variant)
            for start in range(0, len(texts), 64):
                Batch.of(sentences.ids[start : start + 64], sentences, model.fc.weight.device).read(model)


def peak(experiment: Experiment, count: int) -> int:
    """Return the megabytes that this process needed to score so many made-up rows."""
    words = list(chain(experiment.vocabulary.words[:5_000], ["amaaazing", "unheardof"]))
    rows = EvaluationRows(Origin("made up"), MadeUp(words, count), None, None, "0" * 32)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for step in predict_rows(experiment, rows):
            if step.part is not None:
                writer = writer or stack.enter_context(pq.ParquetWriter(Path(folder, "sheet"), step.part.schema))
                writer.write_table(step.part)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    run(main, arguments())
