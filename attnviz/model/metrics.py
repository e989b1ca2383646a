"""How good the answers to labelled rows are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated

import numpy as np
from pydantic import Field

from attnviz.model.calibration import Calibration

# sklearn is imported where it is used: it takes as long as torch, and pages only read figures.

_Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Metrics:
    """Accuracy with its 95 % interval (Wilson 1927), macro F1, log loss (nats) and calibration over n rows."""

    n: Annotated[int, Field(ge=1)]
    accuracy: _Share
    interval: tuple[_Share, _Share]
    macro_f1: _Share
    log_loss: Annotated[float, Field(ge=0)]
    ece: _Share | None = None  # expected calibration error; experiments of before have kept none

    @classmethod
    def of(cls, labels: Sequence[int], probabilities: np.ndarray) -> Metrics:
        """Score probabilities [n, K] against label indices [n]; n is at least 1."""
        from sklearn.metrics import f1_score, log_loss

        truth = np.asarray(labels)
        answers = probabilities.argmax(axis=1)
        right = int((answers == truth).sum())
        classes = np.arange(probabilities.shape[1])
        return cls(
            n=len(truth),
            accuracy=right / len(truth),
            interval=wilson(right, len(truth)),
            macro_f1=float(f1_score(truth, answers, labels=classes, average="macro", zero_division=0)),
            log_loss=float(log_loss(truth, probabilities, labels=classes)),
            ece=Calibration.of(truth, probabilities).error,
        )


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share `hits` of `n`, n at least 1 (Wilson 1927)."""
    z, share = NormalDist().inv_cdf(0.975), hits / n
    middle, width = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = ((middle + side * width) / (1 + z * z / n) for side in (-1, 1))
    return (0.0 if hits == 0 else low), (1.0 if hits == n else high)
