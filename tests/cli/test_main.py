from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from attnviz import __version__
from attnviz.cli.main import FAILURE, MISTAKE, SHOW_TRACEBACK, main

ROOT = Path(__file__).parent.parent.parent


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what a command says to programs."""
    capsys.readouterr()
    code = main(arguments)
    out, err = capsys.readouterr()
    assert code == 0, err

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(out, parse_constant=refuse)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = MISTAKE) -> str:
    """Return the one line a command complains with."""
    capsys.readouterr()
    assert main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("error: ")
    return line


def python_m_attnviz(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "attnviz", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_mistakes_are_one_sentence(capsys: pytest.CaptureFixture[str], tiny_en: str, table: Path) -> None:
    assert "no-such" in complaint(capsys, "explain", "x", "--experiment", "no-such")
    assert "no-such" in complaint(capsys, "explain", "x", "--experiment", "no-such", "--json")
    assert "frozne" in complaint(capsys, "explain", "x", "-e", tiny_en, "--variant", "frozne")
    assert "nowhere.csv" in complaint(capsys, "evaluate", "nowhere.csv", "-e", tiny_en)
    assert "reviews" in complaint(capsys, "evaluate", str(table), "-e", tiny_en, "--text-column", "reviews")
    assert "No Slug" in complaint(capsys, "train", "movie-reviews", "--name", "No Slug")
    assert "unknown" in complaint(capsys, "explain", "x", "--unknown", "guess")
    assert "TEXT" in complaint(capsys, "explain")
    assert "bake" in complaint(capsys, "bake")


def test_our_own_mistakes_are_one_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setattr("attnviz.model.experiment.load", fail)
    assert "ZeroDivisionError: one two" in complaint(capsys, "explain", "x", code=FAILURE)
    monkeypatch.setenv(SHOW_TRACEBACK, "1")
    with pytest.raises(ZeroDivisionError):
        main(["explain", "x"])


@pytest.mark.parametrize("command", ["explain", "evaluate", "errors", "train", "list", "drift", "neighbours", "trace"])
def test_every_command_teaches_by_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([command, "--help"]) == 0
    assert (
        f"python -m attnviz {command}" in " ".join(capsys.readouterr().out.split("Options")[0].split()).split("]", 1)[1]
    )


def test_help_comes_without_torch() -> None:
    heavy = "{'torch', 'pandas', 'gensim', 'numpy'} & set(sys.modules)"
    code = f"import sys; from attnviz.cli.main import main; main([]); assert not {heavy}"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    for command in ("explain", "evaluate", "errors", "train", "list", "drift", "neighbours", "trace"):
        assert command in said.stdout


def test_the_version_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"attnviz {__version__}\n"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "attnviz.__version__"}
    assert f"\n## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_reader_who_leaves_early_gets_no_traceback(tiny_en: str) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "attnviz", "explain", "a film", "-e", tiny_en, "--json"]
    with os.fdopen(write, "w") as nobody:
        said = subprocess.run(command, cwd=ROOT, stdout=nobody, stderr=subprocess.PIPE, text=True, check=False)
    assert said.stderr == ""


def test_the_installed_command_is_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"attnviz": f"attnviz.cli:{main.__name__}"}
