"""Behaviour tests tried on rows: their cases, what every variant made of them, and which cases failed.

A case fails if the answer does what it may not. A probability that moves by at most `TOLERANCE` is never a failure:

* `same`: the answer is another one, and the first one's probability fell by more;
* `turns`: the answer is still the class that was negated or outweighed, ahead of every other by more;
* `not_surer`: the probability of the watched class rose by more;
* `no_less_sure`: the probability of the watched class fell by more.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from attnviz.analysis.behaviour.battery import battery_of, setting_of
from attnviz.analysis.behaviour.case import BehaviourTest, Case, Change, Expectation, Kind
from attnviz.analysis.behaviour.own_tests import OwnTest
from attnviz.analysis.evaluation.prediction_cache import predict_and_keep
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.data.steps import told
from attnviz.model.experiment import Experiment
from attnviz.model.metrics import wilson

TOLERANCE = 0.1  # of a probability
MOST = 500  # cases of a test
_FINDING = 0.1  # of the work is to find the cases
_EVERY = 50  # rows between two steps

AnyTest = BehaviourTest | OwnTest


@dataclass(frozen=True)
class Outcome:
    """A test's N cases, and by variant the probabilities before and after and which cases failed."""

    test: AnyTest
    cases: tuple[Case, ...] = field(repr=False)
    before: dict[str, np.ndarray] = field(repr=False)  # [N, K]
    after: dict[str, np.ndarray] = field(repr=False)  # [N, K]
    failed: dict[str, np.ndarray] = field(repr=False)  # [N] bool

    @property
    def name(self) -> str:
        """The test's name."""
        return self.test.name

    @property
    def kind(self) -> Kind:
        """Whether the answer may not change, or only one way."""
        return self.test.kind

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON: how often each variant failed, with Wilson's 95 % interval."""
        variants = {
            variant: {
                "failed": int(failed.sum()),
                "rate": float(failed.mean()),
                "interval": list(wilson(int(failed.sum()), len(failed))),
            }
            for variant, failed in self.failed.items()
        }
        told = {"name": self.name, "kind": self.kind, "expects": self.test.expects, "cases": len(self.cases)}
        return told | {"variants": variants}


@dataclass(frozen=True)
class Trial:
    """What came of tests on some rows; `without_cases` are tests that found nothing to change."""

    rows: int
    variants: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    without_cases: tuple[str, ...] = ()


def failures(expects: Expectation, watched: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return which cases failed, [N] bool, by the probabilities before and after, [N, K].

    `watched` [N] are places of classes; where the answer may not change it is the answer before that is watched.
    """
    at = np.arange(len(before))
    if expects == "same":
        watched = before.argmax(axis=1)
    moved = after[at, watched] - before[at, watched]
    if expects == "same":
        return np.asarray((after.argmax(axis=1) != watched) & (moved < -TOLERANCE))
    if expects == "turns":
        others = after.copy()
        others[at, watched] = 0
        return np.asarray(after[at, watched] - others.max(axis=1) > TOLERANCE)
    return np.asarray(moved > TOLERANCE if expects == "not_surer" else moved < -TOLERANCE)


def find_cases(
    tests: Sequence[AnyTest], texts: Sequence[str], experiment: Experiment, most: int = MOST
) -> Generator[float, None, list[list[Case]]]:
    """Find up to `most` different cases of each test among texts; each step yields the fraction of texts gone through.

    Rows are taken in an order drawn with seed 0. A text that is cut before its end makes no case, before or after.
    """
    setting = setting_of(experiment)
    cases: list[dict[Change, Case]] = [{} for _ in tests]
    for test, found in zip(tests, cases, strict=True):
        if isinstance(test, OwnTest):
            found.update({change: Case(None, change) for change in test.pairs[:most]})
    order = np.random.default_rng(0).permutation(len(texts))
    for done, row in enumerate(map(int, order)):
        if all(len(found) >= most for found in cases):
            break
        text = texts[row]
        if _read_whole(text, experiment):
            for test, found in zip(tests, cases, strict=True):
                change = test.of(text, setting) if len(found) < most else None
                if change and _read_whole(change.after, experiment):
                    found.setdefault(change, Case(row, change))
        if done % _EVERY == 0:
            yield done / len(texts)
    return [list(found.values()) for found in cases]


def _read_whole(text: str, experiment: Experiment) -> bool:
    limit = experiment.max_tokens
    return len(text) <= limit or len(experiment.words(text)) <= limit


def try_tests(
    experiment: Experiment,
    texts: Sequence[str],
    variants: Sequence[str],
    tests: Sequence[AnyTest] | None = None,
    most: int = MOST,
) -> Generator[float, None, Trial]:
    """Try tests, those that mean something for the experiment if none are given; each step yields the fraction done."""
    chosen = list(battery_of(setting_of(experiment)) if tests is None else tests)
    cases = yield from told(find_cases(chosen, texts, experiment, most), lambda share: share * _FINDING)
    written = list(
        dict.fromkeys(text for some in cases for case in some for text in (case.change.before, case.change.after))
    )
    if not written:
        return Trial(len(texts), tuple(variants), (), tuple(test.name for test in chosen))
    place = {text: at for at, text in enumerate(written)}
    rows = EvaluationRows(Origin("behaviour"), written, None, None, "")
    work = predict_and_keep(experiment, rows, variants, None)
    predictions = yield from told(work, lambda share: _FINDING + share * (1 - _FINDING))
    outcomes = []
    for test, some in zip(chosen, cases, strict=True):
        if some:
            first, second = [place[case.change.before] for case in some], [place[case.change.after] for case in some]
            watched = np.array([case.change.watched or 0 for case in some], dtype=np.int64)
            given = predictions.probabilities
            before = {variant: given[variant][first] for variant in variants}
            after = {variant: given[variant][second] for variant in variants}
            failed = {one: failures(test.expects, watched, before[one], after[one]) for one in variants}
            outcomes.append(Outcome(test, tuple(some), before, after, failed))
    without = tuple(test.name for test, some in zip(chosen, cases, strict=True) if not some)
    return Trial(len(texts), tuple(variants), tuple(outcomes), without)
