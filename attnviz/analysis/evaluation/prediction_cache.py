"""Where predictions are kept: Parquet files in the cache folder, each there whole or not at all.

A file's name is made of the data, the experiment and its weights, so a changed experiment never meets old answers.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from attnviz.analysis.evaluation.predictions import Predictions, fingerprint, from_table, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.data.files import cache_folder, written_whole
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment

if TYPE_CHECKING:
    import pyarrow as pa

MOST_BYTES = 2_000_000_000  # kept in all; the predictions looked at longest ago go first
_STALE = 86_400  # seconds


def folder() -> Path:
    """Return the folder of the predictions."""
    return cache_folder() / "scoresheets"


def place(key: str, weights: str, variants: Sequence[str]) -> Path:
    """Return the path of the predictions of some rows under some weights (as `fingerprint` names them)."""
    assert re.fullmatch("[0-9a-f]{32}", key), "no path comes from outside"
    return folder() / f"{key}-{weights[:16]}-{'+'.join(variants)}.parquet"


def find(key: str, weights: str, variants: Sequence[str], experiment: str, origin: Origin) -> Predictions | None:
    """Return kept predictions, None if there are none that can be read.

    Whose rows they are nobody keeps with them: the name of the `experiment` and the `origin` are those of who asks.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = place(key, weights, variants)
    try:
        found = from_table(pq.read_table(path), experiment, origin)
        os.utime(path)
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None
    return found


def keep(table: pa.Table, path: Path) -> None:
    """Put predictions where they are looked for; where the folder cannot be written, they are not kept."""
    import pyarrow.parquet as pq

    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's own texts may be in it
        with written_whole(path) as new:
            pq.write_table(table, new, compression="zstd")
        _prune(path)


def predict_and_keep(
    experiment: Experiment, rows: EvaluationRows, variants: Sequence[str], path: Path | None
) -> Generator[float, None, Predictions]:
    """Let variants answer rows; each step yields the fraction done. Return all, kept at `path` if given."""
    import pyarrow as pa

    parts = []
    for step in predict_rows(experiment, rows, variants):
        if step.part is not None:
            parts.append(step.part)
        yield step.fraction
    return whole(pa.concat_tables(parts), experiment, rows, path)


def whole(table: pa.Table, experiment: Experiment, rows: EvaluationRows, path: Path | None) -> Predictions:
    """Return the predictions of all rows, kept at `path` if given."""
    if path:
        keep(table, path)
    return replace(from_table(table, experiment.name, rows.origin), texts=rows.texts)


def cached_predictions(
    experiment: Experiment,
    rows: EvaluationRows,
    variants: Sequence[str] | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Predictions:
    """Return the predictions of some rows: kept ones, or else new ones, which are kept."""
    chosen = chosen_variants(experiment, variants)
    weights = fingerprint(experiment)
    if found := find(rows.key, weights, chosen, experiment.name, rows.origin):
        on_progress(1.0)
        groups = None if rows.groups is None else np.array(rows.groups)  # they are no part of the rows' key
        return replace(found, texts=rows.texts, groups=groups)  # to the letter: what has no UTF-8 is kept as “?”
    return finished(predict_and_keep(experiment, rows, chosen, place(rows.key, weights, chosen)), on_progress)


def chosen_variants(experiment: Experiment, variants: Sequence[str] | None) -> tuple[str, ...]:
    """Return the variants that are named, each once, or all; raise `AttnvizError` for one that is not there."""
    chosen = tuple(dict.fromkeys(experiment.variants if variants is None else variants))
    for variant in chosen:
        experiment.model(variant)  # a misspelt name is said before minutes of work, not after
    return chosen


def _prune(newest: Path) -> None:
    """Delete the predictions looked at longest ago while all of them are too large, but never the newest."""
    total = 0
    with suppress(OSError):  # another process may be pruning too
        for scratch in newest.parent.glob(".*"):  # left by a process that was killed
            if time.time() - scratch.stat().st_mtime > _STALE:
                shutil.rmtree(scratch, ignore_errors=True)
        files = [(path.stat(), path) for path in newest.parent.glob("*.[pj]*")]  # Parquet, and JSON made of it
        for status, path in sorted(files, key=lambda file: file[0].st_mtime, reverse=True):
            total += status.st_size
            if total > MOST_BYTES and path != newest:
                path.unlink(missing_ok=True)
