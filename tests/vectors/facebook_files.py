"""Small FastText `.bin` files, written as Facebook's program writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

MAGIC = 793712314
HEADER = ("dim", "ws", "epoch", "min_count", "neg", "word_ngrams", "loss", "model", "bucket", "minn", "maxn", "rate")


def facebook_bytes(
    words: Sequence[bytes] = (b"the", b"</s>", b"running", "영화".encode(), b"a"),
    *,
    labels: Sequence[bytes] = (),
    marked: bool = True,
    version: int = 12,
    count: int = 2**40,
    kinds: Sequence[int] | None = None,
    pruned: int = -1,
    quantised: int = 0,
    rows: int | None = None,
    matrix: np.ndarray | None = None,
    size: int | None = None,
    nwords: int | None = None,
    **header: int,
) -> bytes:
    """Return a file; every part of it can be made wrong."""
    args = dict.fromkeys(HEADER, 1) | {"dim": 6, "bucket": 30, "minn": 3, "maxn": 5} | header
    entries = [*words, *labels]
    kinds = kinds or [0] * len(words) + [1] * len(labels)
    if matrix is None:
        shape = max(len(words) + args["bucket"], 0), max(args["dim"], 0)
        matrix = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    dictionary = b"".join(
        word + b"\0" + struct.pack("<qb", count, kind) for word, kind in zip(entries, kinds, strict=True)
    )
    return b"".join(
        (
            struct.pack("<2i", MAGIC, version) if marked else b"",
            struct.pack("<12id", *args.values(), 1e-4),
            struct.pack("<3iq", size or len(entries), nwords or len(words), len(labels), 10**12),
            struct.pack("<q", pruned) if marked else b"",
            dictionary,
            struct.pack("<b", quantised) if marked else b"",
            struct.pack("<2q", len(matrix) if rows is None else rows, matrix.shape[1]),
            matrix.tobytes(),
        )
    )


def write_facebook(path: Path, *arguments: Any, **settings: Any) -> Path:
    """Write such a file."""
    path.write_bytes(facebook_bytes(*arguments, **settings))
    return path
