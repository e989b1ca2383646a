"""How fast the screen answers: a server's cold start, then typed sentences, in Chromium on this machine.

    python -m benchmarks.screen

Times are taken inside the browser: from the Enter key to the frame in which both heat-maps show the new sentence,
beside the time of a trivial Streamlit page (one text box, one line of text) between the same two moments.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from attnviz.text import tokenize

ROOT = Path(__file__).parent.parent
TRIVIAL = 'import streamlit as st\nst.text("read: " + st.text_input("say", "nothing"))\n'
SUBJECTS = ("The film", "This story", "Her acting", "The script", "That ending")
VERDICTS = (
    "was not amazing.",
    "is a joy from start to end!",
    "never finds its feet",
    "made me laugh, then cry",
    "drags",
)

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


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--starts", type=int, default=3)
    chosen = parser.parse_args()
    sentences = [f"{SUBJECTS[i % 5]} {VERDICTS[i // 5 % 5]} Take {i}." for i in range(chosen.sentences)]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        trivial = Path(folder, "trivial.py")
        trivial.write_text(TRIVIAL)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        starts = []
        for _ in range(chosen.starts):
            with browser.new_context() as context, serve(ROOT / "app.py") as address:
                began = time.perf_counter()
                page = context.new_page()
                arrive(page, address)
                page.locator(".heatmap[data-drawn]").first.wait_for(timeout=60_000)
                starts.append(time.perf_counter() - began)
                ours = typed(page, ".word .text", sentences, both_panels) if len(starts) == chosen.starts else []
        with browser.new_context() as context, serve(trivial) as address:
            page = context.new_page()
            arrive(page, address)
            plain = typed(page, "[data-testid=stText]", sentences, lambda sentence: [f"read: {sentence}"])
        browser.close()
    print("| what | median | slowest |\n| --- | --- | --- |")
    print(f"| server start -> first heat-map, s | {statistics.median(starts):.2f} | {max(starts):.2f} |")
    print(f"| typed sentence -> both heat-maps, ms | {statistics.median(ours):.0f} | {max(ours):.0f} |")
    print(f"| the same on a trivial page, ms | {statistics.median(plain):.0f} | {max(plain):.0f} |")
    print(f"\nours / trivial: {statistics.median(ours) / statistics.median(plain):.1f}")


@contextmanager
def serve(script: Path, first: str = "") -> Iterator[str]:
    """Run a Streamlit script on a free port, and yield its address at once; Python code as `first` is run before it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    python = ["-c", f"{first}\nfrom streamlit.web.cli import main\nmain()"] if first else ["-m", "streamlit"]
    command = [sys.executable, *python, "run", str(script), f"--server.port={port}", "--server.headless=true"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()


def arrive(page: Page, address: str) -> None:
    """Open a page as soon as its server listens, and wait until there is something to type into."""
    for _ in range(1200):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0:
                break
        time.sleep(0.05)
    page.goto(address)
    page.get_by_role("textbox").wait_for(timeout=60_000)


def both_panels(sentence: str) -> list[str]:
    """Return the words of a sentence as two heat-maps, one below the other, show them."""
    return 2 * [token.text for token in tokenize(sentence)]


def typed(page: Page, selector: str, sentences: list[str], shown: Callable[[str], list[str]]) -> list[float]:
    """Type sentences and return the milliseconds from each Enter to `selector` finding all that is to be `shown`."""
    taken = []
    for sentence in sentences:
        page.wait_for_timeout(300)  # nobody types faster
        page.get_by_role("textbox").fill(sentence)
        page.evaluate(WATCH, [selector, shown(sentence)])
        page.get_by_role("textbox").press("Enter")
        taken.append(page.evaluate("window.taken"))
    return taken[len(taken) // 4 :]  # the first ones warm up


if __name__ == "__main__":
    main()
