"""The folder of experiments, which several servers may share: one at a time changes it, and a name is given once."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, unfinished_work

JOBS = ".jobs"  # a folder in it: one for each run, which holds the name of what it is to make
LEFT = 86_400  # seconds after which nobody is at work any more on what has no name yet, or none any more
_NAMELESS = re.compile(r"\..+-[a-z0-9_]{8}")  # as `tempfile` ends the names of what is written, imported or deleted
_in_this_process = threading.RLock()


@contextmanager
def alone(models: Path) -> Iterator[None]:
    """Hold what only one thread of one process may do at a time; a process that is killed holds it no longer."""
    (models / JOBS).mkdir(parents=True, exist_ok=True)
    with _in_this_process, FileLock(models / JOBS / "lock", is_singleton=True):  # one lock, also for who holds it
        yield


def check_free(models: Path, name: str) -> None:
    """Raise `AttnvizError` if a name is taken; ask, and give it to something, in one `alone`."""
    if (models / name).exists():
        raise AttnvizError("“{name}” is there already.", name=name)
    if unfinished_work(models, name).exists() or (models / JOBS / name).exists():
        raise AttnvizError(
            "The name “{name}” is taken: by an experiment, a run in line, or what a stopped run had finished. "
            "Choose another one.",
            name=name,
        )


def add(models: Path, experiment: Experiment) -> Path:
    """Write an experiment whose name is free, and return its folder."""
    with alone(models):
        check_free(models, experiment.name)
        return experiment.save(models)


def sweep(models: Path) -> None:
    """Delete what processes that were killed a day ago or earlier left half written, imported or deleted."""
    latest = time.time() - LEFT
    for folder in [*models.glob(".*"), *(models / JOBS).glob(".*")]:
        if _NAMELESS.fullmatch(folder.name) and folder.is_dir() and folder.stat().st_mtime < latest:
            shutil.rmtree(folder, ignore_errors=True)
