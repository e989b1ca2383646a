"""Languages, themes, a phone, and what axe-core finds."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows, accessible
from tests.browser.sentence_page import SentencePage

LONG = {"text": "such an amaaazing plot, not a clumsy one", "without": "3", "pin": "good film", "shade": "positive"}


@pytest.mark.parametrize(
    ("scheme", "locale", "link"),
    [("light", "en-US", {}), ("dark", "ko-KR", {}), ("light", "ko-KR", LONG), ("dark", "en-US", LONG)],
)
def test_axe_finds_nothing(
    windows: Windows, address: str, scheme: Literal["light", "dark"], locale: str, link: dict[str, str]
) -> None:
    page = windows.like(viewport={"width": 1280, "height": 900}, color_scheme=scheme, locale=locale).new_page()
    shown = SentencePage(page, address, **link).open()
    shown.heatmap.locator(".word").first.hover()
    expect(page.get_by_role("tooltip").last).to_be_visible()
    accessible(page)


def test_the_page_says_its_language(windows: Windows, address: str) -> None:
    page = windows.like(locale="ko-KR").new_page()
    shown = SentencePage(page, address).open()
    assert page.evaluate("document.documentElement.lang") == "ko"
    expect(page.get_by_role("heading", level=1)).to_have_text("분류기는 어느 단어를 보았을까요?")
    assert "부정" in shown.answer("파인튜닝")
    page.get_by_role("radio", name="English").click()
    expect(shown.panel("fine-tuned")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert shown.link() == {"lang": "en"}


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_a_phone_scrolls_down_only(windows: Windows, address: str, locale: str) -> None:
    page = windows.like(viewport={"width": 390, "height": 844}, locale=locale, has_touch=True).new_page()
    shown = SentencePage(
        page, address, text="such an amaaazing plot, " + "w" * 200, variants="frozen,fine-tuned,uniform"
    )
    shown.open()
    expect(page.locator(":has(> .st-key-controls)")).to_have_css("order", "-1")  # page.css may come after the heat-map
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (".heatmap", "form"):
        assert page.locator(part).first.evaluate("node => node.scrollWidth <= node.clientWidth")
    parts = [shown.box, shown.heatmap, page.locator(".st-key-controls"), page.locator(".st-key-introduction")]
    tops = [box["y"] for part in parts if (box := part.bounding_box())]
    assert len(tops) == len(parts) and tops == sorted(tops)


def test_a_finger_opens_the_details_and_strikes_out_from_there(windows: Windows, address: str) -> None:
    page = windows.like(
        viewport={"width": 390, "height": 844}, locale="en-US", has_touch=True, is_mobile=True
    ).new_page()
    shown = SentencePage(page, address, text="such an amaaazing plot").open()
    word, tip = shown.word("amaaazing (not in the vocabulary)"), shown.heatmap.locator("#tip")
    word.tap()
    for detail in ("α = 0.", "score e", "vote", "contribution", "n-grams", "<am"):
        expect(tip).to_contain_text(detail)
    expect(word).to_have_attribute("aria-pressed", "false")
    box = tip.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390

    other = shown.word("plot")
    other.tap()
    expect(tip.locator("b")).to_have_text("plot")
    page.locator("h1").tap()
    expect(tip).to_be_hidden()

    other.tap()
    tip.get_by_role("button", name="Strike this word out").tap()
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(shown.panel("fine-tuned").locator(".change").first).to_be_visible()
    assert shown.link()["without"] == "3"
    expect(tip).to_be_hidden()
    other.tap()
    expect(tip).to_contain_text("Struck out")
    tip.get_by_role("button", name="Put this word back").tap()
    expect(other).to_have_attribute("aria-pressed", "false")
    expect(shown.panel("fine-tuned").locator(".change")).to_have_count(0)
    other.tap()
    other.tap()
    expect(tip).to_be_hidden()


def test_axe_finds_nothing_under_a_finger(windows: Windows, address: str) -> None:
    page = windows.like(viewport={"width": 390, "height": 844}, locale="ko-KR", has_touch=True).new_page()
    shown = SentencePage(page, address).open()
    shown.heatmap.locator(".word").first.tap()
    expect(shown.heatmap.locator(".tip .strike")).to_be_visible()
    accessible(page)


def test_the_picture_follows_the_theme(windows: Windows, address: str) -> None:
    page = windows.like(color_scheme="light").new_page()
    shown = SentencePage(page, address, text="This movie was not amazing.").open()
    light = shown.word("not").evaluate("node => getComputedStyle(node).backgroundColor")
    page.emulate_media(color_scheme="dark")
    expect(shown.word("not")).not_to_have_css("background-color", light)
