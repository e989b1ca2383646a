from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from attnviz.cli import main
from attnviz.model.experiment import Experiment


def test_a_text_is_examined_by_both_twins(
    tiny_models: Path, tiny: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "the movie was not good , the plot was dull"
    assert main(["belief", text, "--experiment", str(tiny_models / "tiny-en"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["text"] == text and [one["variant"] for one in told["variants"]] == ["frozen", "fine-tuned"]
    assert told["variants"][1] == tiny.belief(text).to_dict()


def test_people_read_the_line_and_the_views(
    tiny_models: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ["--experiment", str(tiny_models / "tiny-en"), "--variant", "fine-tuned"]
    for columns in ("80", "160"):
        monkeypatch.setenv("COLUMNS", columns)
        assert main(["belief", "a dull movie with a great ending", *where]) == 0
        said = capsys.readouterr().out
        assert "three words it looked at most" in said and "gradients" in said and "…" not in said
        assert re.search(r"^dull +[+−]0\.\d{3} ", said, re.MULTILINE)
    assert main(["belief", "", *where]) == 0
    assert "no word to read" in capsys.readouterr().out


def test_rows_are_drawn_and_counted(tiny_models: Path, tiny_csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "belief",
        str(tiny_csv),
        "--experiment",
        str(tiny_models / "tiny-en"),
        "--sample",
        "4",
        "--variant",
        "frozen",
    ]
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 4 and [one["sentences"] for one in told["variants"]] == [4]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "4 of" in said and "carried" in said and "tau_gradient" in said


def test_a_variant_that_is_not_there_is_said_before_any_work(
    tiny_models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["belief", "good", "--experiment", str(tiny_models / "tiny-en"), "--variant", "frosen"]) == 2
    assert "no variant “frosen”" in capsys.readouterr().err
