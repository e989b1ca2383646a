"""The Subwords page as somebody sees it who has a keyboard, a mouse and an address bar."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Windows, accessible

MARKUP = "<img/src=x/onerror=window.hacked=1>"


def opened(page: Page, address: str, **link: str) -> Locator:
    """Open the page and return the picture of its words."""
    page.goto(f"{address}/subwords?{urlencode(link)}")
    picture = page.locator(".ngram_view[data-drawn]")
    expect(picture).to_be_visible()
    return picture


def linked(page: Page) -> dict[str, str]:
    """Return what the address bar tells."""
    query = parse_qs(urlsplit(str(page.evaluate("location.href"))).query, keep_blank_values=True)
    return {name: values[-1] for name, values in query.items()}


def typed(page: Page, text: str, other: bool = False) -> None:
    """Put a word into one of the boxes and press Enter."""
    box = page.get_by_role("textbox", name="Beside it" if other else "A word")
    box.fill(text)
    box.press("Enter")


def test_the_page_is_one_click_from_the_sentence(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Subwords").click()
    picture = page.locator(".ngram_view[data-drawn]")
    expect(picture.get_by_role("region", name="excelent")).to_contain_text("no row of its own")
    expect(picture.get_by_role("region", name="cosine")).to_contain_text("shared n-grams")
    page.get_by_role("link", name="Sentence").click()
    expect(page.locator(".heatmap[data-drawn]")).to_be_visible()


def test_ngrams_stand_under_the_letters_they_cover(page: Page, address: str) -> None:
    picture = opened(page, address, word="amazing")
    letters = picture.locator(".letters span")
    assert letters.all_inner_texts() == list("<amazing>")
    bar = picture.get_by_role("button", name=re.compile(r"^maz \d")).bounding_box()
    first, last = (letters.nth(i).bounding_box() for i in (2, 4))
    assert bar and first and last
    assert abs(bar["x"] - first["x"]) < 3
    assert abs(bar["x"] + bar["width"] - last["x"] - last["width"]) < 3


def test_words_are_typed_chosen_and_linked(page: Page, address: str) -> None:
    picture = opened(page, address)
    typed(page, "amazing")
    expect(picture).to_have_attribute("data-drawn", "amazing excelent")
    near = picture.get_by_role("region", name="amazing").locator(".nearest button").first
    word = near.locator("bdi").inner_text()
    near.click()
    expect(picture).to_have_attribute("data-drawn", f"amazing {word}")
    assert linked(page) == {"word": "amazing", "other": word, "lang": "en"}
    seen = picture.inner_text()
    page.reload()
    expect(picture).to_be_visible()
    assert picture.inner_text() == seen
    page.get_by_role("button", name="Swap", exact=True).click()
    expect(picture).to_have_attribute("data-drawn", f"{word} amazing")


def test_a_bar_is_read_by_mouse_and_by_keyboard(page: Page, address: str) -> None:
    picture = opened(page, address, word="amazing", other="amaaazing")
    known, stranger = (picture.get_by_role("region", name=name) for name in ("amazing: known", "amaaazing: unknown"))
    known.get_by_role("button", name=re.compile(r"^<am \d")).hover()
    for panel in (known, stranger):
        expect(panel.locator(".readout")).to_contain_text("cosine with the vector")
        expect(panel.locator(".bar.twin")).to_have_count(1)
    own = known.get_by_role("button", name="its own row")
    own.focus()
    page.keyboard.press("ArrowRight")
    expect(known.locator(".bar").nth(1)).to_be_focused()
    expect(known.locator(".readout")).to_contain_text("share")
    assert known.locator(".bar[tabindex='0']").count() == 1


def test_the_typos_are_counted_and_can_be_looked_at(page: Page, address: str) -> None:
    picture = opened(page, address)
    page.get_by_role("button", name="Test by typo").click()
    expect(page.locator(".tally")).to_have_count(4)
    expect(page.locator(".tally").first).to_contain_text("n = ")
    trial = page.locator(".trial").first
    original = trial.locator("bdi").inner_text().split(" → ")[0]
    trial.click()
    expect(picture.get_by_role("region", name=f"{original}: known")).to_be_visible()


STRANGE = (MARKUP, "x" * 100_000, "שלום", "👩‍👩‍👧", "\u202egnirts", "e\u0323\u0301", "?")


def test_strange_words_get_a_sensible_picture(page: Page, address: str) -> None:
    picture = opened(page, address, word="amazing")
    for text in STRANGE:
        before = picture.get_attribute("data-drawn") or ""
        typed(page, text)
        expect(picture).not_to_have_attribute("data-drawn", before)
        assert page.evaluate("window.hacked") is None
        assert picture.locator("img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_hebrew_starts_at_the_right(page: Page, address: str) -> None:
    letters = opened(page, address, word="שלום").locator(".letters span")
    first, second = (letters.nth(i).bounding_box() for i in (1, 2))
    assert first and second and first["x"] > second["x"]


def test_no_word_gets_a_plain_sentence(page: Page, address: str) -> None:
    picture = opened(page, address, word="amazing")
    typed(page, "  ")
    expect(page.get_by_text("There is no word to read here")).to_be_visible()
    typed(page, "film")
    expect(picture).to_have_attribute("data-drawn", "film")


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "ko-KR"), ("dark", "en-US")])
def test_axe_finds_nothing(windows: Windows, address: str, scheme: Literal["light", "dark"], locale: str) -> None:
    page = windows.like(viewport={"width": 1280, "height": 900}, color_scheme=scheme, locale=locale).new_page()
    opened(page, address, word="amazing", other="amaaazing", typos="1")
    expect(page.locator(".tally")).to_have_count(4)
    accessible(page)
    assert page.evaluate("document.documentElement.lang") == locale[:2]


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_a_phone_scrolls_down_only(windows: Windows, address: str, locale: str) -> None:
    page = windows.like(viewport={"width": 390, "height": 844}, locale=locale, has_touch=True).new_page()
    picture = opened(page, address, word="w" * 60, other="amaaazing", typos="1")
    expect(page.locator(".tally")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (picture, page.locator(".typo_test")):
        assert part.evaluate("node => node.scrollWidth <= node.clientWidth")
    bar = picture.get_by_role("region", name="amaaazing").locator(".bar").first
    bar.tap()
    expect(bar).to_contain_class("twin")


def test_every_page_is_found_again_as_it_was_left(page: Page, address: str) -> None:
    page.goto(f"{address}/?text=so+dull&variants=uniform&lang=en")
    expect(page.locator(".heatmap[data-drawn]")).to_be_visible(timeout=60_000)
    entries = page.evaluate("history.length")
    page.get_by_role("link", name="Subwords").click()
    box = page.get_by_role("textbox", name="A word", exact=True)
    expect(box).to_have_value("excellent", timeout=30_000)
    assert page.evaluate("history.length") == entries + 1
    page.get_by_role("radio", name="good · bad").click()
    expect(box).to_have_value("good")
    page.go_back()
    expect(box).to_have_value("excellent")
    page.get_by_role("link", name="Sentence").click()
    expect(page.locator("textarea")).to_have_value("so dull")
    expect(page.get_by_role("region", name="uniform")).to_be_visible()
    assert "text=so+dull" in page.url
