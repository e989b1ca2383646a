"""Some real browsers among the people."""

from __future__ import annotations

import random
import time

from benchmarks.browser import WATCH, both_panels, chromium, drawn
from benchmarks.people.acts import sentence


def browsing(address: str, count: int, seconds: float) -> list[float]:
    """Let pages in Chromium take turns at typing, and return the seconds from each Enter key to the last heat-map."""
    if not count:
        return []
    draw, taken, until = random.Random(1), list[float](), time.perf_counter() + seconds
    with chromium() as browser:
        pages = [browser.new_context(ignore_https_errors=True, bypass_csp=True).new_page() for _ in range(count)]
        for page in pages:
            page.set_default_timeout(60_000)
            page.goto(f"{address.rstrip('/')}/?lang=en")
            drawn(page)
        while time.perf_counter() < until:
            for page in pages:
                said = sentence(draw)
                page.get_by_role("textbox").fill(said)
                page.evaluate(WATCH, [".word .text", both_panels(said)])
                page.get_by_role("textbox").press("Enter")
                taken.append(page.evaluate("window.taken") / 1000)
                page.wait_for_timeout(500)
    return taken
