"""Some real browsers among the people."""

from __future__ import annotations

import random
import shutil
import time

from benchmarks.load.people import sentence

_DRAWN = ".heatmap[data-drawn] .word .text"


def browsing(address: str, count: int, seconds: float) -> list[float]:
    """Let pages in Chromium take turns at typing, and return the seconds from each Enter key to the last heat-map."""
    if not count:
        return []
    from playwright.sync_api import sync_playwright

    from benchmarks.browser import WATCH, both_panels

    draw, taken, until = random.Random(1), list[float](), time.perf_counter() + seconds
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        pages = [browser.new_context(ignore_https_errors=True, bypass_csp=True).new_page() for _ in range(count)]
        for page in pages:
            page.set_default_timeout(60_000)
            page.goto(f"{address.rstrip('/')}/?lang=en")
            page.locator(_DRAWN).first.wait_for()
        while time.perf_counter() < until:
            for page in pages:
                said = sentence(draw)
                page.get_by_role("textbox").fill(said)
                page.evaluate(WATCH, [".word .text", both_panels(said)])
                page.get_by_role("textbox").press("Enter")
                taken.append(page.evaluate("window.taken") / 1000)
                page.wait_for_timeout(500)
        browser.close()
    return taken
