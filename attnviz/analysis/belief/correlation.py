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
        if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
            return None
        from scipy.stats import kendalltau

        found = kendalltau(one, other)
        return cls(float(found.statistic), float(found.pvalue), len(one))
