"""What decisions on labels do to the figures of test rows: as labelled, without what is removed, and as corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.labels.decisions import Decision
from attnviz.model.learned import UNSEEN


@dataclass(frozen=True)
class Corrected:
    """How often a variant is right on test rows: as labelled, and by what was decided."""

    variant: str
    right: int
    rows: int
    right_then: int
    rows_then: int


def corrected_figures(
    predictions: Predictions, row_of: Mapping[int, int], decisions: Mapping[int, Decision]
) -> tuple[Corrected, ...]:
    """Return the figures of every variant with and without the decisions; none if no decision concerns these rows.

    `row_of` says where among the predictions a row of the decisions is.
    """
    assert predictions.truth is not None, "there are no figures without labels"
    truth = predictions.truth.copy()
    left = np.ones(len(truth), dtype=bool)
    changed = False
    for row, decision in decisions.items():
        at = row_of.get(row)
        if at is None or decision.action not in ("remove", "relabel"):
            continue
        changed = True
        left[at] = decision.action != "remove"
        if decision.label is not None:
            truth[at] = predictions.labels.index(decision.label)
    if not changed:
        return ()
    return tuple(
        Corrected(
            variant,
            int((answers == predictions.truth).sum()),
            len(truth),
            int((answers == truth)[left].sum()),
            int(left.sum()),
        )
        for variant, answers in predictions.answers.items()
    )


def places_among(rows: EvaluationRows, predictions: Predictions) -> dict[int, int]:
    """Return where each of the rows is among those that were answered, for those that are.

    A file numbers its rows; those of a data set known by name are numbered within their split, and told by their texts.
    """
    if rows.origin.numbers is not None and predictions.origin.numbers is not None:
        at = {int(number): place for place, number in enumerate(predictions.origin.numbers)}
        return {row: at[number] for row, number in enumerate(rows.origin.numbers.tolist()) if number in at}
    waiting: dict[str, list[int]] = {}
    for place in range(len(predictions) - 1, -1, -1):
        waiting.setdefault(predictions.texts[place], []).append(place)
    seen = rows.origin.seen
    asked = range(len(rows)) if seen is None else [row for row in range(len(rows)) if seen[row] == UNSEEN]
    return {row: waiting[rows.texts[row]].pop() for row in asked if waiting.get(rows.texts[row])}
