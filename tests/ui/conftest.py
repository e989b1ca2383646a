"""What the tests of all pages share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import attnviz.model.experiment


@pytest.fixture
def models(tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the tiny models that a test may damage or add to, and let the app find it."""
    folder = tmp_path / "models"
    shutil.copytree(tiny_models, folder)
    monkeypatch.setattr(attnviz.model.experiment, "MODELS", folder)
    return folder
