"""How fast the living picture follows a step, in Chromium on this machine: from the key to the frame that shows it.

    python -m benchmarks.picture

Each row is a sentence length: the picture's step, the step's own content below it (which waits for the server), and the
picture with both twins. A key every 600 ms; numbers travel, as they do for people.
"""

from __future__ import annotations

import argparse
import statistics
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.browser import PATIENCE, arrive, chromium, serve
from benchmarks.options import parser
from benchmarks.report import Report, run
from benchmarks.servers import APP

PLOT = "The plot is thin, but the ending is superb and moving. "
LENGTHS = {15: PLOT + "Yes.", 60: PLOT * 4 + PLOT[:32], 400: PLOT * 32}

# Started by the key: until the picture, and until the step's heading, say the step asked for; then one frame more.
WATCH = """(step) => {
  const roots = () => [document, ...[...document.querySelectorAll("*")].flatMap((node) => node.shadowRoot ?? [])];
  const picture = roots().map((root) => root.querySelector(".forward_pass")).find(Boolean);
  const heading = () => document.querySelector("h2")?.textContent.startsWith(`${step}.`);
  window.taken = new Promise((done) => document.addEventListener("keydown", () => {
    const began = performance.now();
    const taken = {};
    const look = () => {
      const frame = (name) => requestAnimationFrame(() => (taken[name] ??= performance.now() - began));
      if (picture.dataset.step === String(step)) frame("picture");
      if (heading()) frame("content");
      if (taken.picture && taken.content) done(taken);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true }));
}"""


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--times", type=int, default=3, help="how often all steps are walked")
    found.add_argument("--words", type=int, nargs="+", choices=[*LENGTHS], default=[*LENGTHS])
    found.add_argument("--pause", type=int, default=600, help="milliseconds between two steps")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Walk the steps of every length, with one picture and with two."""
    figures = {"picture, ms": ",.0f", "slowest picture, ms": ",.0f", "the step below, ms": ",.0f"}
    table = report.table("", {"words": "", "twins": ""} | figures)
    with chromium() as browser, serve(APP) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(PATIENCE)
        arrive(page, address)
        for count in chosen.words:
            for twins in (1, 2):
                link = {"text": LENGTHS[count], "twins": "1" if twins == 2 else ""}
                taken = walked(page, address, link, chosen)
                pictures, contents = ([one[name] for one in taken] for name in ("picture", "content"))
                table.row(count, twins, statistics.median(pictures), max(pictures), statistics.median(contents))
    report.ratio("the step below / picture", statistics.median(contents) / statistics.median(pictures))


def walked(page: Page, address: str, link: dict[str, str], chosen: argparse.Namespace) -> list[dict[str, float]]:
    """Walk through all steps by key and return the milliseconds of each turn."""
    taken = []
    for _ in range(chosen.times):
        page.goto(f"{address}/steps?{urlencode(link)}")
        page.locator(".forward_pass .cell").first.wait_for()
        for step in range(2, 11):
            page.wait_for_timeout(chosen.pause)
            page.evaluate(WATCH, step)
            page.keyboard.press("ArrowRight")
            taken.append(page.evaluate("window.taken"))
    return taken[len(taken) // 3 :]  # the first walk warms up


if __name__ == "__main__":
    run(main, arguments())
