"""Rows that more than one file of tests scores."""

from __future__ import annotations

import pytest

from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.data.datasets import Dataset
from attnviz.model.experiment import Experiment


@pytest.fixture(scope="session")
def rows(tiny: Experiment, tiny_data: Dataset) -> EvaluationRows:
    """All rows of the tiny data, a few odd ones among them."""
    odd = ("", "🙂", "한국어 amaaazing", "good " * 100, "half a pair \ud800")
    truth = (*tiny_data.labels, *(0,) * len(odd))
    return EvaluationRows(Origin("odd"), (*tiny_data.texts, *odd), truth, None, "0" * 32)
