"""The Content-Security-Policy in a browser that holds to it: nothing of ours is forbidden, everything else is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows
from tests.browser.test_every_page import PAGES


@pytest.mark.parametrize("page", PAGES)
def test_no_page_needs_what_it_may_not(windows: Windows, address: str, page: str) -> None:
    context = windows.like(locale="en-US")
    opened, forbidden = context.new_page(), list[str]()
    opened.on("console", lambda told: forbidden.append(told.text) if "Security Policy" in told.text else None)
    opened.goto(f"{address}/{page}")
    expect(opened.locator(PAGES[page]).first).to_be_attached(timeout=60_000)
    expect(opened.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
    assert not forbidden
    opened.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert opened.evaluate("window.ran === undefined")
