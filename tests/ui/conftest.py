"""What the tests of all pages share."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import attnviz.model.experiment
from attnviz.ui.cache import models_folder

APP = Path(__file__).parents[2] / "app.py"


def opened(page: str = "", locale: str = "en-US", **link: str) -> AppTest:
    """Open a page of the app by its address, "" for the first one, as a link with these parameters does."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.context["locale"] = locale
    for name, value in link.items():
        app.query_params[name] = value
    if page:  # `switch_page` knows addresses of pages only after a first run, which would be a visit to another page
        app._page_hash = calc_hash(page)
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """Return every sentence that the page says in Streamlit's own elements, as people read it."""
    elements = [*app.info, *app.warning, *app.error, *app.success, *app.caption, *app.markdown]
    return "\n".join(element.value for element in elements).replace("\\", "")


def given(app: AppTest, part: str = "") -> list[dict[str, Any]]:
    """Return what the components on the page were given: those whose data has `part`."""
    found = [json.loads(json.loads(component.proto.json)["json"]) for component in app.get("bidi_component")]
    return [one for one in found if part in one] if part else found


@pytest.fixture
def models(tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the tiny models that a test may damage or add to, and let the app find it."""
    folder = tmp_path / "models"
    shutil.copytree(tiny_models, folder)
    monkeypatch.setattr(attnviz.model.experiment, "MODELS", folder)
    monkeypatch.setattr(models_folder, "LASTS", 0.0)  # what a test changes is seen at once
    return folder
