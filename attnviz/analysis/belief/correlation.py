"""Whether two views put a sentence's words in the same order: Kendall's tau-b."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEW = 9  # of fewer words a tau says little

# scipy.stats is imported where it is used: it takes as long as torch.


@dataclass(frozen=True)
class Tau:
    """Kendall's tau-b of n words, and how likely a tau so far from 0 is where two orders have nothing in common."""

    tau: float
    p: float
    n: int

    @classmethod
    def of(cls, one: np.ndarray, other: np.ndarray) -> Tau | None:
        """Compare two views [T]; None where one of them puts no word before another."""
        tau = tau_b(one, other)
        if np.isnan(tau):
            return None
        from scipy.stats import kendalltau

        return cls(tau, float(kendalltau(one, other).pvalue), len(one))


def tau_b(one: np.ndarray, other: np.ndarray) -> float:
    """Return Kendall's tau-b of two views [T], nan where one of them puts no word before another.

    It compares every word with every other, which for the words of a text is quicker than what sorts them.
    """
    first, second = (np.sign(view[:, None] - view).astype(np.float32) for view in (one, other))  # [T, T]
    concordant, ones, others = (float(np.vdot(*pair)) for pair in ((first, second), (first, first), (second, second)))
    return concordant / float(np.sqrt(ones * others)) if ones and others else np.nan
