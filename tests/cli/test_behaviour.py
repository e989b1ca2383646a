"""The command that changes texts and looks what becomes of the answers."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from attnviz.cli import main
from attnviz.model.experiment import load
from tests.cli.test_main import answer


def test_it_prints_tests_with_their_figures_and_what_sets_the_twins_apart(
    capsys: pytest.CaptureFixture[str],
    tiny_csv: Path,
    tiny_models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[test]]\nname = "swap"\nkind = "invariance"\nreplace = [["film", "movie"]]\n', encoding="utf-8")
    out = tmp_path / "failures.csv"
    named = ["behaviour", str(tiny_csv), "-e", str(tiny_models / "tiny-en"), "--split", "all", "--cases", "20"]
    told = answer(capsys, *named, "--tests", str(own), "--out", str(out), "--sample", "200", "--json")
    assert told["rows"] == 200 and told["tests"][-1]["name"] == "swap" and "names" in told["without_cases"]
    for test in told["tests"]:
        assert test["kind"] in ("invariance", "direction") and 0 < test["cases"] <= 20
        assert set(test["variants"]) == {"frozen", "fine-tuned"}
        for figures in test["variants"].values():
            assert figures["rate"] == figures["failed"] / test["cases"]
            assert figures["interval"][0] <= figures["rate"] <= figures["interval"][1]
    failed = sum(figures["failed"] for test in told["tests"] for figures in test["variants"].values())
    lines = list(csv.DictReader(out.open(encoding="utf-8-sig")))
    assert len(lines) == failed > 0
    assert all(line["before"] != line["after"] for line in lines)
    monkeypatch.setenv("COLUMNS", "160")  # on a narrow screen names are cut
    assert main(named) == 0
    printed = capsys.readouterr().out
    assert "typing-slips" in printed and "more brittle" in printed.lower() and "Nothing to change for" in printed


def test_figures_are_kept_beside_the_experiment_and_told_in_its_card(
    capsys: pytest.CaptureFixture[str], tiny_csv: Path, tiny_models: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(tiny_models / "tiny-en", tmp_path / "tiny-en"))
    assert main(["behaviour", str(tiny_csv), "-e", str(copy), "--cases", "5", "--sample", "40", "--keep"]) == 0
    assert "final-mark" in capsys.readouterr().out
    opened = load(copy)
    assert opened.behaviour and opened.behaviour.variants == ("frozen", "fine-tuned")
    assert opened.behaviour.twins and opened.behaviour.twins.a == "frozen"
    assert "## Texts changed" in opened.card and "| final-mark | invariance | 5 |" in opened.card


@pytest.mark.parametrize(
    ("more", "said"), [(["--out", "x.txt"], ".csv"), (["--tests", "/none.toml"], "none.toml"), (["-v", "x"], "“x”")]
)
def test_what_is_given_wrongly_is_said(
    more: list[str], said: str, capsys: pytest.CaptureFixture[str], tiny_csv: Path, tiny_models: Path
) -> None:
    assert main(["behaviour", str(tiny_csv), "-e", str(tiny_models / "tiny-en"), *more]) == 2
    assert said in capsys.readouterr().err
