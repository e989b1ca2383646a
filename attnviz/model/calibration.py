"""Whether a classifier that says 80 % is right 80 times in 100."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Bin:
    """The rows answered with a confidence from `low` to `high`; of none, confidence and accuracy are None."""

    low: float
    high: float
    n: int
    confidence: float | None  # mean probability of the answer given
    accuracy: float | None


@dataclass(frozen=True)
class Calibration:
    """Expected calibration error (Guo et al. 2017) over bins of equal width, and the bins.

    `error` is the mean over the rows of |accuracy − confidence| of their bin. A bin holds its upper end.
    """

    error: float
    bins: tuple[Bin, ...]

    @classmethod
    def of(cls, truth: np.ndarray, probabilities: np.ndarray) -> Calibration:
        """Compare the confidences of probabilities [N, K] with how often they are right; N is at least 1."""
        confidence = probabilities.max(axis=1)
        right = probabilities.argmax(axis=1) == truth
        place = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
        counts = np.bincount(place, minlength=BINS)
        sums = [np.bincount(place, weights=values, minlength=BINS) for values in (confidence, right)]
        bins = tuple(
            Bin(b / BINS, (b + 1) / BINS, int(n), *(float(total[b] / n) if n else None for total in sums))
            for b, n in enumerate(counts)
        )
        return cls(float(np.abs(sums[0] - sums[1]).sum() / len(truth)), bins)

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON."""
        return {"ece": self.error, "bins": [asdict(one) for one in self.bins]}
