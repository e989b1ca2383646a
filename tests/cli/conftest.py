"""A tiny experiment, and rows for it, for the tests of every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from attnviz.model.experiment import Experiment


@pytest.fixture
def tiny_en(tiny_models: Path) -> str:
    return str(tiny_models / "tiny-en")


@pytest.fixture
def table(tmp_path: Path, tiny: Experiment) -> Path:
    """Forty rows that a tiny experiment can be trained on, and scored with."""
    good = "wonderful", "lovely", "brilliant", "moving"
    bad = "dreadful", "dull", "clumsy", "boring"
    lines = [
        f'"a {word} film, number {number}",{label}'
        for number in range(5)
        for label, words in zip(tiny.labels, (bad, good), strict=True)
        for word in words
    ]
    path = tmp_path / "films.csv"
    path.write_text("\n".join(["review,stars", *lines]) + "\n", encoding="utf-8")
    return path
