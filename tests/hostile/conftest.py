"""The counts of hostile cases, and what all rooms share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from attnviz.model.folder import alone
from tests.hostile.nasty import COUNTS, SLOWEST
from tests.model import test_hub

hub = test_hub.hub  # the fixture


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many cases there were, where they were drawn in one process."""
    if COUNTS:
        terminalreporter.section("hostile input")
        for room, count in sorted(COUNTS.items()):
            terminalreporter.line(f"{room:<28}{count:>8,} cases, the slowest {SLOWEST.get(room, 0.0):.2f} s of CPU")
        terminalreporter.line(f"{'in all':<28}{COUNTS.total():>8,}")


@pytest.fixture
def models(tiny_models: Path, tmp_path: Path) -> Path:
    """Return a copy of the tiny models that a test may damage."""
    folder = tmp_path / "models"
    shutil.copytree(tiny_models, folder)
    with alone(folder):  # the lock is there before and after
        pass
    return folder
