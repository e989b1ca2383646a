"""The slider through the epochs, in a real Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from attnviz.analysis.attention_history import attention_history
from attnviz.model.experiment import Experiment
from tests.browser.conftest import Windows
from tests.browser.sentence_page import SentencePage
from tests.conftest import TINY

PROBE, LAST = TINY.probes[0], TINY.epochs


def numbers(shown: SentencePage, panel: str) -> list[str]:
    return shown.panel(panel).locator(".number").all_inner_texts()


def test_the_slider_moves_both_panels_and_the_link_keeps_where(page: Page, address: str, tiny: Experiment) -> None:
    grown = attention_history(tiny, PROBE)
    assert grown
    shown = SentencePage(page, address, text=PROBE).open()
    finished = numbers(shown, "fine-tuned")
    slider = shown.heatmap.get_by_role("slider", name="Epoch")
    expect(slider).to_have_attribute("aria-valuetext", "finished")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "before training")
    for panel in ("frozen", "fine-tuned"):
        assert numbers(shown, panel) == [f"{weight:.1%}" for weight in grown.variants[panel].weights[0]]
    expect(shown.panel("frozen")).to_contain_text("before training")
    page.wait_for_function("location.search.includes('epoch=0')")
    kept = grown.variants["fine-tuned"].kept
    for _step in range(kept):
        page.keyboard.press("ArrowRight")
    expect(shown.panel("fine-tuned")).to_contain_text(f"epoch {kept} of {LAST} ▲ kept")
    page.wait_for_function(f"location.search.includes('epoch={kept}')")
    expect(slider).to_be_focused()
    page.reload()
    expect(slider).to_have_attribute("aria-valuetext", f"epoch {kept} of {LAST}", timeout=60_000)
    shown.word("not").click()  # the finished classifiers answer
    expect(shown.word("not")).to_have_attribute("aria-pressed", "true")
    expect(slider).to_have_count(0)
    assert "epoch" not in shown.link()
    shown.word("not").click()
    expect(slider).to_have_attribute("aria-valuetext", "finished")
    assert numbers(shown, "fine-tuned") == finished


def test_play_runs_from_before_training_to_the_finished_classifiers(page: Page, address: str) -> None:
    shown = SentencePage(page, address, text=PROBE).open()
    slider = shown.heatmap.get_by_role("slider", name="Epoch")
    shown.heatmap.get_by_role("button", name=re.compile("Watch it learn")).click()
    expect(slider).to_have_attribute("aria-valuetext", "before training")
    pause = shown.heatmap.get_by_role("button", name=re.compile("Pause"))
    expect(slider).to_have_attribute("aria-valuetext", f"epoch 2 of {LAST}")
    pause.click()
    page.wait_for_function("location.search.includes('epoch=2')")
    shown.heatmap.get_by_role("button", name=re.compile("Watch it learn")).click()
    expect(slider).to_have_attribute("aria-valuetext", "finished", timeout=15_000)
    expect(shown.heatmap.get_by_role("button", name=re.compile("Watch it learn"))).to_be_visible()
    page.wait_for_function("!location.search.includes('epoch')")


def test_without_motion_there_is_the_slider_alone(windows: Windows, address: str) -> None:
    context = windows.like(locale="en-US", reduced_motion="reduce")
    shown = SentencePage(context.new_page(), address, text=PROBE).open()
    expect(shown.heatmap.get_by_role("slider", name="Epoch")).to_be_visible()
    expect(shown.heatmap.get_by_role("button", name=re.compile("Watch it learn"))).to_have_count(0)
