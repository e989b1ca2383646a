"""A data set and an experiment -> how often each variant is right, what it takes for what, and where it errs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from attnviz.analysis.evaluation import kept_figures
from attnviz.analysis.evaluation.prediction_cache import cached_predictions, chosen_variants, place
from attnviz.analysis.evaluation.predictions import Predictions, fingerprint
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.evaluation.slices import Slice, find
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.errors import AttnvizError
from attnviz.model.agreement import Agreement
from attnviz.model.calibration import Calibration
from attnviz.model.experiment import Experiment
from attnviz.model.metrics import Metrics
from attnviz.model.standing import Standing, standings
from attnviz.model.variants import BASELINE


@dataclass(frozen=True)
class GroupMetrics:
    """What one variant reached on some rows; `confusion[truth][answer]` counts them, [K, K]."""

    figures: Metrics
    confusion: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, labels: Sequence[int] | np.ndarray, probabilities: np.ndarray) -> GroupMetrics:
        """Score probabilities [N, K] against label indices [N]; N is at least 1."""
        truth = np.asarray(labels)
        classes = probabilities.shape[1]
        cells = np.bincount(truth * classes + probabilities.argmax(axis=1), minlength=classes * classes)
        counts = cells.reshape(classes, classes).tolist()
        return cls(Metrics.of(truth.tolist(), probabilities), tuple(map(tuple, counts)))

    def classes(self, labels: Sequence[str]) -> list[dict[str, Any]]:
        """Return how each class fared: its rows, precision, recall and F1."""
        counts = np.array(self.confusion)
        hits, given, there = counts.diagonal(), counts.sum(axis=0), counts.sum(axis=1)
        return [
            {
                "label": label,
                "n": int(there[k]),
                "precision": float(hits[k] / given[k]) if given[k] else None,
                "recall": float(hits[k] / there[k]) if there[k] else None,
                "f1": float(2 * hits[k] / (given[k] + there[k])) if given[k] + there[k] else None,
            }
            for k, label in enumerate(labels)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON."""
        return {**asdict(self.figures), "confusion": self.confusion}


@dataclass(frozen=True)
class VariantMetrics:
    """What one variant reached on all rows, and on those of each group if the data names groups."""

    variant: str
    overall: GroupMetrics
    groups: dict[str, GroupMetrics]
    calibration: Calibration

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON; `groups` only if there are any."""
        groups = {group: score.to_dict() for group, score in self.groups.items()}
        return {"variant": self.variant, **self.overall.to_dict(), **({"groups": groups} if groups else {})}


@dataclass(frozen=True)
class Evaluation:
    """What the variants of an experiment reached on the same rows."""

    experiment: str
    dataset: str
    labels: tuple[str, ...]
    rows: int
    variants: tuple[VariantMetrics, ...]
    agreement: Agreement | None  # between the twins; None if there is one variant
    pairs: tuple[Agreement, ...]  # of all variants
    slices: tuple[Slice, ...]
    baseline: VariantMetrics | None  # of an experiment that has one
    standings: dict[str, Standing]  # of the variants and the baseline

    @property
    def classifiers(self) -> tuple[VariantMetrics, ...]:
        """The variants, and the baseline if there is one."""
        return (*self.variants, self.baseline) if self.baseline else self.variants

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON: the command line's answer."""
        return {
            "experiment": self.experiment,
            "data": self.dataset,
            "labels": self.labels,
            "rows": self.rows,
            "variants": [self._scored(variant) for variant in self.variants],
            "calibration": {one.variant: one.calibration.to_dict() for one in self.classifiers},
            "mcnemar": [pair.mcnemar() for pair in self.pairs],
            "baseline": self._scored(self.baseline) if self.baseline else None,
            "standings": {name: standing.to_dict() for name, standing in self.standings.items()},
            "agreement": self.agreement.to_dict() if self.agreement else None,
            "slices": [found.to_dict() for found in self.slices],
        }

    def _scored(self, variant: VariantMetrics) -> dict[str, Any]:
        return {**variant.to_dict(), "classes": variant.overall.classes(self.labels)}


def evaluate(
    experiment: Experiment,
    rows: EvaluationRows,
    variants: Sequence[str] | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Evaluation:
    """Let variants, all of them if none are named, answer labelled rows, and score what they say.

    `on_progress` hears the fraction done; what was scored before is taken from the cache. Raises `AttnvizError` if
    the rows have no labels.
    """
    if rows.truth is None:
        raise AttnvizError(
            "{data} has no label that {experiment} knows, so nothing says what is right. "
            "Name the column of the labels, or give rows labelled {labels}.",
            data=rows.name,
            experiment=experiment.name,
            labels=", ".join(experiment.labels),
        )
    chosen = chosen_variants(experiment, variants)
    at = place(rows.key, fingerprint(experiment), chosen)
    path = kept_figures.kept_beside(at, rows.groups, experiment.language, experiment.twins)
    if at.exists() and (found := kept_figures.read(path, Evaluation)):
        on_progress(1.0)
        return replace(found, experiment=experiment.name, dataset=rows.name)
    predictions = cached_predictions(experiment, rows, chosen, on_progress)
    words = TokenIndex.of(predictions.texts, experiment.max_tokens, experiment.segmenter)
    evaluation = assess(predictions, find(predictions, words, experiment.language))
    kept_figures.keep(evaluation, path)
    return evaluation


def assess(predictions: Predictions, slices: Sequence[Slice] = ()) -> Evaluation:
    """Score predictions that have labels, and put the slices that were found in them beside the figures."""
    assert predictions.truth is not None
    names = sorted(set(predictions.groups.tolist())) if predictions.groups is not None else []
    members = {name: np.flatnonzero(predictions.groups == name) for name in names}
    scores = {}
    given_by = predictions.probabilities | ({} if predictions.baseline is None else {BASELINE: predictions.baseline})
    for variant, given in given_by.items():
        groups = {name: GroupMetrics.of(predictions.truth[rows], given[rows]) for name, rows in members.items()}
        overall, calibration = GroupMetrics.of(predictions.truth, given), Calibration.of(predictions.truth, given)
        scores[variant] = VariantMetrics(variant, overall, groups, calibration)
    baseline = scores.pop(BASELINE, None)
    pairs = tuple(
        Agreement.of(a, b, predictions.right[a], predictions.right[b]) for a, b in combinations(predictions.variants, 2)
    )
    return Evaluation(
        predictions.experiment,
        predictions.dataset,
        predictions.labels,
        len(predictions),
        tuple(scores.values()),
        next((pair for pair in pairs if {pair.a, pair.b} == set(predictions.twins or ())), None),
        pairs,
        tuple(slices),
        baseline,
        standings(predictions.truth, given_by, predictions.labels),
    )
