"""What the line under each heat-map costs: alone, beside the examination behind it, and in Chromium.

    python -m benchmarks.belief_line

In Chromium two servers take the same sentences in turns, one of them without the line. The clock starts with the Enter
key, stops at the frame in which both heat-maps show the sentence, and again at the one in which both lines are there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import time
from collections.abc import Callable

import torch
from playwright.sync_api import Page, sync_playwright

import attnviz
from attnviz.analysis.belief.examination import examine
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import verdict
from attnviz.data.steps import finished
from benchmarks.screen import ROOT, SUBJECTS, VERDICTS, arrive, both_panels, serve

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


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=40)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    print("| words | verdict, median ms | slowest | the whole examination | slowest |\n| --- | --- | --- | --- | --- |")
    for words in (5, 20, 45, 500):
        taken, whole = alone(words, verdict), alone(words, lambda subject: finished(examine(subject)), 3)
        cells = (f"{one:,.1f}" for found in (taken, whole) for one in (statistics.median(found), max(found)))
        print(f"| {words} | {' | '.join(cells)} |", flush=True)
    ends = "Whoever likes films will like to hear that."
    texts = [f"{SUBJECTS[i % 5]} {VERDICTS[i // 5 % 5]} Take {i}. {ends}" for i in range(chosen.sentences)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        with serve(ROOT / "app.py") as ours, serve(ROOT / "app.py", first=WITHOUT) as bare:
            pages = []
            for address in (ours, bare):
                pages.append(browser.new_context().new_page())
                arrive(pages[-1], address)
                pages[-1].locator(".heatmap[data-drawn]").first.wait_for(timeout=60_000)
            took = [[typed(page, text, lines=page is pages[0]) for page in pages] for text in texts]
        browser.close()
    took = took[len(took) // 4 :]  # the first ones warm up
    with_line, without = [ours[0] for ours, _bare in took], [bare[0] for _ours, bare in took]
    after = [ours[1] - ours[0] for ours, _bare in took]
    print("\n| in Chromium, ms | median | slowest |\n| --- | --- | --- |")
    for what, taken in (
        ("Enter -> both heat-maps, with the line", with_line),
        ("the same without it", without),
        ("both heat-maps -> both lines", after),
    ):
        print(f"| {what} | {statistics.median(taken):.0f} | {max(taken):.0f} |")
    print(f"\nwith / without: {statistics.median(with_line) / statistics.median(without):.2f}")


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
    main()
