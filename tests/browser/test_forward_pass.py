"""The living picture above the steps: its numbers beside `explain`, walked by keyboard, mouse and finger."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from tests.browser.conftest import Windows, accessible, still

TEXT = "the movie was not amaaazing"
LONG = "such a good plot, not a clumsy one " * 8  # more words than there is room for


def opened(page: Page, address: str, **link: str) -> Locator:
    """Open the lesson at a link and return its picture."""
    page.goto(f"{address}/steps?{urlencode({'text': TEXT, **link})}")
    picture = page.locator(".forward_pass")
    expect(picture.locator(".cell, .opener").first).to_be_attached(timeout=60_000)
    expect(page.locator(".st-key-lesson h2")).to_contain_text(link.get("step", "1"))
    still(page)
    return picture


def lit(picture: Locator) -> list[str]:
    """Return the parts whose label is lit."""
    return [label.get_attribute("data-part") or "" for label in picture.locator(".label.lit").all()]


def numbers(cells: Locator) -> list[float]:
    """Return the numbers that some cells show."""
    return [float(text.replace("−", "-")) for text in cells.all_inner_texts()]


def holds(stage: Locator, found: Explanation) -> None:
    """Hold a classifier's row of numbers and its answer to an explanation."""
    np.testing.assert_allclose(numbers(stage.locator(".at-e")), found.scores, atol=5.01e-4)
    shares = numbers(stage.locator(".at-a"))
    np.testing.assert_allclose(shares, found.weights, atol=1.01e-3)
    assert round(sum(shares), 3) == 1
    expect(stage.locator(".z.best .name")).to_have_text(found.prediction)
    shown = [float(text.strip("%")) / 100 for text in stage.locator(".z .number").all_inner_texts()]
    np.testing.assert_allclose(shown, found.probabilities, atol=1.01e-3)


def test_its_numbers_are_those_of_explain_for_both_twins(page: Page, address: str, tiny: Experiment) -> None:
    picture = opened(page, address)
    holds(picture.locator(".stage"), tiny.explain(TEXT))
    picture.get_by_role("button", name="Both twins").click()
    expect(picture.locator(".stage")).to_have_count(2)
    holds(picture.locator(".stage[data-id=fine-tuned]"), tiny.explain(TEXT, "fine-tuned"))
    holds(picture.locator(".stage[data-id=frozen]"), tiny.explain(TEXT, "frozen"))
    still(page)
    assert parse_qs(urlsplit(page.url).query)["twins"] == ["1"]
    accessible(page, ".st-key-picture")


def test_a_step_lights_its_part_and_a_click_on_a_part_is_its_step(page: Page, address: str) -> None:
    picture = opened(page, address)
    assert lit(picture) == ["word", "x"]
    picture.locator(".at-a").nth(3).click()
    assert lit(picture) == ["e", "a"]  # before the server has answered
    expect(page.get_by_role("heading", level=2)).to_contain_text("4. ")
    picture.locator(".at-e").nth(2).click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("3. ")
    expect(page.locator(".choices button[aria-pressed=true]")).to_contain_text("was")  # the word in hand
    page.keyboard.press("ArrowRight")  # the mouse took no focus: the keys still turn the page
    assert lit(picture) == ["e", "a"]
    expect(page.get_by_role("heading", level=2)).to_contain_text("4. ")
    picture.locator(".at-word").last.click()  # a word never seen is step 7's
    expect(page.get_by_role("heading", level=2)).to_contain_text("7. ")


def test_a_number_says_where_it_comes_from_and_where_it_goes(page: Page, address: str, tiny: Experiment) -> None:
    found = tiny.explain(TEXT)
    picture = opened(page, address, step="4")
    card = picture.locator(".card")
    picture.locator(".at-a").nth(3).hover()
    powers = np.exp(found.scores)
    said = card.locator(".formula").inner_text()
    top, below, share = (float(number) for number in re.findall(r"\d+\.\d{3}", said))
    assert (top, below) == pytest.approx((powers[3], powers.sum()), abs=1.01e-3)
    assert share == pytest.approx(found.weights[3], abs=1.01e-3)
    expect(card).to_contain_text("comes from e1 … e5")
    assert picture.locator(".at-e.source").count() == 5
    expect(picture.locator(".context")).to_have_class(re.compile("target"))
    picture.locator(".z.best").hover()
    logit = found.logits.max()
    parts = [float(one.replace("−", "-")) for one in re.findall(r"[−+]\d+\.\d{3}(?= \()", card.inner_text())]
    assert round(sum(parts), 3) == pytest.approx(logit, abs=6e-4)
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()


