"""How words moved while an experiment was trained: what fine-tuning had added to some rows after each epoch.

On disk, `word-history.safetensors`, a row's difference from the frozen one takes a byte a dimension, at the scale of
its largest; epoch 0, before training, is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from attnviz.errors import AttnvizError
from attnviz.model.storage import unreadable
from attnviz.text import UNKNOWN

KEPT_BYTES = 150_000  # of an experiment's file: of eight epochs of 100 dimensions 187 words
_POOL_BYTES = 20_000_000  # of a checkpoint, from which the words are chosen in the end
_TOP = 127


@dataclass(frozen=True)
class WordHistory:
    """The differences of N rows of the fine-tuned embedding from the frozen one, after each of E epochs."""

    ids: np.ndarray  # int32 [N], ascending: rows of the embedding
    steps: np.ndarray  # int8 [E, N, D]
    scales: np.ndarray  # float32 [E, N]

    @classmethod
    def begin(cls, start: np.ndarray, epochs: int) -> WordHistory:
        """Return an empty one of the most frequent words with a vector among the rows `start` [vocabulary, D]."""
        dim = start.shape[1]
        ids = UNKNOWN + 1 + np.flatnonzero(start[UNKNOWN + 1 :].any(axis=1))
        ids = ids[: _POOL_BYTES // (max(epochs, 1) * dim)].astype(np.int32)
        return cls(ids, np.zeros((0, len(ids), dim), np.int8), np.zeros((0, len(ids)), np.float32))

    @property
    def epochs(self) -> int:
        """How many there are, epoch 0 left out."""
        return len(self.steps)

    def after(self, differences: np.ndarray) -> WordHistory:
        """Return it with one epoch more, that of the differences [N, D]."""
        scales = np.abs(differences).max(axis=1).astype(np.float32) / _TOP
        steps = np.rint(differences / np.where(scales, scales, 1)[:, None]).astype(np.int8)
        return WordHistory(
            self.ids, np.concatenate((self.steps, steps[None])), np.concatenate((self.scales, scales[None]))
        )

    def of(self, ids: Iterable[int]) -> WordHistory:
        """Return that of some rows, as far as it has them, and of no more than fit into `KEPT_BYTES`: the first."""
        there = set(self.ids.tolist())
        chosen = [one for one in dict.fromkeys(ids) if one in there]
        room = KEPT_BYTES // max(self.epochs * (self.steps.shape[2] + 4) + 4, 1)
        places = np.searchsorted(self.ids, np.sort(np.array(chosen[:room], np.int32)))
        return WordHistory(self.ids[places], self.steps[:, places], self.scales[:, places])

    def differences(self) -> np.ndarray:
        """Return the differences from the frozen rows [E + 1, N, D] float32, epoch 0 among them."""
        told = self.steps.astype(np.float32) * self.scales[:, :, None]
        return np.concatenate((np.zeros_like(told[:1]) if len(told) else np.zeros((1, *told.shape[1:]), "f4"), told))

    def tensors(self) -> dict[str, np.ndarray]:
        """Return what a file of it holds."""
        held = {"ids": self.ids, "steps": self.steps, "scales": self.scales}
        return {name: np.ascontiguousarray(values) for name, values in held.items()}  # safetensors does not ask

    def save(self, path: Path) -> None:
        """Write it."""
        save_file(self.tensors(), path)


def read_word_history(path: Path, size: int, dim: int) -> WordHistory | None:
    """Read that of an embedding [size, dim]; None if the run kept none. A damaged one raises `AttnvizError`."""
    if not path.exists():
        return None
    try:
        found = load_file(path)
    except (OSError, SafetensorError, AttributeError) as error:  # numpy has no floats of 8 bits
        raise unreadable(path, error) from error
    types = {name: (str(values.dtype), values.ndim) for name, values in found.items()}
    if types != {"ids": ("int32", 1), "steps": ("int8", 3), "scales": ("float32", 2)}:
        raise _strange(path)
    kept = WordHistory(**found)
    epochs, words = kept.scales.shape
    ids = np.concatenate(([UNKNOWN], kept.ids.astype(np.int64), [size]))
    if not (
        kept.steps.shape == (epochs, words, dim)
        and len(kept.ids) == words
        and (np.diff(ids) > 0).all()
        and np.isfinite(kept.scales).all()
        and (kept.scales >= 0).all()
    ):
        raise _strange(path)
    return kept


def _strange(path: Path) -> AttnvizError:
    return AttnvizError(
        "{path}: it does not say how words of this vocabulary moved from epoch to epoch. "
        "Restore or rebuild the experiment.",
        path=path,
    )
