from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from attnviz.text import tokenize
from attnviz.ui.components.text_box.text_box import LONGEST
from attnviz.ui.examples import EXAMPLES
from tests.browser.conftest import still
from tests.browser.sentence_page import SentencePage

FIRST = EXAMPLES["en"][0].text
MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def test_the_first_sight_needs_no_click(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    assert shown.words("frozen") == shown.words("fine-tuned") == [token.text for token in tokenize(FIRST)]
    for panel in ("frozen", "fine-tuned"):
        assert re.search(r"negative\s+\d+\.\d%\s+positive\s+\d+\.\d%", shown.answer(panel))
    expect(shown.heatmap).to_contain_text("uniform share 1/10 = 10.0%")
    top, bottom = (shown.panel(name).bounding_box() for name in ("frozen", "fine-tuned"))
    assert top and bottom and top["y"] + top["height"] <= bottom["y"]
    assert bottom["y"] + bottom["height"] <= 800
    answer = shown.panel("fine-tuned").locator(".answer").bounding_box()
    assert answer and answer["y"] + answer["height"] <= 720  # its line may lie below a low window
    doubt = page.get_by_text("Attention shows where a classifier looked, not why it answered").all()
    place = doubt[0].bounding_box()
    assert len(doubt) == 1 and place and place["y"] < top["y"]


def test_enter_reads_what_was_typed(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    before = shown.answer()
    shown.type("such wonderful music")
    assert shown.words("frozen") == shown.words("fine-tuned") == ["such", "wonderful", "music"]
    assert shown.answer() != before
    expect(shown.box).to_be_focused()


def test_what_is_being_typed_is_not_replaced_by_an_answer_to_an_earlier_sentence(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    shown.type("so dull")
    shown.box.fill("such wonderful music")
    drawing = page.locator("form[data-component]")
    drawing.evaluate(
        """({ drawing }) => drawing.receive(JSON.stringify({ ...drawing.data, text: "an earlier one" }))"""
    )
    expect(shown.box).to_have_value("such wonderful music")
    shown.box.press("Enter")
    expect(shown.word("wonderful")).to_be_visible()
    assert shown.words() == ["such", "wonderful", "music"]
    expect(shown.box).to_have_value("such wonderful music")


def test_lines_and_spaces_stay_as_typed(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    shown.box.fill("such")
    shown.box.press("Shift+Enter")
    shown.box.press_sequentially("  wonderful   music")
    shown.box.press("Enter")
    expect(shown.word("such")).to_be_visible()
    assert shown.link()["text"] == "such\n  wonderful   music"
    assert shown.panel("frozen").locator(".gap").all_text_contents() == ["", "\n  ", "   ", ""]
    first, second = (shown.word(word).bounding_box() for word in ("such", "wonderful"))
    assert first and second and first["y"] < second["y"]


def told(page: Page) -> list[bytes]:
    """Return the list that takes in what the page tells the server from now on."""
    sent: list[bytes] = []

    def note(frame: str | bytes) -> None:
        sent.append(frame.encode() if isinstance(frame, str) else frame)

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", note)

    page.on("websocket", listen)
    return sent


def test_enter_that_ends_a_composition_hands_nothing_over(page: Page, address: str) -> None:
    sent = told(page)
    shown = SentencePage(page, address).open()
    shown.box.fill("composing")
    shown.box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    shown.type("composed")
    assert not [frame for frame in sent if b"composing" in frame]
    assert [frame for frame in sent if b"composed" in frame]  # what is told can be read here


def test_a_word_is_struck_and_put_back_by_mouse_and_keys(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="the plot was not good").open()
    before, word = shown.answer(), shown.word("not")
    for by in ("mouse", "Enter", "Space"):

        def press(by: str = by) -> None:
            if by == "mouse":
                word.click()
            else:
                word.focus()
                page.keyboard.press(by)

        press()
        expect(word).to_have_attribute("aria-pressed", "true")
        expect(shown.word("not", "frozen")).to_have_attribute("aria-pressed", "true")
        expect(shown.panel("fine-tuned").locator(".change").first).to_have_text(re.compile(r"[+\u2212]\d+\.\d"))
        expect(shown.heatmap).to_contain_text("Judged without: not")
        assert shown.link()["without"] == "3"
        if by != "mouse":
            expect(word).to_be_focused()
        press()
        expect(word).to_have_attribute("aria-pressed", "false")
        expect(shown.panel("fine-tuned").locator(".change")).to_have_count(0)
        assert shown.answer() == before
        assert "without" not in shown.link()


def test_striking_not_turns_the_tiny_verdict(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="the plot was not good").open()
    negative = shown.panel("fine-tuned").locator(".class dd:last-child").first
    before = float(negative.inner_text().split("%")[0])
    shown.word("not").click()
    expect(shown.panel("fine-tuned").locator(".change").first).to_be_visible()
    assert float(negative.inner_text().split("%")[0]) < before


def test_all_words_can_be_put_back_at_once(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="the plot was not good", without="1,3").open()
    page.get_by_role("button", name="Put all words back").click()
    expect(shown.word("not")).to_have_attribute("aria-pressed", "false")
    assert "without" not in shown.link()


def test_arrows_walk_from_word_to_word(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="This movie was not amazing.").open()
    shown.word("This").focus()
    page.keyboard.press("ArrowRight")
    expect(shown.word("movie")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(shown.word("This")).to_be_focused()


@pytest.mark.parametrize("by", ["hover", "focus"])
def test_details_are_answered_in_the_browser(page: Page, address: str, by: str) -> None:
    sent = told(page)
    shown = SentencePage(page, address, text="such an amaaazing plot").open()
    still(page)
    sent.clear()
    if by == "hover":
        shown.word("amaaazing (not in the vocabulary)").hover()
    else:
        shown.word("an (not in the vocabulary)").focus()
        page.keyboard.press("ArrowRight")
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text(re.compile(r"α = 0\.\d{3}, \d+\.\d\d × the uniform share"))
    for detail in ("score e", "vote", "contribution", "negative", "positive", "n-grams", "<am"):
        expect(tip).to_contain_text(detail)
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert not sent


def test_unknown_words_carry_a_mark_and_the_switch_reads_them_as_unk(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="such an amaaazing plot").open()
    word = shown.word("amaaazing (not in the vocabulary)")
    assert "unseen" in (word.get_attribute("class") or "")
    assert '"≈"' in word.locator(".text").evaluate("node => getComputedStyle(node, '::after').content")
    before = shown.answer()
    page.get_by_role("radio", name="<unk>").click()
    expect(shown.panel("fine-tuned").locator(".answer")).not_to_have_text(before, use_inner_text=True)
    word.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("read as <unk>")
    expect(page.get_by_role("tooltip").locator(".ngrams")).to_have_count(0)
    assert shown.link()["unknown"] == "unk"


def test_the_details_of_a_word_stay_open_while_it_is_drawn_anew(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="such an amaaazing plot").open()
    tip = page.get_by_role("tooltip")

    def press(role: Literal["button", "radio"], name: str) -> None:
        page.get_by_role(role, name=name).dispatch_event("click")  # the pointer stays where it is

    shown.word("amaaazing (not in the vocabulary)").hover()
    press("radio", "<unk>")
    expect(tip).to_contain_text("read as <unk>")
    top = shown.panel("frozen").locator(".word").nth(2)
    top.hover()  # its place on the page stays when a panel comes below
    press("button", "uniform")
    expect(shown.panel("uniform")).to_be_visible()
    expect(top).to_have_attribute("aria-describedby", "tip")
    expect(tip).to_contain_text("amaaazing")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    bottom = shown.panel("uniform").locator(".word").nth(2)
    bottom.hover()
    expect(tip).to_be_visible()
    press("button", "fine-tuned")  # the panel moves up, and its word with it
    expect(shown.panel("fine-tuned")).to_have_count(0)
    expect(tip).to_be_hidden()


def test_shade_by_contribution_changes_colours_and_numbers(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="the plot was not good").open()
    page.get_by_role("radio", name="contribution to “positive”").click()
    expect(shown.word("good").locator(".number")).to_have_text(re.compile(r"[+\u2212]\d\.\d\d"))
    assert re.search(r"\b(for|against)\d+", shown.word("good").get_attribute("class") or "")
    expect(shown.heatmap).to_contain_text("blue speaks for it, orange against it")
    assert shown.link()["shade"] == "positive"


def test_classifiers_can_be_added_and_none_is_as_good_as_the_twins(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="This movie was not amazing.").open()
    page.get_by_role("button", name="uniform").click()
    expect(shown.panel("uniform")).to_be_visible()
    sixths = shown.panel("uniform").locator(".number").all_inner_texts()
    assert sixths == ["16.7%"] * 4 + ["16.6%"] * 2  # which add up to 100 %
    assert shown.link()["variants"] == "frozen,fine-tuned,uniform"


def test_a_pinned_sentence_stands_below_the_edited_one(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="the plot was good").open()
    page.get_by_role("button", name="Pin").click()
    expect(page.locator(".heatmap[data-drawn]")).to_have_count(2)
    shown.box.fill("the plot was not good")
    shown.box.press("Enter")
    expect(shown.word("not")).to_be_visible()
    below = page.locator(".heatmap[data-drawn]").last
    expect(below).to_contain_text("Pinned")
    expect(below.get_by_role("button", name="not", exact=True)).to_have_count(0)
    assert shown.link()["pin"] == "the plot was good"
    page.get_by_role("button", name="Unpin").click()
    expect(page.locator(".heatmap[data-drawn]")).to_have_count(1)


def test_the_link_reopens_exactly_this(page: Page, context: BrowserContext, address: str) -> None:
    shown = SentencePage(page, address).open()
    shown.type("the music was not so clumsy")
    page.get_by_role("button", name="uniform").click()
    page.get_by_role("radio", name="contribution to “negative”").click()
    page.get_by_role("radio", name="한국어").click()
    expect(shown.panel("파인튜닝")).to_be_visible()
    shown.word("not", "파인튜닝").click()
    expect(shown.panel("파인튜닝").locator(".change").first).to_be_visible()
    page.wait_for_function("location.search.includes('without')")
    for panel in shown.heatmap.locator(".said").all():
        expect(panel).not_to_be_empty()
    seen = shown.heatmap.inner_text()

    again = context.new_page()
    again.goto(str(page.evaluate("location.href")))
    expect(again.locator(".heatmap[data-drawn]")).to_have_text(seen, use_inner_text=True)
    page.reload()
    expect(shown.heatmap).to_have_text(seen, use_inner_text=True)


def test_back_takes_the_last_change_back(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    shown.type("such wonderful music")
    shown.word("wonderful").click()
    expect(shown.panel("fine-tuned").locator(".change").first).to_be_visible()
    page.wait_for_function("location.search.includes('without')")
    page.go_back()
    expect(shown.panel("fine-tuned").locator(".change")).to_have_count(0)
    page.go_back()
    expect(shown.word("film")).to_be_visible()
    expect(shown.box).to_have_value(FIRST)


def test_nothing_typed_is_ever_markup(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text=MARKUP, pin=MARKUP, numbers="1").open()
    assert "img" in shown.words()
    shown.type(MARKUP + "<b>again</b>")
    shown.word("img (not in the vocabulary)").hover()
    expect(page.get_by_role("tooltip").last).to_be_visible()
    page.evaluate(
        "() => new Promise((failed) => Object.assign(new Image(), { onerror: failed, src: 'x' }))"
    )  # as theirs
    assert page.evaluate("window.hacked") is None
    assert page.locator(".heatmap img, .heatmap script, .heatmap b:not(.tip b)").count() == 0


def test_a_text_of_no_words_gets_a_plain_sentence(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    none = page.get_by_text("There is no word to read here")
    for text in ("", "   ", "\n\n"):
        shown.box.fill(text)
        shown.box.press("Enter")
        expect(none).to_be_visible()
        shown.box.fill("good")
        shown.box.press("Enter")
        expect(shown.word("good")).to_be_visible()
        expect(none).to_have_count(0)


STRANGE = {
    "?!": "?",
    "\x00good\x07 \x1b[31mfilm": "good",
    "\u202egood film": "good",
    "שלום עולם טוב": "שלום",
    "x" * 5_000: "x" * 30 + "…" + "x" * 15,
    "good film " * 10_000: "good",
}


def test_strange_texts_get_a_sensible_picture(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    for text, first in STRANGE.items():
        shown.type(text)
        assert shown.words()[0] == first
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        width = shown.heatmap.evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert width[0] <= width[1]


def test_a_text_beyond_the_limit_stays_in_the_box_with_the_limit_said(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    shown.type("x" * LONGEST)
    assert shown.words()[0].startswith("xxx")
    shown.box.fill("good " * (LONGEST // 5) + "!")
    shown.box.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(
        re.compile("This text of [0-9,]+ characters is too long: 100,000 are read here at most.")
    )
    assert shown.words()[0].startswith("xxx")
    shown.box.fill("good")
    expect(page.get_by_role("alert")).to_have_count(0)
    shown.box.press("Enter")
    expect(shown.word("good")).to_be_visible()


def test_a_mouse_is_told_what_a_click_does(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="This movie was not amazing.", without="3").open()
    shown.word("amazing").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("Click to strike it out.")
    shown.word("not").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("Click to put it back.")


def test_nothing_is_minus_zero(page: Page, address: str) -> None:
    shown = SentencePage(
        page, address, text="the plot was not good", variants="uniform", shade="positive", without="0"
    ).open()
    shown.word("was", "uniform").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("score e = 0.000")
    assert not re.search(r"[-−+]0\.0+(?!\d)", shown.heatmap.inner_text())


def test_hebrew_starts_at_the_right(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="שלום עולם").open()
    first, second = (shown.panel("frozen").locator(".word").nth(i).bounding_box() for i in range(2))
    assert first and second and first["x"] > second["x"]


def test_numbers_chart_and_files_wait_below(page: Page, address: str) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    shown = SentencePage(page, address, text="such wonderful music").open()
    still(page)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "lotly" in url]
    page.get_by_text("Numbers to look at and to take away").click()
    expect(page.locator(".js-plotly-plot")).to_be_visible(timeout=30_000)
    for kind, start in (
        ("CSV", b"\xef\xbb\xbfexperiment,variant,token"),
        ("HTML", b"<!doctype html>"),
        ("SVG", b"<svg "),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).click()
        content = download.value.path().read_bytes()
        assert content.startswith(start) and b"wonderful" in content
    assert shown.link()["numbers"] == "1"


def test_nothing_is_asked_of_anybody_else(page: Page, address: str) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    SentencePage(page, address, numbers="1").open()
    expect(page.locator(".js-plotly-plot")).to_be_visible(timeout=60_000)  # what comes last
    still(page)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if not url.startswith((address, "data:", "blob:"))]


def test_a_word_whose_striking_out_comes_to_nothing_is_not_left_struck(page: Page, address: str) -> None:
    page.goto(f"{address}/?text=the+movie+was+not+good")
    word = page.locator(".heatmap[data-drawn]").get_by_role("button", name="not").first
    # As if the Back button had come after it.
    word.evaluate("(button) => (button.closest('.heatmap').drawing.tell = () => {})")
    word.click()
    expect(word).to_have_attribute("aria-pressed", "true")
    expect(word).to_have_attribute("aria-pressed", "false")


def test_the_menu_leads_to_the_sentence_that_was_typed_last(page: Page, address: str) -> None:
    sentence = SentencePage(page, address).open()
    menu = page.locator(".st-key-menu")

    def go(name: str, path: str) -> None:
        menu.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(re.compile(path))

    sentence.type("it was good")
    go("Step by step", "/steps")
    expect(sentence.box).to_have_value("it was good")
    sentence.box.fill("so bad")
    sentence.box.press("Enter")
    page.wait_for_url(re.compile(r"text=so\+bad"))
    go("Sentence", r"/(sentence)?\?")
    expect(sentence.box).to_have_value("so bad")
    sentence.open()
    sentence.type("a dull film")
    page.wait_for_url(re.compile(r"text=a\+dull\+film"))
    for name, path in (("Step by step", "/steps"), ("Sentence", r"/(sentence)?\?")):
        go(name, path)
        expect(sentence.box).to_have_value("a dull film")
    page.wait_for_url(re.compile(r"text=a\+dull\+film"))
