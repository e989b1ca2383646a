"""Two classifiers on the same rows: which rows one of them alone gets right, and whether that may be chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

Count = Annotated[int, Field(ge=0, le=10**12)]  # of rows, as a file may tell it
_SURE = 0.05  # below this p, luck does not explain a difference
_NONE = 0.5  # above this p, there is hardly a difference to explain

# scipy.special and not scipy.stats, which takes as long to import as torch.


@dataclass(frozen=True)
class Agreement:
    """How many rows both variants get right, one alone, or neither."""

    a: str
    b: str
    both_right: Count
    only_a: Count
    only_b: Count
    both_wrong: Count

    @classmethod
    def of(cls, a: str, b: str, right_a: np.ndarray, right_b: np.ndarray) -> Agreement:
        """Count rows [N] by which variant gets them right."""
        counts = [(right_a & right_b), (right_a & ~right_b), (~right_a & right_b), (~right_a & ~right_b)]
        return cls(a, b, *(int(rows.sum()) for rows in counts))

    @property
    def n(self) -> int:
        """How many rows there are."""
        return self.both_right + self.only_a + self.only_b + self.both_wrong

    @property
    def right_a(self) -> int:
        """How many rows `a` gets right."""
        return self.both_right + self.only_a

    @property
    def right_b(self) -> int:
        """How many rows `b` gets right."""
        return self.both_right + self.only_b

    @property
    def p(self) -> float:
        """How likely so uneven counts of what one alone gets right are between equals (McNemar 1947, exact)."""
        from scipy.special import bdtr

        alone, fewer = self.only_a + self.only_b, min(self.only_a, self.only_b)
        return min(1.0, 2 * float(bdtr(fewer, alone, 0.5))) if alone else 1.0

    @property
    def may_be_luck(self) -> bool:
        """Whether luck may explain the difference."""
        return self.p >= _SURE

    @property
    def hardly_differ(self) -> bool:
        """Whether there is no difference to speak of, let alone to explain by luck."""
        return self.p > _NONE

    def to_dict(self) -> dict[str, int]:
        """Return the counts for JSON, under the variants' names."""
        return {
            "both_right": self.both_right,
            f"only_{self.a}": self.only_a,
            f"only_{self.b}": self.only_b,
            "both_wrong": self.both_wrong,
        }

    def mcnemar(self) -> dict[str, Any]:
        """Return McNemar's exact test for JSON."""
        return {"a": self.a, "b": self.b, "only_a": self.only_a, "only_b": self.only_b, "p": self.p}
