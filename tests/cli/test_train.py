"""Runs as processes: real ones, on a few rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attnviz.cli.main import MISTAKE, main


def test_the_command_line_tells_programs(
    tiny_csv: Path, tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--name", "told", "--out", str(tmp_path), "--vectors", str(tiny_models / "tiny-en"), "--epochs", "1"]
    assert main(["train", str(tiny_csv), *given, "--events", "--hidden-dim", "8"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [lines[0]["stage"], lines[-1]["stage"]] == ["started", "done"]
    assert main(["train", str(tiny_csv), *given, "--events"]) == MISTAKE  # it is there already
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["stage"] == "failed"
    assert main(["train", str(tiny_csv), *given, "--dropout", "7"]) == MISTAKE
