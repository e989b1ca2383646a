from __future__ import annotations

import csv as reader
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.analysis.evaluation.agreement import Agreement
from attnviz.analysis.evaluation.calibration import Calibration
from attnviz.analysis.evaluation.error_list import Filters, Sort, among, disagreement, filter_and_sort, table
from attnviz.analysis.evaluation.prediction_cache import cached_predictions
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.data.csv_export import csv, inert
from attnviz.data.datasets import Dataset
from attnviz.model.experiment import Experiment

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def sheet(tiny: Experiment, tiny_data: Dataset) -> Predictions:
    flipped = [1 - label if at % 5 == 0 else label for at, label in enumerate(tiny_data.labels)]
    texts = (*tiny_data.texts, MARKUP, "=cmd|' /C calc'!A0")
    return cached_predictions(tiny, EvaluationRows("mixed", texts, [*flipped, 0, 1], None, "c" * 32))


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
    assert rows[0]["frozen weights"].split()[0].rpartition("=")[0] == wordings.words[wordings.ids[0]]


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = inert(text)
    assert cell.endswith(text) and not (len(cell) > 1 and cell[0] in "=+-@\t\r\n＝＋－＠")
    frame = pd.DataFrame({text or "x": [text, "plain"], "number": [-1.5, 2]})
    assert "-1.5" in csv(frame).decode("utf-8-sig")


def test_agreement_counts_and_tests_exactly() -> None:
    a, b = np.array([True] * 12 + [False] * 8), np.array([True] * 10 + [False] * 9 + [True])
    found = Agreement.of("a", "b", a, b)
    assert found.to_dict() == {"both_right": 10, "only_a": 2, "only_b": 1, "both_wrong": 7}
    assert found.p == 1.0
    assert Agreement("a", "b", 0, 10, 0, 0).p == pytest.approx(2 / 2**10)
    assert Agreement("a", "b", 5, 0, 0, 5).p == 1.0


def test_calibration_is_the_mean_gap_over_the_bins() -> None:
    probabilities = np.array([[0.95, 0.05], [0.91, 0.09], [0.65, 0.35], [0.35, 0.65]])
    found = Calibration.of(np.array([0, 1, 0, 0]), probabilities)
    assert found.error == pytest.approx((2 * abs(0.5 - 0.93) + 2 * abs(0.5 - 0.65)) / 4)
    assert sum(one.n for one in found.bins) == 4 and found.bins[9].accuracy == 0.5
    assert Calibration.of(np.array([0]), np.array([[0.7, 0.3]])).bins[6].n == 1  # a bin holds its upper end
    assert found.to_dict()["bins"][0]["accuracy"] is None
