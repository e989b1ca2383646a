"""The line under each panel of a heat-map, in a real Chromium."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import verdict
from attnviz.analysis.belief.wording import said
from attnviz.heatmap.display import signed
from attnviz.model.batches import Unknown
from attnviz.model.experiment import Experiment
from attnviz.ui.i18n import catalogue
from tests.browser.conftest import Windows, accessible, served
from tests.browser.sentence_page import SentencePage
from tests.conftest import TINY
from tests.model.test_belief_figures import figures

TEXT = "the plot was not good but the music was wonderful"
OTHERS = ("so dull", "it was a wonderful and moving film", "such a clumsy story with no music")
TWINS = ("frozen", "fine-tuned")
HOW = " How do we know?"

# Before a server starts: no verdict is worked out until a file is there.
HELD = """
import time
from pathlib import Path
from attnviz.analysis.belief import verdict
judged = verdict.judged
def held(subject):
    while not Path({gate!r}).exists():
        time.sleep(0.02)
        yield 0
    return (yield from judged(subject))
verdict.judged = held
"""
# Keeps what each panel shows after every change of the page: its words, which are struck out, and its line.
WATCH = """node => {
  window.seen = [];
  new MutationObserver(() => node.querySelectorAll(".panel").forEach((panel) => {
    const words = [...panel.querySelectorAll(".word")];
    window.seen.push([
      panel.getAttribute("aria-label"),
      words.map((word) => word.querySelector(".text").textContent).join(" "),
      words.flatMap((word, i) => (word.ariaPressed === "true" ? [i] : [])),
      panel.querySelector(".said").textContent,
    ]);
  })).observe(node, { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def expected(
    tiny: Experiment,
    text: str,
    variant: str,
    without: tuple[int, ...] = (),
    unknown: Unknown = "subword",
    lang: str = "en",
) -> str:
    """Return the line that belongs under a panel."""
    explanation = tiny.explain(text, variant, unknown, without)
    return said(verdict(Subject.of(tiny, explanation)), explanation, catalogue(lang).gettext)


def line(shown: SentencePage, panel: str) -> Locator:
    return shown.panel(panel).locator(".said")


def heights(shown: SentencePage) -> list[float]:
    return [float(shown.panel(name).evaluate("node => node.getBoundingClientRect().height")) for name in TWINS]


def test_each_panel_has_a_line_of_its_own(page: Page, address: str, tiny: Experiment) -> None:
    shown = SentencePage(page, address, text=TEXT).open()
    for panel in TWINS:
        expect(line(shown, panel)).to_have_text(expected(tiny, TEXT, panel) + HOW)
    shown.type(OTHERS[1])
    for panel in TWINS:
        expect(line(shown, panel)).to_have_text(expected(tiny, OTHERS[1], panel) + HOW)
    page.get_by_role("button", name="uniform").click()
    expect(line(shown, "uniform")).to_contain_text("Every word weighs the same")
    expect(shown.panel("uniform").get_by_role("button", name=HOW.strip())).to_have_count(0)
    page.get_by_role("radio", name="한국어").click()
    for name, panel in (("동결", "frozen"), ("파인튜닝", "fine-tuned")):
        expect(line(shown, name)).to_contain_text(expected(tiny, OTHERS[1], panel, lang="ko"))


def test_the_line_is_of_the_sentence_without_its_struck_words(page: Page, address: str, tiny: Experiment) -> None:
    shown = SentencePage(page, address, text=TEXT).open()
    expect(line(shown, "frozen")).to_have_text(expected(tiny, TEXT, "frozen") + HOW)
    shown.word("not").click()
    for panel in TWINS:
        expect(line(shown, panel)).to_have_text(expected(tiny, TEXT, panel, (3,)) + HOW)
        assert expected(tiny, TEXT, panel, (3,)) != expected(tiny, TEXT, panel)
    shown.word("not").click()
    for panel in TWINS:
        expect(line(shown, panel)).to_have_text(expected(tiny, TEXT, panel) + HOW)


def test_the_line_is_about_attention_whatever_shades_the_words(page: Page, address: str, tiny: Experiment) -> None:
    text = "such an amaaazing plot and amaaazing music"
    shown = SentencePage(page, address, text=text, shade="positive", unknown="unk").open()
    for panel in TWINS:
        expect(line(shown, panel)).to_have_text(expected(tiny, text, panel, unknown="unk") + HOW)


def test_a_pinned_sentence_has_its_own_lines(page: Page, address: str, tiny: Experiment) -> None:
    SentencePage(page, address, text=OTHERS[0], pin=TEXT, pin_without="3").open()
    first, second = (page.locator(".heatmap[data-drawn]").nth(at) for at in range(2))
    for panel in TWINS:
        for heatmap, there in ((first, expected(tiny, OTHERS[0], panel)), (second, expected(tiny, TEXT, panel, (3,)))):
            expect(heatmap.get_by_role("region", name=panel).locator(".said")).to_have_text(there + HOW)


def test_the_line_leads_to_the_examination_of_its_heat_map(page: Page, address: str, tiny: Experiment) -> None:
    shown = SentencePage(page, address, text=TEXT).open()
    shown.panel("frozen").get_by_role("button", name=HOW.strip()).click()
    shown.panel("frozen").get_by_role("button", name="Examine this heat-map").click()
    views = page.get_by_role("table", name="Other views of the same sentence")
    expect(views.get_by_role("row")).to_have_count(1 + len(tiny.explain(TEXT).tokens))
    gradients = tiny.belief(TEXT, "frozen").views.integrated_gradients
    expect(views.get_by_role("row").nth(1).locator("td").nth(4)).to_have_text(signed(float(gradients[0]), 2))
    expect(page).to_have_url(re.compile("belief=1.*examined=frozen"))
    page.get_by_role("radio", name="fine-tuned").click()
    gradients = tiny.belief(TEXT).views.integrated_gradients
    expect(views.get_by_role("row").nth(1).locator("td").nth(4)).to_have_text(signed(float(gradients[0]), 2))


def test_the_heat_map_is_drawn_before_its_line_is_worked_out(
    windows: Windows, tiny_models: Path, tiny: Experiment, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    with served(tiny_models, tmp_path / "log", first=HELD.format(gate=str(gate))) as address:
        page = windows.like(viewport={"width": 1280, "height": 800}).new_page()
        shown = SentencePage(page, address, text=OTHERS[0]).open()  # whose line nobody will wait for
        shown.type(TEXT)
        shown.word("not").click()
        expect(shown.panel("fine-tuned").locator(".change").first).to_be_visible()
        expect(shown.heatmap).to_contain_text("Judged without: not")
        assert [line(shown, panel).inner_text() for panel in TWINS] == ["", ""]
        before, words = heights(shown), shown.words()
        page.set_viewport_size({"width": 390, "height": 844})
        narrow = heights(shown)
        gate.touch()
        for panel in TWINS:
            expect(line(shown, panel)).to_have_text(expected(tiny, TEXT, panel, (3,)) + HOW)
        assert heights(shown) == narrow  # nothing has moved
        page.set_viewport_size({"width": 1280, "height": 800})
        assert heights(shown) == before and shown.words() == words


def test_a_line_is_never_shown_for_another_sentence(page: Page, address: str, tiny: Experiment) -> None:
    shown = SentencePage(page, address, text=TEXT).open()
    shown.heatmap.evaluate(WATCH)
    expect(line(shown, "frozen")).not_to_be_empty()
    for text in OTHERS:
        shown.box.fill(text)
        shown.box.press("Enter")
    shown.type(TEXT)
    expect(line(shown, "frozen")).to_have_text(expected(tiny, TEXT, "frozen") + HOW)
    for word in ("not", "wonderful"):
        shown.word(word).click()
        expect(line(shown, "frozen")).not_to_be_empty()
    shown.type(OTHERS[2])
    for panel in TWINS:
        expect(line(shown, panel)).to_have_text(expected(tiny, OTHERS[2], panel) + HOW)
    seen: list[tuple[str, str, list[int], str]] = page.evaluate("window.seen")
    told = {(panel, text, tuple(struck), line.removesuffix(HOW)) for panel, text, struck, line in seen if line}
    assert {(panel, text, struck) for panel, text, struck, _line in told} >= {
        (panel, *rest) for panel in TWINS for rest in ((TEXT, ()), (TEXT, (3,)), (OTHERS[2], ()))
    }
    for panel, text, struck, line_said in told:
        assert line_said == expected(tiny, text, panel, struck)


def test_a_moment_in_training_has_no_line(page: Page, address: str, tiny: Experiment) -> None:
    text = TINY.probes[0]
    shown = SentencePage(page, address, text=text).open()
    there = expected(tiny, text, "fine-tuned")
    expect(line(shown, "fine-tuned")).to_contain_text(there)
    slider, before = shown.heatmap.get_by_role("slider", name="Epoch"), heights(shown)
    slider.focus()
    page.keyboard.press("Home")
    expect(line(shown, "fine-tuned")).to_be_empty()
    assert heights(shown) == before
    page.keyboard.press("End")
    expect(line(shown, "fine-tuned")).to_contain_text(there)


def test_how_it_is_known_opens_beside_the_line(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text=TEXT).open()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for panel in TWINS:
            button = shown.panel(panel).get_by_role("button", name=HOW.strip())
            button.focus()
            page.keyboard.press("Enter")
            box = shown.panel(panel).get_by_role("dialog", name=HOW.strip())
            expect(box).to_contain_text(re.compile("It looked most at “.+”, “.+”, “.+”."))
            expect(box).to_contain_text("A hint, not a proof")
            place: Any = box.bounding_box()
            assert place["x"] >= 0 and place["x"] + place["width"] <= width
            assert place["y"] >= 0 and place["y"] + place["height"] <= 800
            page.keyboard.press("Escape")
            expect(box).to_be_hidden()
            expect(button).to_be_focused()


def test_what_an_example_shows_is_not_said_without_some_of_its_words(page: Page, address: str) -> None:
    shown = SentencePage(page, address).open()
    about = page.locator(".about").first
    expect(about).not_to_be_empty()
    place = shown.panel("frozen").bounding_box()
    shown.word("film").click()
    expect(about).to_be_hidden()
    assert shown.panel("frozen").bounding_box() == place  # the word stays under the pointer
    shown.word("film").click()
    expect(about).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_examination_is_accessible_and_fits_a_phone(
    windows: Windows, address: str, scheme: Literal["light", "dark"]
) -> None:
    page = windows.like(viewport={"width": 390, "height": 844}, locale="ko-KR", color_scheme=scheme).new_page()
    SentencePage(page, address, text=TEXT, belief="1").open()
    expect(page.get_by_role("table")).to_have_count(5)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_errors_page_has_the_line_of_the_sentence_that_is_chosen(
    page: Page, address: str, tiny: Experiment
) -> None:
    page.goto(f"{address}/errors?data=tour-en")
    current = page.locator(".list [aria-current]")
    for _step in range(3):
        expect(current).to_have_count(1)
        text = current.locator(".text").inner_text()
        for panel in TWINS:
            drawn = page.locator(".heatmap[data-drawn]").get_by_role("region", name=panel)
            expect(drawn.locator(".said")).to_contain_text(expected(tiny, text, panel))
        page.keyboard.press("ArrowRight")
        expect(current.locator(".text")).not_to_have_text(text)


def test_the_figures_that_came_with_an_experiment_are_there_at_once(
    windows: Windows, tiny_models: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_models, tmp_path / "models")
    figures().save(tmp_path / "models" / "tiny-en" / "belief.json")
    with served(tmp_path / "models", tmp_path / "log") as address:
        page = windows.like(viewport={"width": 390, "height": 844}, locale="ko-KR").new_page()
        page.goto(f"{address}/errors?data=tour-en&look=belief")
        table = page.get_by_role("table", name=catalogue("ko").gettext("What was asked of each"))
        expect(table.get_by_role("columnheader")).to_have_count(3)
        expect(page.get_by_role("table", name=catalogue("ko").gettext("How much of it is the seed?"))).to_be_visible()
        expect(page.get_by_text("2026-11-29")).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
