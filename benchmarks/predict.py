"""How long `predict` takes for a file, and in how much memory.

    python -m benchmarks.predict --experiment reviews-en --rows 10000 1000000 --kinds csv parquet jsonl

Made-up rows of ten words, one in forty of them no word of the vocabulary, with a column `id`, are written as a file,
which the command answers in a process of its own, all variants, into a file of the same kind: seconds by the clock and
of the processor's time, and the peak of its resident memory.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from attnviz.model.experiment import load
from benchmarks.options import parser
from benchmarks.report import Report, run

_WORDS, _STRANGE, _AT_A_TIME = 10, 40, 50_000


def rows(words: list[str], count: int) -> Iterator[dict[str, str]]:
    """Yield made-up rows, the same every time."""
    for at in range(count):
        drawn = [words[(at * 7 + k * 131) % len(words)] for k in range(_WORDS)]
        if at % (_STRANGE // _WORDS) == 0:
            drawn[at % _WORDS] += "zq"
        yield {"id": f"a{at}", "text": " ".join(drawn)}


def written(path: Path, words: list[str], count: int) -> None:
    """Write made-up rows as a file of the kind that its name ends in."""
    made = rows(words, count)
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([("id", pa.string()), ("text", pa.string())])
        with pq.ParquetWriter(path, schema) as writer:
            while some := list(islice(made, _AT_A_TIME)):
                writer.write_table(pa.Table.from_pylist(some, schema))
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        if path.suffix == ".csv":
            table = csv.DictWriter(file, ["id", "text"])
            table.writeheader()
            table.writerows(made)
        else:
            file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in made)


def measured(experiment: str, source: Path, target: Path) -> tuple[float, float, float]:
    """Return seconds, the processor's seconds and the peak in MB of one run."""
    command = [sys.executable, "-m", "attnviz", "predict", str(source), "-e", experiment, "--out", str(target)]
    begun = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"predict failed: {status}")
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--experiment", default="reviews-en")
    found.add_argument("--rows", type=int, nargs="+", default=[10_000])
    found.add_argument("--kinds", nargs="+", default=["csv", "parquet", "jsonl"])
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Answer a file of every size and kind."""
    words = list(load(chosen.experiment).vocabulary.words[:2_000])
    figures = {"seconds": ".1f", "the processor's": ".1f", "peak, MB": ",.0f"}
    table = report.table(chosen.experiment, {"rows": ",", "file": ""} | figures)
    for count in chosen.rows:
        worked = []
        for kind in chosen.kinds:
            with tempfile.TemporaryDirectory() as folder:
                source, target = Path(folder, f"in.{kind}"), Path(folder, f"out.{kind}")
                written(source, words, count)
                seconds, processor, peak = measured(chosen.experiment, source, target)
            table.row(count, kind, seconds, processor, peak)
            worked.append(processor)
        report.ratio(f"{chosen.kinds[0]} / {chosen.kinds[-1]}, {count:,} rows", worked[0] / worked[-1])


if __name__ == "__main__":
    run(main, arguments())
