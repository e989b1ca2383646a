"""How fast the screen answers: a server's cold start, then typed sentences, in Chromium on this machine.

    python -m benchmarks.screen

Times are taken inside the browser: from the Enter key to the frame in which both heat-maps show the new sentence,
beside the time of a trivial Streamlit page (one text box, one line of text) between the same two moments.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browser import REMARKS, WATCH, arrive, both_panels, chromium, drawn, serve, warm
from benchmarks.options import parser
from benchmarks.report import TIMES, Report, run
from benchmarks.servers import APP

TRIVIAL = 'import streamlit as st\nst.text("read: " + st.text_input("say", "nothing"))\n'


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--sentences", type=int, default=40)
    found.add_argument("--starts", type=int, default=3)
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Measure starts, then sentences on our page and on a trivial one."""
    sentences = [f"{REMARKS[i % 25]} Take {i}." for i in range(chosen.sentences)]
    table = report.table("", TIMES)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        trivial = Path(folder, "trivial.py")
        trivial.write_text(TRIVIAL)
        starts = []
        for _ in range(chosen.starts):
            with browser.new_context() as context, serve(APP) as address:
                began = time.perf_counter()
                page = context.new_page()
                arrive(page, address)
                drawn(page)
                starts.append(1000 * (time.perf_counter() - began))
                ours = typed(page, ".word .text", sentences, both_panels) if len(starts) == chosen.starts else []
        table.timed("server start -> first heat-map", starts)
        table.timed("typed sentence -> both heat-maps", ours)
        with browser.new_context() as context, serve(trivial) as address:
            page = context.new_page()
            arrive(page, address)
            plain = typed(page, "[data-testid=stText]", sentences, lambda sentence: [f"read: {sentence}"])
        table.timed("the same on a trivial page", plain)
    report.ratio("ours / trivial", statistics.median(ours) / statistics.median(plain))


def typed(page: Page, selector: str, sentences: list[str], shown: Callable[[str], list[str]]) -> list[float]:
    """Type sentences and return the milliseconds from each Enter to `selector` finding all that is to be `shown`."""
    taken = []
    for sentence in sentences:
        page.wait_for_timeout(300)  # nobody types faster
        page.get_by_role("textbox").fill(sentence)
        page.evaluate(WATCH, [selector, shown(sentence)])
        page.get_by_role("textbox").press("Enter")
        taken.append(page.evaluate("window.taken"))
    return warm(taken)


if __name__ == "__main__":
    run(main, arguments())
