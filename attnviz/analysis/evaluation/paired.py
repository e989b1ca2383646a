"""Two experiments on the same rows: who alone is right, whose answers are others, and whether that may be luck.

Each reads the rows in its own way, as words or morphemes and by its own vocabulary; what is compared are the answers.
Rows whose class one of them does not know have no right answer for both, so they are counted and not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from attnviz.analysis.evaluation.evaluate import GroupMetrics, VariantMetrics
from attnviz.analysis.evaluation.prediction_cache import cached_predictions
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.evaluation.shared_classes import NONE, SharedClasses
from attnviz.data import scored_columns
from attnviz.model.agreement import Agreement
from attnviz.model.calibration import Calibration
from attnviz.model.experiment import Experiment
from attnviz.model.metrics import Metrics

Which = Literal["both-right", "only-first", "only-second", "both-wrong", "changed", "unchanged"]
WHICH: tuple[Which, ...] = ("both-right", "only-first", "only-second", "both-wrong", "changed", "unchanged")
_NO_MAPPING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Move:
    """How many rows the first experiment answered with one class, and the second with another."""

    first: str
    second: str
    count: int


@dataclass(frozen=True)
class Paired:
    """What one variant each of two experiments made of the same N rows."""

    first: Predictions = field(repr=False)
    second: Predictions = field(repr=False)
    variants: tuple[str, str]
    classes: SharedClasses

    def __len__(self) -> int:
        return len(self.first)

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called, one unlike the other: by experiment, failing that by variant, or by their order."""
        one, other = self.first.experiment, self.second.experiment
        if one == other:
            one, other = f"{one} {self.variants[0]}", f"{other} {self.variants[1]}"
        return (one, other) if one != other else (f"{one} (1)", f"{other} (2)")  # from two folders

    @cached_property
    def compared(self) -> np.ndarray:
        """Which rows have a class that both know, [N] bool; without labels none."""
        truth = self.first.truth
        return np.zeros(len(self), dtype=bool) if truth is None else np.asarray(self._second_of[truth] != NONE)

    @cached_property
    def answers(self) -> tuple[np.ndarray, np.ndarray]:
        """The class that each gave each row, [N], as a place among the first's; -1 is one that only the second has."""
        first = self.first.answers[self.variants[0]]
        return first, np.array(self.classes.first_of)[self.second.answers[self.variants[1]]]

    @cached_property
    def right(self) -> tuple[np.ndarray, np.ndarray]:
        """Whether each is right, [N] bool; nobody is where rows are not compared."""
        one, other = self.answers
        return self.compared & (one == self.first.truth), self.compared & (other == self.first.truth)

    @property
    def changed(self) -> np.ndarray:
        """Which rows the two answer differently, [N] bool."""
        return np.asarray(self.answers[0] != self.answers[1])

    @cached_property
    def agreement(self) -> Agreement | None:
        """Who alone is right, over the rows that are compared; None if there are none."""
        if not self.compared.any():
            return None
        return Agreement.of("first", "second", *(right[self.compared] for right in self.right))

    @cached_property
    def figures(self) -> tuple[Metrics, Metrics]:
        """What each reached on the rows that are compared; there must be some."""
        assert self.first.truth is not None
        truth, rows = self.first.truth[self.compared], self.compared
        found = []
        for predictions, variant, its in zip(
            (self.first, self.second), self.variants, (truth, self._second_of[truth]), strict=True
        ):
            found.append(Metrics.of(its.tolist(), predictions.probabilities[variant][rows]))
        return found[0], found[1]

    @cached_property
    def second_score(self) -> VariantMetrics | None:
        """What the second took for what, over the rows that are compared; None if there are none."""
        if self.first.truth is None or not self.compared.any():
            return None
        truth = self._second_of[self.first.truth[self.compared]]
        given = self.second.probabilities[self.variants[1]][self.compared]
        return VariantMetrics(self.variants[1], GroupMetrics.of(truth, given), {}, Calibration.of(truth, given))

    @cached_property
    def losses(self) -> np.ndarray:
        """The surprise (nats) of the second at each row's label, [N], not a number where rows are not compared."""
        found = np.full(len(self), np.nan)
        if self.first.truth is not None:
            rows = np.flatnonzero(self.compared)
            chosen = self.second.probabilities[self.variants[1]][rows, self._second_of[self.first.truth[rows]]]
            found[rows] = -np.log(np.maximum(chosen, np.finfo(np.float64).tiny))
        return found

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """From which answer to which, the most frequent first."""
        first, second = self.first.answers[self.variants[0]], self.second.answers[self.variants[1]]
        at = np.flatnonzero(self.changed)
        counts = Counter(zip(first[at].tolist(), second[at].tolist(), strict=True))
        found = (Move(self.classes.first[one], self.classes.second[other], n) for (one, other), n in counts.items())
        return tuple(sorted(found, key=lambda move: (-move.count, move.first, move.second)))

    @cached_property
    def distance(self) -> np.ndarray:
        """How far the probabilities are apart, [N] from 0 to 1: total variation over the classes of both."""
        one = self.first.probabilities[self.variants[0]]
        other = self.second.probabilities[self.variants[1]]
        shared = [(k, place) for k, place in enumerate(self.classes.second_of) if place != NONE]
        first, second = (np.array(places, dtype=np.int64) for places in zip(*shared, strict=True))
        alone = (1 - one[:, first].sum(axis=1)) + (1 - other[:, second].sum(axis=1))
        return np.asarray((np.abs(one[:, first] - other[:, second]).sum(axis=1) + np.maximum(alone, 0)) / 2)

    def rows(self, which: Which) -> np.ndarray:
        """Return which rows are meant, [N] bool."""
        one, other = self.right
        named = {
            "both-right": one & other,
            "only-first": one & ~other,
            "only-second": ~one & other,
            "both-wrong": self.compared & ~one & ~other,
            "changed": self.changed,
            "unchanged": ~self.changed,
        }
        return np.asarray(named[which])

    def confused(self, truth: int, answer: int) -> np.ndarray:
        """Return which rows have a class, and are given another by the second, both as it counts them, [N] bool."""
        if self.first.truth is None:
            return np.zeros(len(self), dtype=bool)
        given = self.second.answers[self.variants[1]]
        return np.asarray((self._second_of[self.first.truth] == truth) & (given == answer))

    @property
    def not_compared(self) -> dict[str, int]:
        """How many rows have each class that only the first experiment knows."""
        if self.first.truth is None:
            return {}
        counts = Counter(self.first.truth[~self.compared].tolist())
        return {self.classes.first[k]: count for k, count in counts.most_common()}

    def columns(self, rows: np.ndarray) -> dict[str, object]:
        """Return what the second made of rows, given by their places, as columns of an export."""
        name = f"{self.second.experiment}/{self.variants[1]}"
        given, answers = self.second.probabilities[self.variants[1]], self.second.answers[self.variants[1]]
        found: dict[str, object] = {scored_columns.answer(name): [self.classes.second[k] for k in answers[rows]]}
        for k, label in enumerate(self.classes.second):
            found[scored_columns.probability(name, label)] = given[rows, k].round(6)
        if self.first.truth is not None:
            found[scored_columns.loss(name)] = self.losses[rows].round(6)
        return found

    def subset(self, rows: np.ndarray) -> Paired:
        """Return those of some rows, given by their places."""
        return Paired(self.first.subset(rows), self.second.subset(rows), self.variants, self.classes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        agreement = self.agreement
        named = () if agreement is None else zip(("first", "second"), self.figures, strict=True)
        return {
            "experiment": self.second.experiment,
            "variant": self.variants[1],
            "labels": self.classes.second,
            "same_class": {name: self.classes.second[k] for name, k in self._shared()},
            "only_first_knows": self.classes.only_first,
            "only_second_knows": self.classes.only_second,
            "compared": int(self.compared.sum()),
            "not_compared": self.not_compared,
            "learned_from": self.second.origin.learned_from,
            "figures": {name: asdict(reached) for name, reached in named} or None,
            "agreement": None if agreement is None else agreement.to_dict(),
            "p": None if agreement is None else agreement.p,
            "changed": int(self.changed.sum()),
            "moves": [asdict(move) for move in self.moves],
        }

    def _shared(self) -> list[tuple[str, int]]:
        both = zip(self.classes.first, self.classes.second_of, strict=True)
        return [(name, place) for name, place in both if place != NONE]

    @property
    def _second_of(self) -> np.ndarray:
        return np.array(self.classes.second_of, dtype=np.int64)


def usual_variant(experiment: Experiment, wanted: str | None = None, like: str = "fine-tuned") -> str:
    """Return whose answers to take: the variant that is `wanted`, failing that the one `like` another's, or the best.

    A variant that is wanted and not there raises `AttnvizError`.
    """
    if wanted:
        experiment.model(wanted)
        return wanted
    return next((name for name in (like, "fine-tuned") if name in experiment.variants), experiment.variants[-1])


def shared_classes(first: Experiment, second: Experiment, label_map: Mapping[str, str] = _NO_MAPPING) -> SharedClasses:
    """Return which classes of two experiments are the same, by name, by what they were told when they were made.

    `label_map` says which of the second's mean one of the first's. Raises `AttnvizError` if none is the same.
    """
    told = {name: label for label, name in (second.about.data.label_map or {}).items() if label in first.labels}
    meant = {**told, **(first.about.data.label_map or {}), **label_map}
    classes = SharedClasses.of(first.labels, second.labels, meant)
    classes.check(first.name, second.name)
    return classes


def compare(
    predictions: Predictions,
    rows: EvaluationRows,
    first: Experiment,
    second: Experiment,
    variants: tuple[str, str],
    label_map: Mapping[str, str] = _NO_MAPPING,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Paired:
    """Let a second experiment answer the rows that the first has answered, and set the two side by side.

    `label_map` says which of the second's classes mean one of the first's. Raises `AttnvizError` if they have no class
    in common.
    """
    classes = shared_classes(first, second, label_map)
    answered = cached_predictions(second, classes.rows(rows, first, second), None, on_progress)
    return Paired(predictions, answered, variants, classes)
