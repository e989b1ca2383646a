"""Two files from a notebook, by clicks alone: to a heat-map that says what lies on padding."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.conftest import accessible, served
from tests.model.adoption.course import LABELS, trained

_PATIENCE = 90_000  # milliseconds


@pytest.fixture
def own_address(tiny_models: Path, tmp_path: Path) -> Iterator[str]:
    """Return where the app listens on models that a test may add to."""
    shutil.copytree(tiny_models, tmp_path / "models")
    with served(tmp_path / "models", tmp_path / "log") as address:
        yield address


def test_two_files_of_a_notebook_become_an_experiment(page: Page, own_address: str, tmp_path: Path) -> None:
    notebook = trained()
    torch.save(notebook.model.state_dict(), tmp_path / "course.pt")
    (tmp_path / "words.json").write_text(json.dumps(notebook.vocabulary), encoding="utf-8")
    page.goto(f"{own_address}/train")
    page.get_by_text("A model from elsewhere").click()
    form = page.locator(".st-key-adoption")
    files = form.locator("input[type=file]")
    expect(files).to_have_count(3, timeout=_PATIENCE)
    form.locator("[class*=adopt_model] input[type=file]").set_input_files(tmp_path / "course.pt")
    form.locator("[class*=adopt_words] input[type=file]").set_input_files(tmp_path / "words.json")
    button = form.get_by_role("button", name="Import the model")
    expect(button).to_be_disabled(timeout=_PATIENCE)
    labels = form.get_by_label("Its classes, in the order of fc, with commas between")
    labels.fill("good")
    labels.press("Enter")
    expect(button).to_be_enabled()
    accessible(page, ".st-key-adoption")
    button.click()
    expect(form.get_by_text("1 labels were given (good), but fc has 2 classes")).to_be_visible(timeout=_PATIENCE)
    labels.fill(", ".join(LABELS))
    labels.press("Enter")
    button.click()
    expect(form.get_by_text("“course” is there.")).to_be_visible(timeout=_PATIENCE)
    page.goto(f"{own_address}/?experiment=course&text=the+movie+was+not+good")
    expect(page.get_by_text(re.compile(r"of its attention lies on padding: 195 positions")).first).to_be_visible(
        timeout=_PATIENCE
    )
