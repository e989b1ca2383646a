"""The Self-attention page in Chromium: words, matrix and heads by mouse, finger and keys, and on a projector."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from attnviz.analysis.self_attention import asking
from attnviz.model.experiment import Experiment
from attnviz.ui.pages.self_attention.sentences import offered
from tests.browser.conftest import Windows, accessible, served, still, themed
from tests.browser.test_every_page import LIBRARIES, NAMES, TEXTS, english
from tests.browser.test_presenting import fills

TEXT = "the movie was not good"
SIXTY = " ".join(
    ["the story was dull and the music was awful , but the ending was brilliant and the acting moving"] * 4
)


@pytest.fixture(scope="module")
def asked(transformer_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where the app listens, on an experiment with a transformer."""
    with served(transformer_models, tmp_path_factory.mktemp("asked") / "log") as address:
        yield address


def opened(page: Page, address: str, **link: str) -> None:
    """Open the page at a link and wait for its step."""
    page.goto(f"{address}/self_attention?{urlencode({'text': TEXT, **link})}")
    at(page, int(link.get("step", "1")))


def at(page: Page, step: int) -> None:
    """Wait until a step is drawn."""
    expect(page.locator(f"nav[data-now='{step}']")).to_be_visible(timeout=60_000)
    expect(page.locator(f".lesson[data-step='{step}']").first).to_be_visible(timeout=120_000)
    still(page)


def shares(page: Page) -> list[float]:
    """Return the numbers under the words."""
    return [float(text.removesuffix("%")) / 100 for text in page.locator(".asker small").all_inner_texts()]


def close(shown: list[float], true: np.ndarray) -> None:
    np.testing.assert_allclose(shown, true, atol=1.01e-3)


def test_a_click_shows_a_row_a_column_and_what_the_answer_takes(
    page: Page, asked: str, with_transformer: Experiment
) -> None:
    true = asking(with_transformer, TEXT, "transformer")
    opened(page, asked, step="2")
    # at once, in the very task of the click: no server is asked
    drawn = "(word) => { word.click(); return word.getRootNode().querySelector('[data-shown]').dataset.shown; }"
    assert page.locator(".asker").nth(3).evaluate(drawn) == "asks 3 0"
    close(shares(page), true.mean[3])
    assert sum(shares(page)) == pytest.approx(1, abs=1e-9)
    page.get_by_role("button", name="who asks it").click()
    close(shares(page), true.mean[:, 3])
    expect(page.locator(".readout")).to_contain_text("“not” is asked most by")
    page.get_by_role("button", name="what the answer takes").click()
    close(shares(page), true.explanation.weights)
    page.locator(".asker").nth(1).click()
    expect(page).to_have_url(re.compile("spot=1"))
    page.reload()
    at(page, 2)
    expect(page.locator(".asker").nth(1)).to_have_attribute("aria-pressed", "true")
    close(shares(page), true.mean[1])


def test_a_cell_is_a_pair_and_the_arrow_keys_go_from_one_to_the_next(
    page: Page, asked: str, with_transformer: Experiment
) -> None:
    mean = asking(with_transformer, TEXT, "transformer").mean
    opened(page, asked, step="2")
    canvas = page.locator(".cells canvas")
    box = canvas.bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.1 * box["height"])
    cell = page.locator("button.cell")
    expect(cell).to_be_focused()
    expect(cell).to_have_attribute("aria-label", f"“the” asks “good”: {mean[0, 4]:.1%}")
    close(shares(page), mean[0])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(cell).to_have_attribute("aria-label", f"“movie” asks “not”: {mean[1, 3]:.1%}")
    expect(page.locator("output.pair")).to_have_text(f"“movie” asks “not”: {mean[1, 3]:.1%}")
    close(shares(page), mean[1])
    expect(page.locator("nav[data-now='2']")).to_be_visible()  # the keys are the matrix's, not the steps'
    word = page.locator(".asker[aria-pressed=true]")
    word.focus()
    word.press("ArrowRight")
    page.keyboard.press("Enter")
    close(shares(page), mean[2])


def test_a_head_is_shown_by_its_picture_and_switched_off(page: Page, asked: str, with_transformer: Experiment) -> None:
    true = asking(with_transformer, TEXT, "transformer")
    opened(page, asked, step="3")
    page.locator(".asker").nth(4).click()
    page.locator(".thumb").nth(2).click()
    close(shares(page), true.weights[0, 1, 4])
    switch = page.get_by_role("switch", name="head 2: on or off")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(page.locator(".answered")).to_contain_text("Off: head 2.")
    expect(page.get_by_role("switch", name="head 2: on or off")).to_have_attribute("aria-checked", "false")
    close(shares(page), true.weights[0, 1, 4])  # word and head stayed in hand
    expect(page).to_have_url(re.compile("off=2"))
    expect(page).to_have_url(re.compile("head=2"))
    query = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    page.goto(f"{asked}/self_attention?{urlencode(query)}")
    at(page, 3)
    expect(page.locator(".answered")).to_contain_text("Off: head 2.")
    close(shares(page), true.weights[0, 1, 4])
    page.get_by_role("switch", name="head 2: on or off").click()
    expect(page.locator(".answered")).to_contain_text("All heads on")


