"""The lesson on a projector: how large it is there, and the keys of a remote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from benchmarks.servers import ROOT
from tests.browser.conftest import PAINTED, Windows, served, still

LONG_EN = (
    "I went to see this film with three old friends on a rainy evening and none of us had read a single word about it "
    "before, so it came as a surprise that the first hour was slow and rather dull, while the last half hour was so "
    "funny, so moving and so well played that I would gladly sit through all of it again."
)
LONG_KO = (
    "비 오는 저녁에 오랜 친구 셋과 함께 아무것도 모르고 이 영화를 보러 갔는데 처음 한 시간은 너무 느리고 조금 지루해서 "
    "몇 번이나 시계를 보았지만 마지막 삼십 분은 정말 재미있고 감동적이고 배우들의 연기가 훌륭해서 집에 돌아오는 "
    "길에 다시 한 번 처음부터 끝까지 보고 싶다는 생각이 들었고 음악도 좋았고 이야기도 좋았고 마지막 장면은 "
    "아직도 눈앞에 선해서 잊을 수 없습니다"
)
SIZES = ((1280, 720), (1920, 1080), (3840, 2160))
# Of everything that can be read: the smallest type as a share of the screen's height, what lies outside the screen, and
# what hides a part of itself. Lists and the box for a sentence scroll by themselves,
# and what moves through the picture is clipped on its way.
MEASURE = r"""() => {
  const told = { smallest: [1, ""], outside: [], cut: [], rolls: document.querySelector("[data-testid=stMain]") };
  const scrolls = (node) => {
    for (let one = node; one; one = one.parentElement ?? one.getRootNode().host)
      if (one.matches(".scroll, .choices, .found, .scroller, .motion, textarea")) return true;
  };
  const visit = (node) => {
    if (node.matches("style, script") || node.closest(".katex-mathml, details:not([open]) > :not(summary)")) return;
    const { overflowY, fontSize, visibility } = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    const inside = !scrolls(node);
    const hides = node.clientHeight > 4 && node.scrollHeight > node.clientHeight + innerHeight / 300;
    if (overflowY !== "visible" && hides && inside)
      told.cut.push(`${node.tagName}.${node.className}: ${node.scrollHeight - node.clientHeight}`);
    const text = [...node.childNodes].map((one) => (one.nodeType === Node.TEXT_NODE ? one.data : "")).join("");
    if (!text.replace(/\u200b/g, "").trim() || visibility === "hidden" || box.width < 2 || box.right < 0) return;
    const drawn = node.ownerSVGElement ? Math.hypot(node.getScreenCTM().a, node.getScreenCTM().b) : 1;
    const share = (parseFloat(fontSize) * drawn) / innerHeight;
    if (share < told.smallest[0]) told.smallest = [share, text];
    if (inside && (box.bottom > innerHeight + 1 || box.right > innerWidth + 1)) told.outside.push(text);
  };
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.shadowRoot) walk(node.shadowRoot);
    visit(node);
  });
  walk(document.querySelector("[data-testid=stApp]"));
  const formula = [...document.querySelectorAll(".st-key-lesson_formula .katex-html")].flatMap((html) => {
    const texts = document.createTreeWalker(html, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    const bottoms = [];
    while (texts.nextNode()) {
      range.selectNodeContents(texts.currentNode);
      bottoms.push(range.getBoundingClientRect().bottom);
    }
    return bottoms;
  });
  const notice = document.querySelector(".st-key-lesson_notice")?.getBoundingClientRect();
  const over = Boolean(notice?.height) && Math.max(...formula) > notice.top;
  for (const html of document.querySelectorAll(".st-key-lesson_formula .katex-html")) {
    const right = html.closest("[data-testid=stMarkdownContainer]").getBoundingClientRect().right;
    const widest = Math.max(...[...html.querySelectorAll(".base")].map((base) => base.getBoundingClientRect().right));
    if (widest > right + 1) told.cut.push(`formula: ${widest - right}`);
  }
  return { ...told, over, rolls: told.rolls.scrollHeight > told.rolls.clientHeight };
}"""

UNFOLDED = """() => {
  const still = (node) => !node.getAnimations({ subtree: true }).some((one) => one.playState === "running");
  const whole = (node) => node && still(node) && node.scrollHeight <= node.clientHeight + 1;
  return [".st-key-lesson details[open]", ".st-key-lesson_text"].every((one) => whole(document.querySelector(one)));
}"""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where the app listens, on the shipped models."""
    with served(ROOT / "models", tmp_path_factory.mktemp("shipped") / "log") as address:
        yield address


