"""The large tables of an opened experiment as files that every server maps: several processes have them in memory once.

A table is mapped from a copy in the cache folder, not from the experiment's own file: whoever overwrites that one under
a running server would take the pages away that are being read. The copy is never written twice.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from torch import nn

from attnviz.data.files import cache_folder, written_whole
from attnviz.model.experiment import Experiment

MOST_BYTES = 1_000_000_000  # kept in all; the tables used longest ago go first


def mapped(table: np.ndarray) -> np.ndarray:
    """Return the same numbers out of a file that is mapped, or the table itself where no file can be written."""
    whole = np.ascontiguousarray(table)
    folder = cache_folder() / "tables"
    path = folder / f"{sha256(whole.data).hexdigest()[:32]}-{whole.dtype.name}"
    try:
        if not path.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with written_whole(path) as new:
                whole.tofile(new)
            _prune(path)
        os.utime(path)
        found = np.memmap(
            path, whole.dtype, "c", shape=whole.shape
        )  # what would be written to it, would stay in memory
    except (OSError, ValueError):
        return table
    return np.asarray(found) if np.array_equal(found, whole) else table


def share(experiment: Experiment) -> Experiment:
    """Return an experiment whose vectors and embeddings are mapped."""
    for model in experiment.models.values():
        rows = torch.from_numpy(mapped(model.embedding.weight.detach().numpy()))
        model.embedding.weight = nn.Parameter(rows, requires_grad=False)
    return replace(experiment, vectors=experiment.vectors.with_tables(mapped))


def _prune(newest: Path) -> None:
    """Delete the tables used longest ago while all are too large; who has one mapped keeps it."""
    total = 0
    with suppress(OSError):  # another process may be pruning too
        files = [(path.stat(), path) for path in newest.parent.glob("*-float*")]
        for status, path in sorted(files, key=lambda file: file[0].st_mtime, reverse=True):
            total += status.st_size
            if total > MOST_BYTES and path != newest:
                path.unlink(missing_ok=True)
