"""Where scoresheets are kept: Parquet files in the cache folder, each there whole or not at all.

A file's name is made of the data, the experiment and its weights, so a changed experiment never meets old answers.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from attnviz.analysis.evaluation.predictions import Predictions, fingerprint, from_table, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.data.download import CACHE
from attnviz.model.experiment import Experiment

if TYPE_CHECKING:
    import pyarrow as pa

MOST_BYTES = 2_000_000_000  # kept in all; the sheets looked at longest ago go first
_STALE = 86_400  # seconds


def folder() -> Path:
    """Return the folder of the scoresheets."""
    return Path(os.environ.get(CACHE) or user_cache_path("attnviz")).expanduser() / "scoresheets"


def place(key: str, weights: str, variants: Sequence[str]) -> Path:
    """Return the path of the sheet of some rows under some weights (as `fingerprint` names them)."""
    assert re.fullmatch("[0-9a-f]{32}", key), "no path comes from outside"
    return folder() / f"{key}-{weights[:16]}-{'+'.join(variants)}.parquet"


def find(key: str, weights: str, variants: Sequence[str]) -> Predictions | None:
    """Return a kept sheet, None if there is none that can be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = place(key, weights, variants)
    try:
        found = from_table(pq.read_table(path))
        os.utime(path)
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None
    return found


def keep(table: pa.Table, path: Path) -> None:
    """Put a sheet where it is looked for; where the folder cannot be written, it is not kept."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's own texts may be in it
        with writing(path) as put:
            put(table)
        _prune(path)


@contextmanager
def writing(path: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Give what takes a table part by part; the file appears when all are written, and not at all on an error."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    writer: Any = None
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as scratch:
        new = Path(scratch, "new.parquet")

        def put(table: pa.Table) -> None:
            nonlocal writer
            writer = writer or pq.ParquetWriter(new, table.schema, compression="zstd")
            writer.write_table(table)

        try:
            yield put
        finally:
            if writer:
                writer.close()
        if writer:
            new.replace(path)


def cached_predictions(
    experiment: Experiment,
    rows: EvaluationRows,
    variants: Sequence[str] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Predictions:
    """Return the sheet of some rows: a kept one, or else a new one, which is kept."""
    chosen = tuple(dict.fromkeys(experiment.variants if variants is None else variants))
    for variant in chosen:
        experiment.model(variant)  # a misspelt name is said before minutes of work, not after
    weights = fingerprint(experiment)
    if found := find(rows.key, weights, chosen):
        if on_progress:
            on_progress(1.0)
        return found
    import pyarrow as pa

    parts = []
    with closing(predict_rows(experiment, rows, chosen)) as steps:
        for step in steps:
            if step.part is not None:
                parts.append(step.part)
            if on_progress:
                on_progress(step.fraction)
    table = pa.concat_tables(parts)
    keep(table, place(rows.key, weights, chosen))
    return from_table(table)


def _prune(newest: Path) -> None:
    """Delete the sheets looked at longest ago while all of them are too large, but never the newest."""
    total = 0
    with suppress(OSError):  # another process may be pruning too
        for scratch in newest.parent.glob(".writing-*"):  # left by a process that was killed
            if time.time() - scratch.stat().st_mtime > _STALE:
                shutil.rmtree(scratch, ignore_errors=True)
        files = [(path.stat(), path) for path in newest.parent.glob("*.parquet")]
        for status, path in sorted(files, key=lambda file: file[0].st_mtime, reverse=True):
            total += status.st_size
            if total > MOST_BYTES and path != newest:
                path.unlink(missing_ok=True)
