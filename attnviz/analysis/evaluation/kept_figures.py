"""Figures kept beside the predictions that they were worked out from, as JSON, for as long as the code is the same."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

import attnviz
from attnviz.data.files import written_whole

Figures = TypeVar("Figures")


def kept_beside(predictions: Path, *told: Any) -> Path:
    """Return where figures of some predictions are kept, that depend on what else is `told`."""
    told_too = sha256(repr((told, _code())).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return predictions.with_name(f"{predictions.stem}-{told_too}.json")


def read(path: Path, kind: type[Figures]) -> Figures | None:
    """Return kept figures, None if there are none that can be read."""
    try:
        return TypeAdapter(kind).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError, ValidationError):
        return None


def keep(figures: Any, path: Path) -> None:
    """Put figures where they are looked for; where the folder cannot be written, they are not kept."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with written_whole(path) as new:
            new.write_text(json.dumps(TypeAdapter(type(figures)).dump_python(figures)), encoding="utf-8")


@cache
def _code() -> str:
    """Return a name for all the code of this package as it stands in its files."""
    files = sorted(Path(attnviz.__file__).parent.rglob("*.py"))
    return repr([(file.name, (status := file.stat()).st_size, status.st_mtime_ns) for file in files])
