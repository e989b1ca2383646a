from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from attnviz.analysis.evaluation import predictions, short_first
from attnviz.analysis.evaluation.predictions import Predictions, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.evaluation.short_first import predict_short_first
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment


def test_whole_it_is_what_it_was_bit_for_bit_and_on_the_way_rows_only_come_in(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "AT_A_TIME", 64)  # several parts
    monkeypatch.setattr(predictions, "_TOKENS", 200)
    monkeypatch.setattr(short_first, "FIRST", 10)
    heard: list[short_first.Growth] = []
    table = finished(predict_short_first(tiny, rows, tiny.variants), heard.append)
    assert table.equals(pa.concat_tables([step.part for step in predict_rows(tiny, rows) if step.part]))
    fractions = [growth.fraction for growth in heard]
    assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] == 1
    grown = [growth.some for growth in heard if growth.some]
    assert len(grown[0]) == 10 and len(grown) >= 2
    known: dict[int, int] = {}
    for some in grown:
        numbers = [some.origin.number(row) for row in range(len(some))]
        assert numbers == sorted(numbers) and 2 * len(known) <= len(some) < len(rows) and known.keys() <= set(numbers)
        assert list(some.texts) == [rows.texts[number - 1] for number in numbers]
        assert some.truth is not None and rows.truth is not None
        assert some.truth.tolist() == [rows.truth[number - 1] for number in numbers]
        known = dict(zip(numbers, some.tokens.tolist(), strict=True))
    whole = predictions.from_table(table, tiny.name, rows.origin)
    last = grown[-1]
    places = np.array([last.origin.number(row) - 1 for row in range(len(last))])
    assert max(last.tokens) <= np.sort(whole.tokens)[len(last) + 64]
    assert _numbers(last) == _numbers(whole.subset(places))  # of the last ones, nothing changes any more


def _numbers(some: Predictions) -> dict[str, list[float]]:
    numbers = {"tokens": some.tokens.tolist(), "unknown": some.oov.tolist()}
    for variant in some.variants:
        numbers[variant] = some.probabilities[variant].ravel().tolist()
        numbers[f"{variant} weights"] = some.weights[variant].tolist()
    return numbers


def test_few_rows_and_none(tiny: Experiment, rows: EvaluationRows) -> None:
    few = EvaluationRows(rows.origin, rows.texts[:3], None, None, rows.key)
    heard: list[short_first.Growth] = []
    assert finished(predict_short_first(tiny, few, tiny.variants), heard.append).num_rows == 3
    assert sum(growth.some is not None for growth in heard) <= 2
    none = EvaluationRows(rows.origin, (), None, None, rows.key)
    assert finished(predict_short_first(tiny, none, tiny.variants)).num_rows == 0
