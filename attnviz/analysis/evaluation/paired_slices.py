"""Words and properties under which one of two experiments is better than the other, not by luck.

In each slice McNemar's exact test asks whether the rows that one alone gets right are shared out as a coin would. Only
slices with at least `LEAST` such rows are tried, which says nothing of how they are shared out. The p-values are
adjusted after Holm (1979), which holds however the slices overlap: the chance that any slice listed as sure is luck is
below 5 %. One that leads by no more than elsewhere is not listed: that it is better is then no matter of the slice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from attnviz.analysis.evaluation.paired import Paired
from attnviz.analysis.evaluation.slices import LEAST, LEVEL, Candidates, Kind
from attnviz.analysis.evaluation.token_index import TokenIndex


@dataclass(frozen=True)
class PairedSlice:
    """Rows that have something in common, and how often each is right; `p` is adjusted for looking at many."""

    better: Literal["first", "second"]
    kind: Kind
    name: str  # the word, or the property's name
    n: int
    right_first: int
    right_second: int
    only_first: int
    only_second: int
    raw_p: float
    p: float

    @property
    def sure(self) -> bool:
        """Whether luck is an unlikely reason."""
        return self.p <= LEVEL

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values [S] adjusted for being so many (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(np.arange(len(p), 0, -1) * p[order]), 1.0)
    return adjusted


def find(paired: Paired, token_index: TokenIndex, language: str, more: int = 0) -> tuple[PairedSlice, ...]:
    """Return the slices in which one experiment is significantly better, the surest first.

    There must be labels. Words and properties are the first experiment's. `more` adds up to so many for each of the
    two that are not significant.
    """
    from scipy.stats import binom

    candidates = Candidates.of(paired.first, token_index, language)
    one, other = (candidates.count(paired.rows(which)) for which in ("only-first", "only-second"))
    tried = np.flatnonzero(one + other >= LEAST)
    if not len(tried):
        return ()
    one, other = one[tried], other[tried]
    raw = np.minimum(2 * binom.cdf(np.minimum(one, other), one + other, 0.5), 1.0)
    adjusted = holm(raw)
    n = candidates.count(paired.compared)[tried]
    right = [candidates.count(its)[tried] for its in paired.right]
    total = int(paired.compared[candidates.kept].sum())
    lead = sum(int(paired.rows(which)[candidates.kept].sum()) * sign for which, sign in _SIGNS.items())
    listed, unsure = list[PairedSlice](), {"first": 0, "second": 0}
    for at in np.lexsort((-np.abs(one - other) / n, raw)):
        ahead, rest = int(one[at] - other[at]), total - int(n[at])
        better: Literal["first", "second"] = "first" if ahead > 0 else "second"
        sign = 1 if ahead > 0 else -1
        if not ahead or sign * ahead * rest <= sign * (lead - ahead) * int(n[at]):
            continue
        if adjusted[at] > LEVEL:
            unsure[better] += 1
            if unsure[better] > more:
                continue
        kind, name = candidates.named[tried[at]]
        rights, alone = (int(right[0][at]), int(right[1][at])), (int(one[at]), int(other[at]))
        listed.append(PairedSlice(better, kind, name, int(n[at]), *rights, *alone, float(raw[at]), float(adjusted[at])))
    return tuple(listed)


_SIGNS: dict[Literal["only-first", "only-second"], int] = {"only-first": 1, "only-second": -1}
