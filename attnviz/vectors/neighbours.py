"""Directions of the most frequent words of large vectors, made once and kept, so that neighbours are found at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from attnviz.errors import AttnvizError, check_range
from attnviz.vectors.cosine import unit_rows
from attnviz.vectors.sidecar import Sidecar

# torch is imported where it is used: it multiplies float16 ten times as fast as numpy, and takes seconds to come.

MOST_FREQUENT = 200_000
_DIRECTIONS = 1  # version of the file
_AT_A_TIME = 2_000
_SPARE = 100  # candidates beyond those asked for: float16 may mistake the order of very near ones


class NeighbourIndex:
    """Unit vectors float16 [among, dim] of the first words of a `.bin`, in a file of their own beside it."""

    def __init__(self, source: Path, size: int, dim: int, among: int) -> None:
        check_range("among", among, 1, 10_000_000)
        self.among, self.dim = min(among, size), dim
        self._sidecar = Sidecar(source, f"{among}-neighbours", format=_DIRECTIONS, among=self.among, dim=dim)
        self._place = self._sidecar.find()

    def prepare(
        self, vectors: Callable[[range], np.ndarray], on_progress: Callable[[float], object] | None = None
    ) -> None:
        """Make the file, if there is none, from the vectors [n, dim] that are given for a range of words."""
        if self._place:
            return
        units = np.empty((self.among, self.dim), dtype=np.float16)
        for start in range(0, self.among, _AT_A_TIME):
            block = range(start, min(start + _AT_A_TIME, self.among))
            units[block.start : block.stop] = unit_rows(vectors(block))
            if on_progress:
                on_progress(block.stop / self.among)
        self._place = self._sidecar.write({"units": units})

    def nearest(self, direction: np.ndarray, count: int) -> np.ndarray:
        """Return the rows of the `count` words nearest to a direction [dim] and of some more, ascending."""
        import torch
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(self._place), framework="pt") as file:  # mapped, not read
                cosines = torch.mv(file.get_tensor("units"), torch.from_numpy(direction).half())
        except (OSError, SafetensorError, RuntimeError) as error:
            raise AttnvizError(
                "{path}: neighbours cannot be read from it ({reason}). Delete it: it will be made anew.",
                path=self._place,
                reason=error,
            ) from error
        near: np.ndarray = torch.topk(cosines.float(), min(count + _SPARE, self.among)).indices.numpy()
        return np.sort(near)
