"""What lies in the models' folder, looked for once in two seconds for all sessions.

Thirty sessions share one interpreter lock: every call of the file system gives it up, and waits to have it back.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import attnviz.model.experiment

VECTORS = "vectors"  # a folder in it: files of vectors, put there by the server's owner
LASTS = 2.0  # seconds
clock = time.monotonic
_looking = threading.Lock()


@dataclass(frozen=True)
class Snapshot:
    """The experiments, damaged ones too, and the files of vectors; a stamp is another once a file is."""

    folder: Path
    until: float
    experiments: dict[str, int]
    vectors: dict[str, int]


_kept: list[Snapshot] = []  # one, or none


def snapshot() -> Snapshot:
    """Return what is there, as it was at most two seconds ago."""
    folder = attnviz.model.experiment.MODELS
    with _looking:
        if not _kept or _kept[0].folder != folder or _kept[0].until <= clock():
            names = attnviz.model.experiment.names()
            stamps = {name: hash(tuple(_files(attnviz.model.experiment.folder_of(name)))) for name in names}
            vectors = {file[0]: hash(file) for file in _files(folder / VECTORS) if file[0].endswith(".bin")}
            _kept[:] = [Snapshot(folder, clock() + LASTS, stamps, vectors)]
        return _kept[0]


def forget() -> None:
    """Look again the next time: this server has changed something itself."""
    with _looking:  # whoever is looking may have seen it as it was
        _kept.clear()


def _files(folder: Path) -> list[tuple[str, int, int]]:
    """Return name, time and size of the files in a folder, in order."""
    try:
        with os.scandir(folder) as files:
            return sorted((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file())
    except OSError:  # a training run has just put another in its place
        return []
