"""Which texts an experiment learned from and chose by: short hashes of them, so that any file's rows can be told.

Not the texts themselves, and no more than 32 bits of each: of a million others one in four thousand is taken for one of
a million that were learned from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from attnviz.data.splits import text_hashes
from attnviz.errors import AttnvizError
from attnviz.model.storage import unreadable

UNSEEN, TRAIN, VALIDATION = range(3)
SPLIT_OF = ("test", "train", "validation")  # as which split a text counts that is unseen, learned from, chosen by


@dataclass(frozen=True)
class Learned:
    """The hashes of the texts of an experiment's training and validation rows, uint32, each once and in order."""

    train: np.ndarray
    validation: np.ndarray

    @classmethod
    def of(cls, train: np.ndarray, validation: np.ndarray) -> Learned:
        """Keep the hashes of many texts."""
        return cls(np.unique(train), np.unique(validation))

    def seen(self, texts: Iterable[str]) -> np.ndarray:
        """Return for each text whether it is `UNSEEN`, or was learned from (`TRAIN`) or chosen by, int8 [N]."""
        hashes = text_hashes(texts)
        found = np.where(np.isin(hashes, self.validation), VALIDATION, UNSEEN)
        return np.where(np.isin(hashes, self.train), TRAIN, found).astype(np.int8)

    def save(self, path: Path) -> None:
        """Write the hashes."""
        save_file({"train": self.train, "validation": self.validation}, path)


def read_learned(path: Path) -> Learned | None:
    """Read the hashes; None if an older attnviz has kept none."""
    if not path.exists():
        return None
    try:
        found = load_file(path)
        kept = Learned(found["train"], found["validation"])
    except (OSError, SafetensorError, KeyError, AttributeError) as error:  # numpy has no floats of 8 bits
        raise unreadable(path, error) from error
    for name, values in found.items():
        if values.dtype != np.uint32 or values.ndim != 1 or len(found) != 2:
            raise AttnvizError(
                "{path}: {tensor} is no list of hashes of texts. Restore or rebuild the experiment.",
                path=path,
                tensor=name,
            )
    return kept
