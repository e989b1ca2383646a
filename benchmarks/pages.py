"""How fast every page answers, warm, in Chromium on this machine: from the act to the frame that shows its result.

    python -m benchmarks.pages
    python -m benchmarks.pages --train nsmc/train.csv

The clock starts inside the browser with the key or the click and stops at the frame after the one in which the shown
thing has changed. `--rows` is a file for the Errors page; without one it makes some.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page

from attnviz.training import jobs
from benchmarks.browser import PATIENCE, REMARKS, WATCH, arrive, both_panels, chromium, drawn, serve
from benchmarks.options import parser
from benchmarks.report import TIMES, Report, Table, run
from benchmarks.servers import APP, ROOT

PAUSE = 400  # milliseconds between two acts: nobody acts faster
LESSONS = {
    "15 words": "It was not a good film, but the ending was superb and moving.",
    "408 words": "The plot is thin, but the ending is superb and moving. " * 34,
}

# Armed before the act: waits, frame by frame, until what `selector` finds is there and reads otherwise than now.
CHANGE = """([event, selector]) => {
  const roots = () => [document, ...[...document.querySelectorAll("*")].flatMap((node) => node.shadowRoot ?? [])];
  const found = () => roots().flatMap((root) =>
    [...root.querySelectorAll(selector)].map((node) => node.dataset.drawn + node.textContent));
  const before = JSON.stringify(found());
  const changed = () => { const now = found(); return now.length && JSON.stringify(now) !== before; };
  window.taken = new Promise((done, fail) => document.addEventListener(event, () => {
    const began = performance.now();
    const look = () => {
      if (changed()) requestAnimationFrame(() => done(performance.now() - began));
      else if (performance.now() - began > 20_000) fail(new Error(`nothing in ${selector} has changed`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true }));
}"""


def timed(page: Page, act: Callable[[], object], event: str, selector: str, pause: int = PAUSE) -> float:
    """Return the milliseconds from an act's event to the frame that shows its result."""
    page.evaluate(CHANGE, [event, selector])
    act()
    taken: float = page.evaluate("window.taken")
    page.wait_for_timeout(pause)
    return taken


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--rows", metavar="FILE", type=Path, help="a CSV with a text and a label column")
    found.add_argument("--made", type=int, default=7_600, help="how many reviews to make where no file is given")
    found.add_argument("--times", type=int, default=15, help="how often each act is done")
    found.add_argument("--walks", type=int, default=3, help="how often the lesson is walked up and down")
    found.add_argument("--pause", type=int, default=PAUSE, help="milliseconds between two acts")
    found.add_argument(
        "--train", metavar="FILE", type=Path, help="a CSV of some thousand rows to train on while sentences are typed"
    )
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Walk over the pages."""
    table = report.table("", TIMES)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        models = Path(folder, "models")
        shutil.copytree(ROOT / "models", models, ignore=shutil.ignore_patterns(".*"))
        os.environ |= {"ATTNVIZ_MODELS": str(models), "XDG_CACHE_HOME": str(Path(folder, "cache"))}
        rows = chosen.rows or made(Path(folder, "reviews.csv"), chosen.made)
        with serve(APP) as address, browser.new_context() as context:
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            arrive(page, address)
            drawn(page)
            walk = Walk(page, address, table, chosen)
            short, long = (walk.lesson(*one) for one in LESSONS.items())
            walk.embeddings()
            walk.errors(rows)
            if chosen.train:
                try:
                    report.say(walk.training(chosen.train))
                finally:
                    for job in jobs.jobs(models):
                        for process in jobs.processes(job):
                            process.kill()
    report.ratio(f"a step of the lesson, {' / '.join(reversed(LESSONS))}", long / short)


@dataclass(frozen=True)
class Walk:
    """Somebody who goes over the pages, and the table that tells how long each answer took."""

    page: Page
    address: str
    table: Table
    chosen: argparse.Namespace

    def timed(self, act: Callable[[], object], event: str, selector: str) -> float:
        """Return the milliseconds of an act on this page."""
        return timed(self.page, act, event, selector, self.chosen.pause)

    def lesson(self, words: str, text: str) -> float:
        """Walk the lesson, turn the temperature, and weigh a word by hand; return the median milliseconds of a step."""
        self.page.goto(f"{self.address}/steps?{urlencode({'text': text})}")
        self.page.locator(".lesson[data-step='1']").wait_for()
        taken: dict[str, list[float]] = {"the first time": [], "after that": []}
        for walk in range(self.chosen.walks):
            for key, reached in (("ArrowRight", range(2, 11)), ("ArrowLeft", range(9, 0, -1))):
                for step in reached:
                    took = self.timed(partial(self.page.keyboard.press, key), "keydown", f".lesson[data-step='{step}']")
                    taken["after that" if walk else "the first time"].append(took)
        for when, found in taken.items():
            if found:
                self.table.timed(f"next and previous step, {words}, {when}", found)
        for step, what in ((4, "turning the temperature"), (5, "dragging a weight")):
            self.page.goto(f"{self.address}/steps?{urlencode({'text': text, 'step': step})}")
            slider = self.page.locator(f".lesson[data-step='{step}']").get_by_role("slider").first
            slider.focus()
            turns = [
                self.timed(partial(slider.press, "ArrowRight"), "input", ".lesson") for _ in range(self.chosen.times)
            ]
            self.table.timed(f"{what}, {words}", turns)
        return statistics.median(taken["after that"] or taken["the first time"])

    def embeddings(self) -> None:
        """Choose words in the lists of neighbours."""
        self.page.goto(f"{self.address}/embeddings?word=good")
        lists = self.page.locator(".word_table[data-drawn]").first
        lists.wait_for()
        self.page.wait_for_timeout(3000)
        taken = []
        for turn in range(self.chosen.times + 3):
            button: Locator = lists.get_by_role("button").nth(2 + turn % 5)
            taken.append(self.timed(button.click, "pointerdown", ".word_table[data-drawn]"))
        self.table.timed("choosing a word on the Embeddings page", taken[3:])

    def errors(self, rows: Path) -> None:
        """Score a file, open the page on it, filter by a click, and step through the list."""
        self.page.goto(f"{self.address}/errors?data=upload")
        self.page.locator("input[type=file]").set_input_files(rows)
        self.page.get_by_role("button", name="Score ").click()
        self.page.locator(".list [aria-current]").wait_for()
        self.page.wait_for_timeout(2000)
        opened = []
        for _ in range(3):
            began = time.perf_counter()
            self.page.reload()
            self.page.locator(".list [aria-current]").wait_for()
            drawn(self.page)
            opened.append(1000 * (time.perf_counter() - began))
        self.table.timed("opening the Errors page on scored rows", opened)
        matrix = self.page.get_by_role("table", name="takes for what").get_by_role("button")
        cells = [cell for cell in matrix.all() if cell.locator(".text").inner_text() not in ("", "0")]
        self.table.timed(
            "a click in the confusion matrix",
            [
                self.timed(cells[turn % len(cells)].click, "pointerdown", ".list h3")
                for turn in range(self.chosen.times)
            ],
        )
        self.page.locator(".list [aria-current]").first.focus()
        for key, what, shown in (
            ("ArrowDown", "its words", ".heatmap .word .text"),
            ("ArrowUp", "what is said of it", ".st-key-one_error p"),
        ):
            taken = [
                self.timed(partial(self.page.keyboard.press, key), "keydown", shown) for _ in range(self.chosen.times)
            ]
            self.table.timed(f"the next error: {what}", taken)

    def training(self, file: Path) -> str:
        """Type sentences on the Sentence page while a run is on; return whether it still was at the end."""
        self.page.goto(f"{self.address}/train?epochs=30")
        self.page.locator("input[type=file]").first.set_input_files(file)
        self.page.get_by_role("button", name="Start").click()
        self.page.locator(".training_curves[data-drawn]").get_by_role("heading", name="after epoch").wait_for()
        typing = self.page.context.new_page()
        arrive(typing, self.address)
        drawn(typing)
        taken = []
        for turn in range(self.chosen.times + 5):
            sentence = f"{REMARKS[turn % 25]} Take {turn}."
            typing.get_by_role("textbox").fill(sentence)
            typing.evaluate(WATCH, [".word .text", both_panels(sentence)])
            typing.get_by_role("textbox").press("Enter")
            taken.append(typing.evaluate("window.taken"))
            typing.wait_for_timeout(self.chosen.pause)
        self.table.timed("a typed sentence while a run is on", taken[5:])
        still = self.page.get_by_role("button", name="Stop and keep the best so far").is_visible()
        return f"The run was {'still on' if still else 'over before the last sentence'}."


def made(path: Path, count: int) -> Path:
    """Write so many reviews of the words that the shipped experiment knows, with labels by chance."""
    chance = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n")
        for row in range(count):
            said = " ".join(chance.choices(REMARKS, k=chance.randint(1, 12)))
            file.write(f'"{said} Row {row}.",{chance.choice(("positive", "negative"))}\n')
    return path


if __name__ == "__main__":
    run(main, arguments())
