"""The Embeddings page as somebody sees it who has a keyboard, a mouse and an address bar."""

from __future__ import annotations

from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from attnviz.analysis.word_epochs import word_epochs
from attnviz.model.experiment import Experiment
from tests.browser.conftest import Windows, accessible
from tests.browser.sentence_page import SentencePage
from tests.conftest import EPOCHS

MARKUP = "<img/src=x/onerror=window.hacked=1>"

# A node stays where it is.
RESTS = """async (node) => {
  const frame = () => new Promise(requestAnimationFrame);
  const place = async () => (await frame(), JSON.stringify(node.getBoundingClientRect()));
  return (await place()) === (await place()) && (await place()) === (await place());
}"""


def opened(page: Page, address: str, **link: str) -> Locator:
    """Open the page and return its neighbours."""
    page.goto(f"{address}/embeddings?{urlencode(link)}")
    return neighbours(page)


def neighbours(page: Page) -> Locator:
    """Return the tables of neighbours, once they are drawn."""
    tables = page.locator(".word_table[data-drawn]:has(.subject)")
    expect(tables).to_be_visible(timeout=60_000)
    return tables


def linked(page: Page) -> dict[str, str]:
    """Return what the address bar tells."""
    query = parse_qs(urlsplit(str(page.evaluate("location.href"))).query, keep_blank_values=True)
    return {name: values[-1] for name, values in query.items()}


def test_a_word_of_a_sentence_leads_here_and_back(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="an awful amaaazing film").open()
    shown.word("awful").hover()
    shown.heatmap.get_by_role("button", name="Its neighbours before and after").click()
    expect(neighbours(page)).to_have_attribute("data-drawn", "awful")
    assert linked(page)["word"] == "awful"
    page.get_by_role("radio", name="In a sentence").click()
    expect(page.get_by_role("textbox", name="A sentence")).to_have_value("an awful amaaazing film")
    page.get_by_role("link", name="“awful” in its n-grams").click()
    expect(page.locator(".ngram_view[data-drawn]")).to_have_attribute("data-drawn", "awful")
    page.go_back()
    neighbours(page)
    page.get_by_role("link", name="See it on the Sentence page").click()
    shown.open()
    assert shown.words() == ["an", "awful", "amaaazing", "film"]


def test_an_unknown_word_leads_to_its_ngrams_by_keyboard(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="an amaaazing film").open()
    word = shown.word("amaaazing (not in the vocabulary)")
    word.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(word).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".ngram_view[data-drawn]").get_by_role("region", name="amaaazing")).to_be_visible()


def test_words_are_chosen_in_lists_by_mouse_and_keyboard(page: Page, address: str) -> None:
    tables = opened(page, address, part="map")
    second = tables.get_by_role("button").nth(1)
    name = second.inner_text()
    second.click()
    expect(tables).to_have_attribute("data-drawn", name)
    assert linked(page) == {"part": "map", "word": name, "lang": "en"}
    tables.get_by_role("button").first.focus()
    page.keyboard.press("ArrowDown")
    after = tables.get_by_role("button").nth(1)
    expect(after).to_be_focused()
    name = after.inner_text()
    page.keyboard.press("Enter")
    expect(tables).to_have_attribute("data-drawn", name)
    seen = tables.inner_text()
    page.reload()
    assert neighbours(page).inner_text() == seen


def test_a_dot_on_the_map_is_chosen_by_a_click(page: Page, address: str) -> None:
    tables = opened(page, address, part="map")
    dots = page.locator(".js-plotly-plot .points path")
    expect(dots.first).to_be_attached(timeout=30_000)
    first = str(tables.get_attribute("data-drawn"))
    dots.first.scroll_into_view_if_needed()
    page.wait_for_function(RESTS, arg=dots.first.element_handle())
    box = dots.first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".js-plotly-plot .hovertext")).to_contain_text("times in training")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tables).not_to_have_attribute("data-drawn", first)


