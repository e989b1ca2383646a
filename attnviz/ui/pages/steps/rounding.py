"""Numbers rounded such that what is shown adds up to what is shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

PLACES = 3  # after the point, in the lesson


def settle(values: ArrayLike, total: float | None = None, places: int = PLACES) -> np.ndarray:
    """Round values [N] to `places` so that they sum to `total`, rounded; without one, to their own sum, rounded.

    Each is rounded down and the largest remainders get the last units that are missing (Hamilton's method), so none
    is more than a unit in the last place off unless `total` is not the sum of the values.
    """
    scaled = np.asarray(values, dtype=np.float64) * 10**places
    whole = np.floor(scaled)
    wanted = round(float(scaled.sum() if total is None else total * 10**places))
    missing = wanted - int(whole.sum())
    order = np.argsort(-(scaled - whole), kind="stable")
    if len(order):
        whole += missing // len(order)
        whole[order[: missing % len(order)]] += 1
    return np.asarray(whole / 10**places)
