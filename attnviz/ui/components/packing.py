"""Many numbers as few letters, for a browser to unpack at once."""

from __future__ import annotations

import base64

import numpy as np

_FAINT = 0.5  # a row of smaller numbers only is painted no stronger than its numbers are


def packed(values: np.ndarray) -> str:
    """Return numbers as base64 of float32."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def shades(matrix: np.ndarray) -> str:
    """Return each row of numbers, as shares of its largest, in base64 of whole 127ths: enough to colour them by."""
    return base64.b64encode(np.rint(127 * matrix / largest(matrix)).astype(np.int8).tobytes()).decode("ascii")


def largest(matrix: np.ndarray) -> np.ndarray:
    """Return what `shades` counts as the largest number of each row [N, 1]."""
    return np.asarray(np.maximum(_FAINT, np.abs(matrix).max(axis=1, keepdims=True, initial=0)))
