"""A class takes part: a teacher's page and the phones of two pupils, through a whole round."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PAINTED, accessible, served, still, themed

TEXT = "such a good film"
# The first run of a server takes long over its last step, and ends when it is told to.
SLOW = """
import pathlib, threading, time
from attnviz.ui import header
faults, first = header.faults, threading.Lock()
def slow(kind):
    faults(kind)
    if first.acquire(blocking=False):
        while not pathlib.Path({go!r}).exists():
            time.sleep(0.01)
        print("the first run is done", flush=True)
header.faults = slow
"""
MIDDLE = (".joining .picture", ".joining .where", ".joining .large", ".joining .local")


def opened(page: Page, address: str, path: str, **link: str) -> None:
    """Open a page of the teacher's, and the classroom on it."""
    page.goto(f"{address}/{path}?{urlencode({'text': TEXT, **link})}")
    expect(page.get_by_role("button", name="With your class")).to_be_visible(timeout=60_000)
    still(page)
    page.get_by_role("button", name="With your class").click()
    new = page.get_by_role("button", name="A new lesson")  # it is asked where today had one already
    expect(page.locator(".joining").or_(new)).to_be_visible()
    if new.is_visible():
        new.click()
    expect(page.locator(".joining")).to_be_visible()


def phone(chromium: Browser, address: str, code: str) -> Page:
    """Open a phone that joins by the code."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-US", has_touch=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{address}/join/{code}")
    return page


@pytest.mark.parametrize(("path", "drawn"), [("", ".heatmap"), ("steps", ".forward_pass")])
def test_two_phones_mark_and_see_themselves_beside_the_twins(
    page: Page, chromium: Browser, address: str, path: str, drawn: str
) -> None:
    opened(page, address, path, step="4") if path else opened(page, address, path)
    code = page.locator(".joining .large").inner_text()
    pupils = [phone(chromium, address, code) for _ in range(2)]
    counts = page.locator(".counts")
    expect(counts).to_contain_text("2 have joined")
    page.get_by_role("button", name="Open the round").click()
    board = page.locator(".class_board[data-state]")
    expect(page.locator(".class_board[data-state=open]")).to_be_visible()
    expect(page.locator(drawn)).to_have_count(0)
    assert parse_qs(urlsplit(page.url).query)["class"] == [code]
    page.reload()  # the class stays
    expect(page.locator(".class_board[data-state=open] .code b")).to_have_text(code, timeout=60_000)
    for pupil, places in zip(pupils, ((2,), (2, 3)), strict=True):
        for place in places:
            pupil.locator("button.word").nth(place).click()
        pupil.locator("#round button.main").click()
    expect(counts).to_contain_text("2 have answered")
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".class_board[data-state=revealed] .found")).to_have_count(3)
    expect(board.locator(".of-class small")).to_have_text(["0%", "0%", "100%", "50%"])
    expect(page.locator(drawn).first).to_be_visible()
    for pupil in pupils:
        expect(pupil.locator("#round")).to_contain_text("50%")
    accessible(page)
    page.get_by_role("button", name="Put away").click()
    expect(page.locator(".joining")).to_be_visible()
    for pupil in pupils:
        pupil.context.close()


def test_how_to_join_fills_the_screen_and_a_presentation_keeps_its_keys(page: Page, address: str) -> None:
    opened(page, address, "steps", step="2", present="1")
    panel = page.locator(".st-key-class_panel").bounding_box()
    assert panel and panel["y"] == 0 and panel["height"] == 720
    page.locator(".joining .picture").click()
    dialog = page.get_by_role("dialog", name="How to join")
    code = dialog.locator("svg").bounding_box()
    assert code and code["height"] > 0.6 * 720
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".joining")).to_be_visible()  # and it is presented still
    page.keyboard.press("PageDown")
    page.get_by_role("button", name="Back to the page").click()
    expect(page.locator("nav[data-now='2']")).to_be_visible()
    still(page)  # the keys are the steps' again
    page.keyboard.press("PageDown")
    expect(page.locator("nav[data-now='3']")).to_be_visible()


def test_a_classroom_that_is_opened_before_the_page_is_done_counts_its_phones(
    page: Page, chromium: Browser, tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, go = tmp_path / "log", tmp_path / "go"
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "cache"))  # where no other test has had a lesson today
    with served(tiny_models, log, SLOW.format(go=str(go))) as address:
        page.goto(f"{address}/?{urlencode({'text': TEXT})}")
        expect(page.locator(".heatmap .word").first).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="With your class").click()  # the first run still looks for damaged experiments
        expect(page.locator(".joining")).to_be_visible()
        still(page)
        go.touch()
        while "the first run is done" not in log.read_text():
            page.evaluate(PAINTED)
        pupil = phone(chromium, address, page.locator(".joining .large").inner_text())
        expect(page.locator(".counts")).to_contain_text("1 have joined")
        pupil.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_to_be_pressed_can_be_read(page: Page, address: str, scheme: Literal["light", "dark"]) -> None:
    opened(page, address, "")
    themed(page, scheme)
    button = page.get_by_role("button", name="Open the round")
    for state in ("", "hover"):
        if state:
            button.hover()
        accessible(page, ".st-key-class_panel")
    page.get_by_role("button", name="Back to the page").click()
    door = page.get_by_role("button", name="With your class")
    expect(door).to_have_attribute("data-testid", "stBaseButton-primary")
    accessible(page, ".st-key-menu")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_how_to_join_stands_in_the_middle_of_a_narrow_window(page: Page, address: str, language: str) -> None:
    opened(page, address, "")
    code = page.locator(".joining .large").inner_text()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/?{urlencode({'class': code, 'lang': language})}")
    expect(page.locator(".joining")).to_be_visible(timeout=60_000)
    still(page)
    middles = [box["x"] + box["width"] / 2 for part in MIDDLE if (box := page.locator(part).bounding_box())]
    assert len(middles) == len(MIDDLE) and max(middles) - min(middles) < 1
    option = page.locator(".joining .option")
    expect(option).to_have_text("--server.address 0.0.0.0")
    assert option.evaluate("(option) => option.getClientRects().length") == 1  # it is in one line


def test_the_next_round_begins_at_its_top_and_no_example_tells_its_answer(page: Page, address: str) -> None:
    opened(page, address, "")
    page.get_by_role("button", name="Open the round").click()
    expect(page.locator(".class_board[data-state=open]")).to_be_visible()
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".class_board[data-state=revealed] .found")).to_have_count(3)
    expect(page.locator(".examples button").first).to_be_visible()
    page.get_by_role("button", name="Next round").click()
    page.get_by_text("Guess", exact=True).first.click()
    still(page)
    page.locator(".st-key-class_sentence input").click()
    page.get_by_role("option").nth(1).click()
    button = page.get_by_role("button", name="Open the round")
    page.set_viewport_size({"width": 1280, "height": 480})  # as on a projector that is zoomed into
    button.evaluate("(button) => button.scrollIntoView({ block: 'start' })")
    button.click()
    expect(page.locator(".class_board[data-state=open]")).to_contain_text("Round 2: Guess")
    still(page)
    for part in (".code", ".question", ".sentence", ".choices"):
        expect(page.locator(f".class_board {part}")).to_be_in_viewport(ratio=1)
    expect(page.locator(".examples button")).to_have_count(0)
    page.get_by_role("button", name="Rounds and lessons").click()
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(page.get_by_role("button", name="Yes, delete it for good")).to_be_in_viewport(ratio=1)
    accessible(page)
