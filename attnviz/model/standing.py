"""How a classifier stands beside the plainest ways to answer: always the same, and the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attnviz.model.agreement import Agreement, Count
from attnviz.model.variants import BASELINE

_FEWEST = 6  # rows outside the largest class: with fewer, luck could explain even that all of them are right
_OTHERWISE = 0.1  # times these rows: who answers otherwise for fewer says (nearly) always the same


@dataclass(frozen=True)
class Standing:
    """One classifier on labelled rows, beside always giving the class that most of them have, and the baseline."""

    answer: str  # the class it gives most often
    answered: Count  # how many rows it gives that to
    same: Agreement  # with always giving the largest class
    baseline: Agreement | None = None  # None for the baseline itself, and where there is none

    @classmethod
    def of(
        cls,
        variant: str,
        truth: np.ndarray,
        answers: np.ndarray,
        labels: Sequence[str],
        baseline: np.ndarray | None = None,
    ) -> Standing:
        """Compare answers [N] with the truth [N], N at least 1, and with the answers of the baseline."""
        given, right = np.bincount(answers), answers == truth
        largest = int(np.bincount(truth).argmax())
        return cls(
            labels[int(given.argmax())],
            int(given.max()),
            Agreement.of(variant, labels[largest], right, truth == largest),
            None if baseline is None else Agreement.of(variant, BASELINE, right, baseline == truth),
        )

    @property
    def others(self) -> int:
        """How many rows are outside the largest class."""
        return self.same.n - self.same.right_b

    @property
    def is_constant(self) -> bool:
        """Whether it gives (nearly) always the same answer, to rows that differ."""
        return self.others >= _FEWEST and self.same.n - self.answered < _OTHERWISE * self.others

    @property
    def is_no_better(self) -> bool:
        """Whether it fails to be right more often than always giving the largest class, by more than luck."""
        return self.others >= _FEWEST and (self.same.only_a <= self.same.only_b or self.same.may_be_luck)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "answer": self.answer,
            "answered": self.answered,
            "largest_class": self.same.b,
            "largest": self.same.right_b,
            "p": self.same.p,
            **({"mcnemar": self.baseline.mcnemar()} if self.baseline else {}),
        }


def standings(truth: np.ndarray, probabilities: Mapping[str, np.ndarray], labels: Sequence[str]) -> dict[str, Standing]:
    """Compare the answers of classifiers, by name, with the truth [N]; those of the baseline may be among them."""
    answers = {name: given.argmax(axis=1) for name, given in probabilities.items()}
    plain = answers.get(BASELINE)
    return {
        name: Standing.of(name, truth, given, labels, None if name == BASELINE else plain)
        for name, given in answers.items()
    }
