"""The Sentence page as somebody sees it who has a keyboard, a mouse and an address bar."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, expect


class SentencePage:
    """What can be seen and done on the Sentence page."""

    def __init__(self, page: Page, address: str, **link: str) -> None:
        self.page = page
        page.goto(f"{address}/?{urlencode(link)}" if link else address)

    def open(self) -> SentencePage:
        """Wait for the heat-map."""
        expect(self.heatmap).to_be_visible(timeout=60_000)  # the first one waits for the server to warm up
        return self

    @property
    def heatmap(self) -> Locator:
        """The picture of the sentence at hand (a pinned one stands below it)."""
        return self.page.locator(".heatmap[data-drawn]").first

    def panel(self, name: str) -> Locator:
        """One classifier's picture."""
        return self.heatmap.get_by_role("region", name=name)

    def words(self, panel: str = "fine-tuned") -> list[str]:
        """The words of the sentence, as one classifier reads them."""
        return self.panel(panel).locator(".word .text").all_inner_texts()

    def word(self, name: str, panel: str = "fine-tuned") -> Locator:
        """One word's button."""
        return self.panel(panel).get_by_role("button", name=name, exact=True)

    def type(self, text: str) -> None:
        """Put a text into the box, press Enter and wait for its picture."""
        before = self.heatmap.get_attribute("data-drawn") if self.heatmap.count() else None
        self.box.fill(text)
        self.box.press("Enter")
        if before:
            expect(self.heatmap).not_to_have_attribute("data-drawn", before)

    @property
    def box(self) -> Locator:
        """The text box."""
        return self.page.get_by_role("textbox")

    def answer(self, panel: str = "fine-tuned") -> str:
        """What stands under one classifier's words."""
        return self.panel(panel).locator(".answer").inner_text()

    def link(self) -> dict[str, str]:
        """What the address bar tells."""
        query = parse_qs(urlsplit(str(self.page.evaluate("location.href"))).query, keep_blank_values=True)
        return {name: values[-1] for name, values in query.items()}