def test_markup_is_shown_letter_for_letter(page: Page, address: str) -> None:
    page.goto(f"{address}/embeddings?{urlencode({'word': MARKUP.replace('/', ''), 'pairs': f'good {MARKUP}'})}")
    tables = page.locator(".word_table[data-drawn]").first
    expect(tables).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="good").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert tables.locator("img").count() == 0


@pytest.mark.parametrize("part", ["map", "moved", "pairs", "sentence"])
@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "ko-KR")])
def test_axe_finds_nothing(
    windows: Windows, address: str, part: str, scheme: Literal["light", "dark"], locale: str
) -> None:
    page = windows.like(viewport={"width": 1280, "height": 900}, color_scheme=scheme, locale=locale).new_page()
    opened(page, address, part=part)
    if part == "sentence":
        expect(page.locator(".word_table[data-drawn]")).to_have_count(2)
    else:
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=30_000)
    accessible(page)
    assert page.evaluate("document.documentElement.lang") == locale[:2]


@pytest.mark.parametrize("part", ["map", "moved", "pairs", "sentence"])
def test_a_phone_scrolls_down_only(windows: Windows, address: str, part: str) -> None:
    page = windows.like(viewport={"width": 390, "height": 844}, locale="ko-KR", has_touch=True).new_page()
    opened(page, address, part=part, word="w" * 48, pairs=f"{'w' * 40} good")
    expect(page.locator(".word_table[data-drawn]")).to_have_count(1 if part == "map" else 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for tables in page.locator(".word_table").all():
        assert tables.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_the_slider_walks_a_word_away_from_its_opposite_and_the_link_keeps_where(
    page: Page, address: str, tiny: Experiment
) -> None:
    moved = word_epochs(tiny, "good", "bad")
    assert moved and moved.cosines is not None
    cosines, near = moved.cosines, moved.neighbours
    opened(page, address, word="good")
    followed = page.locator(".word_epochs[data-drawn]")
    slider = followed.get_by_role("slider", name="Epoch")
    expect(slider).to_have_attribute("aria-valuetext", "in use")

    def shows(place: int) -> None:
        expect(followed.locator("svg .value")).to_have_text(f"{cosines[place]:.2f}".replace("-", "−"))
        expect(followed.locator(".near button")).to_have_text([word for word, _cosine in near[place]])

    shows(-1)
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "before training")
    shows(0)
    page.wait_for_function("location.search.includes('epoch=0')")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    shows(2)
    page.wait_for_function("location.search.includes('epoch=2')")
    page.reload()
    expect(slider).to_have_attribute("aria-valuetext", f"epoch 2 of {EPOCHS}", timeout=60_000)
    shows(2)
    followed.locator(".near button").first.click()
    expect(followed).to_have_attribute("data-drawn", near[2][0][0])


@pytest.mark.parametrize(("locale", "said"), [("en-US", "Getting ready to draw"), ("ko-KR", "그릴 준비")])
def test_until_the_map_can_be_drawn_its_place_says_so(windows: Windows, address: str, locale: str, said: str) -> None:
    page = windows.like(locale=locale, bypass_csp=True).new_page()
    held: list[Route] = []
    page.route("**/PlotlyChart*", lambda route: held.append(route))  # noqa: PLW0108  playwright marks its handlers
    page.goto(f"{address}/embeddings?part=map")
    place = page.locator(".st-key-map [data-testid=stSkeleton]")
    expect(place).to_be_visible(timeout=60_000)
    told = "said => getComputedStyle(document.querySelector('.st-key-map [data-testid=stSkeleton]'), '::before')"
    told += ".content.includes(said)"
    page.wait_for_function(told, arg=said)  # the page's language is told by the lists above
    box = place.bounding_box()
    assert box and box["height"] > 400
    for route in held:
        route.continue_()
    expect(page.locator(".st-key-map .js-plotly-plot")).to_be_visible()
    expect(place).to_have_count(0)
