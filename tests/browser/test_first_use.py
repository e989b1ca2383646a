"""The Errors page on a fresh install, as somebody sees it whose test rows have to be fetched first."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.servers import ROOT
from tests.browser.conftest import served

# Python runs this at the server's start, for its folder stands first among those it looks for modules in.
KNOWN = """
from attnviz.analysis.evaluation import predictions, short_first
from attnviz.data.download import Download
from attnviz.data.registry import SOURCES, Source
predictions._TOKENS = 64  # so small data is read in many steps
short_first.FIRST = 16
classes = {{"negative": "negative", "positive": "positive"}}
file = Download("{address}/train.csv", "tiny", 1)
SOURCES["tiny"] = Source(classes, "sentences", "MIT", file, test=Download("{address}/test.csv", "tiny", 1, None, 1.5))
"""

# Keeps the line that a click meets.
CLICKED = """() => document.addEventListener("click", (event) => {
  const line = event.composedPath()[0].closest("button");
  window.clicked = [line.dataset.id, line.querySelector(".text").textContent];
}, true)"""


class Shelf(BaseHTTPRequestHandler):
    """Serve the rows, the second half of them once it may."""

    rows, may = b"", threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.rows)))
        self.end_headers()
        self.wfile.write(self.rows[: len(self.rows) // 2])
        assert self.may.wait(120)
        self.wfile.write(self.rows[len(self.rows) // 2 :])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def fresh(
    tiny_models: Path, tiny_csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, threading.Event]]:
    """Return where an app listens that has fetched nothing yet, and what lets a download go on."""
    monkeypatch.setattr(Shelf, "rows", tiny_csv.read_bytes())
    monkeypatch.setattr(Shelf, "may", threading.Event())
    with ThreadingHTTPServer(("127.0.0.1", 0), Shelf) as shelf:
        thread = threading.Thread(target=shelf.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{shelf.server_port}"
        (tmp_path / "sitecustomize.py").write_text(KNOWN.format(address=address))
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "cache"))
        with served(tiny_models, tmp_path / "log") as app:
            yield app, Shelf.may
        Shelf.may.set()
        shelf.shutdown()
        thread.join()


def test_rows_are_fetched_by_a_button_and_what_is_chosen_stays_while_more_come_in(
    page: Page, fresh: tuple[str, threading.Event], tiny_csv: Path
) -> None:
    address, may = fresh
    rows = len(tiny_csv.read_text(encoding="utf-8").splitlines()) - 1
    page.goto(f"{address}/errors?data=tiny&cell=all")
    page.get_by_role("button", name="Download tiny (1.5 MB)").click()
    expect(page.get_by_text("Downloading tiny")).to_be_visible()
    second = page.context.new_page()  # who comes later sees the same download
    second.goto(f"{address}/errors?data=tiny&cell=all")
    expect(second.get_by_text("Downloading tiny")).to_be_visible()
    may.set()
    for one in (page, second):
        expect(one.locator(".list [aria-current]")).to_be_visible(timeout=60_000)
    lines = page.locator(".list tbody button")
    shown = page.locator(".heatmap[data-drawn]").get_by_role("region", name="frozen").locator(".word .text")
    page.evaluate(CLICKED)
    lines.nth(2).click()  # at once: with more rows it may stand on another page of the list
    row, text = page.evaluate("window.clicked")
    expect(shown).to_have_text(text.split())
    expect(page.get_by_role("button", name="HTML")).to_be_visible(timeout=60_000)  # all rows are read
    expect(page.locator(".st-key-scoring")).to_have_count(0)
    expect(shown).to_have_text(text.split())
    expect(page.locator(".list h3")).to_contain_text(f"of {rows}")
    expect(page.locator(".list [aria-current] .text")).to_have_text(text)
    expect(page).to_have_url(re.compile(rf"[?&]row={row}(&|$)"))
    expect(second.locator(".list h3")).to_contain_text(f"of {rows}", timeout=60_000)
