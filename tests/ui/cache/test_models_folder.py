from __future__ import annotations

import builtins
import io
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import attnviz.model.experiment
from attnviz.ui.cache import experiments, models_folder, per_experiment, word_vectors
from tests.ui.conftest import given, opened


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


@pytest.fixture
def asked(models: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the file system is asked about the models' folder, but for the one look at the training runs."""
    found = list[str]()

    def noted(module: Any, name: str) -> None:
        real = getattr(module, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if args and str(args[0]).startswith(str(models)) and threading.current_thread().name != "jobs":
                found.append(f"{name} {args[0]}")
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, call)

    for name in ("stat", "lstat", "scandir", "listdir", "open", "access", "readlink"):
        noted(os, name)
    for module in (io, builtins):
        noted(module, "open")
    return found


def test_a_new_sentence_asks_the_file_system_nothing_for_two_seconds(clock: list[float], asked: list[str]) -> None:
    """Thirty who type at once had waited for such calls half of their time: then 396 a sentence."""
    app = opened(text="it was good")  # the experiment is opened
    for now, most in ((1.9, 0), (2.0, 20), (3.9, 0)):
        clock[0], app.query_params["text"] = now, f"it was bad at {now}"
        asked.clear()
        app.run()
        assert given(app, "panels")[0]["words"]
        assert len(asked) <= most, asked
        assert bool(asked) == bool(most)  # they are counted at all
