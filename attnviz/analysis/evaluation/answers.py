"""What variants answer to texts, as the columns that are written beside somebody's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from attnviz.analysis.evaluation.predictions import predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.data import scored_columns
from attnviz.model.experiment import Experiment

if TYPE_CHECKING:
    import pyarrow as pa


def names(experiment: Experiment, variants: Sequence[str], tokens: bool) -> list[str]:
    """Return the names of the columns, in order."""
    found = [scored_columns.ROW]
    for variant in variants:
        found.append(scored_columns.answer(variant))
        found += [scored_columns.probability(variant, label) for label in experiment.labels]
    if tokens:
        found.append(scored_columns.TOKENS)
        for variant in variants:
            found.append(scored_columns.weights(variant))
            found += [scored_columns.contributions(variant, label) for label in experiment.labels]
    return found


def answered(
    experiment: Experiment, numbers: Sequence[int], texts: Sequence[str], variants: Sequence[str], tokens: bool = False
) -> pa.Table:
    """Return of each text its row's number, and each variant's answer and probabilities.

    A text without a word has none: nothing of it was read. With `tokens` come the words and marks that were read, their
    weights, and what each adds to the logit of a class.
    """
    import pyarrow as pa

    rows = EvaluationRows(Origin(""), texts, None, None, "")
    parts = [step.part for step in predict_rows(experiment, rows, variants, contributions=tokens) if step.part]
    table = pa.concat_tables(part.replace_schema_metadata(None) for part in parts).combine_chunks()
    silent = table.column(scored_columns.TOKENS).to_numpy() == 0
    columns: dict[str, pa.Array] = {scored_columns.ROW: pa.array(list(numbers), pa.int64())}
    for variant in variants:
        answers = np.array(table.column(f"{variant} answer").to_pylist(), dtype=object)
        columns[scored_columns.answer(variant)] = pa.array(answers, pa.string(), mask=silent)
        given = _flat(table, f"{variant} probabilities").reshape(-1, len(experiment.labels))
        for k, label in enumerate(experiment.labels):
            columns[scored_columns.probability(variant, label)] = pa.array(given[:, k].round(6), mask=silent)
    if tokens:
        read = [[token.text for token in experiment.tokenize(text)[: experiment.max_tokens]] for text in texts]
        columns[scored_columns.TOKENS] = pa.array(read, pa.list_(pa.string()))
        ends = np.concatenate(([0], np.cumsum(list(map(len, read))))).astype(np.int32)
        for variant in variants:
            columns[scored_columns.weights(variant)] = _lists(ends, _flat(table, f"{variant} weights"))
            added = _flat(table, f"{variant} contributions").reshape(-1, len(experiment.labels))
            for k, label in enumerate(experiment.labels):
                columns[scored_columns.contributions(variant, label)] = _lists(ends, added[:, k])
    return pa.table(columns)


def _flat(table: pa.Table, name: str) -> np.ndarray:
    return np.concatenate([np.asarray(chunk.flatten()) for chunk in table.column(name).chunks] or [np.zeros(0)])


def _lists(ends: np.ndarray, numbers: np.ndarray) -> pa.ListArray:
    import pyarrow as pa

    return pa.ListArray.from_arrays(pa.array(ends), pa.array(np.asarray(numbers, dtype=np.float32)))
