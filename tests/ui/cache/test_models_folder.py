from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import attnviz.model.experiment
from attnviz.ui.cache import experiments, models_folder, per_experiment, word_vectors


@pytest.fixture
def clock(models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Return the time of day, to be turned by hand."""
    now = [0.0]
    monkeypatch.setattr(models_folder, "LASTS", 2.0)
    monkeypatch.setattr(models_folder, "clock", lambda: now[0])
    models_folder.forget()
    yield now
    models_folder.forget()


def test_the_folder_is_looked_at_once_in_two_seconds_for_all(models: Path, clock: list[float]) -> None:
    assert experiments.names() == ["tiny-en"]
    stamp = per_experiment.stamp("tiny-en")
    shutil.copytree(models / "tiny-en", models / "more")
    (models / "tiny-en" / "history.json").write_text("{}")
    (models / "vectors").mkdir()
    (models / "vectors" / "some.bin").write_bytes(b"")
    clock[0] = 1.9
    assert experiments.names() == ["tiny-en"] and per_experiment.stamp("tiny-en") == stamp and not word_vectors.files()
    clock[0] = 2.0
    assert experiments.names() == ["more", "tiny-en"] and per_experiment.stamp("tiny-en") != stamp
    assert word_vectors.files() == ["some.bin"]


@pytest.mark.usefixtures("clock")
def test_what_the_server_changes_itself_and_another_folder_are_seen_at_once(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert experiments.names() == ["tiny-en"]
    (models / "tiny-en").rename(models / "other")
    models_folder.forget()
    assert experiments.names() == ["other"]
    monkeypatch.setattr(attnviz.model.experiment, "MODELS", tmp_path / "none")
    assert experiments.names() == [] and per_experiment.stamp("other") == 0
