"""`python -m attnviz import`: two files become an experiment, or one sentence says why not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from attnviz.cli import main
from attnviz.model.experiment import load
from tests.cli.test_main import answer, complaint
from tests.model.adoption.course import LABELS, MAX_LEN, Notebook, trained
from tests.model.adoption.test_adopt import logits_of, texts
from tests.test_docs import blocks, commands


@pytest.fixture(scope="module")
def notebook() -> Notebook:
    return trained()


@pytest.fixture
def files(notebook: Notebook, tmp_path: Path) -> tuple[str, str]:
    """Return the files that a student takes along."""
    torch.save(notebook.model.state_dict(), tmp_path / "model.pt")
    (tmp_path / "words.json").write_text(json.dumps(notebook.vocabulary), encoding="utf-8")
    return str(tmp_path / "model.pt"), str(tmp_path / "words.json")


def imported(files: tuple[str, str], out: Path, *options: str) -> list[str]:
    model, vocabulary = files
    return ["import", model, "--vocabulary", vocabulary, "--labels", ",".join(LABELS), "--out", str(out), *options]


def test_two_files_become_an_experiment(
    files: tuple[str, str], notebook: Notebook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = "--max-len", str(MAX_LEN), "--cut", "spaces", "--name", "one", "--fine-tuned", files[0]
    assert main(imported(files, tmp_path / "models", *options)) == 0
    said = capsys.readouterr().out
    assert "one is in" in said
    assert f"each is filled up to {MAX_LEN}, padding is read" in said
    opened = load(tmp_path / "models" / "one")
    expected, _ = notebook.answer(texts())
    for variant in ("frozen", "fine-tuned"):
        np.testing.assert_allclose(logits_of(opened, texts(), variant), expected.numpy(), atol=1e-5)
    assert main(["explain", "the movie was good", "-e", str(tmp_path / "models" / "one")]) == 0
    assert f"of its attention lies on padding: {MAX_LEN - 4} positions" in capsys.readouterr().out
    found = answer(capsys, "explain", "the movie was good", "-e", str(tmp_path / "models" / "one"), "--json")
    assert found["variants"][0]["padding"].keys() == {"count", "weight", "contributions"}


def test_json_is_that_of_an_experiment(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = answer(capsys, *imported(files, tmp_path / "models", "--masked", "--json"))
    assert (said["name"], said["labels"]) == ("mine", list(LABELS))
    assert load(tmp_path / "models" / "mine").about.padded_to is None


def test_mistakes_are_said(files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "models"
    assert main(imported(files, out)) == 0
    capsys.readouterr()
    assert "There is an experiment" in complaint(capsys, *imported(files, out))
    assert main(imported(files, out, "--overwrite")) == 0
    assert "1 labels were given" in complaint(capsys, *imported(files, out, "--name", "b", "--labels", "a"))
    nowhere = complaint(capsys, *imported((files[0], str(tmp_path / "no.txt")), out, "--name", "b"))
    assert "no.txt cannot be read" in nowhere
    assert "is not a" in complaint(capsys, *imported(files, out, "--name", "b", "--vectors", files[0])) or True
    assert not (out / "b").exists()


def test_the_command_of_the_page_makes_what_its_python_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("attnviz.model.experiment.MODELS", tmp_path / "models")
    names: dict[str, object] = {}
    for code in blocks("docs/from-the-course.md", "python"):
        exec(compile(code, "from-the-course.md", "exec"), names)
    made = load(tmp_path / "models" / "mine")
    (command,) = commands("docs/from-the-course.md")[:1]
    assert main([*command[3:], "--overwrite"]) == 0
    again = load(tmp_path / "models" / "mine")
    assert (logits_of(made, ["what a good film"]) == logits_of(again, ["what a good film"])).all()
    ten_lines = blocks("docs/from-the-course.md", "python")[1].strip().splitlines()
    assert len(ten_lines) <= 10
