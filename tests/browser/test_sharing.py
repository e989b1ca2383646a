"""What a visitor sends to a friend: the link of a view, and the sentence that fooled a classifier."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from attnviz import __version__
from tests.browser.sentence_page import SentencePage

PATHS = ("", "/steps", "/self_attention", "/subwords", "/embeddings", "/errors", "/train")


def without_clipboard(page: Page, *, command: bool) -> None:
    """Take the clipboard away, as plain http does; note what the older `command` copies, or refuse it as well."""
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        "document.execCommand = () => {"
        "  let at = document.activeElement; while (at.shadowRoot) at = at.shadowRoot.activeElement;"
        "  window.copied = at.value.slice(at.selectionStart, at.selectionEnd);"
        f" return {str(command).lower()}; }};"
    )


def query(link: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(link).query).items()}


@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_its_link_to_copy(page: Page, address: str, path: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.goto(address + path)
    button = page.get_by_role("button", name="Copy link")
    button.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert urlsplit(link).path.strip("/") == path.strip("/")
    assert query(link)["experiment"] == "tiny-en" and query(link)["lang"] == "en"
    expect(button).to_be_visible()


def test_the_copied_link_is_that_of_the_view_at_hand(page: Page, address: str) -> None:
    without_clipboard(page, command=True)
    shown = SentencePage(page, address).open()
    shown.type("so bad it is good")
    shown.word("bad").click()
    expect(shown.heatmap).to_contain_text("Judged without: bad")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = str(page.evaluate("window.copied"))
    assert query(link) | {"text": "so bad it is good", "without": "1"} == query(link)
    page.goto(link)
    expect(shown.heatmap).to_contain_text("Judged without: bad")


def test_a_link_that_no_command_may_copy_stands_there_selected(page: Page, address: str) -> None:
    without_clipboard(page, command=False)
    SentencePage(page, address, text="so bad").open()
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="What is copied")
    expect(field).to_be_focused()
    assert query(field.input_value())["text"] == "so bad"
    assert page.evaluate("window.copied") == field.input_value()
    expect(page.get_by_text("copy it with Ctrl+C")).to_be_visible()


def test_who_fooled_it_can_tell_a_friend(page: Page, address: str) -> None:
    without_clipboard(page, command=True)
    shown = SentencePage(page, address, text="it was not bad & dull").open()
    page.get_by_role("button", name="I fooled the classifier").click()
    field = page.get_by_role("textbox", name="What is copied")
    expect(field).to_have_value(re.compile("“it was not bad & dull” was judged"))
    line, link = field.input_value().splitlines()
    for panel in ("frozen", "fine-tuned"):
        answer = shown.answer(panel)
        [judged] = re.findall(rf"(\w+) at (\d+\.\d)% \({panel}\)", line)
        assert re.search(rf"{judged[0]}\s+{re.escape(judged[1])}%", answer)
    assert urlsplit(link)[:2] == urlsplit(address)[:2]
    assert query(link)["text"] == "it was not bad & dull" and query(link)["experiment"] == "tiny-en"
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("window.copied") == f"{line}\n{link}"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the picture (PNG)").click()
    assert download.value.suggested_filename == "attnviz-fooled.png"
    with Image.open(download.value.path()) as picture:
        assert picture.format == "PNG" and picture.width == 2 * 960
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    assert colours and len(colours) > 50  # words in several shades: more than an empty sheet
    page.goto(link)
    assert shown.open().words() == ["it", "was", "not", "bad", "&", "dull"]


def test_the_hint_to_strike_a_word_out_goes_once_it_was_done(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text="the plot was not good").open()
    hint = shown.heatmap.get_by_text("Click a word to strike it out: does the answer change?")
    expect(hint).to_be_visible()
    shown.type("the plot was good")
    expect(hint).to_be_visible()
    shown.word("good").click()
    expect(shown.heatmap).to_contain_text("Judged without: good")
    shown.word("good").click()
    expect(shown.heatmap).not_to_contain_text("Judged without")
    expect(hint).to_have_count(0)
    page.reload()
    shown.open()
    expect(hint).to_have_count(0)
    other = page.context.new_page()
    expect(SentencePage(other, address).open().heatmap).to_contain_text("Click a word to strike it out")


def test_the_terms_open_with_a_click(page: Page, address: str) -> None:
    SentencePage(page, address).open()
    page.get_by_role("button", name="Terms").click()
    for term in ("frozen", "fine-tuned", "uniform", "attention", "contribution", "subwords", "<unk>"):
        expect(page.locator("strong").get_by_text(term, exact=True)).to_be_visible()
    expect(page.get_by_text(f"attnviz {__version__}", exact=True)).to_be_visible()
