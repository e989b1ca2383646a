"""Two experiments side by side as somebody sees them who has a keyboard and a mouse."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from attnviz.model.experiment import Experiment
from tests.analysis.evaluation.others import relabelled, worse
from tests.browser.conftest import PAINTED, served

TEXT = "the film was not good"


@pytest.fixture(scope="module")
def address(tiny: Experiment, tiny_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where the app listens on tiny-en and a second experiment, which errs more and has its labels turned."""
    folder = tmp_path_factory.mktemp("two") / "models"
    shutil.copytree(tiny_models, folder)
    bad, good = tiny.labels
    relabelled(worse(tiny, "worse"), "second", {good: good, bad: bad}).save(folder)
    with served(folder, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


def words(page: Page, at: int) -> Locator:
    """Return the words of the first panel of one of the heat-maps."""
    return page.locator(".heatmap[data-drawn]").nth(at).get_by_role("region").first.locator(".word")


def test_a_word_is_struck_out_in_both_and_the_link_carries_it(page: Page, address: str) -> None:
    page.goto(f"{address}/?experiment=tiny-en&text={TEXT.replace(' ', '+')}")
    expect(words(page, 0)).to_have_count(5, timeout=60_000)
    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option", name="⇄ second").click()
    expect(words(page, 1)).to_have_count(5)
    expect(page).to_have_url(re.compile("[?&]against=second(&|$)"))
    for at, place in ((1, 3), (0, 2)):  # a click in the second, then one in the first
        words(page, at).nth(place).click()
        for other in (0, 1):
            expect(words(page, other).nth(place)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("without=2%2C3|without=2,3"))
    page.reload()
    for at in (0, 1):
        expect(words(page, at).nth(3)).to_have_attribute("aria-pressed", "true", timeout=60_000)
    page.locator(".heatmap[data-drawn]").nth(1).get_by_role("button", name="Put all words back").click()
    for at in (0, 1):
        expect(words(page, at).nth(3)).to_have_attribute("aria-pressed", "false")
    lines = page.locator(".heatmap[data-drawn]").nth(1).locator(".belief .said")
    expect(lines.first).to_contain_text("How do we know?")  # each picture has its line


def test_a_click_lists_what_one_alone_gets_right(page: Page, address: str) -> None:
    page.goto(f"{address}/errors?experiment=tiny-en&against=second&data=tour-en")
    board = page.get_by_role("table", name="tiny-en and second against the labels")
    expect(board).to_be_visible(timeout=60_000)
    cell = board.get_by_role("button").nth(1)
    count = cell.locator(".text").inner_text()
    assert int(count) > 1
    cell.click()
    expect(page.locator(".list h3")).to_contain_text(f"of {count}")
    expect(cell).to_have_attribute("aria-pressed", "true")
    lines = page.locator(".list tbody tr")
    rows = [line.get_attribute("data-id") for line in lines.locator("button").all()[:2]]
    page.wait_for_function("(row) => document.prefetched?.[`second ${row}`] === null", arg=rows[0])
    page.keyboard.press("ArrowRight")
    page.evaluate(PAINTED)
    first = re.search(r"[\w'’-]+", lines.nth(1).locator(".text").inner_text())
    assert first
    for at in (0, 1):  # each picture is that of the line, in its own experiment
        heading = page.locator(".heatmap[data-drawn]").nth(at).locator("h2.pinned")
        expect(heading).to_have_text(("tiny-en", "second")[at])
        expect(words(page, at).first.locator(".text")).to_have_text(first[0])
    expect(page).to_have_url(re.compile("[?&]cell=pair-only-first(&|$)"))
    page.reload()
    expect(page.locator(".list h3")).to_contain_text(f"of {count}", timeout=60_000)
