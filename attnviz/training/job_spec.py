"""What a run in a process of its own is to do: written to its folder by whoever asks for it, read by the process."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ConfigDict, TypeAdapter, ValidationError

from attnviz.data.tables import KINDS
from attnviz.errors import AttnvizError
from attnviz.training.config import TrainingConfig

_FILE, _AT_WORK = "job.json", "at-work"
_LONGEST_STEM = 40


@dataclass(frozen=True)
class JobSpec:
    """The settings of a run, and where its rows and its vectors come from."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    config: TrainingConfig = field(default_factory=TrainingConfig)
    data: str = ""  # of a data set known by name; "" for rows that are handed over
    file: str = ""  # what the handed over file was called
    text_column: str | None = None
    label_column: str | None = None
    label_map: tuple[tuple[str, str], ...] = ()  # labels of the file, and the class that each means
    pretrained: str = ""  # an experiment; "" trains vectors
    cut_alike: bool = False  # texts are cut into the morphemes of that experiment, not into those of few rows
    suited: bool = False  # or takes those of a shipped experiment, as they are or trained on, if they suit the rows
    vectors_file: str = ""  # a file in models/vectors, of which as many words are taken as there is room for
    labels: tuple[str, ...] = ()  # the classes, in their order, where they are known beforehand
    asked: int = field(default=0, compare=False)  # nanoseconds since 1970: the place in the line

    def write(self, folder: Path, rows: bytes | None) -> None:
        """Write it to a folder, and beside it the file that it learns from."""
        if rows is not None:
            (folder / "rows").mkdir()
            (folder / "rows" / file_name(self.file)).write_bytes(rows)
        (folder / _FILE).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> JobSpec:
        """Read what `write` wrote; raises `AttnvizError` for what another version of attnviz did."""
        try:
            return TypeAdapter(cls).validate_json((folder / _FILE).read_bytes(), strict=True)
        except ValidationError as error:
            raise AttnvizError(
                "This run was asked for by another version of attnviz, which understands its settings. "
                "Throw it away, and start it anew."
            ) from error


def working(folder: Path) -> FileLock:
    """Return what the process of a run holds for as long as it lives: seen where its number means nothing, too."""
    return FileLock(folder / _AT_WORK)


def at_work(folder: Path) -> bool:
    """Say whether a process is at work on a run, be it in another container that has the same folder."""
    if not (folder / _AT_WORK).exists():
        return False
    try:
        with working(folder).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # the folder has gone, or is only to be read
        return False


def rows_file(folder: Path) -> Path | None:
    """Return the file that a job's folder has to learn from; None if its rows are known by name."""
    return next((folder / "rows").glob("*"), None)


def file_name(given: str) -> str:
    """Return a safe name for an uploaded file: its letters and its kind; no path comes from a browser."""
    suffix = Path(given).suffix.lower()
    stem = re.sub(r"[^\w-]+", "-", Path(given).stem)[:_LONGEST_STEM].strip("-") or "rows"
    return stem + (suffix if suffix in KINDS else ".csv")