def test_keys_walk_it_and_a_screen_reader_is_told(page: Page, address: str, tiny: Experiment) -> None:
    found = tiny.explain(TEXT)
    picture = opened(page, address, step="4", spot="0")
    stops = picture.locator("[data-part][tabindex='0']")
    expect(stops).to_have_count(1)
    page.keyboard.press("Tab")
    stops.focus()
    for key in ("Home", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    focus = picture.locator(":focus")
    expect(focus).to_have_attribute("aria-label", f"score e of “the”, 1 of 5: {found.scores[0]:.3f}".replace("-", "−"))
    page.keyboard.press("ArrowRight")
    expect(focus).to_have_attribute("data-i", "1")
    expect(picture.locator(".live")).to_contain_text("e2 = W·h2 + b")
    expect(stops).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("3. ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(focus).to_have_attribute("data-part", "c")
    expect(picture.locator(".live")).to_contain_text("c1 = Σ")
    page.keyboard.press("ArrowDown")
    expect(focus).to_have_attribute("data-part", "z")
    page.keyboard.press("Escape")
    expect(picture.locator(".card")).to_be_hidden()


def test_of_many_words_those_around_the_one_in_hand_have_numbers(page: Page, address: str, tiny: Experiment) -> None:
    found = tiny.explain(LONG)
    picture = opened(page, address, text=LONG, step="4")
    assert picture.locator(".at-a").count() < len(found.tokens) == 60
    assert picture.locator(".scroller").evaluate("node => node.scrollWidth <= node.clientWidth")
    picture.locator(".at-a").first.focus()
    page.keyboard.press("End")
    expect(picture.locator(":focus")).to_have_attribute("data-i", "59")
    shown = picture.locator(".at-a")
    first = int(shown.first.get_attribute("data-i") or "")
    np.testing.assert_allclose(numbers(shown), found.weights[first:], atol=1.01e-3)
    field = picture.locator(".field").bounding_box()
    assert field
    page.mouse.move(field["x"] + 3, field["y"] + 8)  # a word without room for its name
    expect(picture.locator(".card .title")).to_have_text("word · such (1/60)")
    page.mouse.click(field["x"] + 3, field["y"] + 8)
    expect(picture.locator(".at-word").first).to_have_text("such")
    accessible(page, ".st-key-picture")


def test_numbers_travel_unless_the_system_asks_for_rest(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="no-preference")
    picture = opened(page, address, step="3")
    seen = """picture => { const layer = picture.querySelector(".motion");
      picture.seen = 0; new MutationObserver((all) => all.forEach((one) => (picture.seen += one.addedNodes.length)))
        .observe(layer, { childList: true }); }"""
    picture.evaluate(seen)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=2)).to_contain_text("4. ")
    assert picture.evaluate("picture => picture.seen") == 5
    page.emulate_media(reduced_motion="reduce")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=2)).to_contain_text("5. ")
    assert picture.evaluate("picture => picture.seen") == 5
    picture.get_by_role("button", name="Let the numbers flow").click()
    expect(picture.get_by_role("button", name="Stop")).to_be_visible()
    picture.get_by_role("button", name="Stop").click()
    assert lit(picture) == ["a", "c"]


def test_weights_taken_in_hand_flow_through_it(page: Page, address: str, tiny: Experiment) -> None:
    found = tiny.explain(TEXT)
    stage = opened(page, address, step="5").locator(".stage")
    page.locator(".weights button.word").nth(3).click()
    expect(stage.locator(".label[data-part=a]")).to_have_text("α by hand")
    assert numbers(stage.locator(".at-a")) == [0, 0, 0, 1, 0]
    logits = found.votes[3] + found.bias
    powers = np.exp(logits - logits.max())
    shown = [float(text.strip("%")) / 100 for text in stage.locator(".z .number").all_inner_texts()]
    np.testing.assert_allclose(shown, powers / powers.sum(), atol=1.01e-3)
    page.get_by_role("button", name="the model's own").click()
    expect(stage.locator(".label[data-part=a]")).to_have_text("weight α")
    holds(stage, found)


def test_what_is_to_be_predicted_is_hidden_in_every_step(page: Page, address: str) -> None:
    picture = opened(page, address, step="1", predict="1")
    assert set(picture.locator(".at-e, .at-a, .z .number").all_inner_texts()) == {"?"}
    assert picture.locator(".ribbon").count() == 0
    picture.locator(".at-a").first.hover()
    expect(picture.locator(".card")).to_be_hidden()


def test_on_the_sentence_page_it_is_small_and_leads_into_the_lesson(page: Page, address: str, tiny: Experiment) -> None:
    page.goto(f"{address}/?{urlencode({'text': TEXT, 'without': '3'})}")
    stage = page.locator(".forward_pass .stage")
    expect(stage.locator(".at-a")).to_have_count(4, timeout=60_000)
    holds(stage, tiny.explain(TEXT, without=(3,)))
    stage.locator(".label[data-part=f]").click()
    expect(page.locator(".st-key-lesson h2")).to_contain_text("2. ", timeout=60_000)
    expect(page.locator(".forward_pass .at-word")).to_have_count(5)


def test_a_phone_has_it_folded_and_it_scrolls_inside(windows: Windows, address: str) -> None:
    page = windows.like(viewport={"width": 390, "height": 844}, locale="ko-KR", has_touch=True).new_page()
    picture = opened(page, address, step="4", text="such a good plot, not a clumsy one")
    opener = picture.locator(".opener")
    box = opener.bounding_box()
    assert box and box["height"] >= 44
    opener.click()
    cell = picture.locator(".at-e").nth(2)
    cell.tap()
    expect(picture.locator(".card")).to_contain_text("한 번 더")
    expect(page.get_by_role("heading", level=2)).to_contain_text("4. ")
    cell.tap()
    expect(page.get_by_role("heading", level=2)).to_contain_text("3. ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert min(box["height"] for one in picture.locator(".at-e, .at-a").all() if (box := one.bounding_box())) >= 43.9
    accessible(page, ".st-key-picture")
