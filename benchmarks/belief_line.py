"""What the line under each heat-map costs: alone, beside the examination behind it, and in Chromium.

    python -m benchmarks.belief_line

In Chromium two servers take the same sentences in turns, one of them without the line. The clock starts with the Enter
key, stops at the frame in which both heat-maps show the sentence, and again at the one in which both lines are there.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import torch
from playwright.sync_api import Page

import attnviz
from attnviz.analysis.belief.examination import examine
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import verdict
from attnviz.data.steps import finished
from benchmarks.browser import REMARKS, arrive, both_panels, chromium, drawn, serve, warm
from benchmarks.options import parser
from benchmarks.report import TIMES, Report, run
from benchmarks.servers import APP

LONG = ["This", "story", "was", "not", "amazing", ",", "but", "her", "acting", "made", "me", "laugh", "and", "cry", "."]

WITHOUT = """
import streamlit as st
fragment = st.fragment
def without(func=None, **given):
    return (lambda *these: None) if getattr(func, "__name__", "") == "believe" else fragment(func, **given)
st.fragment = without
"""
# Resolves, from the Enter key, to the milliseconds until the words are drawn and until every panel has its line.
WATCH = """([expected, lines]) => {
  const all = (root, selector) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll("*")].flatMap((node) => (node.shadowRoot ? all(node.shadowRoot, selector) : [])),
  ];
  const drawn = () => JSON.stringify(all(document, ".word .text").map((node) => node.textContent)) === expected;
  const told = () => all(document, ".belief .said").every((node) => node.textContent);
  if (drawn()) throw new Error("the page shows already what is to be typed");
  window.taken = new Promise((done) => document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const began = performance.now();
    let heatmap = 0;
    const look = () => {
      if (!heatmap && drawn()) heatmap = performance.now() - began;
      if (heatmap && (!lines || told())) done([heatmap, performance.now() - began]);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true }));
}"""


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--sentences", type=int, default=40, help="how many to type")
    found.add_argument("--words", type=int, nargs="+", default=[5, 20, 45, 500], help="of the examined sentences")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Measure verdict and examination, then both pages in turns."""
    torch.set_num_threads(1)
    milliseconds = ("verdict, median ms", "slowest", "the whole examination, median ms", "slowest one")
    table = report.table("", {"words": ""} | dict.fromkeys(milliseconds, ",.1f"))
    for words in chosen.words:
        verdicts, whole = alone(words, verdict), alone(words, lambda subject: finished(examine(subject)), 3)
        table.row(words, *(one for found in (verdicts, whole) for one in (statistics.median(found), max(found))))
    ends = "Whoever likes films will like to hear that."
    texts = [f"{REMARKS[i % 25]} Take {i}. {ends}" for i in range(chosen.sentences)]
    with chromium() as browser, serve(APP) as ours, serve(APP, first=WITHOUT) as bare:
        pages = []
        for address in (ours, bare):
            pages.append(browser.new_context().new_page())
            arrive(pages[-1], address)
            drawn(pages[-1])
        took = warm([[typed(page, text, lines=page is pages[0]) for page in pages] for text in texts])
    with_line, without = [ours[0] for ours, _bare in took], [bare[0] for _ours, bare in took]
    table = report.table("In Chromium", TIMES)
    table.timed("Enter -> both heat-maps, with the line", with_line)
    table.timed("the same without it", without)
    table.timed("both heat-maps -> both lines", (ours[1] - ours[0] for ours, _bare in took))
    report.ratio("with / without", statistics.median(with_line) / statistics.median(without))


def alone(words: int, ask: Callable[[Subject], object], times: int = 20) -> list[float]:
    """Return the milliseconds that a question takes of sentences of so many words, by the fine-tuned variant."""
    experiment, taken = attnviz.load("reviews-en"), []
    for turn in range(times + 3):
        text = " ".join((LONG[turn % len(LONG) :] + LONG * (1 + words // len(LONG)))[:words])
        subject = Subject.of(experiment, experiment.explain(text))
        began = time.perf_counter()
        ask(subject)
        taken.append(1000 * (time.perf_counter() - began))
    return taken[3:]


def typed(page: Page, sentence: str, *, lines: bool) -> tuple[float, float]:
    """Type a sentence; return the milliseconds until both heat-maps show it, and until the `lines` are there."""
    page.wait_for_timeout(200)  # nobody types faster
    page.get_by_role("textbox").fill(sentence)
    page.evaluate(WATCH, [json.dumps(both_panels(sentence), ensure_ascii=False, separators=(",", ":")), lines])
    page.get_by_role("textbox").press("Enter")
    heatmap, told = page.evaluate("window.taken")
    return heatmap, told


if __name__ == "__main__":
    run(main, arguments())
