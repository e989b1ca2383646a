"""After `pip install .`, from a folder of its own: the shipped experiments and the app are there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import made_once

ROOT = Path(__file__).parent.parent
CARRIED = (
    "app.py",
    "setup.py",
    "pyproject.toml",
    "requirements.txt",
    "README.md",
    "LICENSE",
    "attnviz",
    "models",
    ".streamlit",
)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what a wheel built from these sources installs."""

    def make(folder: Path) -> None:
        sources = tmp_path_factory.mktemp("sources")
        for name in CARRIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, sources / name)
        command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w"]
        subprocess.run([*command, str(sources), "."], cwd=sources, check=True)
        with zipfile.ZipFile(next(sources.glob("*.whl"))) as wheel:
            wheel.extractall(folder)

    return made_once(tmp_path_factory, "installed", make)


def run(installed: Path, folder: Path, *command: str) -> str:
    """Run Python on what is installed, in a folder and a home of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ATTNVIZ_")}
    environment |= {"PYTHONPATH": str(installed), "XDG_DATA_HOME": str(folder / "data"), "HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_shipped_experiments_are_found_from_any_folder(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()  # somebody else's
    said = json.loads(run(installed, tmp_path, "-m", "attnviz", "list", "--json"))["experiments"]
    assert [one["name"] for one in said] == ["news-en", "reviews-en", "reviews-ko"]
    code = "import attnviz; print(attnviz.load('reviews-en').explain('This movie was not amazing.').prediction)"
    assert run(installed, tmp_path, "-c", code).strip() == "negative"


def test_new_experiments_go_where_people_can_write(installed: Path, tmp_path: Path) -> None:
    code = "from attnviz.model.experiment import MODELS; print(MODELS)"
    assert Path(run(installed, tmp_path, "-c", code).strip()).is_relative_to(tmp_path / "data")
    mine = tmp_path / "models" / "mine"
    shutil.copytree(installed / "attnviz" / "shipped" / "models" / "reviews-en", mine)
    assert Path(run(installed, tmp_path, "-c", code).strip()) == mine.parent
    code = "from attnviz.model.experiment import names; print(*names())"
    assert run(installed, tmp_path, "-c", code).split() == ["mine", "news-en", "reviews-en", "reviews-ko"]


def test_the_app_is_there_with_its_settings(installed: Path, tmp_path: Path) -> None:
    code = """
import sys
from streamlit import config
from attnviz.data.files import home
config._main_script_path = str(home() / "app.py")
config.get_config_options(force_reparse=True)
print(config.get_option("server.address"), config.get_option("client.toolbarMode"))
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(str(home() / "app.py"), default_timeout=120).run()
assert not app.exception, app.exception
print(len(app.get("bidi_component")))
"""
    address, toolbar, drawn = run(installed, tmp_path, "-c", code).split()
    assert (address, toolbar) == ("127.0.0.1", "minimal") and int(drawn) > 0
