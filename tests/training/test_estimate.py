from __future__ import annotations

from dataclasses import replace

from attnviz.data.datasets import Dataset
from attnviz.training.estimate import measure
from tests.conftest import TINY


def test_the_estimate_counts_the_reading(tiny_data: Dataset) -> None:
    once, twice = (measure(tiny_data, replace(TINY, language_model_epochs=epochs)) for epochs in (1, 100))
    assert 0 < once.language_model < twice.language_model < twice.total
    assert measure(tiny_data, TINY).language_model == 0