def presented(page: Page, address: str, **link: str) -> None:
    """Open the lesson as it is presented."""
    page.goto(f"{address}/steps?{urlencode({**link, 'present': '1'})}")
    at(page, int(link.get("step", "1")))


def at(page: Page, step: int) -> None:
    """Wait until a step is drawn."""
    expect(page.locator(f"nav[data-now='{step}']")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", level=2).filter(has_text=f"{step}. ")).to_be_visible()
    still(page)


def fills(page: Page, what: object, sizes: Sequence[tuple[int, int]] = SIZES) -> None:
    """Hold what is on the screen to sizes of a projector."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(PAINTED)
        found = page.evaluate(MEASURE)
        share, text = found.pop("smallest")
        assert share >= 0.025, (what, height, text)
        assert found == {"outside": [], "cut": [], "over": False, "rolls": False}, (what, height)


@pytest.mark.parametrize(
    ("experiment", "locale", "scheme"),
    [("reviews-en", "en-US", "light"), ("reviews-ko", "ko-KR", "dark"), ("news-en", "ko-KR", "light")],
)
def test_every_step_fills_every_projector(
    windows: Windows, shipped: str, experiment: str, locale: str, scheme: Literal["light", "dark"]
) -> None:
    page = windows.like(locale=locale, color_scheme=scheme).new_page()
    presented(page, shipped, experiment=experiment)
    for step in range(1, 11):
        if step > 1:
            page.keyboard.press("PageDown")
        at(page, step)
        fills(page, step)
        page.locator(".st-key-lesson summary").click()  # the answer to its question
        page.wait_for_function(UNFOLDED)
        page.evaluate(PAINTED)
        page.wait_for_function(UNFOLDED)  # it unfolds in two moves
        fills(page, (step, "answer"), SIZES[:1])


@pytest.mark.parametrize(
    ("experiment", "locale", "scheme", "text"),
    [("reviews-en", "en-US", "dark", LONG_EN), ("reviews-ko", "ko-KR", "light", LONG_KO)],
    ids=["en", "ko"],
)
def test_sixty_words_fill_every_projector_too(
    windows: Windows, shipped: str, experiment: str, locale: str, scheme: Literal["light", "dark"], text: str
) -> None:
    page = windows.like(locale=locale, color_scheme=scheme).new_page()
    presented(page, shipped, experiment=experiment, text=text, twins="1")
    for step in range(1, 11):
        if step > 1:
            page.keyboard.press("PageDown")
        at(page, step)
        fills(page, step)


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_a_prediction_stands_beside_the_picture_and_leaves_with_its_step(
    windows: Windows, shipped: str, locale: str
) -> None:
    page = windows.like(locale=locale, viewport={"width": 1280, "height": 720}).new_page()
    presented(page, shipped, step="4", predict="1")
    fills(page, "open")
    for place in (1, 3):
        page.locator(".mark").nth(place).click()
    page.locator(".reveal").click()
    card, picture = page.locator(".answer[data-id='fine-tuned']"), page.locator(".lesson[data-step='4']")
    expect(picture).to_be_visible()
    expect(card).to_be_visible()
    fills(page, "revealed")
    beside, drawn = card.bounding_box(), picture.bounding_box()
    assert beside and drawn and page.viewport_size
    assert beside["x"] + beside["width"] <= drawn["x"]
    assert beside["y"] - drawn["y"] < 0.2 * page.viewport_size["height"]
    page.keyboard.press("PageDown")
    at(page, 5)
    expect(card).to_have_count(0)
    expect(page.locator(".weights")).to_be_visible()  # nothing is hidden any more


def test_a_remote_turns_the_step_wherever_the_focus_is(page: Page, address: str) -> None:
    presented(page, address, text="so bad", step="4")
    dial = page.get_by_role("slider", name="temperature")
    dial.focus()
    dial.press("ArrowUp")
    expect(page.locator("output")).to_have_text("1.05")
    dial.press("PageDown")
    at(page, 5)
    page.get_by_role("slider").first.press("ArrowRight")
    at(page, 6)
    page.get_by_role("radio", name="frozen", exact=True).press("PageUp")
    at(page, 5)
    box = page.get_by_role("textbox")
    box.click()
    box.press("PageDown")  # to the end of the text
    box.press("ArrowLeft")
    box.press_sequentially("!")
    expect(box).to_have_value("so ba!d")
    at(page, 5)
    box.press("Enter")  # what was typed is read: from here on the keys turn the step again
    expect(page.get_by_role("button", name="word of “!”, 3 of 4")).to_be_visible()
    still(page)
    page.keyboard.press("PageDown")
    at(page, 6)


def test_escape_ends_what_is_open_and_then_the_presentation(page: Page, address: str) -> None:
    presented(page, address, text="so bad", step="3")
    menu = page.locator(".st-key-menu")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="PyTorch").click()
    code = page.get_by_test_id("stCode")
    expect(code).to_contain_text("self.attention = nn.Linear(16 * 2, 1)")
    page.keyboard.press("Escape")
    expect(code).to_have_count(0)
    expect(menu).to_be_hidden()
    box = page.get_by_role("textbox")
    box.click()
    box.press("Escape")
    expect(box).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_visible()
    assert "present" not in page.url


def test_an_answer_that_was_opened_is_closed_in_the_next_step(page: Page, address: str) -> None:
    presented(page, address, text="so bad", step="2")
    answer = page.locator(".st-key-lesson details")
    for step in (2, 3):
        at(page, step)
        expect(answer).not_to_have_attribute("open", "")
        answer.locator("summary").click()
        expect(answer).to_have_attribute("open", "")
        page.keyboard.press("PageDown")
    at(page, 4)
    page.keyboard.press("PageUp")
    at(page, 3)
    expect(answer).not_to_have_attribute("open", "")


def test_who_presents_can_strike_a_word_out_and_come_back(page: Page, address: str) -> None:
    presented(page, address, text="so bad", step="9")
    page.get_by_role("link", name="Strike words out").click()
    word = page.locator(".heatmap[data-drawn]").first.get_by_role("button", name="bad", exact=True).first
    word.click()
    expect(word).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Step by step").first.click()
    at(page, 9)
    expect(page.locator(".st-key-menu")).to_be_hidden()
    expect(page.get_by_role("textbox")).to_have_value("so bad")


def test_keys_right_behind_enter_turn_the_step_of_the_new_sentence(page: Page, address: str) -> None:
    presented(page, address, text="so bad", step="4")
    box = page.get_by_role("textbox")
    for typed, turns, step in (("so good", 1, 5), ("a good plot", 3, 8)):
        box.fill(typed)
        page.keyboard.press("Enter")
        for _turn in range(turns):
            page.keyboard.press("PageDown")  # nobody waits until the sentence is read
        at(page, step)
        expect(box).to_have_value(typed)
        expect(page.locator(".forward_pass .at-word")).to_have_text(typed.split())


def test_the_strip_names_the_steps(page: Page, address: str, tmp_path: Path) -> None:
    presented(page, address, text="so bad", step="2")
    steps = page.get_by_role("navigation", name="The steps of the lesson").get_by_role("listitem")
    names = ("Embedding", "BiLSTM", "Scores", "Softmax", "Context", "Answer", "Subwords", "Fine-tuning")
    expect(steps).to_have_text([*(re.compile(name) for name in names), re.compile("Opinions"), re.compile("Limits")])
    page.get_by_role("button", name="End the presentation").click()
    expect(page.locator(".st-key-menu")).to_be_visible()
