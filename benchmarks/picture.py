"""How fast the living picture follows a step, in Chromium on this machine: from the key to the frame that shows it.

    python -m benchmarks.picture

Each row is a sentence length: the picture's step, the step's own content below it (which waits for the server), and the
picture with both twins. A key every 600 ms; numbers travel, as they do for people.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import ROOT, arrive, serve

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


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="how often all steps are walked")
    times = parser.parse_args().times
    with sync_playwright() as playwright, serve(ROOT / "app.py") as address:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        arrive(page, address)
        print("| words | twins | picture, ms | slowest | the step below, ms |\n| --- | --- | --- | --- | --- |")
        for count, text in LENGTHS.items():
            for twins in ("", "1"):
                taken = walked(page, address, {"text": text, "twins": twins}, times)
                pictures, contents = ([one[name] for one in taken] for name in ("picture", "content"))
                usual, below = (round(statistics.median(one)) for one in (pictures, contents))
                print(f"| {count} | {1 + bool(twins)} | {usual} | {max(pictures):.0f} | {below} |", flush=True)
        browser.close()


def walked(page: Page, address: str, link: dict[str, str], times: int) -> list[dict[str, float]]:
    """Walk through all steps by key and return the milliseconds of each turn."""
    taken = []
    for _ in range(times):
        page.goto(f"{address}/steps?{urlencode(link)}")
        page.locator(".forward_pass .cell").first.wait_for(timeout=60_000)
        for step in range(2, 11):
            page.wait_for_timeout(600)
            page.evaluate(WATCH, step)
            page.keyboard.press("ArrowRight")
            taken.append(page.evaluate("window.taken"))
    return taken[len(taken) // 3 :]  # the first walk warms up


if __name__ == "__main__":
    main()
