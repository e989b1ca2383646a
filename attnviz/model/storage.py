"""The files of an experiment's folder, read strictly: whoever damaged one is told which, and what to do."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from pydantic import ConfigDict, TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from attnviz.errors import AttnvizError
from attnviz.model.about import About, History, to_json
from attnviz.model.metrics import Metrics
from attnviz.model.standing import Standing

SCHEMA = 1
LARGEST = 200_000_000  # bytes of an experiment that comes from elsewhere
MOST_FILES = 40
_TRIES = 5
_FILES = re.compile(
    r"README\.md|experiment\.json|history\.json|(rates|behaviour|belief|encoders)\.json|(vocabulary|morphemes)\.txt"
    r"|[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?\.safetensors"
)
Figures = dict[str, dict[str, Metrics]]  # by variant, then by group of the test rows; "all" is every one of them
Opened = TypeVar("Opened")
Standings = dict[str, Standing]  # by variant, on all test rows


@dataclass(frozen=True)
class _Stored:
    """`experiment.json` as it is written."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: int
    about: About
    figures: Figures
    standings: Standings | None = None  # None: it was made before there were any


def belongs(file: str) -> bool:
    """Say whether a file of that name can be a part of an experiment."""
    return _FILES.fullmatch(file) is not None


def steadily(read: Callable[[Path], Opened], folder: Path) -> Opened:
    """Return what `read` makes of a folder that stays as it is meanwhile: half of one and half of another is none."""
    for _ in range(_TRIES):
        before = _stamp(folder)
        try:
            found = read(folder)
        except AttnvizError:
            if _stamp(folder) == before:
                raise
            continue
        if _stamp(folder) == before:
            return found
    raise AttnvizError("{path}: it is being written at this moment. Open it again once that is done.", path=folder)


def _stamp(folder: Path) -> tuple[object, ...]:
    """Return what tells a folder and its files from others, and from what they become."""
    try:
        files = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if belongs(path.name)]
        return folder.stat().st_ino, *((name, one.st_ino, one.st_size, one.st_mtime_ns) for name, one in files)
    except OSError:  # it goes away as we look
        return ()


def read_about(path: Path) -> tuple[About, Figures, Standings]:
    """Read `experiment.json`."""
    if read_json(path).get("schema") != SCHEMA:
        raise AttnvizError(
            "{path}: its schema is not version {schema}, the one this attnviz reads. "
            "Rebuild the experiment, or use the attnviz that made it.",
            path=path,
            schema=SCHEMA,
        )
    try:
        stored = TypeAdapter(_Stored).validate_json(path.read_bytes(), strict=True)
    except ValidationError as error:
        raise misshapen(path, error) from error
    return stored.about, stored.figures, stored.standings or {}


def write_about(path: Path, about: About, figures: Figures, standings: Standings) -> None:
    """Write `experiment.json`."""
    write_json(path, to_json(_Stored(SCHEMA, about, figures, standings or None)))


def read_history(path: Path) -> History:
    """Read `history.json`."""
    return History.of(read_json(path))


def write_history(path: Path, history: History) -> None:
    """Write `history.json`."""
    written = asdict(history)
    if history.checked is None:  # as older versions wrote it
        del written["checked"]
    write_json(path, written)


def read_tensors(path: Path, expected: Mapping[str, tuple[int | None, ...]]) -> dict[str, Tensor]:
    """Read a file of finite numbers that holds exactly these tensors, of these shapes, in which None is any length."""
    try:
        tensors = load_file(existing(path))
    except (OSError, SafetensorError) as error:
        raise unreadable(path, error) from error
    found = {name: tuple(value.shape) for name, value in tensors.items()}
    for name in sorted(expected.keys() | found.keys()):
        wanted, there = expected.get(name, ()), found.get(name, ())
        if len(wanted) != len(there) or any(size not in (None, got) for size, got in zip(wanted, there, strict=True)):
            raise AttnvizError(
                "{path}: {tensor} has shape {found}, experiment.json asks for {expected}. "
                "Restore or rebuild the experiment.",
                path=path,
                tensor=name,
                found=found.get(name),
                expected=expected.get(name),
            )
    if not all(bool(torch.isfinite(value.float()).all()) for value in tensors.values()):
        raise AttnvizError("{path}: holds numbers that are not finite. Restore or rebuild the experiment.", path=path)
    return tensors


def unreadable(path: Path, fault: Exception) -> AttnvizError:
    """Return what is said of a file that cannot be read."""
    return AttnvizError("{path}: cannot be read ({fault}). Restore or rebuild the experiment.", path=path, fault=fault)


def misshapen(path: Path, error: ValidationError) -> AttnvizError:
    """Return what is said of a file with a field that is not what it should be: the first."""
    fault = error.errors()[0]
    return AttnvizError(
        "{path}: {field}: {fault}. Restore or rebuild the experiment.",
        path=path,
        field=".".join(map(str, fault["loc"])),
        fault=fault["msg"],
    )


def existing(path: Path) -> Path:
    """Return a path that must be there."""
    if not path.is_file():
        raise AttnvizError("{path}: the file is missing. Restore or rebuild the experiment.", path=path)
    return path


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object whose numbers are finite."""
    try:
        text = existing(path).read_text(encoding="utf-8")
        value = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, AttnvizError):
            raise
        raise AttnvizError(
            "{path}: is not readable JSON ({fault}). Restore or rebuild the experiment.", path=path, fault=error
        ) from error
    if not isinstance(value, dict):
        raise AttnvizError("{path}: is not a JSON object. Restore or rebuild the experiment.", path=path)
    return value


def _finite(number: str) -> float:
    if not math.isfinite(value := float(number)):
        raise ValueError(f"{number[:20]} is no finite number")
    return value


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON that people can read."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
