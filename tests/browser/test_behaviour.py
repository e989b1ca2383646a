"""The part Behaviour of the Errors page, in a real Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import still

LONG = 240_000  # ms, for hundreds of texts on a busy machine


def test_a_failure_is_chosen_and_a_word_of_it_struck_out_on_the_sentence_page(page: Page, address: str) -> None:
    page.goto(f"{address}/errors?experiment=tiny-en&data=tour-en&look=behaviour")
    page.get_by_role("button", name="Change the texts").click(timeout=LONG)
    expect(page.get_by_text("brittle").first).to_be_visible(timeout=LONG)
    tests = page.locator(".list", has=page.get_by_text("Tests", exact=True)).locator("tbody tr")
    tests.filter(has_text="slips of the keys").locator("button").click()
    expect(page).to_have_url(re.compile("test=typing-slips"))
    still(page)  # the list of the test before is gone
    expect(page.get_by_text("The answer may not change.")).to_be_visible()
    cases = page.locator(".list", has=page.get_by_text("the largest change first")).locator("tbody tr")
    second = cases.nth(1)
    text = second.locator(".text").inner_text()
    second.locator("button").click()
    after = page.locator(".heatmap[data-drawn]").nth(1)
    words = after.get_by_role("region", name="fine-tuned").locator(".word .text")
    expect(words).to_have_text(re.findall(r"[\w'’]+|[^\w\s]", text))
    expect(page.get_by_role("link", name="See it on the Sentence page")).to_be_visible()
    words.first.click()
    expect(page).to_have_url(re.compile("without=0"))
