"""A phone: what is asked and the words it is about are in sight at once, and a finger hits what it is to touch."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows, still

AT_ONCE, FINGER = 600, 44  # pixels of the 844 that a phone has; of what is touched
# What can be touched and is smaller; a box around a field takes the touch for it.
SMALL = """(finger) => {
  const small = [];
  const visit = (node) => {
    const { width, height } = node.getBoundingClientRect();
    const told = node.getAttribute("aria-label") ?? node.textContent ?? "";
    const boxed = node.matches("input, textarea") && node.closest("[data-baseweb], section");
    if (Math.min(width, height) < 2 || boxed || Math.min(width, height) > finger - 0.5) return;
    small.push(`${told} ${width} × ${height}`);
  };
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.shadowRoot) walk(node.shadowRoot);
    if (node.matches("a[href], button, input, select, textarea, summary")) visit(node);
  });
  walk(document.querySelector("[data-testid=stMain]"));
  return small;
}"""


@pytest.mark.parametrize(
    ("path", "words"),
    [("", ".heatmap .word"), ("steps", "textarea"), ("steps?step=4&predict=1", ".mark")],
    ids=["sentence", "steps", "predict"],
)
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_the_question_and_the_words_are_in_sight(
    windows: Windows, address: str, path: str, words: str, locale: str
) -> None:
    page = windows.like(
        viewport={"width": 390, "height": 844}, locale=locale, has_touch=True, is_mobile=True
    ).new_page()
    page.goto(f"{address}/{path}")
    last = page.locator(words).first
    expect(last).to_be_visible(timeout=60_000)
    still(page)
    for part in (page.get_by_role("heading", level=1), last):
        box = part.bounding_box()
        assert box and box["y"] + box["height"] <= AT_ONCE, part
    assert page.evaluate(SMALL, FINGER) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
