"""Files that attnviz writes: the folder that caches them, and how a file appears whole or not at all."""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path, user_data_path
from safetensors import SafetensorError

MODELS = "ATTNVIZ_MODELS"  # names the one folder of experiments
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
CACHE = "ATTNVIZ_CACHE"  # names another folder than the one the system keeps for such files


def cache_folder() -> Path:
    """Return the folder for what can be fetched or worked out again."""
    return Path(os.environ.get(CACHE) or user_cache_path("attnviz")).expanduser()


def home() -> Path:
    """Return the folder of `app.py` and of the shipped `models`: a checkout, or what an installation took from it."""
    installed = Path(__file__).parents[1] / "shipped"
    return installed if installed.is_dir() else Path(__file__).parents[2]


def models_folders() -> tuple[Path, ...]:
    """Return the folders with experiments: first the one for new ones, then one that is only read.

    The one that `ATTNVIZ_MODELS` names is the only one, and so is that of a checkout. Of an installation, new ones go
    to `models` in the folder that one works in, if experiments are there, or else to a folder of the user's data.
    """
    shipped = home() / "models"
    if named := os.environ.get(MODELS):
        return (Path(named).expanduser(),)
    if home().name != "shipped":
        return (shipped,)
    here = Path("models").resolve()
    return (here if any(here.glob("*/experiment.json")) else user_data_path("attnviz") / "models", shipped)


def is_folder(path: Path) -> bool:
    """Return whether there is a folder, whatever was given as its name."""
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that nothing can have
        return False


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write a file or a folder at; at the end it takes the place of `path`, on an error it is gone."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:64]}-") as scratch:
        new = Path(scratch, "new")
        try:
            yield new
        except SafetensorError as error:  # as safetensors says that a disk is full, too
            raise OSError(str(error)) from error
        if new.is_dir() and path.is_dir():  # a file never takes a folder's place
            if _exchanged(new, path):
                return
            path.rename(Path(scratch, "old"))
        new.replace(path)


def _exchanged(new: Path, path: Path) -> bool:
    """Let two folders change places in one step, where the system can: no moment has neither, whoever is killed."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):  # not Linux
        return False
    return bool(rename(_HERE, os.fsencode(new.absolute()), _HERE, os.fsencode(path.absolute()), _EXCHANGE) == 0)
