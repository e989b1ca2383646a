"""The files to take away, measured with Chromium's own fonts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from attnviz.heatmap import html, svg
from attnviz.model.experiment import Experiment
from attnviz.ui.i18n import catalogue

OUTSIDE = """() => {
  const all = document.querySelector("svg").getBoundingClientRect();
  return [...document.querySelectorAll("rect, text, path")].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.left < all.left - 1 || box.right > all.right + 1 || box.top < all.top - 1 || box.bottom > all.bottom + 1;
  }).map((node) => node.outerHTML.slice(0, 200));
}"""
TEXTS = {
    "struck": "a good film " * 15,
    "endless": "w" * 500 + " " + "글" * 500 + " good",
    "hebrew": "הסרט הזה היה נפלא " * 12,
    "arabic": "كان هذا الفيلم رائعا " * 12,
    "thai and emoji": "ภาพยนตร์เรื่องนี้ดีมาก 👩‍👩‍👧 🎬 ﷽ " * 6,
    "controls": "good\x00\x07 \u202efilm" * 9,
    "cut": "good " * 400 + "마지막 문장 " * 90,
}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", TEXTS)
def test_nothing_leaves_the_page(page: Page, tiny: Experiment, name: str, language: str) -> None:
    explanation = tiny.explain(TEXTS[name], without=range(3, 30))
    explanation = replace(explanation, labels=("부정적인 평가 " * 20, "An absurdly long label " * 20))
    heatmap = explanation.heatmap(translate=catalogue(language).gettext)
    page.set_content(svg.sheet([heatmap]))
    assert page.evaluate(OUTSIDE) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_content(html.page([heatmap]))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
