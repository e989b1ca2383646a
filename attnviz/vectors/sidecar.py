"""What was worked out from a large file, kept beside it; where that folder cannot be written, in the cache folder."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from attnviz.data.files import cache_folder, written_whole
from attnviz.errors import AttnvizError

_KEY = "source"  # in the header: of which file, and made with which settings


class Sidecar:
    """A safetensors file that counts as long as its source has the size and time it was made from."""

    def __init__(self, source: Path, kind: str, **settings: int) -> None:
        found = source.stat()
        self.source = source
        self.key = json.dumps({"size": found.st_size, "mtime_ns": found.st_mtime_ns} | settings, sort_keys=True)
        whole = str(source.absolute())
        name = f"{source.name}.{kind}.safetensors"
        elsewhere = f"{hashlib.sha256(os.fsencode(whole)).hexdigest()[:16]}-{name}"
        self.places = (source.absolute().parent / name, cache_folder() / elsewhere)

    def find(self) -> Path | None:
        """Return the file, if there is one of this source and these settings."""
        for place in self.places:
            try:
                with safe_open(str(place), framework="numpy") as file:
                    if (file.metadata() or {}).get(_KEY) == self.key:
                        return place
            except (OSError, SafetensorError):
                continue  # not there, or damaged: it will be made anew
        return None

    def write(self, tensors: dict[str, np.ndarray]) -> Path:
        """Write the file, whole or not at all, and return it; raises `AttnvizError` where no folder takes it."""
        faults = []
        for place in self.places:
            try:
                self._write(tensors, place)
            except (OSError, SafetensorError) as error:
                faults.append(f"{place.parent}: {error}")
            else:
                return place
        raise AttnvizError(
            "{path}: its index of {size} MB can be written to neither folder ({faults}). Free some disk there.",
            path=self.source,
            size=f"{sum(tensor.nbytes for tensor in tensors.values()) / 1e6:,.1f}",
            faults="; ".join(faults),
        )

    def _write(self, tensors: dict[str, np.ndarray], place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(place) as new:
            save_file(tensors, str(new), metadata={_KEY: self.key})
            new.chmod(0o644)  # others who open the file can use it
