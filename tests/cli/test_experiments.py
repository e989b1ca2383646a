from __future__ import annotations

import json
import shutil
from pathlib import Path

from attnviz.model.experiment import Experiment
from tests.cli.test_main import python_m_attnviz


def test_list_shows_figures_and_names_what_is_damaged(tiny: Experiment, tiny_models: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models / "tiny-en", tmp_path / "tiny-en")
    shutil.copytree(tiny_models / "tiny-en", tmp_path / "broken")
    (tmp_path / "broken" / "vocabulary.txt").unlink()

    said = python_m_attnviz("list", ATTNVIZ_MODELS=str(tmp_path))
    assert said.returncode == 0, said.stderr
    assert "broken cannot be opened" in said.stdout
    assert "tiny-en · en" in said.stdout

    broken, whole = json.loads(python_m_attnviz("list", "--json", ATTNVIZ_MODELS=str(tmp_path)).stdout)["experiments"]
    assert "vocabulary.txt" in broken["error"]
    assert [variant["variant"] for variant in whole["variants"]] == list(tiny.variants)
    assert all(0 <= variant["accuracy"] <= 1 and variant["n"] > 0 for variant in whole["variants"])


def test_list_of_nothing_says_how_to_make_one(tmp_path: Path) -> None:
    said = python_m_attnviz("list", ATTNVIZ_MODELS=str(tmp_path))
    assert "python -m attnviz train" in said.stdout
    assert json.loads(python_m_attnviz("list", "--json", ATTNVIZ_MODELS=str(tmp_path)).stdout) == {"experiments": []}


def test_list_of_a_folder_is_of_those_in_it(tiny_models: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models / "tiny-en", tmp_path / "mine" / "version-2")
    said = python_m_attnviz("list", str(tmp_path / "mine"), "--json", ATTNVIZ_MODELS=str(tmp_path / "none"))
    [found] = json.loads(said.stdout)["experiments"]
    assert found["name"] == "version-2"
    figures = {"n", "accuracy", "interval", "macro_f1", "log_loss", "ece"}
    assert all(figures <= one.keys() and 0 <= one["ece"] <= 1 for one in (*found["variants"], found["baseline"]))
    said = python_m_attnviz("list", str(tmp_path / "nowhere"))
    assert said.returncode == 2 and "is no folder" in said.stderr
