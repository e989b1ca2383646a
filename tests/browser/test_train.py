"""The Train page in a real browser: from a file nobody prepared for to its heat-map, by clicks alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from attnviz.training import jobs
from tests.browser.conftest import served
from tests.data.test_preview import tickets, written

_PATIENCE = 90_000  # milliseconds: a run is a process that has torch to import, beside a server and a browser


@pytest.fixture
def models(tiny_models: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a folder of models that a test may add to."""
    folder = tmp_path / "models"
    shutil.copytree(tiny_models, folder)
    yield folder
    for job in jobs.jobs(folder):
        for process in jobs.processes(job):
            process.kill()


@pytest.fixture
def own_address(models: Path, tmp_path: Path) -> Iterator[str]:
    """Return where the app listens on these models."""
    with served(models, tmp_path / "log", first="from attnviz.training import jobs; jobs._NICE = 0") as address:
        yield address  # beside a busy process a run that is less urgent would take ten times as long


def test_a_file_of_four_classes_goes_from_upload_to_heat_map_by_clicks_alone(
    page: Page, own_address: str, models: Path, tmp_path: Path
) -> None:
    page.goto(f"{own_address}/train?epochs=60&hidden=32")
    page.locator("input[type=file]").first.set_input_files(
        written(tmp_path, tickets(), "support tickets.csv", ";"), timeout=_PATIENCE
    )
    expect(page.get_by_role("combobox", name="Column of the texts")).to_have_value(
        "What the customer wrote", timeout=_PATIENCE
    )
    expect(page.get_by_text("The experiment will be called “support-tickets”.")).to_be_visible(timeout=_PATIENCE)

    other = page.context.new_page()  # a second tab that presses Start too
    other.goto(f"{own_address}/train?epochs=60&hidden=32")
    other.locator("input[type=file]").first.set_input_files(tmp_path / "support tickets.csv", timeout=_PATIENCE)
    expect(other.get_by_text("The experiment will be called “support-tickets”.")).to_be_visible(timeout=_PATIENCE)

    page.get_by_role("button", name="Start").click()
    race = page.locator(".training_curves[data-drawn]")
    expect(race).to_be_visible(timeout=_PATIENCE)
    expect(page.get_by_role("button", name="Start")).to_be_hidden(
        timeout=_PATIENCE
    )  # the form has folded up: the race is in sight
    expect(race).to_be_in_viewport()
    other.get_by_role("button", name="Start").click()
    expect(other.get_by_text("The name “support-tickets” is taken")).to_be_visible(timeout=_PATIENCE)
    expect(other.locator(".training_curves[data-drawn]")).to_be_visible()  # it sees the same run
    other.close()

    expect(race.get_by_role("heading", name="after epoch")).to_be_visible(timeout=_PATIENCE)
    assert race.locator(".probe").count() == 2
    axe = Axe().run(page, "[class*=st-key-run_]", {"runOnly": ["wcag2a", "wcag2aa"]})
    assert "probe" in str(axe.response["passes"])  # it has looked into the picture
    assert axe.violations_count == 0, axe.generate_report()
    page.reload()  # it is found again
    expect(race).to_be_visible(timeout=_PATIENCE)
    keep = page.get_by_role("button", name="Stop and keep the best so far")
    ready = page.get_by_role("link", name="See it on the Sentence page")
    expect(keep.or_(ready)).to_be_visible(timeout=_PATIENCE)
    if keep.is_visible():
        keep.click()
    expect(ready).to_be_visible(timeout=120_000)
    ready.click()
    drawn = page.locator(".heatmap[data-drawn]").last
    expect(drawn).to_be_visible(timeout=_PATIENCE)
    assert drawn.locator(".word .text").all_inner_texts()[:3] == ["the", "invoice", "0"]
    expect(page.get_by_role("combobox", name="Experiment")).to_have_value("support-tickets")
    page.get_by_role("link", name="Embeddings").click()  # it is in the other pages' list too
    expect(page.get_by_role("combobox", name="Experiment")).to_have_value("support-tickets")


def test_a_run_whose_process_dies_says_so_and_goes_on(
    page: Page, own_address: str, models: Path, tiny_csv: Path
) -> None:
    page.goto(f"{own_address}/train?epochs=100&hidden=256&lender=tiny-en")  # not at its end before the last click
    page.locator("input[type=file]").first.set_input_files(tiny_csv, timeout=_PATIENCE)
    start = page.get_by_role("button", name="Start")
    expect(start).to_be_enabled(timeout=_PATIENCE)
    start.click()
    keep = page.get_by_role("button", name="Stop and keep the best so far")
    expect(keep).to_be_enabled(timeout=_PATIENCE)
    for process in jobs.processes(jobs.find(models, "tiny")):
        process.kill()
    expect(page.get_by_text("Its process ended without a word")).to_be_visible(timeout=_PATIENCE)
    page.get_by_role("button", name="Go on").click()
    expect(keep).to_be_enabled(timeout=_PATIENCE)
    page.get_by_role("button", name="Throw away").click()
    page.get_by_role("button", name="Yes, throw it away").click()
    expect(page.locator(".training_curves[data-drawn]")).to_have_count(0, timeout=_PATIENCE)
    assert jobs.jobs(models) == []
    assert not list(models.glob(".*.training"))
