"""A phone: what is asked and the words it is about are in sight at once, and a finger hits what it is to touch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from attnviz.data.datasets import Dataset
from attnviz.training.train import train
from benchmarks.servers import ROOT
from tests.browser.conftest import Windows, served, still
from tests.browser.sentence_page import SentencePage
from tests.conftest import TINY

AT_ONCE, FINGER = 600, 44  # pixels of the 844 that a phone has; of what is touched
# What can be touched and is smaller; what stands around a field takes the touch for it.
SMALL = """(finger) => {
  const small = [];
  const fields = ["stTextInputRootElement", "stNumberInputContainer", "stSlider"].map((one) => `[data-testid=${one}]`);
  const around = ["label", "section", ".react-aria-ComboBox", ...fields].join();
  const visit = (node) => {
    const touched = (node.matches("input, textarea") && node.closest(around)) || node;
    const { width, height } = touched.getBoundingClientRect();
    const told = node.getAttribute("aria-label") ?? node.textContent ?? "";
    if (Math.min(width, height) < 2 || Math.min(width, height) > finger - 0.5) return;
    small.push(`${told} ${width} × ${height}`);
  };
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.shadowRoot) walk(node.shadowRoot);
    if (node.matches("a[href], button, input, select, textarea, summary")) visit(node);
  });
  walk(document.querySelector("[data-testid=stMain]"));
  return small;
}"""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where the app listens, on the shipped models: with a choice of them above the question."""
    with served(ROOT / "models", tmp_path_factory.mktemp("shipped") / "log") as address:
        yield address


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", ".heatmap .word"),
        ("steps", "textarea"),
        ("steps?step=4&predict=1", ".mark"),
        ("self_attention", "textarea"),
        ("subwords", ".ngram_view .letters"),
        ("embeddings", ".word_table tbody tr"),
        ("embeddings?part=map", ".word_table .subject h2"),
        ("errors?data=tour", ".choice_table .grid button >> nth=3"),
        ("train", "[data-testid=stFileUploaderDropzone] button"),
    ],
    ids=["sentence", "steps", "predict", "self-attention", "subwords", "pairs", "map", "errors", "train"],
)
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_the_question_and_what_the_page_is_for_are_in_sight(
    windows: Windows, shipped: str, path: str, words: str, locale: str
) -> None:
    page = windows.like(
        viewport={"width": 390, "height": 844}, locale=locale, has_touch=True, is_mobile=True
    ).new_page()
    page.goto(f"{shipped}/{path.replace('=tour', f'=tour-{locale[:2]}')}")
    last = page.locator(words).first
    expect(last).to_be_visible(timeout=60_000)
    still(page)
    expect(page.locator(":has(> .st-key-menu)")).to_have_css("order", "-4")  # page.css may come after all this
    for part in (page.get_by_role("heading", level=1), last):
        box = part.bounding_box()
        assert box and box["y"] + box["height"] <= AT_ONCE, part
    assert page.evaluate(SMALL, FINGER) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# Tables that are wider than their place and cannot be scrolled by themselves.
CUT_TABLES = """(tables) => tables
  .filter((table) => getComputedStyle(table.parentElement).overflowX !== "auto")
  .filter((table) => table.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map((table) => table.textContent)"""


@pytest.mark.parametrize("step", [3, 4, 5, 7])
def test_no_table_of_self_attention_is_cut(windows: Windows, shipped: str, step: int) -> None:
    page = windows.like(viewport={"width": 360, "height": 844}, has_touch=True, is_mobile=True).new_page()
    page.goto(f"{shipped}/self_attention?{urlencode({'experiment': 'reviews-en', 'step': step})}")
    tables = page.locator("table.cells")
    expect(tables.first).to_be_visible(timeout=60_000)
    still(page)
    assert tables.evaluate_all(CUT_TABLES) == []


# Writing of a chart that lies outside it.
CUT = """(chart) => {
  const { left, right } = chart.getBoundingClientRect();
  const lies = (box) => box.left < left - 1 || box.right > right + 1;
  const texts = [...chart.querySelectorAll("text")].filter((text) => text.textContent);
  return texts.filter((text) => lies(text.getBoundingClientRect())).map((text) => text.textContent);
}"""


@pytest.mark.parametrize(("experiment", "locale"), [("news-en", "en-US"), ("reviews-ko", "ko-KR")])
def test_the_chart_of_pairs_cuts_no_word(windows: Windows, shipped: str, experiment: str, locale: str) -> None:
    page = windows.like(
        viewport={"width": 390, "height": 844}, locale=locale, has_touch=True, is_mobile=True
    ).new_page()
    own = {"news-en": "terrifically disappointingly", "reviews-ko": "재미있었어요 지루했습니다"}[experiment]
    word = own.split()[0]
    page.goto(f"{shipped}/embeddings?{urlencode({'experiment': experiment, 'pairs': own, 'word': word})}")
    chart = page.locator(".st-key-slopes .js-plotly-plot")
    expect(chart.get_by_text(word)).to_be_visible(timeout=60_000)
    still(page)
    assert chart.evaluate(CUT) == []


TEXTS = {"short": "the movie was not good", "long": "such a good plot, not a clumsy one, " * 7}


@pytest.mark.parametrize("size", TEXTS)
def test_both_twins_are_in_sight_while_they_learn(
    windows: Windows, tiny_data: Dataset, tmp_path: Path, size: str
) -> None:
    for _ in train(tiny_data, "tiny-en", replace(TINY, probes=(TEXTS[size],), second_seed=False), out=tmp_path):
        pass
    with served(tmp_path, tmp_path / "log") as address:
        page = windows.like(
            viewport={"width": 390, "height": 844}, locale="en-US", has_touch=True, is_mobile=True
        ).new_page()
        shown = SentencePage(page, address, text=TEXTS[size]).open()
        play = shown.heatmap.get_by_role("button", name="Watch it learn")
        play.tap()
        expect(shown.heatmap.get_by_role("slider", name="Epoch")).to_have_attribute(
            "aria-valuetext", f"epoch 2 of {TINY.epochs}"
        )
        for part in (shown.panel("frozen"), shown.panel("fine-tuned"), shown.heatmap.get_by_role("slider")):
            box = part.bounding_box()
            assert box and box["y"] >= 0 and box["y"] + box["height"] <= 844, part
        expect(play).to_be_visible(timeout=30_000)  # it has come to the end
        expect(shown.panel("frozen").locator(".sum")).to_be_attached()
