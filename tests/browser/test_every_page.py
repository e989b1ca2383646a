"""Every page in Korean: whether English is left in it; of two, light and dark, what axe-core finds."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import expect

from attnviz.model.experiment import Experiment
from attnviz.model.opposites import OPPOSITES
from attnviz.ui.examples import EXAMPLES, LESSONS, PAIRS
from attnviz.ui.i18n import NO_BREAK
from tests.browser.conftest import Windows, accessible, still, themed

PAGES = {  # what is on a page once it is drawn
    "": ".heatmap .word",
    "steps": "[data-testid=stMain] table",
    "self_attention": "[data-testid=stAlert]",  # this experiment has none; see test_self_attention.py
    "subwords": ".ngram_view",
    "embeddings": "table",
    "errors?data=upload": "input[type=file]",
    "train": "input[type=file]",
}
SCHEMES: dict[str, tuple[Literal["light", "dark"], ...]] = {  # for axe-core, which sees the other pages in their tests
    "errors?data=upload": ("light", "dark"),
    "train": ("light", "dark"),
}
# Names of data, formats, keys and methods, and the other language's own name, are no English of ours. (N-grams are not
# read.)
NAMES = """attnviz tiny-en tiny English BiLSTM LSTM FastText Enter Shift CSV TSV TXT UTF-8
CP949 Parquet PARQUET XLSX JSON JSONL NDJSON Lines ZIP zip HTML
SVG PCA t-SNE TF-IDF softmax PyTorch Word2Vec GloVe movie-reviews ag_news nsmc tour-en
train validation test split unk"""
LIBRARIES = (  # what Streamlit and plotly say in no other language: a file picker, a menu, the tools of a chart
    "Upload|per file|file upload|Open|Choose an option|Help for|Download plot as a PNG|Zoom in|Zoom out|Zoom|Pan"
    "|Reset axes|Autoscale|Produced with Plotly.js|Fullscreen|Box Select|Lasso Select"
)
TEXTS = """() => {
    const said = [];
    const walk = (node) => {
        if (node.nodeType === Node.TEXT_NODE) { said.push(node.textContent); return; }
        if (node.nodeType === Node.ELEMENT_NODE) {
            if (node.matches("style, script, math, .katex, [data-testid*=Icon], canvas, .ngram_view .bar")) return;
            for (const name of ["aria-label", "title", "alt", "placeholder"]) {
                if (node.getAttribute(name)) said.push(node.getAttribute(name));
            }
        }
        if (node.shadowRoot) walk(node.shadowRoot);
        node.childNodes.forEach(walk);
    };
    walk(document.querySelector("[data-testid=stMain]"));
    return said;
}"""


@pytest.fixture(scope="module")
def allowed(tiny: Experiment) -> set[str]:
    """Return the English that may stand in a Korean page: names, sentences of ours and words of the data."""
    shown = [one.text for listed in (*EXAMPLES.values(), *LESSONS.values()) for one in listed]
    shown += [word for table in (PAIRS, OPPOSITES) for pairs in table.values() for pair in pairs for word in pair]
    return {word.lower() for text in (NAMES, *shown, *tiny.vocabulary.words) for word in english(text)}


@pytest.mark.parametrize("path", PAGES)
def test_a_korean_page_is_whole(windows: Windows, address: str, allowed: set[str], path: str) -> None:
    page = windows.like(viewport={"width": 1280, "height": 900}, locale="ko-KR").new_page()
    page.goto(f"{address}/{path}")
    expect(page.locator(PAGES[path]).first).to_be_attached(timeout=60_000)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)
    for scheme in SCHEMES.get(path, ()):
        themed(page, scheme)
        accessible(page)
    still(page)
    said = page.evaluate(TEXTS)
    assert sum(bool(re.search("[가-힣]", text)) for text in said) > 5  # it has looked
    words = {text: english(re.sub(LIBRARIES, "", text)) for text in said}
    left = {text: strange for text, of in words.items() if (strange := [w for w in of if w.lower() not in allowed])}
    assert not left


def english(text: str) -> list[str]:
    """Return the words of three letters or more in the Latin alphabet."""
    return re.findall("[A-Za-z][A-Za-z-]{2,}", text.replace(NO_BREAK, ""))
