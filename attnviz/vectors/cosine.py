"""Vectors at length 1, and the cosine between two."""

from __future__ import annotations

import numpy as np


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Return the rows [n, dim] at length 1, float64 as they are or else float32; rows of zeros stay."""
    rows = vectors.astype(np.promote_types(vectors.dtype, np.float32))
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return rows


def cosine(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return the cosine of two vectors, None if one has no length."""
    lengths = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return float(np.clip(float(one @ other) / lengths, -1, 1)) if lengths else None
