"""Numbers rounded such that what is shown adds up to what is shown, whoever draws it.

A weight is a share in thousandths: .222 in the lesson and 22.2 % below a word are the same figure.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

PLACES = 3  # after the point; a percentage has two fewer
_FINE = 10**6  # parts of the last place that are told apart: what differs by less is a tie, whatever computed it


def apportion(values: ArrayLike, total: float | None = None, places: int = PLACES) -> np.ndarray:
    """Round values [N] to `places` so that they sum to `total`, rounded; without one, to their own sum, rounded.

    Each is rounded down and the largest remainders get the last units that are missing, of equal ones the first
    (Hamilton's method), so none is more than a unit in the last place off if the total is at most a unit off the sum.
    In whole numbers, so that `lesson.js`, which does the same, comes to the same.
    """
    fine = np.floor(np.asarray(values, dtype=np.float64) * 10**places * _FINE + 0.5)
    whole = np.floor(fine / _FINE)
    remainders = fine - whole * _FINE
    wanted = np.floor(fine.sum() / _FINE + 0.5) if total is None else np.floor(total * 10**places + 0.5)
    if len(fine):
        missing = int(wanted - whole.sum())
        whole += missing // len(fine)
        whole[np.argsort(-remainders, kind="stable")[: missing % len(fine)]] += 1
    return np.asarray(whole / 10**places)


def rounded(values: ArrayLike, places: int = PLACES) -> np.ndarray:
    """Round each value for itself as `apportion` rounds a total."""
    return np.asarray(np.floor(np.asarray(values, dtype=np.float64) * 10**places + 0.5) / 10**places)


def percent(share: float) -> str:
    """Return a rounded share of 1 in percent."""
    return f"{share:.{PLACES - 2}%}"


def chance(shown: float, exact: float) -> str:
    """Return a probability in percent as it is shown; what is not quite certain or impossible is not called so."""
    if shown == 1 and exact < 1:
        return ">99.9%"
    return "<0.1%" if shown == 0 and exact > 0 else percent(shown)
