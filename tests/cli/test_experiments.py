from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import attnviz
from attnviz.cli import main
from attnviz.model.experiment import Experiment
from tests.cli.test_main import python_m_attnviz
from tests.model.hub_server import Hub
from tests.model.test_hub import hub

__all__ = ["hub"]  # a fixture


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


def test_push_sends_to_a_place_of_ones_own_unless_it_is_to_be_public(
    tiny: Experiment, tiny_models: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tiny_models / "tiny-en")
    assert main(["push", folder, "someone/mine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"experiment": folder, "address": "hf://someone/mine"}
    assert main(["push", folder, "hf://someone/ours", "--public"]) == 0
    assert capsys.readouterr().out == f"{folder} is at hf://someone/ours.\n"
    assert hub.private == {"someone/mine": True, "someone/ours": False}
    assert attnviz.load("hf://someone/mine").about == tiny.about
    assert main(["push", folder, "nowhere"]) == 2
    assert "owner/name" in capsys.readouterr().err
