"""Chromium and a server of our own to drive: what the benchmarks of the screen share."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

from attnviz.text import tokenize
from benchmarks.report import LeftOut
from benchmarks.servers import started

Taken = TypeVar("Taken")
PATIENCE = 120_000  # milliseconds that a server may take to start
_SUBJECTS = ("The film", "This story", "Her acting", "The script", "That ending")
_VERDICTS = (
    "was not amazing.",
    "is a joy from start to end!",
    "never finds its feet",
    "made me laugh, then cry",
    "drags",
)
REMARKS = tuple(f"{subject} {verdict}" for verdict in _VERDICTS for subject in _SUBJECTS)

# Started by the Enter key: waits, frame by frame, until `selector` finds the expected texts. Looks into shadow roots.
WATCH = """([selector, expected]) => {
  const texts = (node) => node.matches(selector) ? [node.textContent] : [];
  const below = (node) => node.shadowRoot ? all(node.shadowRoot) : [];
  const all = (root) => [...root.querySelectorAll("*")].flatMap((node) => [...texts(node), ...below(node)]);
  const seen = () => JSON.stringify(all(document)) === JSON.stringify(expected);
  if (seen()) throw new Error("the page shows already what is to be typed");
  window.taken = new Promise((done) => document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const began = performance.now();
    const look = () => seen()
      ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look);
    requestAnimationFrame(look);
  }, { capture: true, once: true }));
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium: the system's, or Playwright's own."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(program).exists():
            raise LeftOut("Chromium is not installed")
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serve(script: Path, first: str = "") -> Iterator[str]:
    """Run a Streamlit script on a free port, and yield its address at once; Python code as `first` is run before it."""
    with started(script, first=first) as (place, _):
        yield f"http://{place}"


def arrive(page: Page, address: str) -> None:
    """Open a page as soon as its server listens, and wait until there is something to type into."""
    for _ in range(1200):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0:
                break
        time.sleep(0.05)
    page.goto(address, timeout=PATIENCE)
    page.get_by_role("textbox").wait_for(timeout=PATIENCE)


def drawn(page: Page) -> None:
    """Wait for the first heat-map."""
    page.locator(".heatmap[data-drawn]").first.wait_for(timeout=PATIENCE)


def both_panels(sentence: str) -> list[str]:
    """Return the words of a sentence as two heat-maps, one below the other, show them."""
    return 2 * [token.text for token in tokenize(sentence)]


def warm(taken: list[Taken]) -> list[Taken]:
    """Leave out the first quarter of some measurements, in which what is measured warms up."""
    return taken[len(taken) // 4 :]
