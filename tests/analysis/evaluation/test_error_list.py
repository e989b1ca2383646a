from __future__ import annotations

import csv as reader
import io

import numpy as np
import pytest

from attnviz.analysis.evaluation.error_list import Filters, Sort, among, disagreement, filter_and_sort, table
from attnviz.analysis.evaluation.prediction_cache import cached_predictions
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.data.csv_export import csv
from attnviz.data.datasets import Dataset
from attnviz.model.experiment import Experiment

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def sheet(tiny: Experiment, tiny_data: Dataset) -> Predictions:
    flipped = [1 - label if at % 5 == 0 else label for at, label in enumerate(tiny_data.labels)]
    texts = (*tiny_data.texts, MARKUP, "=cmd|' /C calc'!A0")
    return cached_predictions(tiny, EvaluationRows(Origin("mixed"), texts, [*flipped, 0, 1], None, "c" * 32))


@pytest.fixture(scope="module")
def wordings(sheet: Predictions) -> TokenIndex:
    return TokenIndex.of(sheet.texts, 60)


def test_cells_part_the_rows(sheet: Predictions) -> None:
    twins = sum(
        among(sheet, "frozen", name).astype(int) for name in ("both-right", "only-first", "only-second", "both-wrong")
    )
    assert (np.asarray(twins) == 1).all()
    confusion = sum(among(sheet, "frozen", f"{t}-{a}").astype(int) for t in range(2) for a in range(2))
    assert (np.asarray(confusion) == 1).all()
    assert (among(sheet, "frozen", "errors") == ~sheet.right["frozen"]).all()
    assert (among(sheet, "frozen", "agree") == ~among(sheet, "frozen", "disagree")).all()
    assert among(sheet, "frozen", "no such thing").all()


@pytest.mark.parametrize(
    ("sort", "worth"),
    [
        ("loss", lambda sheet: sheet.losses["frozen"]),
        ("confidence", lambda sheet: sheet.probabilities["frozen"].max(axis=1)),
        ("disagreement", disagreement),
        ("length", lambda sheet: sheet.tokens),
        ("order", lambda sheet: -np.arange(len(sheet))),
    ],
)
def test_lists_are_sorted(sheet: Predictions, wordings: TokenIndex, sort: Sort, worth: object) -> None:
    values = worth(sheet)[filter_and_sort(sheet, wordings, "frozen", Filters("all"), sort)]  # type: ignore[operator]
    assert len(values) == len(sheet) and (np.diff(values) <= 0).all()


def test_filters_leave_what_they_name(sheet: Predictions, wordings: TokenIndex) -> None:
    def texts(**given: object) -> list[str]:
        found = filter_and_sort(sheet, wordings, "frozen", Filters("all", **given), "order")  # type: ignore[arg-type]
        return [sheet.texts[row] for row in found]

    assert texts(contains="Not GOOD") == [text for text in sheet.texts if {"not", "good"} <= set(text.split())]
    assert texts(contains="nowhere") == []
    assert all(len(text.split()) <= 4 for text in texts(most_length=4)) and texts(most_length=4)
    assert set(texts(label="positive")) | set(texts(label="negative")) == set(sheet.texts)
    assert texts(least_unknown=50) == [
        t for t, u, n in zip(sheet.texts, sheet.oov, sheet.tokens, strict=True) if 2 * u >= n
    ]


def test_a_formula_does_not_run_in_the_csv_we_write(sheet: Predictions, wordings: TokenIndex) -> None:
    written = csv(table(sheet, wordings, np.arange(len(sheet)))).decode("utf-8-sig")
    rows = list(reader.DictReader(io.StringIO(written)))
    assert rows[-1]["text"] == "'=cmd|' /C calc'!A0"
    assert len(rows) == len(sheet) and rows[0]["row"] == "1"
    assert rows[0]["weights:frozen"].split()[0].rpartition("=")[0] == wordings.words[wordings.ids[0]]
