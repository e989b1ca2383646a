from __future__ import annotations

import subprocess
import sys

import pytest

from attnviz.cli.main import main
from tests.cli.test_main import ROOT


def test_the_app_is_run_by_streamlit_with_the_options_given(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    class Server:
        def __init__(self, command: list[str]) -> None:
            ran.append(command)

        def wait(self) -> int:
            return 3

    monkeypatch.setattr(subprocess, "Popen", Server)
    assert main(["app", "--server.port", "8502", "--server.headless=true"]) == 3
    start = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    assert ran == [[*start, "--server.port", "8502", "--server.headless=true"]]
