"""Which rows are to learn from, which to choose by, which to test on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from attnviz.data.names import match_key
from attnviz.errors import AttnvizError, enumerate_values
from attnviz.text import lower

if TYPE_CHECKING:
    import pandas as pd

_BREAK = re.compile(r"<[bB][rR]\s*/?>\s*(?:<[bB][rR]\s*/?>\s*)*")  # begins with a plain letter: ten times as fast
SPLITS = ("train", "validation", "test")

_SPLIT_WORDS = dict.fromkeys(("validation", "valid", "val", "dev"), "validation") | {"train": "train", "test": "test"}


def given_splits(column: pd.Series, path: Path) -> list[str]:
    """Return the splits a file gives in its own words."""
    words = {cell: _SPLIT_WORDS.get(match_key(cell), "") for cell in set(column)}
    if strange := sorted(cell for cell, split in words.items() if not split):
        raise AttnvizError(
            "{file}: the column {column} has values that are no split: {strange}, first in row {row}. Use {known}.",
            file=path.name,
            column=column.name,
            strange=enumerate_values(f"“{cell}”" for cell in strange),
            row=next(row for row, cell in column.items() if not words[cell]),
            known=enumerate_values(_SPLIT_WORDS),
        )
    return [words[cell] for cell in column]


def cut_from_train(splits: Sequence[str], texts: Sequence[str], missing: Collection[str]) -> list[str]:
    """Give every tenth train row to each of the `missing` splits, by the hash of its text."""
    hashed = map(hash_split, texts)
    return [cut if split == "train" and cut in missing else split for split, cut in zip(splits, hashed, strict=True)]


def hash_split(text: str) -> str:
    """Return the split of a text: the same for everybody, for every duplicate, and whatever the other rows are."""
    tenth = int.from_bytes(blake2b(key(text).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") % 10
    return "train" if tenth < 8 else "validation" if tenth == 8 else "test"


def key(text: str) -> str:
    """Return what a text and its duplicates have in common: lower case, white space and HTML's line breaks tidied.

    It is less than what `attnviz.text` reads as the same, and stays so: the splits of all texts hang on it.
    """
    return " ".join(lower(unbroken(text)).split())


def unbroken(text: str) -> str:
    """Return a text with HTML's line breaks as spaces."""
    return _BREAK.sub(" ", text)


def text_hashes(texts: Iterable[str]) -> np.ndarray:
    """Return 32 bits that each text and its duplicates have in common, uint32 [N]."""
    digests = (blake2b(key(text).encode("utf-8", "surrogatepass"), digest_size=4).digest() for text in texts)
    return np.frombuffer(b"".join(digests), dtype="<u4").astype(np.uint32)