def test_a_row_can_be_predicted_first(page: Page, asked: str) -> None:
    opened(page, asked, step="1", spot="3")
    page.get_by_role("button", name="Predict first").click()
    expect(page.get_by_text("Whom does “")).to_be_visible()
    expect(page.locator(".cells")).to_have_count(0)
    page.locator(".mark").nth(4).click()
    page.get_by_role("button", name="Reveal the row").click()
    expect(page.locator(".found .top")).to_have_count(1)
    expect(page.locator(".cells")).to_be_visible()


@pytest.mark.parametrize(("locale", "scheme"), [("en-US", "light"), ("ko-KR", "dark")])
@pytest.mark.parametrize("text", [TEXT, SIXTY], ids=["five", "sixty"])
def test_every_step_fills_the_projector(
    windows: Windows, asked: str, locale: str, scheme: Literal["light", "dark"], text: str
) -> None:
    page = windows.like(locale=locale, color_scheme=scheme).new_page()
    opened(page, asked, present="1", text=text)
    for step in range(1, 8):
        if step > 1:
            page.keyboard.press("PageDown")
        at(page, step)
        fills(page, step, [(1280, 720)])


def test_sixty_words_are_read_up_close_or_seen_as_a_whole(page: Page, asked: str) -> None:
    opened(page, asked, step="2", text=SIXTY)
    names = page.locator(".rows .row bdi")
    assert names.first.evaluate("(name) => parseFloat(getComputedStyle(name).fontSize)") >= 12
    assert names.nth(1).bounding_box() and page.locator(".overview").is_visible()
    page.get_by_role("button", name="Show the whole matrix").click()
    window = page.locator(".window")
    assert window.evaluate(
        "(one) => one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1"
    )
    page.locator(".strong").first.click()
    expect(page.locator("button.cell")).to_be_focused()
    page.get_by_role("button", name="Up close, with all words").click()
    expect(names.first).to_be_visible()


def test_on_a_phone_words_are_a_finger_wide_and_the_matrix_stands_below(windows: Windows, asked: str) -> None:
    context = windows.like(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="ko-KR", bypass_csp=True
    )
    page = context.new_page()
    opened(page, asked, step="3")
    for word in page.locator(".asker").all():
        box = word.bounding_box()
        assert box and box["width"] >= 44 and box["height"] >= 44
    words, cells = page.locator(".asked-words").bounding_box(), page.locator(".cells").bounding_box()
    assert words and cells and words["y"] + words["height"] <= cells["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".asker").nth(2).tap()
    expect(page.locator(".asker").nth(2)).to_have_attribute("aria-pressed", "true")
    accessible(page)


def test_every_step_is_accessible_and_wholly_korean(windows: Windows, asked: str, with_transformer: Experiment) -> None:
    page = windows.like(viewport={"width": 1280, "height": 900}, locale="ko-KR", bypass_csp=True).new_page()
    ours = [one.text for one in offered(with_transformer)]
    known = {word.lower() for text in (NAMES, *ours, *with_transformer.vocabulary.words) for word in english(text)}
    known |= {"tiny-both", "transformer", "vaswani", "devlin", "ece", "python", "benchmarks", "far-words"}
    for step in range(1, 8):
        opened(page, asked, step=str(step))
        for scheme in ("light", "dark") if step in (3, 6) else ("light",):
            themed(page, scheme)
            accessible(page)
        said = page.evaluate(TEXTS)
        left = [text for text in said if [w for w in english(re.sub(LIBRARIES, "", text)) if w.lower() not in known]]
        assert not left


def test_the_lesson_leads_here_and_this_page_back(page: Page, asked: str) -> None:
    page.goto(f"{asked}/steps?{urlencode({'text': TEXT, 'step': '10'})}")
    page.get_by_role("link", name="Next: every word asks every other").click()
    at(page, 1)
    expect(page.get_by_role("textbox")).to_have_value(TEXT)
    page.get_by_role("link", name="Back: one question for all words").click()
    expect(page.locator("nav[data-now='3']")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("textbox")).to_have_value(TEXT)
