"""Whether one of two classifiers is more brittle than the other: test by test, and row by row over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attnviz.analysis.behaviour.trial import Outcome, Trial
from attnviz.model.agreement import Agreement

LEVEL = 0.05


@dataclass(frozen=True)
class TestComparison:
    """One test's cases by which of two fails them; `p` is McNemar's, exact, adjusted for the number of tests."""

    __test__ = False  # for pytest

    name: str
    only_a: int  # cases on which a alone fails
    only_b: int
    raw_p: float
    p: float

    @property
    def sure(self) -> bool:
        """Whether luck is an unlikely reason."""
        return self.p < LEVEL


@dataclass(frozen=True)
class Comparison:
    """Two variants over all tests; `more_a` are rows on which a fails more tests than b, `p` that of a sign test.

    Cases of one row hang together, and rows do not: so it is rows that are counted over all tests.
    """

    a: str
    b: str
    tests: tuple[TestComparison, ...]
    more_a: int
    more_b: int
    p: float

    @property
    def sure(self) -> bool:
        """Whether luck is an unlikely reason for one of them failing on more rows."""
        return self.p < LEVEL

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        tests = [
            {
                "name": one.name,
                f"only_{self.a}": one.only_a,
                f"only_{self.b}": one.only_b,
                "raw_p": one.raw_p,
                "p": one.p,
            }
            for one in self.tests
        ]
        return {"a": self.a, "b": self.b, "more_a": self.more_a, "more_b": self.more_b, "p": self.p, "tests": tests}


def compare(trial: Trial, a: str, b: str) -> Comparison:
    """Compare two variants of a trial: McNemar's exact test a test, adjusted after Holm (1979)."""
    pairs = [Agreement.of(a, b, one.failed[a], one.failed[b]) for one in trial.outcomes]
    raw = [pair.p for pair in pairs]
    tests = tuple(
        TestComparison(one.name, pair.only_a, pair.only_b, pair.p, p)
        for one, pair, p in zip(trial.outcomes, pairs, holm(raw), strict=True)
    )
    more = _net(trial.outcomes, a, b)
    counts = Agreement(a, b, 0, int((more > 0).sum()), int((more < 0).sum()), 0)
    return Comparison(a, b, tests, counts.only_a, counts.only_b, counts.p)


def holm(raw: Sequence[float]) -> list[float]:
    """Return p-values adjusted after Holm (1979): a false alarm anywhere among them stays as unlikely as the level."""
    adjusted, so_far = [0.0] * len(raw), 0.0
    for rank, at in enumerate(sorted(range(len(raw)), key=lambda at: raw[at])):
        so_far = max(so_far, min(1.0, (len(raw) - rank) * raw[at]))
        adjusted[at] = so_far
    return adjusted


def _net(outcomes: Sequence[Outcome], a: str, b: str) -> np.ndarray:
    """Return for each row with a case how many more tests a fails than b; each pair of texts of one's own is a row."""
    net: Counter[object] = Counter()
    for outcome in outcomes:
        for case, one, other in zip(outcome.cases, outcome.failed[a], outcome.failed[b], strict=True):
            net[case.row if case.row is not None else case.change] += int(one) - int(other)
    return np.array(list(net.values()), dtype=np.int64)
