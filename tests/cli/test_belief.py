from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.views import views
from attnviz.cli import main
from attnviz.data.steps import finished
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


@pytest.mark.parametrize(
    ("given", "option", "of"),
    [
        (["good", "--split", "all"], "--split", "a text"),
        (["good", "--sample", "3"], "--sample", "a text"),
        (["good", "--text-column", "x"], "--text-column", "a text"),
        (["ROWS", "--baseline", "zero"], "--baseline", "rows"),
        (["ROWS", "--rationales", "--split", "test"], "--split", "what people marked"),
        (["ROWS", "--rationales", "--text-column", "x"], "--text-column", "what people marked"),
    ],
)
def test_an_option_without_a_meaning_is_refused(
    tiny_models: Path, tiny_csv: Path, capsys: pytest.CaptureFixture[str], given: list[str], option: str, of: str
) -> None:
    command = [str(tiny_csv) if one == "ROWS" else one for one in given]
    assert main(["belief", *command, "--experiment", str(tiny_models / "tiny-en")]) == 2
    assert f"{option} says nothing of {of}" in capsys.readouterr().err


def test_integrated_gradients_may_set_out_from_zero(
    tiny_models: Path, tiny: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--experiment", str(tiny_models / "tiny-en"), "--variant", "frozen", "--json"]
    assert main(["belief", "a dull movie", *where, "--baseline", "zero"]) == 0
    [told] = json.loads(capsys.readouterr().out)["variants"]
    right = finished(views(Subject.of(tiny, tiny.explain("a dull movie", "frozen")), "zero"))
    assert told["views"]["integrated_gradients"] == right.integrated_gradients.tolist()
