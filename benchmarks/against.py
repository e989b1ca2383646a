"""What a second experiment costs on the Errors page: the same clicks with one and with two, in turns, in Chromium.

    python -m benchmarks.against
    python -m benchmarks.against --rows nsmc/test.csv --experiment reviews-ko

The second is a copy of the first, so both read the same rows alike, and what is timed is the page. The clock is that of
`benchmarks.pages`: it starts in the browser with the click or the key and stops at the frame after the one in which
what is asked for is shown.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.browser import PATIENCE, arrive, chromium, drawn, serve, warm
from benchmarks.options import parser
from benchmarks.pages import Walk, made
from benchmarks.report import TIMES, Report, run
from benchmarks.servers import APP, ROOT

SECOND = "second"
ACTS = ("a click in the confusion matrix", "the next error: its words")


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--experiment", default="reviews-en", help="a shipped experiment")
    found.add_argument("--rows", metavar="FILE", type=Path, help="a CSV with a text and a label column")
    found.add_argument("--made", type=int, default=3_400, help="how many reviews to make where no file is given")
    found.add_argument("--times", type=int, default=20, help="how often each act is done with one and with two")
    found.add_argument("--pause", type=int, default=400, help="milliseconds between two acts: nobody acts faster")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Do the acts in turns, with one experiment and with two."""
    table = report.table("", TIMES)
    taken: dict[tuple[str, str], list[float]] = {(act, how): [] for act in ACTS for how in ("one", "two")}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        models = Path(folder, "models")
        for name in (chosen.experiment, SECOND):
            shutil.copytree(ROOT / "models" / chosen.experiment, models / name)
        os.environ |= {"ATTNVIZ_MODELS": str(models), "XDG_CACHE_HOME": str(Path(folder, "cache"))}
        rows = chosen.rows or made(Path(folder, "reviews.csv"), chosen.made)
        with serve(APP) as address, browser.new_context() as context:
            first = context.new_page()
            first.set_default_timeout(PATIENCE)
            arrive(first, address)
            drawn(first)
            first.goto(f"{address}/errors?{urlencode({'data': 'upload', 'experiment': chosen.experiment})}")
            first.locator("input[type=file]").set_input_files(rows)
            first.get_by_role("button", name="Score ").click()
            first.locator(".list [aria-current]").wait_for()
            first.get_by_role("button", name="CSV").wait_for()  # all rows are read
            second = context.new_page()
            second.set_default_timeout(PATIENCE)
            second.goto(f"{first.url}&against={SECOND}")
            second.locator(".heatmap[data-drawn]").nth(1).wait_for()
            for _ in range(chosen.times):
                for how, page in (("one", first), ("two", second)):
                    for act, took in zip(ACTS, acts(Walk(page, address, table, chosen)), strict=True):
                        taken[act, how].append(took)
    for act in ACTS:
        for how in ("one", "two"):
            table.timed(f"{act}, {how}", warm(taken[act, how]))
    for act in ACTS:
        one, two = (statistics.median(warm(taken[act, how])) for how in ("one", "two"))
        report.ratio(f"{act}, two / one", two / one)


def acts(walk: Walk) -> list[float]:
    """Click another cell of the first one's confusion matrix, then step on; return the milliseconds of each."""
    page = walk.page
    page.bring_to_front()
    matrix = page.get_by_role("table", name="takes for what").first.get_by_role("button")
    cells = [cell for cell in matrix.all() if cell.locator(".text").inner_text() not in ("", "0", "1")]
    now = next((at for at, cell in enumerate(cells) if cell.get_attribute("aria-pressed") == "true"), -1)
    clicked = walk.timed(cells[(now + 1) % len(cells)].click, "pointerdown", ".list h3")
    page.locator(".list [aria-current]").first.focus()
    stepped = walk.timed(partial(page.keyboard.press, "ArrowDown"), "keydown", ".heatmap .word .text")
    return [clicked, stepped]


if __name__ == "__main__":
    run(main, arguments())
