from __future__ import annotations

from dataclasses import replace

import pytest

from attnviz.data.datasets import Dataset
from attnviz.model.about import About
from attnviz.training.config import TrainingConfig
from attnviz.training.estimate import measure
from tests.conftest import TINY


def test_the_estimate_counts_the_reading(tiny_data: Dataset) -> None:
    once, twice = (measure(tiny_data, replace(TINY, language_model_epochs=epochs)) for epochs in (1, 100))
    assert 0 < once.language_model < twice.language_model < twice.total
    assert measure(tiny_data, TINY).language_model == 0


def test_a_transformer_takes_time_of_its_own(tiny_data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    timed: list[tuple[tuple[str, ...], int]] = []

    def step(_sample: object, _vocabulary: object, about: About, config: TrainingConfig) -> float:
        timed.append((tuple(about.variants), config.window))
        return float(len(timed))

    monkeypatch.setattr("attnviz.training.estimate._step", step)
    config = replace(TINY, variants=("fine-tuned", "transformer"), window=20, second_seed=False)
    batches = -(-len(tiny_data.split("train").labels) // config.batch_size)
    assert measure(tiny_data, config).epoch > 3 * batches
    assert timed == [(("fine-tuned",), 20), (("transformer",), 60)]
