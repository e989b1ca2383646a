"""The README's blocks are run, so that they cannot rot: Python as it stands, commands as far as they are quick."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from attnviz.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(*languages: str) -> list[str]:
    """Return the code of the fenced blocks in these languages."""
    return [
        code for language, code in re.findall(r"^```(\w+)\n(.*?)^```", README, re.M | re.S) if language in languages
    ]


def commands() -> list[list[str]]:
    """Return every command of the shell blocks as words: continued lines joined, comments and prompts dropped."""
    lines = "\n".join(blocks("sh", "bash", "shell", "console")).replace("\\\n", " ").splitlines()
    parts = [part for line in lines for part in line.removeprefix("$ ").split(" && ")]
    return [words for part in parts if (words := shlex.split(part, comments=True))]


def test_python_blocks_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert blocks("python")
    monkeypatch.chdir(tmp_path)  # what a block writes, it writes here
    names: dict[str, object] = {}
    for code in blocks("python"):
        exec(compile(code, "README.md", "exec"), names)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_commands_are_real(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    match command:
        case ["python", "-m", "attnviz", "errors" | "evaluate" | "train" as name, *arguments]:
            options = [word.split("=")[0] for word in arguments if word.startswith("-")]
            assert main([name, "--help"]) == 0
            shown = capsys.readouterr().out
            assert all(option in shown for option in options)
        case ["python", "-m", "attnviz", "vectors", "download", language]:
            assert re.fullmatch("[a-z]{2,3}", language)
            assert main(["vectors", "download", "--help"]) == 0
        case ["torchrun", "--nproc-per-node=2", "-m", *rest]:  # tests/test_ranks.py runs one
            test_commands_are_real(["python", "-m", *rest], capsys, monkeypatch)
        case ["python", "-m", "attnviz", *arguments]:
            assert main(arguments) == 0
            assert capsys.readouterr().out
        case ["python", "-m", module, *_]:
            assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file() or module == "venv"
        case ["pip", "install", "-r", path] | ["streamlit", "run", path, *_] | ["bash", path] | ["cd", path]:
            assert (ROOT / path).exists() or path == "attnviz"
        case ["git", "clone", *_] | ["pytest", *_] | ["ruff", *_] | ["mypy"] | ["lint-imports"]:
            pass
        case _:
            pytest.fail("nobody looks whether this command works: add it here")
