"""A server that others come to, in two real browsers: a visitor's and its owner's."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from attnviz.ui import owner
from tests.browser.conftest import served

KEY = "a key that nobody guesses"


def test_one_link_makes_a_browser_the_owners_and_no_other(
    page: Page, chromium: Browser, tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(owner.KEY, KEY)
    form = page.get_by_text("A new experiment", exact=True)
    with served(tiny_models, tmp_path / "log") as address:
        page.goto(f"{address}/train")
        expect(page.get_by_text("This server is open for looking")).to_be_visible()
        expect(page.get_by_text("The experiments that are there")).to_be_visible()
        expect(form).to_be_hidden()

        page.goto(f"{address}/owner#{KEY}x")
        expect(page.get_by_role("alert")).to_contain_text("not the key")
        assert not Axe().run(page).response["violations"]
        page.get_by_label("The key").fill(KEY)
        page.get_by_role("button", name="Be the owner").click()
        page.get_by_role("link", name="To the page Train").click()
        expect(form).to_be_visible()
        assert owner.COOKIE not in page.evaluate("document.cookie")  # no script reads it

        other = chromium.new_context(locale="ko-KR").new_page()
        other.goto(f"{address}/train")
        expect(other.get_by_text("소유자만 할 수 있습니다")).to_be_visible()
        other.goto(f"{address}/owner#{KEY}")  # a second owner
        expect(other.get_by_text("이 브라우저는 소유자의 것입니다")).to_be_visible()
        assert "#" not in other.url
        other.context.close()

        page.goto(f"{address}/owner")
        page.get_by_role("button", name="Be a visitor again").click()
        expect(page.get_by_label("The key")).to_be_visible()
        page.goto(f"{address}/train")
        expect(page.get_by_text("This server is open for looking")).to_be_visible()
        expect(form).to_be_hidden()
