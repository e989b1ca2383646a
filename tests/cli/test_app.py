from __future__ import annotations

import runpy
import sys

import pytest

from attnviz.cli.main import main
from tests.cli.test_main import ROOT


def test_the_app_is_run_by_streamlit_with_the_options_given(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    monkeypatch.setattr(runpy, "run_module", lambda name, run_name: ran.append((name, run_name, sys.argv)))
    monkeypatch.setattr(sys, "argv", sys.argv)
    assert main(["app", "--server.port", "8502", "--server.headless=true"]) == 0
    options = ["--server.port", "8502", "--server.headless=true"]
    assert ran == [("streamlit", "__main__", ["streamlit", "run", str(ROOT / "app.py"), *options])]
