"""The lesson kit: sentences of a teacher's own in a link, its QR code, sheets to take away, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import segno
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows, accessible, still

OWN = "so bad\nsuch a good film\nnot amaaazing"
SQUARES = r"""path => [...path.getAttribute("d").matchAll(/M(\d+) (\d+)h1/g)].map(([, x, y]) => [x - 4, y - 4])"""


def opened(page: Page, address: str, **link: str) -> None:
    page.goto(f"{address}/steps?{urlencode(link)}")
    expect(page.locator(f".lesson[data-step='{link['step']}']").first).to_be_visible(timeout=60_000)
    still(page)


def test_a_teachers_sentences_stand_in_their_order_and_a_new_class_starts_over(page: Page, address: str) -> None:
    opened(page, address, sentences=OWN, step="4", heat="3")
    own = page.get_by_role("group", name="Examples").get_by_role("button")
    expect(own).to_have_text(["1. so bad", "2. such a good film", "3. not amaaazing"])
    expect(page.get_by_role("textbox").first).to_have_value("so bad")
    own.nth(1).click()
    expect(page.locator(".forward_pass .at-word")).to_have_text(["such", "a", "good", "film"])
    page.get_by_role("button", name="Lesson kit").click()
    expect(page.get_by_text("What do the weights add up to, at every temperature?")).to_be_visible()
    page.get_by_role("button", name="Start the lesson over").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("1. ")
    expect(page.locator(".forward_pass .at-word")).to_have_text(["so", "bad"])
    still(page)
    link = parse_qs(urlsplit(page.url).query)
    assert link["sentences"] == [OWN] and not {"step", "heat", "text"} & set(link)


def test_the_kits_sheets_are_about_the_sentence_on_the_page(page: Page, address: str, tmp_path: Path) -> None:
    opened(page, address, text="<i>not</i> a good film", step="2")
    page.get_by_role("button", name="Lesson kit").click()
    for name, said in (("Homework", "vote v"), ("Its key", "vote v"), ("The whole lesson", "minute 41 to 45")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).click()
        written = Path(waiting.value.path()).read_text(encoding="utf-8")
        assert said in written and "<i>not" not in written
        assert ("&lt;i&gt;not" in written) == (said == "vote v")


def test_any_view_has_a_qr_code_of_its_link(page: Page, address: str) -> None:
    opened(page, address, text="so bad", step="3")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=2)).to_contain_text("4. ")
    still(page)
    page.get_by_role("button", name="QR code").click()
    dialog = page.get_by_role("dialog")
    link = dialog.locator(".link").inner_text()
    assert parse_qs(urlsplit(link).query)["step"] == ["4"]
    drawn = {(y, x) for x, y in dialog.locator("path").last.evaluate(SQUARES)}
    code = segno.make_qr(link, error="l")
    assert drawn == {(y, x) for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark}
    expect(dialog).to_contain_text("--server.address")  # a class does not reach 127.0.0.1
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(("scheme", "locale", "width"), [("light", "en-US", 1280), ("dark", "ko-KR", 390)])
def test_axe_finds_nothing_where_the_qr_code_stands(
    windows: Windows, address: str, scheme: Literal["light", "dark"], locale: str, width: int
) -> None:
    page = windows.like(
        locale=locale, color_scheme=scheme, viewport={"width": width, "height": 844}, has_touch=width < 640
    ).new_page()
    opened(page, address, text="so bad", step="3")
    page.get_by_role("button", name="QR").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    accessible(page)
