"""Scoring rows short ones first, so that there is something to look at long before all of them are read.

Whole, the answers are those of `predict_rows` bit for bit: the same batches are read, in another order.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from attnviz.analysis.evaluation import predictions
from attnviz.analysis.evaluation.predictions import Part, Predictions, from_table, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.model.experiment import Experiment

if TYPE_CHECKING:
    import pyarrow as pa

FIRST = 256  # rows, those of the fewest characters: read before the others are even cut into words


@dataclass(frozen=True)
class Growth:
    """How much of the work is done, and the answers so far, where they are twice as many as the last ones."""

    fraction: float
    some: Predictions | None = None


def predict_short_first(
    experiment: Experiment, rows: EvaluationRows, variants: Sequence[str]
) -> Generator[Growth, None, pa.Table]:
    """Let variants answer every row, and return the table of all of them in their order; a step a batch."""
    import pyarrow as pa

    known, shown = 0, set[int]()
    if len(rows) > 2 * FIRST:
        shortest = np.sort(np.argsort([len(text) for text in rows.texts], kind="stable")[:FIRST])
        yield Growth(0.0, _shortest(experiment, rows, variants, shortest))
        known, shown = FIRST, set(shortest.tolist())
    parts = []
    for start in range(0, max(len(rows), 1), predictions.AT_A_TIME):
        parts.append(Part(experiment, rows, variants, start, contributions=False))
        yield Growth(0.0)
    work = [(int(part.lengths[batch].max()), at, batch) for at, part in enumerate(parts) for batch in part.batches]
    work.sort(key=lambda one: one[0])  # the longest row of a batch says how long it takes
    total, spent, done = max(sum(most * len(batch) for most, _, batch in work), 1), 0, list[tuple[int, np.ndarray]]()
    for most, at, batch in work:
        for variant in variants:
            parts[at].read(variant, batch)
        done.append((at, batch))
        spent += most * len(batch)
        reached = sum(len(rows_of) for _, rows_of in done)
        shown -= set((parts[at].start + batch).tolist())
        if 2 * known <= reached < len(rows) and not shown:  # no row that was shown goes again
            known = reached
            yield Growth(spent / total, _some(experiment, rows, parts, done))
        else:
            yield Growth(spent / total)
    return pa.concat_tables([part.table() for part in parts])


def _shortest(experiment: Experiment, rows: EvaluationRows, variants: Sequence[str], places: np.ndarray) -> Predictions:
    """Return the answers to the rows at some places."""
    import pyarrow as pa

    few = replace(
        rows,
        origin=rows.origin.at(places),
        texts=[rows.texts[row] for row in places],
        truth=None if rows.truth is None else [rows.truth[row] for row in places],
        groups=None if rows.groups is None else [rows.groups[row] for row in places],
    )
    table = pa.concat_tables([step.part for step in predict_rows(experiment, few, variants) if step.part is not None])
    return replace(from_table(table, experiment.name, few.origin), texts=few.texts)


def _some(
    experiment: Experiment, rows: EvaluationRows, parts: Sequence[Part], done: Sequence[tuple[int, np.ndarray]]
) -> Predictions:
    """Return the answers to the rows that are read."""
    import pyarrow as pa

    tables, places = [], []
    for at, part in enumerate(parts):
        if read := [batch for of, batch in done if of == at]:
            among = np.sort(np.concatenate(read))
            tables.append(part.table(among))
            places.append(part.start + among)
    numbers = np.concatenate(places)
    found = from_table(pa.concat_tables(tables), experiment.name, rows.origin.at(numbers))
    return replace(found, texts=[rows.texts[row] for row in numbers])
