"""Files that attnviz writes: the folder that caches them, and how a file appears whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

CACHE = "ATTNVIZ_CACHE"  # names another folder than the one the system keeps for such files


def cache_folder() -> Path:
    """Return the folder for what can be fetched or worked out again."""
    return Path(os.environ.get(CACHE) or user_cache_path("attnviz")).expanduser()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write a file or a folder at; at the end it takes the place of `path`, on an error it is gone."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:64]}-") as scratch:
        new = Path(scratch, "new")
        yield new
        if new.is_dir() and path.is_dir():  # a file never takes a folder's place
            path.rename(Path(scratch, "old"))
        new.replace(path)
